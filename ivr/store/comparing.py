"""What is held about everybody, without times and row numbers: two stores that lived through the same hold the same.

For measurements and tests; the running line compares nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select

from ivr.dialog.types import Medium
from ivr.store.schema import events, inbound, opt_outs, outbox, sessions
from ivr.store.store import Store

Held = Mapping[str, Mapping[str, tuple[tuple[object, ...], ...]]]  # by the hash of a number, by kind: every row about it

_ROWS = {
    "session": select(sessions.c.caller_key, sessions.c.turn, sessions.c.state),
    "opt-out": select(opt_outs.c.caller_key, opt_outs.c.how),
    "promised": select(outbox.c.caller_key, outbox.c.kind, outbox.c.what, outbox.c.language, outbox.c.first, outbox.c.state),
    "text": select(inbound.c.caller_key, inbound.c.replied),
    "event": select(
        events.c.caller_key, events.c.name, events.c.at_place, events.c.language, events.c.detail
    ).where(events.c.medium == str(Medium.TEXT)),
}  # fmt: skip


def held(store: Store) -> Held:
    """Everything about each number; two stores are comparable when they have the same CALLER_KEY. Raises StoreError.

    Events of calls are left out: they are written when there is time, and may be lost.
    """
    found: defaultdict[str, dict[str, tuple[tuple[object, ...], ...]]] = defaultdict(dict)
    with store.database.reading() as connection:
        for kind, rows in _ROWS.items():
            for caller_key, *values in sorted(map(tuple, connection.execute(rows)), key=repr):
                about = found[str(caller_key)]
                about[kind] = (*about.get(kind, ()), tuple(values))
    return found


def differing(one: Held, other: Held) -> list[str]:
    """The hashes of those about whom the two do not hold the same."""
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))
