"""What the service counts of itself, in the text format of Prometheus. Routes are templates and never hold an id."""
from __future__ import annotations

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def forget_process(pid: int) -> None:
    """The numbers of a process that is gone no longer count as live."""
    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


class Numbers:
    """The counters of one application. With PROMETHEUS_MULTIPROC_DIR set, those of all its processes are added up when read."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter("qa_requests", "Requests answered", ("method", "route", "status"), registry=self._registry)
        self.seconds = Histogram("qa_request_seconds", "Time to answer", ("route",), buckets=_BUCKETS, registry=self._registry)
        self.evaluations = Counter("qa_evaluations", "Conversations evaluated", ("door",), registry=self._registry)
        self.deliveries = Counter("qa_hook_deliveries", "Webhook deliveries", ("source", "outcome"), registry=self._registry)

    def text(self) -> bytes:
        """All numbers as Prometheus reads them."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
