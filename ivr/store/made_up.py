"""Fills a new store with rows about people who do not exist, many and fast, for measurements; never for the running line.

As after weeks of service: conversations of the last two days, message ids of four, texts sent in a month, events of
thirteen months and a little more, so that a daily purge finds its share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, text

from ivr.secrets import Secrets
from ivr.store.database import Database
from ivr.store.schema import events, inbound, opt_outs, outbox, sessions

MESSAGES, EVENTS = 2, 2  # for each stored conversation
OPT_OUTS, SENT = 20, 50  # one for so many conversations
STEP = 50_000  # rows
SESSION_HOURS, INBOUND_HOURS, EVENT_DAYS, CALLER_DAYS, SENT_DAYS = 48, 96, 400, 31, 31
STATE = '{"language":"en","at":"immunotherapy","page":1,"trail":["main"],"heard_before":2,"revision":"0123456789ab"}'
ANSWER = "Immunotherapy is treatment that helps your own body fight the cancer. You get it through a vein.\n(1/5) Reply MORE"

Rows = Iterable[tuple[Any, ...]]


class Filler:
    """Rows about `count` people, and about these numbers too; times lie before `at`."""

    def __init__(self, secrets: Secrets, count: int, numbers: Sequence[str], at: datetime) -> None:
        self._count, self._now = count, int(at.timestamp())
        self._name = secrets.key_ids[0]
        self._answer = secrets.encrypt(ANSWER)
        self._known = [secrets.caller_keys(number)[0] for number in numbers]

    def fill(self, database: Database) -> None:
        """Write everything. Indexes are made afterwards, which takes a fraction of the time. Raises StoreError."""
        with database.writing() as connection:
            for table, columns, rows in self._tables():
                _load(connection, table, columns, rows)
        if not database.is_sqlite:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))  # as the server would do by itself in a while
        database.scrub()

    def _tables(self) -> Iterator[tuple[Table, str, Rows]]:
        yield sessions, "caller_key turn state updated_at", self._sessions()
        yield opt_outs, "caller_key since source how", self._opt_outs()
        yield inbound, "message_key caller_key received_at replied answer", self._inbound()
        yield outbox, _SENT, self._outbox()
        yield events, "call_key turn place at name at_place language medium detail caller_key", self._events()

    def _key(self, place: int, of: int) -> str:
        """Looks like a keyed hash; these come in order, which is how a table is loaded fastest."""
        return f"{self._name}.{place * (16**15 // of):015x}{'0' * 28}"

    def _ago(self, place: int, of: int, span: timedelta) -> int:
        """Moments spread evenly over the time before now, in no order."""
        return self._now - 60 - (place * 7919 % of) * int(span.total_seconds()) // of

    def _sessions(self) -> Rows:
        for key in self._known:
            yield key, 3, STATE, self._now - 3600
        for place in range(self._count - len(self._known)):
            yield self._key(place, self._count), 3, STATE, self._ago(place, self._count, timedelta(hours=SESSION_HOURS))

    def _opt_outs(self) -> Rows:
        of = self._count // OPT_OUTS
        for place in range(of):
            yield self._key(place, of), self._ago(place, of, timedelta(days=EVENT_DAYS)), "text", "carrier"

    def _inbound(self) -> Rows:
        of = self._count * MESSAGES
        for place in range(of):
            at = self._ago(place, of, timedelta(hours=INBOUND_HOURS))
            yield self._key(place, of), self._key(place // MESSAGES, self._count), at, True, self._answer

    def _outbox(self) -> Rows:
        of = self._count // SENT
        for place in range(of):
            at = self._ago(place, of, timedelta(days=SENT_DAYS))
            yield (
                self._key(place * SENT, self._count), f"{place:044x}", "text", '{"topic": "immunotherapy"}', "en", True,
                at, at, at + 900, "sent", 1, at + 2, f"SM{place:032x}", "delivered",
            )  # fmt: skip

    def _events(self) -> Rows:
        of = self._count * EVENTS
        for place in range(of):
            at = self._ago(place, of, timedelta(days=EVENT_DAYS))
            known = self._now - at < timedelta(days=CALLER_DAYS).total_seconds()
            caller = self._key(place // EVENTS, self._count) if known else None
            yield self._key(place, of), "0", 0, at, "topic", "immunotherapy", "en", "text", "", caller


_SENT = "caller_key once kind what language first created_at due_at expires_at state attempts done_at sid delivery"


def _load(connection: Connection, table: Table, columns: str, rows: Rows) -> None:
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    for index in indexes:
        index.drop(connection)
    names = ", ".join(f'"{name}"' for name in columns.split())
    marks = ", ".join("?" if connection.dialect.name == "sqlite" else "%s" for _ in columns.split())
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own tables
    left = iter(rows)
    while some := list(islice(left, STEP)):
        connection.exec_driver_sql(statement, some)
    for index in indexes:
        index.create(connection)
