"""Texts and calls that are to go out: queued in a turn's transaction, sent at most once; nothing is sent here.

queued -> leased -> sending -> sent | failed | queued again (the carrier refused it for now) | doubtful. A row whose
worker vanished is queued again if the request had not left (leased), and is doubtful if it may have (sending): a person
rather misses one text than gets it twice, and the carrier's message list can settle it. `number` is erased when done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from ivr.dialog.types import Result
from ivr.errors import LineError
from ivr.secrets import Secrets
from ivr.store import people
from ivr.store.database import Database
from ivr.store.delivery import join_early_status, record_status
from ivr.store.records import Backlog, LastText, Outcome, Outgoing
from ivr.store.schema import outbox

CALL = "call"
TEXT = "text"
INVITE = "invite"


def queue(
    connection: Connection, secrets: Secrets, number: str, *, kind: str, what: Mapping[str, str], language: str,
    once: str, at: datetime, expires_at: datetime, due_at: datetime | None = None,
) -> Outcome:  # fmt: skip
    """Queue one row; REFUSED `opted-out` for a text to such a number; the same `once` again changes nothing."""
    keys = secrets.caller_keys(number)
    if kind != CALL and people.opted_out(connection, keys):
        return Outcome(Result.REFUSED, "opted-out")
    known = secrets.digests("outbox", once)
    if connection.execute(select(outbox.c.id).where(outbox.c.once.in_(known))).first():
        return Outcome(Result.QUEUED)
    row = {
        "caller_key": keys[0], "number": secrets.encrypt(number), "once": known[0], "kind": kind,
        "what": _written(what), "language": language, "first": people.is_new(connection, keys),
        "created_at": at, "due_at": due_at or at, "expires_at": expires_at, "state": "queued", "attempts": 0,
    }  # fmt: skip
    connection.execute(people.insert_once(connection, outbox).values(row).on_conflict_do_nothing())
    return Outcome(Result.QUEUED)


def calls_since(connection: Connection, keys: people.Keys, since: datetime) -> int:
    """How many calls this number asked for since then."""
    counted = select(func.count()).where(outbox.c.caller_key.in_(keys), outbox.c.created_at > since, outbox.c.kind == CALL)
    return int(connection.execute(counted).scalar_one())


def texted_since(connection: Connection, keys: people.Keys, what: Mapping[str, str], since: datetime) -> bool:
    """Whether a text of exactly this was queued or sent since then, and neither dropped nor refused."""
    same = outbox.c.what == _written(what), outbox.c.kind.in_((INVITE, TEXT)), outbox.c.state.not_in(("dropped", "failed"))
    found = select(outbox.c.id).where(outbox.c.caller_key.in_(keys), outbox.c.created_at > since, *same)
    return connection.execute(found.limit(1)).first() is not None


def _written(what: Mapping[str, str]) -> str:
    return json.dumps(dict(what), sort_keys=True)


def last_text(connection: Connection, keys: people.Keys, since: datetime, until: datetime) -> LastText | None:
    """What this number was last texted, or offered, between then and now, if it was not taken back.

    A clock that jumped leaves texts of tomorrow: a conversation must not begin anew after one again and again (F20).
    """
    row = connection.execute(
        select(outbox.c.kind, outbox.c.what, outbox.c.language, outbox.c.first, outbox.c.created_at)
        .where(outbox.c.caller_key.in_(keys), outbox.c.kind.in_((INVITE, TEXT)))
        .where(outbox.c.created_at > since, outbox.c.created_at <= until)
        .where(outbox.c.state.in_(("sending", "sent", "doubtful")))
        .order_by(outbox.c.id.desc())
        .limit(1)
    ).first()
    return LastText(row.kind, json.loads(row.what), row.language, bool(row.first), row.created_at) if row else None


class Outbox:
    """The worker's side."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._secrets = secrets

    def lease(self, worker: str, at: datetime, *, limit: int = 10, seconds: int = 60) -> list[Outgoing]:
        """Up to `limit` due rows, oldest first, for this worker alone and for so many seconds."""
        with self._database.reading() as connection:
            if not connection.execute(select(outbox.c.id).where(_needs_work(at)).limit(1)).first():
                return []
        with self._database.writing() as connection:
            _recover(connection, at)
            _expire(connection, at)
            return self._lease(connection, worker, at, limit, at + timedelta(seconds=seconds))

    def _lease(self, connection: Connection, worker: str, at: datetime, limit: int, until: datetime) -> list[Outgoing]:
        due = (
            select(outbox)
            .where(outbox.c.state == "queued", outbox.c.due_at <= at)
            .order_by(outbox.c.due_at, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        leased = []
        for row in connection.execute(due).all():
            letter = self._opened(connection, row, at)
            if letter is not None:
                _set(connection, row.id, state="leased", leased_by=worker, leased_until=until)
                leased.append(letter)
        return leased

    def _opened(self, connection: Connection, row: Row[Any], at: datetime) -> Outgoing | None:
        try:
            number = self._secrets.decrypt(row.number or "")
        except LineError as fault:
            _done(connection, row.id, at, state="failed", error_code=fault.code)
            return None
        return Outgoing(
            row.id, number, row.kind, json.loads(row.what), row.language, row.first, row.attempts, row.created_at,
            row.expires_at,
        )  # fmt: skip

    def sending(self, row_id: int, worker: str, at: datetime) -> bool:
        """Say that the request leaves now; False if it must not: lease lost, too late, forgotten, opted out."""
        with self._database.writing() as connection:
            row = _locked(connection, row_id, ("leased",))
            if row is None or row.leased_by != worker or row.leased_until <= at:
                return False
            why_not = self._why_not(connection, row, at)
            if why_not:
                _done(connection, row_id, at, state="dropped", error_code=why_not)
                return False
            return _set(connection, row_id, state="sending", attempts=row.attempts + 1)

    def _why_not(self, connection: Connection, row: Row[Any], at: datetime) -> str:
        if row.expires_at <= at:
            return "late"
        return "opted-out" if row.kind != CALL and people.opted_out(connection, self._keys(row)) else ""

    def _keys(self, row: Row[Any]) -> people.Keys:
        """Every hash of the row's number: its own key may be older than the opt-out's."""
        return (row.caller_key, *self._secrets.caller_keys(self._secrets.decrypt(row.number)))

    def sent(self, row_id: int, sid: str, at: datetime, *, listed: bool = False) -> bool:
        """The carrier took it; a status that came earlier is joined now. False if the row was forgotten meanwhile.

        `listed`: the SID was found in the carrier's list; False too if it has become another row's since.
        """
        with self._database.writing() as connection:
            people.serialise(connection, [sid])
            if _locked(connection, row_id, ("sending", "doubtful")) is None:
                return False
            if listed and _claimed(connection, [sid]):
                return False
            _done(connection, row_id, at, state="sent", sid=sid, error_code=None)
            join_early_status(connection, row_id, sid, at)
            return True

    def claimed(self, sids: Sequence[str]) -> set[str]:
        """Those of the carrier's SIDs that are known to belong to a row."""
        with self._database.reading() as connection:
            return _claimed(connection, sids)

    def failed(self, row_id: int, code: str, at: datetime) -> bool:
        """It can never be sent; the carrier's 21610 (they said STOP to it) is an opt-out."""
        with self._database.writing() as connection:
            row = _locked(connection, row_id, ("leased", "sending", "doubtful"))
            if row is None:
                return False
            _done(connection, row_id, at, state="failed", error_code=code)
            if code == "21610":
                people.store_opt_out(connection, row.caller_key, "21610", "worker", at)
            return True

    def retry(self, row_id: int, due_at: datetime, code: str) -> bool:
        """The carrier certainly did not take it: try again then."""
        with self._database.writing() as connection:
            if _locked(connection, row_id, ("leased", "sending", "doubtful")) is None:
                return False
            return _set(connection, row_id, state="queued", due_at=due_at, leased_by=None, error_code=code)

    def doubtful(self, row_id: int, code: str) -> bool:
        """Nobody knows whether the carrier took it: it is not sent again; the number is kept for looking it up."""
        with self._database.writing() as connection:
            if _locked(connection, row_id, ("sending",)) is None:
                return False
            return _set(connection, row_id, state="doubtful", leased_by=None, error_code=code)

    def in_doubt(self, at: datetime, limit: int = 20) -> list[Outgoing]:
        """Doubtful rows, oldest first, to be looked up at the carrier; `sent`, `retry` or `failed` settles them."""
        with self._database.writing() as connection:
            doubtful = select(outbox).where(outbox.c.state == "doubtful", outbox.c.number.is_not(None))
            rows = connection.execute(doubtful.order_by(outbox.c.id).limit(limit)).all()
            opened = [self._opened(connection, row, at) for row in rows]
        return [letter for letter in opened if letter is not None]

    def status(self, sid: str, status: str, at: datetime, *, code: str = "") -> bool:
        """Record a delivery status; twice, out of order or before the send was committed. True if it was news."""
        with self._database.writing() as connection:
            people.serialise(connection, [sid])
            return record_status(connection, sid, status, code, at)

    def drop_expired(self, at: datetime) -> int:
        """Drop what was not sent in time (never sent later), and say how many."""
        with self._database.writing() as connection:
            _recover(connection, at)
            return _expire(connection, at)

    def backlog(self, at: datetime) -> Backlog:
        """How many rows are in which state, and how long the oldest due one has waited."""
        with self._database.reading() as connection:
            counts = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
            waiting = outbox.c.state.in_(people.PENDING) & (outbox.c.due_at <= at)
            oldest = connection.execute(select(func.min(outbox.c.due_at)).where(waiting)).scalar()
        age = int((at - oldest).total_seconds()) if oldest else 0
        return Backlog({str(row[0]): int(row[1]) for row in counts}, max(age, 0))


def _needs_work(at: datetime) -> ColumnElement[bool]:
    queued = and_(outbox.c.state == "queued", or_(outbox.c.due_at <= at, outbox.c.expires_at <= at))
    abandoned = and_(outbox.c.state.in_(("leased", "sending")), outbox.c.leased_until <= at)
    return or_(queued, abandoned)


def _recover(connection: Connection, at: datetime) -> None:
    abandoned = outbox.c.leased_until <= at
    again = update(outbox).where(outbox.c.state == "leased", abandoned).values(state="queued", leased_by=None)
    unsure = {"state": "doubtful", "leased_by": None, "error_code": "worker-lost"}
    connection.execute(update(outbox).where(outbox.c.state == "sending", abandoned).values(unsure))
    connection.execute(again)


def _expire(connection: Connection, at: datetime) -> int:
    late = update(outbox).where(outbox.c.state == "queued", outbox.c.expires_at <= at)
    done = {"state": "dropped", "error_code": "late", "number": None, "done_at": at}
    return connection.execute(late.values(done)).rowcount


def _claimed(connection: Connection, sids: Sequence[str]) -> set[str]:
    return set(connection.execute(select(outbox.c.sid).where(outbox.c.sid.in_(sids))).scalars())


def _locked(connection: Connection, row_id: int, states: Sequence[str]) -> Row[Any] | None:
    wanted = select(outbox).where(outbox.c.id == row_id, outbox.c.state.in_(states)).with_for_update()
    return connection.execute(wanted).first()


def _set(connection: Connection, row_id: int, **values: object) -> bool:
    return connection.execute(update(outbox).where(outbox.c.id == row_id).values(values)).rowcount > 0


def _done(connection: Connection, row_id: int, at: datetime, **values: object) -> bool:
    return _set(connection, row_id, number=None, leased_by=None, leased_until=None, done_at=at, **values)
