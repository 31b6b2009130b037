"""Whoever stops in the middle of a request silences nobody: the real server process, real connections."""

from __future__ import annotations

import io
import re
import select
import socket
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from ivr.bench import lines, load, servers
from ivr.incoming import LARGEST_BODY, Incoming
from ivr.owed import Owed

STOPPED = 64  # four times as many as there are places to be answered in
HALF_A_HEAD = b"POST /voice/turn HTTP/1.1\r\nHost: line.example.org\r\nContent-Type: applica"
HALF_A_BODY = (
    b"POST /voice/turn HTTP/1.1\r\nHost: line.example.org\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 300\r\n\r\nCallSid=CA1&Digits="
)
IMPATIENT = """
from functools import partial
from ivr import serving
from ivr.cli import main
serving.Incoming = partial(serving.Incoming, seconds=0.5)
main()
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    made = lines.environment(tmp_path_factory.mktemp("line"))
    lines.made_store(made).close()
    return made


@pytest.fixture(scope="module")
def line(settings: dict[str, str]) -> Iterator[int]:
    """The port of a line as `ivr serve` starts it."""
    port = servers.free_port()
    with servers.served(["ivr.cli", "serve", "--host", "127.0.0.1", "--port", str(port)], settings, port):
        yield port


@pytest.fixture(scope="module")
def impatient_line(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The same, but half a second is too long already."""
    folder = tmp_path_factory.mktemp("impatient")
    (folder / "impatient.py").write_text(IMPATIENT, encoding="utf-8")
    port = servers.free_port()
    command = ["impatient", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with servers.served(command, settings | {"PYTHONPATH": f"{Path(__file__).parent.parent}:{folder}"}, port):
        yield port


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _stopped(port: int, after: bytes) -> list[socket.socket]:
    """Connections that have sent so much and send no more."""
    connections = [_connect(port) for _ in range(STOPPED)]
    for connection in connections:
        connection.sendall(after)
    return connections


def _asked(port: int, settings: dict[str, str], path: str, **form: str) -> tuple[str, str]:
    """A signed webhook and its answer: status line and body."""
    form = {"CallSid": "CA" + "7" * 32, "From": "+12025550143", "To": lines.NUMBER, **form}
    signature = RequestValidator(settings["TWILIO_AUTH_TOKEN"]).compute_signature(lines.PUBLIC_URL + path, form)
    headers = (("X-Twilio-Signature", signature), ("Connection", "close"))
    with _connect(port) as connection:
        connection.sendall(load.request_bytes(port, path, urlencode(form).encode(), headers))
        answer = connection.makefile("rb").read().decode()
    head, _, body = answer.partition("\r\n\r\n")
    return head.partition("\r\n")[0], body


def _a_call_goes_on(port: int, settings: dict[str, str]) -> None:
    """A call is picked up, and a key is answered."""
    status, body = _asked(port, settings, "/voice/answer")
    assert status == "HTTP/1.1 200 OK"
    action = re.search(r'action="([^"]+)"', body)
    assert action
    status, body = _asked(port, settings, unescape(action[1]).removeprefix(lines.PUBLIC_URL), Digits="1")
    assert status == "HTTP/1.1 200 OK"
    assert "<Say" in body


@pytest.mark.parametrize("after", [HALF_A_BODY, HALF_A_HEAD, b""], ids=["half a body", "half a head", "nothing"])
def test_a_call_is_answered_while_many_have_stopped_in_the_middle(line: int, settings: dict[str, str], after: bytes) -> None:
    connections = _stopped(line, after)
    for _ in range(3):
        _a_call_goes_on(line, settings)
    readable, _, _ = select.select(connections, [], [], 0)
    assert not readable, "they were let go, so they stood in nobody's way"
    for connection in connections:
        connection.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="this system's kernel does not say who is owed an answer")
def test_whoever_stops_in_the_middle_of_a_body_is_hung_up_on(impatient_line: int, settings: dict[str, str]) -> None:
    for connection in _stopped(impatient_line, HALF_A_BODY):
        with connection:
            assert connection.recv(1024) == b""
    _a_call_goes_on(impatient_line, settings)


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="this system's kernel does not say who is owed an answer")
def test_sending_a_byte_now_and_then_gains_no_time(impatient_line: int) -> None:
    with _connect(impatient_line) as connection:
        connection.sendall(HALF_A_BODY)
        for _ in range(250):
            readable, _, _ = select.select([connection], [], [], 0.1)
            if readable:
                break
            connection.sendall(b"1")
        assert connection.recv(1024) == b""


@pytest.mark.parametrize("length", [LARGEST_BODY + 1, 10**30])
def test_a_body_larger_than_is_ever_needed_is_refused_before_it_is_sent(line: int, length: int) -> None:
    with _connect(line) as connection:
        connection.sendall(f"POST /voice/turn HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert connection.recv(1024).startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 "))
        assert connection.recv(1024) == b""


def test_a_head_larger_than_is_ever_needed_is_refused(line: int) -> None:
    with _connect(line) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 200_000 + b"\r\n\r\n")
        assert connection.recv(1024).startswith(b"HTTP/1.1 431 ")


