"""How outbound texts and callbacks stand, read from the store by any process: for `/readyz`, the report and the console."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.store import Store

SEEN = "worker-seen"  # mark: when a worker last did a round
TROUBLE = "worker-trouble"  # mark: what keeps it from sending, or ""

SLOW_SECONDS = 120  # a person who pressed 7 is looking at the screen
SILENT_AFTER = timedelta(minutes=5)  # reliability figure 34


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts only; `worker_seen` is None when no worker ever ran on this store."""

    outbox: Mapping[str, int]
    oldest_seconds: int
    callbacks_open: int
    callbacks_half: int  # half the promised time is over and nobody has taken them
    callbacks_late: int
    worker_seen: datetime | None
    trouble: str
    alarms: tuple[str, ...]


def standing(store: Store, at: datetime) -> Standing:
    """How it stands now. Raises StoreError."""
    backlog = store.outbox.backlog(at)
    half, late = len(store.callbacks.half_time(at)), len(store.callbacks.overdue(at))
    seen, trouble = read_moment(store.mark(SEEN)), store.mark(TROUBLE) or ""
    waiting = any(backlog.counts.get(state) for state in ("queued", "leased", "sending"))
    silent = waiting and backlog.oldest_seconds > 0 and (seen is None or at - seen > SILENT_AFTER)
    alarms = {
        "callback-due": half > 0,
        "callback-late": late > 0,
        "outbox-slow": backlog.oldest_seconds > SLOW_SECONDS,
        "worker-silent": silent,
        f"carrier-{trouble}": bool(trouble),
    }
    ringing = tuple(name for name, rings in alarms.items() if rings)
    opened = len(store.callbacks.listed(limit=10_000))
    return Standing(backlog.counts, backlog.oldest_seconds, opened, half, late, seen, trouble, ringing)


def lines(how: Standing) -> list[str]:
    """The same for people, one fact a line."""
    states = ", ".join(f"{count} {state}" for state, count in sorted(how.outbox.items())) or "empty"
    said = [
        f"outbox: {states}",
        f"oldest text that waits: {how.oldest_seconds} s",
        f"callbacks: {how.callbacks_open} open, {how.callbacks_half} past half their time, {how.callbacks_late} late",
        f"worker last seen: {how.worker_seen.isoformat(timespec='seconds') if how.worker_seen else 'never'}",
    ]
    return said + [f"ALARM: {name}" for name in how.alarms]


def read_moment(written: str | None) -> datetime | None:
    """A moment from a mark; None when it is not there or damaged."""
    try:
        moment = datetime.fromisoformat(written or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None
