"""What lies in the database of a line after a measurement, read from its tables as they are; it judges nothing."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from ivr.bench import lines
from ivr.bench.promised import Row
from ivr.store import Store
from ivr.store.people import OPEN, PENDING
from ivr.store.schema import callbacks, opt_outs, outbox


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Everything that was to be remembered, by number."""

    opted_out: set[str]
    recovered: int  # opt-outs that the worker found in the carrier's list
    waiting: Counter[str]  # callbacks that are open
    rows: list[Row]


def read(settings: dict[str, str], numbers: Iterable[str]) -> Afterwards:
    """What is held about these numbers; a key that belongs to none of them is named "?". Raises StoreError."""
    keyring = lines.keyring(settings)
    names = {key: number for number in numbers for key in keyring.caller_keys(number)}
    columns = outbox.c.caller_key, outbox.c.what, outbox.c.state, outbox.c.sid, outbox.c.delivery, outbox.c.error_code
    store = lines.its_store(settings)
    try:
        with store.database.reading() as connection:
            out = connection.execute(select(opt_outs.c.caller_key, opt_outs.c.source)).all()
            waiting = connection.execute(select(callbacks.c.caller_key).where(callbacks.c.state.in_(OPEN))).scalars().all()
            found = connection.execute(select(*columns)).all()
    finally:
        store.close()
    rows = [
        Row(names.get(row[0], "?"), json.loads(row[1]).get("topic", "?"), row[2], row[3] or "", row[4] or "", row[5] or "")
        for row in found
    ]
    return Afterwards(
        opted_out={names.get(row[0], "?") for row in out},
        recovered=sum(row[1] == "reconcile" for row in out),
        waiting=Counter(names.get(key, "?") for key in waiting),
        rows=rows,
    )


def still_to_do(store: Store) -> tuple[int, int]:
    """How many outbox rows wait to be dealt with, and how many are doubtful. Raises StoreError."""
    with store.database.reading() as connection:
        counted = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    by_state = {str(state): int(count) for state, count in counted}
    return sum(by_state.get(state, 0) for state in PENDING), by_state.get("doubtful", 0)


def integrity(path: Path) -> str:
    """What SQLite itself says of the file: "ok", or its first complaint."""
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
