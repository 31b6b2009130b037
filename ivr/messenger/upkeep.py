"""What a worker does beside sending: late callbacks, retention, unfinished forgetting, figures; it talks to no carrier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.messenger.counters import Counters
from ivr.messenger.sending import Library, retention_of
from ivr.messenger.standing import SEEN, TROUBLE, Standing, standing
from ivr.store import Store

PURGED = "purged"  # mark: the day of the last purge, UTC
EVERY = timedelta(seconds=15)
SEEN_EVERY = timedelta(seconds=60)
# A nudge may have to wait for the morning: from eight in the evening until noon, and some room.
NUDGE_HOURS = 24


@dataclass(frozen=True, slots=True)
class Kept:
    """What a round of upkeep did."""

    dropped: int = 0
    nudged: int = 0
    purged: int | None = None


class Upkeep:
    """At most every 15 seconds; several workers may do it at once, each step is harmless twice."""

    def __init__(self, store: Store, library: Callable[[], Library], counters: Counters) -> None:
        self._store = store
        self._library = library
        self._counters = counters
        self._last: datetime | None = None
        self._seen: tuple[datetime, str] | None = None
        self.standing: Standing | None = None

    def run(self, at: datetime, trouble: str) -> Kept:
        """Raises StoreError. `trouble` is the code of what keeps this worker from sending, for everybody to see."""
        if self._last is not None and timedelta(0) <= at - self._last < EVERY:
            return Kept()
        self._store.scrub_if_wanted(at)
        dropped = self._store.outbox.drop_expired(at)
        self._counters.dropped(dropped)
        nudged = self._nudge(at)
        purged = self._purge(at)
        self._tell(at, trouble)
        how = self.standing = standing(self._store, at)
        callbacks = {"open": how.callbacks_open, "half": how.callbacks_half, "late": how.callbacks_late}
        self._counters.stands(how.outbox, how.oldest_seconds, callbacks)
        self._last = at
        return Kept(dropped, nudged, purged)

    def _nudge(self, at: datetime) -> int:
        """One neutral text, once, for each request whose promised time is over and that agreed to texts."""
        if all(one.nudged_at is not None for one in self._store.callbacks.overdue(at)):
            return 0
        return self._store.callbacks.nudge_overdue(at, at + timedelta(hours=NUDGE_HOURS))

    def _purge(self, at: datetime) -> int | None:
        """A part of it, so that texts need not wait for the rest; round by round until the day's purge is done."""
        today = at.date().isoformat()
        if self._store.mark(PURGED) == today:
            return None
        went, all_of_it = self._store.purge_some(retention_of(self._library().retention), at)
        if all_of_it:
            self._store.set_mark(PURGED, today, at)
        self._counters.purged(went)
        return sum(went.values())

    def _tell(self, at: datetime, trouble: str) -> None:
        """Leave word that a worker lives, each minute and whenever its trouble changes."""
        if self._seen and self._seen[1] == trouble and timedelta(0) <= at - self._seen[0] < SEEN_EVERY:
            return
        self._store.set_mark(SEEN, at.isoformat(), at)
        if self._seen is None or self._seen[1] != trouble:
            self._store.set_mark(TROUBLE, trouble, at)
        self._seen = (at, trouble)
