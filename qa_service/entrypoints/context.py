"""What a request works with: the parts that bootstrap wired, found through the application."""
from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from qa_service.entrypoints.numbers import Numbers
from qa_service.services.service import Service
from qa_service.store.store import Store

KEY = "qa-service"


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of one application."""

    service: Service
    numbers: Numbers


def context() -> Context:
    """Those of the current application."""
    found: Context = current_app.extensions[KEY]
    return found


def service() -> Service:
    """The service of the current application."""
    return context().service


def store() -> Store:
    """The store, open in this process."""
    return service().store()