def test_a_body_that_comes_in_pieces_is_one_body(line: int, settings: dict[str, str]) -> None:
    """Some proxies pass a body on as it comes, without saying how long it will be."""
    path, form = "/voice/answer", {"CallSid": "CA" + "8" * 32, "From": "+12025550143", "To": lines.NUMBER}
    signature = RequestValidator(settings["TWILIO_AUTH_TOKEN"]).compute_signature(lines.PUBLIC_URL + path, form)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-Twilio-Signature: {signature}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    )
    with _connect(line) as connection:
        connection.sendall(head.encode())
        for letter in urlencode(form).encode():
            connection.sendall(b"1\r\n%c\r\n" % letter)
        connection.sendall(b"0\r\n\r\n")
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 200 OK")


# --- the parts


def _pair() -> tuple[socket.socket, socket.socket, int]:
    """Both ends of a connection to a port of this process, and the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = _connect(port)
        ours, _ = server.accept()
    return client, ours, port


def _milliseconds_pass() -> None:
    """The kernel counts in them."""
    began = time.monotonic()
    while time.monotonic() - began < 0.03:
        pass


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="this system's kernel does not say who is owed an answer")
def test_only_who_is_owed_an_answer_for_too_long_is_hung_up_on() -> None:
    client, ours, port = _pair()
    with client, ours:
        client.sendall(b"half a requ")
        assert Owed(port, seconds=60).hang_up() == 0, "not for long enough"
        assert Owed(servers.free_port(), seconds=0).hang_up() == 0, "not our port"
        _milliseconds_pass()
        ours.sendall(b"an answer")
        _milliseconds_pass()
        assert Owed(port, seconds=0).hang_up() == 0, "the last word was ours"
        assert client.recv(100) == b"an answer"
        client.sendall(b"the next requ")
        _milliseconds_pass()
        assert Owed(port, seconds=0).hang_up() == 1
        assert client.recv(100) == b""


def _environ(body: io.BufferedIOBase, length: int | None, **more: str) -> dict[str, Any]:
    return {"wsgi.input": body, **({} if length is None else {"CONTENT_LENGTH": str(length)}), **more}


def _through(environ: dict[str, Any]) -> tuple[str, bytes]:
    """The status, and what the application would have read."""
    told: list[str] = []
    got: list[bytes] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        got.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        return [b"answered"]

    answer = Incoming(application, servers.free_port(), 1)(environ, lambda status, headers: told.append(status))
    assert list(answer) == [b"answered" if got else b""]
    return told[0], got[0] if got else b"(never asked)"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (_environ(io.BytesIO(b"whole"), 5), ("200 OK", b"whole")),
        (_environ(io.BytesIO(b"whole and the next"), 5), ("200 OK", b"whole")),
        (_environ(io.BytesIO(b""), None), ("200 OK", b"")),
        (_environ(io.BytesIO(b"half"), 5), ("400 Bad Request", b"(never asked)")),
        (_environ(io.BytesIO(b""), LARGEST_BODY + 1), ("413 Content Too Large", b"(never asked)")),
        (_environ(io.BytesIO(b""), None, CONTENT_LENGTH="-1"), ("413 Content Too Large", b"(never asked)")),
        (_environ(io.BytesIO(b"in pieces"), None, HTTP_TRANSFER_ENCODING="chunked"), ("200 OK", b"in pieces")),
        (_environ(io.BytesIO(b"in pieces"), 2, HTTP_TRANSFER_ENCODING="chunked"), ("200 OK", b"in pieces")),
        (
            _environ(io.BytesIO(b"x" * LARGEST_BODY * 2), None, HTTP_TRANSFER_ENCODING="chunked"),
            ("413 Content Too Large", b"(never asked)"),
        ),
    ],
)
def test_only_whole_requests_are_answered(environ: dict[str, Any], expected: tuple[str, bytes]) -> None:
    assert _through(environ) == expected


class _Slow(io.BytesIO):
    """A body that does not come until it is let."""

    def __init__(self) -> None:
        super().__init__(b"12345")
        self.begun, self.come = threading.Event(), threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.begun.set()
        assert self.come.wait(20)
        return super().read(size)


def test_a_body_that_does_not_come_takes_no_place() -> None:
    front = Incoming(lambda environ, start_response: [environ["wsgi.input"].read()], servers.free_port(), places=1)
    slow = _Slow()
    waiting = threading.Thread(target=front, args=(_environ(slow, 5), lambda *given: None), daemon=True)
    waiting.start()
    assert slow.begun.wait(20)
    assert list(front(_environ(io.BytesIO(b"whole"), 5), lambda *given: None)) == [b"whole"]
    slow.come.set()
    waiting.join(20)
    assert not waiting.is_alive()


def test_no_more_requests_are_answered_at_once_than_there_are_places() -> None:
    inside, most = 0, 0
    lock, full = threading.Lock(), threading.Barrier(2, timeout=20)

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        full.wait()
        with lock:
            inside -= 1
        return []

    front = Incoming(application, servers.free_port(), places=2)
    threads = [threading.Thread(target=front, args=({}, None), daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == 2
