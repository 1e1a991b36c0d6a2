"""Structured logs: one JSON object a line on standard error. Fields are an allow-list, so that no message text can get into a log."""
from __future__ import annotations

import sys
from typing import Any, Final, TextIO

import structlog
from structlog.types import EventDict, WrappedLogger

FIELDS: Final = frozenset((
    "event", "level", "timestamp", "request_id", "method", "route", "status", "milliseconds", "bytes_in", "bytes_out", "identity", "shop",
    "problem", "error", "where", "source", "delivery", "count", "pid", "address"))


def _only_known(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Drops every field that is not on the list: a name is added there on purpose or not at all."""
    return {name: value for name, value in event.items() if name in FIELDS}


def make_log(out: TextIO | None = None) -> Any:
    """A log that writes to `out` (standard error). JSON escapes control characters: a line cannot be forged."""
    return structlog.wrap_logger(
        structlog.PrintLogger(out or sys.stderr), wrapper_class=structlog.make_filtering_bound_logger(20), cache_logger_on_first_use=True,
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _only_known,
                    structlog.processors.JSONRenderer(ensure_ascii=False)])


def where_of(error: BaseException) -> str:
    """The innermost place of an error as ``file:line`` names: what a log may hold of it. Its message may quote a chat and may not."""
    place, trace = "", error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
