"""A load of ready-made HTTP requests over a few kept connections, in a process of its own; it knows nothing of the line."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ANEW = "@" * 32  # stands in a request for something that must be different each time it is sent
WARM_UP = 1.0  # seconds, or a quarter of a short measurement


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a load: answers a second, milliseconds, answers that were not 200. `sent` counts the warm-up too."""

    per_second: float
    p50: float
    p99: float
    bad: int
    answers: int
    sent: int


def request_bytes(port: int, path: str, body: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
    """One POST as it goes over the wire."""
    head = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def measure(port: int, requests: Sequence[bytes], seconds: float, connections: int = 4) -> Measured:
    """Send the requests over and over from a second process, after a short warm-up."""
    job = {"port": port, "seconds": seconds, "connections": connections, "requests": [r.decode("latin-1") for r in requests]}
    done = subprocess.run(
        [sys.executable, "-m", "ivr.bench.load"], input=json.dumps(job).encode(), stdout=subprocess.PIPE, check=True
    )
    return Measured(**json.loads(done.stdout))


def at_share(sorted_times: Sequence[float], share: float) -> float:
    """The time that this share of all times is not above: 0.5 is the median."""
    return sorted_times[min(len(sorted_times) - 1, int(len(sorted_times) * share))]


def _read_answer(sock: socket.socket, buffer: bytearray) -> tuple[bool, bytearray]:
    """One answer off the wire: whether it was 200, and what has come after it."""
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        buffer += _more(sock)
    head = bytes(buffer[:end]).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r")[0] or 0)
    while len(buffer) < end + 4 + length:
        buffer += _more(sock)
    return head.startswith(b"http/1.1 200"), buffer[end + 4 + length :]


def _more(sock: socket.socket) -> bytes:
    received = sock.recv(65536)
    if not received:
        raise ConnectionError("the server closed the connection")
    return received


_numbers = itertools.count(1)


class _Connection(threading.Thread):
    """One kept connection that sends the next request when the answer to the last has come."""

    def __init__(self, port: int, requests: list[bytes], offset: int, until: float, from_when: float) -> None:
        super().__init__(daemon=True)
        self._port, self._requests, self._offset = port, requests, offset
        self._until, self._from = until, from_when
        self.times: list[float] = []
        self.bad = self.sent = 0

    def run(self) -> None:
        sock, buffer, at, mark = self._connect(), bytearray(), self._offset, ANEW.encode()
        while (began := time.perf_counter()) < self._until:
            request = self._requests[at % len(self._requests)].replace(mark, b"%032x" % next(_numbers))
            at += 1
            self.sent += 1
            try:
                sock.sendall(request)
                fine, buffer = _read_answer(sock, buffer)
            except (ConnectionError, OSError):
                sock.close()
                sock, buffer, fine = self._connect(), bytearray(), False
            ended = time.perf_counter()
            if began >= self._from:
                self.times.append(ended - began)
                self.bad += not fine

    def _connect(self) -> socket.socket:
        sock = socket.create_connection(("127.0.0.1", self._port), timeout=20)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock


def _run(job: dict[str, Any]) -> Measured:
    requests = [str(each).encode("latin-1") for each in job["requests"]]
    seconds, connections = float(job["seconds"]), int(job["connections"])
    from_when = time.perf_counter() + min(WARM_UP, seconds / 4)
    until = from_when + seconds
    step = max(1, len(requests) // connections)
    threads = [_Connection(int(job["port"]), requests, n * step, until, from_when) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(time for thread in threads for time in thread.times) or [0.0]
    p50, p99 = at_share(times, 0.5) * 1000, at_share(times, 0.99) * 1000
    bad, sent = sum(thread.bad for thread in threads), sum(thread.sent for thread in threads)
    return Measured(len(times) / seconds, p50, p99, bad, len(times), sent)


if __name__ == "__main__":
    result = _run(json.load(sys.stdin))
    json.dump({name: getattr(result, name) for name in Measured.__slots__}, sys.stdout)
