"""The parts that requests, hooks and commands work with, in one hand."""
from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from threading import Lock

from qa_service.engine.inspector import Inspector
from qa_service.services.hooks.configuration import Hooks
from qa_service.services.hooks.receiving import Receiving
from qa_service.services.judging import Judging
from qa_service.store.store import Store


@dataclass
class Service:
    """`zone` is the shop's: naive times are read and times are told in it. The store is opened in each process that asks for it: a
    connection must not live through a fork."""

    inspector: Inspector
    open_store: Callable[[], Store]
    now: Callable[[], datetime]
    zone: tzinfo
    hooks: Hooks = field(default_factory=dict)
    policy: Path | None = None
    _open: tuple[int, Store] | None = None
    _alone: Lock = field(default_factory=Lock)

    def store(self) -> Store:
        """The store, open in this process."""
        opened = self._open
        if opened is None or opened[0] != os.getpid():
            with self._alone:
                opened = self._open
                if opened is None or opened[0] != os.getpid():
                    opened = self._open = os.getpid(), self.open_store()
        return opened[1]

    @cached_property
    def judging(self) -> Judging:
        """Judging by the Standard in force."""
        return Judging(self.inspector, self.store, self.now, self.policy)

    @cached_property
    def receiving(self) -> Receiving:
        """Webhooks in."""
        return Receiving(self.hooks, self.judging, self.store, self.now, self.zone)
