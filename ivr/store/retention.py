"""Deletes what is past its time, and writes ciphers anew, in small transactions; an opt-out is never past its time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, func, select, update

from ivr.errors import LineError
from ivr.secrets import ID_LENGTH, Secrets
from ivr.store import people
from ivr.store.database import Database
from ivr.store.records import Retention
from ivr.store.schema import callbacks, effects, events, inbound, opt_outs, outbox, sessions, statuses, unmatched

STEP = 500  # rows in one transaction
UNSETTLED_HOURS = 48  # how long a doubtful row may wait to be looked up before its number goes


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    table: Table
    where: ColumnElement[bool]
    values: Mapping[str, Any] | None = None  # None deletes


def _rules(kept: Retention, at: datetime) -> tuple[_Rule, ...]:
    def before(hours: float) -> datetime:
        return at - timedelta(hours=hours)

    known = before(max(48, kept.inbound_hours))  # duplicates are known for at least 48 hours, whatever the file says
    done = outbox.c.state.in_(("sent", "dropped", "failed"))
    stale = outbox.c.state.in_(("sending", "doubtful")) & (outbox.c.leased_until < before(UNSETTLED_HOURS))
    late = outbox.c.state.in_(("queued", "leased")) & (outbox.c.expires_at < before(1))
    anonymous = events.c.caller_key.is_not(None) & (events.c.at < before(24 * kept.event_caller_days))
    dropped = {"state": "dropped", "error_code": "late", "number": None, "done_at": at}
    settled = {"state": "failed", "number": None, "done_at": at}
    return (
        _Rule("sessions", sessions, sessions.c.updated_at < before(kept.session_hours)),
        _Rule("inbound", inbound, inbound.c.received_at < known),
        _Rule("effects", effects, effects.c.at < known),
        _Rule("statuses", statuses, statuses.c.at < known),
        _Rule("events without caller", events, anonymous, {"caller_key": None}),
        _Rule("events", events, events.c.at < months_before(at, kept.events_months)),
        _Rule("callbacks", callbacks, callbacks.c.closed_at < before(24 * kept.callback_days)),
        _Rule("outbox dropped", outbox, late, dropped),
        _Rule("outbox unsettled", outbox, stale, settled),
        _Rule("outbox", outbox, done & (outbox.c.done_at < before(24 * kept.outbox_days))),
        _Rule("unmatched", unmatched, unmatched.c.at < before(24 * kept.unmatched_days)),
    )


def months_before(at: datetime, months: int) -> datetime:
    """The same day so many months ago, or that month's first if it has no such day."""
    years, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    try:
        return at.replace(year=years, month=month + 1)
    except ValueError:
        return at.replace(year=years, month=month + 1, day=1)


def purge(database: Database, kept: Retention, at: datetime, seconds: float) -> tuple[dict[str, int], bool]:
    """Carry out the retention in small transactions, for about so many seconds: how many went by which rule, and if all.

    What is left is found the next time; nothing is half done.
    """
    until = time.monotonic() + seconds
    went: dict[str, int] = {}
    for rule in _rules(kept, at):
        went[rule.name], all_of_it = _carry_out(database, rule, until)
        if not all_of_it:
            return went, False
    return went, True


def _carry_out(database: Database, rule: _Rule, until: float) -> tuple[int, bool]:
    key: Column[Any] = next(iter(rule.table.primary_key.columns))
    some = select(key).where(rule.where).limit(STEP)
    went = 0
    while True:
        with database.reading() as connection:
            chosen = connection.execute(some).scalars().all()
        if not chosen:
            return went, True
        if went and time.monotonic() > until:
            return went, False
        picked = key.in_(chosen) & rule.where
        with database.writing() as connection:
            statement = delete(rule.table) if rule.values is None else update(rule.table).values(rule.values)
            changed = connection.execute(statement.where(picked)).rowcount
        went += changed
        if not changed:
            return went, True


def rotate(database: Database, secrets: Secrets) -> dict[str, int]:
    """Write every stored number and answer with the first DATA_KEY, and its row's hashes with the first CALLER_KEY.

    Counts what was written and what no key could read. Safe while the line runs, and safe to run twice.
    """
    counts = {"rewritten": 0, "unreadable": 0}
    for table, column in ((outbox, outbox.c.number), (callbacks, callbacks.c.number), (inbound, inbound.c.answer)):
        _rotate_column(database, secrets, table, column, counts)
    return counts


def _rotate_column(database: Database, secrets: Secrets, table: Table, column: Column[Any], counts: dict[str, int]) -> None:
    key: Column[Any] = next(iter(table.primary_key.columns))
    last: object = None
    while True:
        page = select(key, column).where(column.is_not(None)).order_by(key).limit(STEP)
        with database.reading() as connection:
            rows = connection.execute(page if last is None else page.where(key > last)).all()
        if not rows:
            return
        last = rows[-1][0]
        with database.writing() as connection:
            for row in rows:
                _rotate_row(connection, secrets, table, column, row, counts)


def _rotate_row(
    connection: Connection, secrets: Secrets, table: Table, column: Column[Any], row: Any, counts: dict[str, int]
) -> None:
    key: Column[Any] = next(iter(table.primary_key.columns))
    try:
        renewed = secrets.rotate(row[1])
    except LineError:
        counts["unreadable"] += 1
        return
    same = update(table).where(key == row[0], column == row[1])  # not if it was erased meanwhile
    counts["rewritten"] += connection.execute(same.values({column.name: renewed})).rowcount
    if column.name == "number":
        people.adopt(connection, secrets.caller_keys(secrets.decrypt(renewed)))


def keys_missing(database: Database, secrets: Secrets) -> dict[str, int]:
    """Opt-outs that no configured CALLER_KEY can find, counted by the name of their key."""
    name = func.substr(opt_outs.c.caller_key, 1, ID_LENGTH)
    with database.reading() as connection:
        rows = connection.execute(select(name, func.count()).group_by(name)).all()
    return {str(row[0]): int(row[1]) for row in rows if row[0] not in secrets.key_ids}


def keys_in_use(database: Database, secrets: Secrets) -> dict[str, int]:
    """How many opt-outs are known under each configured key, the one that writes first; 0 means that a key may go."""
    name = func.substr(opt_outs.c.caller_key, 1, ID_LENGTH)
    with database.reading() as connection:
        rows = connection.execute(select(name, func.count()).group_by(name)).all()
    found = {str(row[0]): int(row[1]) for row in rows}
    return {key_id: found.get(key_id, 0) for key_id in secrets.key_ids}
