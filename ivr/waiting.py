"""A limit on every wait: work that may hang runs aside and is given up after some seconds; it stops no work itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

from ivr.errors import LineError

WEBHOOK_SECONDS = 8.0  # every webhook answers within this; the carrier gives up at 15
EFFECT_SECONDS = 1.5  # of a call, for what must be stored before it is spoken: a caller hears words within 2 (R31)
MOST_AT_ONCE = 48  # pieces of work, given up or not: some threads of a worker stay free for turns that wait for nothing
PATIENCE = 0.5  # seconds until one of them must have come to an end; part of the limit

T = TypeVar("T")
_room = threading.BoundedSemaphore(MOST_AT_ONCE)


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of `work`, or its exception; LineError `too-slow` when it takes longer than these seconds.

    The work goes on in its own daemon thread, so it must leave things whole whenever it ends: commit or nothing.
    """
    until = time.monotonic() + seconds
    if not _room.acquire(timeout=min(PATIENCE, seconds)):
        raise LineError("too-slow", "Too much work is hanging; look at the database and the network.")
    done: SimpleQueue[tuple[bool, object]] = SimpleQueue()

    def run() -> None:
        try:
            done.put((True, work()))
        except BaseException as error:
            done.put((False, error))
        finally:
            _room.release()

    threading.Thread(target=run, name="bounded", daemon=True).start()
    try:
        fine, result = done.get(timeout=max(until - time.monotonic(), 0))
    except Empty:
        raise LineError("too-slow", f"Something took longer than {seconds:g} seconds and was given up.") from None
    if not fine:
        raise cast(BaseException, result)
    return cast(T, result)
