"""Requests to be rung back: one open per number, claimed by one person, closed once; it promises nothing by itself."""

from __future__ import annotations

import secrets as dice
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from ivr.dialog.types import Result
from ivr.errors import LineError
from ivr.secrets import Secrets
from ivr.store import outbox, people
from ivr.store.database import Database
from ivr.store.keeping import write_audit
from ivr.store.records import CallbackRecord, Outcome
from ivr.store.schema import callbacks

OPEN = people.OPEN
NUDGE = "nudge"


def request(
    connection: Connection, secrets: Secrets, number: str, *, window: str, zone: str, language: str, may_text: bool,
    at: datetime, promised_by: datetime,
) -> Outcome:  # fmt: skip
    """Store a request; DONE with its reference, or REFUSED `open` with the reference of the one already open."""
    keys = secrets.caller_keys(number)
    row = {
        "reference": _reference(connection), "caller_key": keys[0], "number": secrets.encrypt(number), "window": window,
        "zone": zone, "language": language, "may_text": may_text, "requested_at": at, "promised_by": promised_by,
        "state": "open",
    }  # fmt: skip
    held = people.open_callback(connection, keys)
    if held is None:
        connection.execute(people.insert_once(connection, callbacks).values(row).on_conflict_do_nothing())
        held = people.open_callback(connection, keys)
    reference = connection.execute(select(callbacks.c.reference).where(callbacks.c.id == held)).scalar_one()
    if reference == row["reference"]:
        return Outcome(Result.DONE, reference=reference)
    return Outcome(Result.REFUSED, "open", reference)


def cancel(connection: Connection, keys: people.Keys, at: datetime) -> bool:
    """The person does not want it any more; False if nothing was open."""
    mine = callbacks.c.caller_key.in_(keys), callbacks.c.state.in_(OPEN)
    closed = {"state": "cancelled", "number": None, "closed_at": at}
    return connection.execute(update(callbacks).where(*mine).values(closed)).rowcount > 0


def open_record(connection: Connection, secrets: Secrets, keys: people.Keys) -> CallbackRecord | None:
    """The open request of this number."""
    held = people.open_callback(connection, keys)
    if held is None:
        return None
    return _record(connection.execute(select(callbacks).where(callbacks.c.id == held)).one(), secrets)


def _reference(connection: Connection) -> str:
    """Four digits that no unfinished request has."""
    taken = set(connection.execute(select(callbacks.c.reference).where(callbacks.c.state.in_(OPEN))).scalars())
    free = [code for code in (str(dice.randbelow(9000) + 1000) for _ in range(50)) if code not in taken]
    return free[0] if free else str(dice.randbelow(900_000) + 100_000)


def _record(row: Row[Any], secrets: Secrets) -> CallbackRecord:
    try:
        ending = secrets.decrypt(row.number)[-4:] if row.number else ""
    except LineError:
        ending = "????"
    return CallbackRecord(
        row.id, row.reference, ending, row.window, row.zone, row.language, row.may_text, row.requested_at,
        row.promised_by, row.state, row.claimed_by or "", row.nudged_at,
    )  # fmt: skip


class Callbacks:
    """The staff's and the worker's side; every look at a whole number is in the audit."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._secrets = secrets

    def listed(self, states: Sequence[str] = OPEN, limit: int = 200) -> list[CallbackRecord]:
        """Requests in these states, the one promised first on top."""
        wanted = select(callbacks).where(callbacks.c.state.in_(states))
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(callbacks.c.promised_by, callbacks.c.id).limit(limit)).all()
        return [_record(row, self._secrets) for row in rows]

    def claim(self, row_id: int, who: str, at: datetime) -> bool:
        """One person takes it; False if somebody else has, or it is closed (ASVS 2.3.4)."""
        free = callbacks.c.id == row_id, callbacks.c.state == "open"
        with self._database.writing() as connection:
            taken = {"state": "claimed", "claimed_by": who, "claimed_at": at}
            if connection.execute(update(callbacks).where(*free).values(taken)).rowcount == 0:
                return False
            write_audit(connection, at, who, "callback-claimed", f"id {row_id}")
            return True

    def release(self, row_id: int, who: str, at: datetime) -> bool:
        """A claim is given back."""
        held = callbacks.c.id == row_id, callbacks.c.state == "claimed"
        with self._database.writing() as connection:
            free = {"state": "open", "claimed_by": None, "claimed_at": None}
            if connection.execute(update(callbacks).where(*held).values(free)).rowcount == 0:
                return False
            write_audit(connection, at, who, "callback-released", f"id {row_id}")
            return True

    def number(self, row_id: int, who: str, at: datetime) -> str | None:
        """The whole number, to ring it; the look is recorded before the number is given. None once it is erased."""
        with self._database.writing() as connection:
            token = connection.execute(select(callbacks.c.number).where(callbacks.c.id == row_id)).scalar()
            if token is None:
                return None
            write_audit(connection, at, who, "callback-number-shown", f"id {row_id}")
        return self._secrets.decrypt(token)

    def close(self, row_id: int, who: str, at: datetime) -> bool:
        """It was done: the number is erased. False if it was closed before."""
        with self._database.writing() as connection:
            done = {"state": "done", "number": None, "closed_at": at}
            mine = callbacks.c.id == row_id, callbacks.c.state.in_(OPEN)
            if connection.execute(update(callbacks).where(*mine).values(done)).rowcount == 0:
                return False
            write_audit(connection, at, who, "callback-closed", f"id {row_id}")
            return True

    def half_time(self, at: datetime) -> list[CallbackRecord]:
        """Open and not claimed although half the promised time is over: time to ring the alarm."""
        return [
            one
            for one in self.listed(("open",), 10_000)
            if at >= one.requested_at + (one.promised_by - one.requested_at) / 2
        ]

    def overdue(self, at: datetime) -> list[CallbackRecord]:
        """Not done although the promised time is over."""
        return [one for one in self.listed(OPEN, 10_000) if one.promised_by <= at]

    def nudge_overdue(self, at: datetime, expires_at: datetime, due_at: datetime | None = None) -> int:
        """Queue the one neutral text for each overdue request that agreed to texts; says how many."""
        overdue = callbacks.c.promised_by <= at, callbacks.c.state.in_(OPEN), callbacks.c.nudged_at.is_(None)
        with self._database.writing() as connection:
            wanted = select(callbacks).where(*overdue, callbacks.c.number.is_not(None)).limit(100)
            rows = connection.execute(wanted.with_for_update(skip_locked=True)).all()
            return sum(self._nudge(connection, row, at, expires_at, due_at) for row in rows)

    def _nudge(
        self, connection: Connection, row: Row[Any], at: datetime, expires_at: datetime, due_at: datetime | None
    ) -> bool:
        connection.execute(update(callbacks).where(callbacks.c.id == row.id).values(nudged_at=at))
        if not row.may_text:
            return False
        try:
            number = self._secrets.decrypt(row.number)
        except LineError:
            return False
        outcome = outbox.queue(
            connection, self._secrets, number, kind=NUDGE, what={"reference": row.reference}, language=row.language,
            once=f"{NUDGE}:{row.id}:{row.requested_at.isoformat()}", at=at, due_at=due_at, expires_at=expires_at,
        )  # fmt: skip
        return outcome.result is Result.QUEUED
