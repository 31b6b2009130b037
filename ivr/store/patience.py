"""Lets few wait for a database that does not answer: the others are told so at once, and can say something else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ivr.store.trouble import StoreError

AWAY = ("store-gone", "store-busy", "store-slow")  # whoever asks waits; what is full or read-only says so at once
FEW = 4  # at once: enough to notice that it answers again
SLOW_SECONDS = 2.0  # a writer that has been waiting for longer than this has met trouble, even if it has no name yet


class Patience:
    """Counts who waits, and for how long."""

    def __init__(self) -> None:
        self._began: dict[object, float] = {}

    @contextmanager
    def waiting(self, trouble: str) -> Iterator[None]:
        """Go and wait; raises StoreError instead while there is such trouble, or somebody waits long, and FEW wait."""
        now = time.monotonic()
        began = list(self._began.values())
        slow = bool(began) and now - min(began) > SLOW_SECONDS
        if len(began) >= FEW and (slow or trouble in AWAY):
            raise StoreError(trouble if trouble in AWAY else "store-slow")
        me = object()
        self._began[me] = now
        try:
            yield
        finally:
            del self._began[me]
