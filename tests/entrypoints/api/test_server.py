"""The server as it is shipped: slow clients hold no thread, requests in flight are finished when it stops, processes share one limit."""
from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import orjson
import pytest

from qa_service.entrypoints.server import is_whole

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(("data", "whole"), [
    (b"", False), (b"GET / HTTP/1.1\r\nHost: x\r\n", False), (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
    (HEAD + b"Content-Length: 3\r\n\r\nab", False), (HEAD + b"content-length:3\r\n\r\nabc", True), (HEAD + b"Content-Length: 0\r\n\r\n", True),
    (HEAD + b"Content-Length: 101\r\n\r\n", True), (HEAD + b"Content-Length: x\r\n\r\n", True), (HEAD + b"Content-Length: 99\r\n\r\n" + b"a" * 101, True),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False), (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
    (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"a" * 101, True), (b"a" * 70_000, True)])
def test_when_a_request_is_whole(data: bytes, whole: bool) -> None:
    assert is_whole(data, 100) is whole


def place(served: Mapping[str, str]) -> tuple[str, int]:
    host, _, port = served["QA_ADDRESS"].removeprefix("http://").partition(":")
    return host, int(port)


def health(served: Mapping[str, str]) -> float:
    """Seconds that /healthz takes."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection(*place(served), timeout=10)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read()
    connection.close()
    return time.monotonic() - begun


def test_slow_clients_hold_nobody_up(served: Mapping[str, str]) -> None:
    slow = [socket.create_connection(place(served)) for _ in range(120)]
    try:
        for n, client in enumerate(slow):
            client.sendall((b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", HEAD + b"Content-Length: 50\r\n\r\n{")[n % 3])
        for _ in range(5):
            for client in slow[1::3]:
                client.sendall(b"X-A: b\r\n")
            assert health(served) < 2
    finally:
        for client in slow:
            client.close()


def test_a_request_may_come_in_pieces_and_another_after_it(served: Mapping[str, str]) -> None:
    body = b'{"conversation":{},"reply":"M\xe7\xa0\x81\xe6\x9c\x89\xe8\xb4\xa7"}'
    head = (f"POST /api/v1/replies/check HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served['QA_API_KEY']}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    with socket.create_connection(place(served)) as client:
        client.settimeout(10)
        for _ in range(2):
            for piece in (head[:20], head[20:], body[:5], body[5:]):
                client.sendall(piece)
                time.sleep(0.02)
            answer = b""
            while b"needs_context" not in answer:
                answer += client.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"keep-alive" in answer


def test_chunks_and_expect(served: Mapping[str, str]) -> None:
    key = served["QA_API_KEY"]
    host, port = place(served)
    connection = http.client.HTTPConnection(host, port, timeout=10)
    connection.request("POST", "/api/v1/replies/check", iter([b'{"conversation":{},', b'"reply":"ok"}']),
                       {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    ran = subprocess.run(["curl", "-sS", "-H", f"Authorization: Bearer {key}", "-H", "Content-Type: application/json", "-H", "Expect: 100-continue",
                          "-d", '{"conversation":{},"reply":"ok"}', f"http://{host}:{port}/api/v1/replies/check"],
                         capture_output=True, timeout=20, check=True)
    assert orjson.loads(ran.stdout)["ok"] is True


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(served: Mapping[str, str]) -> None:
    with socket.create_connection(place(served)) as client:
        client.settimeout(10)
        client.sendall(b"POST /api/v1/evaluations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + served["QA_API_KEY"].encode()
                       + b"\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{")
        assert client.recv(65536).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("junk", [b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                                  b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"A" * 70_000])
def test_junk_is_hung_up_on(served: Mapping[str, str], junk: bytes) -> None:
    with socket.create_connection(place(served)) as client:
        client.settimeout(10)
        client.sendall(junk)
        try:
            answer = client.recv(65536)
        except ConnectionResetError:
            answer = b""
        assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5"))
        assert b"Traceback" not in answer
    assert health(served) < 2


def test_what_is_in_flight_is_finished_when_it_stops(served: Mapping[str, str], tmp_path: Any, chat: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    env = dict(served) | {"QA_BIND": bind}
    process = subprocess.Popen([sys.executable, "-m", "qa_service.entrypoints.cli", "web"], env=env, stderr=subprocess.PIPE, cwd=tmp_path)
    try:
        while not _answers(bind):
            assert process.poll() is None
            time.sleep(0.05)
        body = orjson.dumps([chat(f"stop-{n}") for n in range(400)])

        def send(_: int) -> int:
            with closing(http.client.HTTPConnection(bind, timeout=30)) as connection:
                connection.request("POST", "/api/v1/evaluations/batch?store=false", body,
                                   {"Authorization": f"Bearer {served['QA_API_KEY']}", "Content-Type": "application/json"})
                return len(orjson.loads(connection.getresponse().read())["results"])
        with ThreadPoolExecutor(4) as pool:
            answers = [pool.submit(send, n) for n in range(4)]
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert [a.result() for a in answers] == [400] * 4
        assert process.wait(15) == 0
    finally:
        process.kill()
        assert process.stderr is not None
        process.stderr.close()
        process.wait()


def _answers(bind: str) -> bool:
    try:
        connection = http.client.HTTPConnection(bind, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
