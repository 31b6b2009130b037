"""A limit on every wait: work that may hang runs aside and is given up after some seconds; it stops no work itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

from ivr.errors import LineError

WEBHOOK_SECONDS = 8.0  # every webhook answers within this; the carrier gives up at 15
MOST_HANGING = 64  # given-up work that has not come back; beyond it we refuse at once instead of piling up threads

T = TypeVar("T")
_room = threading.BoundedSemaphore(MOST_HANGING)


def within(seconds: float, work: Callable[[], T]) -> T:
    """The result of `work`, or its exception; LineError `too-slow` when it takes longer than these seconds.

    The work goes on in its own daemon thread, so it must leave things whole whenever it ends: commit or nothing.
    """
    if not _room.acquire(blocking=False):
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
        fine, result = done.get(timeout=seconds)
    except Empty:
        raise LineError("too-slow", f"Something took longer than {seconds:g} seconds and was given up.") from None
    if not fine:
        raise cast(BaseException, result)
    return cast(T, result)
