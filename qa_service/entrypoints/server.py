"""The web server: gunicorn with threads, loaded once before it forks, and patient with slow clients. The one file that knows gunicorn.

A slow client must not hold a thread: requests are put together in the event loop of each process and reach a thread only when they are
whole. A request has PATIENCE seconds to arrive, an answer that is not taken up is given up after as long.
"""
from __future__ import annotations

import os
import re
import shutil
import socket
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE: Final = 30
GRACE: Final = 10
_READ: Final = 1 << 16
_LONGEST_HEAD: Final = 1 << 16
_MOST_WAITING: Final = 256 << 20
"""Bytes of unfinished requests that a process keeps; a client beyond that is hung up on."""
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_CONTINUE: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


def is_whole(data: bytes | bytearray, limit: int) -> bool:
    """Whether a request can be handed to a thread: it is all there, or so long or odd that it will be refused whatever follows."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return len(data) > _LONGEST_HEAD
    head = bytes(data[:end + 2])
    body = len(data) - end - 4
    if body > limit:
        return True
    if _CHUNKED.search(head):
        return data.endswith(b"0\r\n\r\n")
    length = _LENGTH.search(head)
    return length is None or int(length.group(1)) > limit or body >= int(length.group(1))


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker whose event loop reads the requests."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parts: dict[TConn, bytearray] = {}
        self._waiting = 0
        self._limit: int = self.app.listening.body

    def accept(self, listener: socket.socket) -> None:
        """A new connection: its request is awaited in the event loop."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", PATIENCE, 0))
        self._await(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The next request on a connection that was kept open."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def _await(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + PATIENCE
        self._parts[conn] = bytearray()
        self.pending_conns.append(conn)  # its clean-up closes what has waited too long
        self.poller.register(conn.sock, EVENT_READ, partial(self._read_on, conn))

    def _read_on(self, conn: TConn, client: socket.socket) -> None:
        """Some more of a request."""
        part = self._parts[conn]
        try:
            more = client.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not more or self._waiting + len(more) > _MOST_WAITING:
            self._take(conn, part)
            self.nr_conns -= 1
            conn.close()
            return
        first = b"\r\n\r\n" not in part
        part += more
        self._waiting += len(more)
        if is_whole(part, self._limit):
            self._take(conn, part)
            conn.init()
            conn.data_ready = True
            conn.parser.unreader.unread(bytes(part))
            self.enqueue_req(conn)
        elif first and b"\r\n\r\n" in part and _CONTINUE.search(part):
            client.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _take(self, conn: TConn, part: bytearray) -> None:
        """A connection whose request is not awaited any more."""
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        self._forget(conn)

    def _forget(self, conn: TConn) -> None:
        self._waiting -= len(self._parts.pop(conn, b""))

    def murder_pending(self) -> None:
        """As ever, and what they had sent is forgotten."""
        super().murder_pending()
        if len(self._parts) > len(self.pending_conns):
            for conn in self._parts.keys() - set(self.pending_conns):
                self._forget(conn)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and how to listen. `bind` is ``host:port``; `body` the longest body in bytes."""

    bind: str
    processes: int
    threads: int
    body: int


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn around one application. `make` is called once, before the processes fork; `begin` in each of them."""

    def __init__(self, make: Callable[[], Flask], listening: Listening, log: Any, begin: Callable[[], None] = lambda: None) -> None:
        self._make = make
        self.listening = listening
        self._log = log
        self._begin = begin
        super().__init__()

    def load_config(self) -> None:
        """Settings that stand up to slow clients and stop gently."""
        on = self.listening
        for name, value in {
                "bind": on.bind, "workers": on.processes, "threads": on.threads, "worker_class": "qa_service.entrypoints.server.PatientWorker",
                "preload_app": True, "timeout": 120, "graceful_timeout": GRACE, "keepalive": 15, "worker_connections": 1000,
                "limit_request_line": 8190, "limit_request_fields": 60, "proc_name": "qa-service", "accesslog": None, "loglevel": "warning",
                "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None, "control_socket_disable": True,
                "when_ready": lambda server: self._log.info("listening", address=on.bind, count=on.processes, pid=os.getpid()),
                "post_fork": lambda server, worker: self._begin(), "child_exit": _forget_process}.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application."""
        return self._make()


def _forget_process(server: Any, worker: Any) -> None:
    from qa_service.entrypoints.numbers import forget_process  # counting begins with the application, not before

    forget_process(worker.pid)


def serve(make: Callable[[], Flask], listening: Listening, log: Any, begin: Callable[[], None] = lambda: None) -> None:
    """Listen until a signal says to stop: SIGTERM lets requests in flight end. Never returns.

    The numbers of the processes meet in a folder that is made before anything counts, and goes with the server.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR") or tempfile.mkdtemp(prefix="qa-numbers-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    mine = os.getpid()
    try:
        Server(make, listening, log, begin).run()
    finally:
        if os.getpid() == mine:  # the processes that it forks leave through here too
            shutil.rmtree(folder, ignore_errors=True)
