"""Takes a request in whole before it takes one of the few places to be answered; it answers none itself.

The server has a thread for every connection, so whoever stops in the middle of a body holds a thread that nobody else
needs; after some seconds the connection is closed (ivr/owed.py). Only whole requests take places.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from ivr.channels.webhook import noted
from ivr.owed import SECONDS, Owed

LARGEST_BODY = 256 * 1024  # bytes: the practice phone saves a long call; a webhook has a few hundred
LOOK_SECONDS = 1.0  # how often it is asked whether somebody has stopped

_CHUNKED = "HTTP_TRANSFER_ENCODING"

log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Incoming:
    """A WSGI application in front of another, which answers at most `places` requests at once."""

    def __init__(self, application: Application, port: int, places: int, seconds: float = SECONDS) -> None:
        """`port` is where the server listens: who has stopped for so many seconds is looked for among its connections."""
        self._application = application
        self._seconds = seconds
        self._places = threading.Semaphore(places)
        self._reading: dict[int, float] = {}  # thread: since when it reads, in monotonic seconds
        self._owed = Owed(port, seconds)
        threading.Thread(target=self._watch, name="stopped-bodies", daemon=True).start()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Read the body, then wait for a place."""
        stated = _stated(environ)
        if stated is None or stated > LARGEST_BODY:
            return _refused(start_response, "413 Content Too Large")
        if stated or _CHUNKED in environ:
            body = self._read(environ, stated or LARGEST_BODY + 1)
            if len(body) < stated:
                return _refused(start_response, "400 Bad Request")
            if len(body) > LARGEST_BODY:
                return _refused(start_response, "413 Content Too Large")
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        with self._places:
            return self._application(environ, start_response)

    def _read(self, environ: Environ, size: int) -> bytes:
        """The body; less of it when whoever sends it has gone, or was hung up on."""
        me = threading.get_ident()
        self._reading[me] = time.monotonic()
        try:
            return bytes(environ["wsgi.input"].read(size))
        except OSError:
            return b""
        finally:
            del self._reading[me]

    def _watch(self) -> None:
        """Hang up on those who have stopped; while nobody reads for long, nothing is looked at."""
        pause = threading.Event()
        while not pause.wait(LOOK_SECONDS):
            try:
                self._look()
            except Exception as error:
                noted(log, "looking for stopped bodies", error)

    def _look(self) -> None:
        since = min(list(self._reading.values()), default=None)
        if since is None or time.monotonic() - since <= self._seconds:
            self._owed.forget()
            return
        closed = self._owed.hang_up()
        if closed:
            log.warning("closed %d connections that had stopped in the middle of a request", closed)


def _stated(environ: Environ) -> int | None:
    """How long the body is said to be, in bytes; 0 when nothing is said, None for nonsense."""
    if _CHUNKED in environ:
        return 0
    stated = str(environ.get("CONTENT_LENGTH") or "0")
    return int(stated[:20]) if stated.isascii() and stated.isdigit() else None


def _refused(start_response: StartResponse, status: str) -> list[bytes]:
    start_response(status, [("Content-Length", "0"), ("Connection", "close")])
    return [b""]
