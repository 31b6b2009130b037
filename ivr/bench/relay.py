"""The pretend carrier's requests over kept connections to real server processes, timed; it signs and reads nothing."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

LONGEST_WAIT = 20.0  # seconds; the carrier gives up at 15
NO_ANSWER = 599  # a status that no server gives


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one server answered to one delivery of a request, and after how many seconds; NO_ANSWER when it did not."""

    status: int
    body: bytes
    seconds: float
    content_type: str = ""


class Relay:
    """Stands where the carrier expects the line's WSGI application, and asks those servers that `to` names by place.

    With several places the same request leaves for all of them at once, and the answer of the first counts; with none
    the servers take turns. `delivered` gathers every answer until it is cleared. One Relay belongs to one thread.
    """

    def __init__(self, ports: Sequence[int]) -> None:
        self.to: tuple[int, ...] = ()
        self.delivered: list[Delivered] = []
        self._lines = [HTTPConnection("127.0.0.1", port, timeout=LONGEST_WAIT) for port in ports]
        self._turns = itertools.cycle(range(len(ports)))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        lines = [self._lines[place] for place in self.to or (next(self._turns),)]
        began = time.perf_counter()
        left = [self._asked(line, environ, body) for line in lines]
        answers = [self._answered(line, sent, began) for line, sent in zip(lines, left, strict=True)]
        self.delivered += answers
        start_response(f"{answers[0].status} ", [("Content-Type", answers[0].content_type)])
        return (answers[0].body,)

    def _asked(self, line: HTTPConnection, environ: dict[str, Any], body: bytes) -> bool:
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers["Content-Type"] = environ["CONTENT_TYPE"]
        try:
            line.request(environ["REQUEST_METHOD"], environ["RAW_URI"], body, headers)
        except (HTTPException, OSError):
            line.close()
            return False
        return True

    def _answered(self, line: HTTPConnection, sent: bool, began: float) -> Delivered:
        if sent:
            try:
                answer = line.getresponse()
                body, kind = answer.read(), answer.getheader("Content-Type", "")
                return Delivered(answer.status, body, time.perf_counter() - began, kind)
            except (HTTPException, OSError):
                line.close()
        return Delivered(NO_ANSWER, b"", time.perf_counter() - began)

    def close(self) -> None:
        """Hang up."""
        for line in self._lines:
            line.close()
