"""The tables of the store, for SQLite and PostgreSQL alike; no statements here, and no column for a number in clear.

`caller_key` is always the keyed hash of a phone number; `number` is always encrypted, and NULL once it is not needed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Index, Integer, MetaData, Table, Text, TypeDecorator, text

HEAD = "0002"  # the newest migration; a test holds it to the files of migrations/versions

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Moment(TypeDecorator[datetime]):
    """A moment as whole seconds since 1970 UTC; raises ValueError for a time without zone."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Write seconds."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return None if value is None else int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Read a moment in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Words(TypeDecorator[str]):
    """Text without NUL and lone surrogates, which PostgreSQL refuses and SQLite keeps but cannot measure."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Drop what cannot be stored everywhere."""
        if value is None or (value.isascii() and "\x00" not in value):
            return value
        return _UNSTORABLE.sub("", value)


Id = BigInteger().with_variant(Integer(), "sqlite")
metadata = MetaData()

sessions = Table(
    "sessions", metadata,
    Column("caller_key", Words, primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("updated_at", Moment, nullable=False, index=True),
    sqlite_with_rowid=False,
)  # fmt: skip

opt_outs = Table(
    "opt_outs", metadata,
    Column("caller_key", Words, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("source", Words, nullable=False),  # text, voice, worker, reconcile, staff
    Column("how", Words, nullable=False),  # carrier, words, 21610
    sqlite_with_rowid=False,
)  # fmt: skip

inbound = Table(
    "inbound", metadata,
    Column("message_key", Words, primary_key=True),
    Column("caller_key", Words),
    Column("received_at", Moment, nullable=False, index=True),
    Column("replied", Boolean, nullable=False),
    Column("answer", Words),  # encrypted: the same delivery again gets the same reply
    Column("body_key", Words),  # of a body that matched nothing
    Index("inbound_by_caller", "caller_key", "received_at"),
)  # fmt: skip

effects = Table(
    "effects", metadata,
    Column("once", Words, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("result", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("reference", Words, nullable=False),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    Column("id", Id, primary_key=True),
    Column("caller_key", Words, nullable=False),
    Column("number", Words),
    Column("once", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),  # text, invite, nudge ... or call
    Column("what", Words, nullable=False),  # JSON: names of content only
    Column("language", Words, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Column("due_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("state", Words, nullable=False),  # queued leased sending | sent doubtful dropped failed
    Column("attempts", Integer, nullable=False),
    Column("leased_by", Words),
    Column("leased_until", Moment),
    Column("done_at", Moment),
    Column("sid", Words, index=True),
    Column("delivery", Words),  # the carrier's last word about it
    Column("error_code", Words),
    Index("outbox_by_state", "state", "due_at"),
    Index("outbox_by_caller", "caller_key", "created_at"),
)  # fmt: skip

statuses = Table(
    "statuses", metadata,
    Column("sid", Words, primary_key=True),  # a status that came before the send was committed
    Column("status", Words, nullable=False),
    Column("error_code", Words, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)  # fmt: skip

callbacks = Table(
    "callbacks", metadata,
    Column("id", Id, primary_key=True),
    Column("reference", Words, nullable=False),
    Column("caller_key", Words, nullable=False),
    Column("number", Words),
    Column("window", Words, nullable=False),
    Column("zone", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("may_text", Boolean, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("promised_by", Moment, nullable=False),
    Column("state", Words, nullable=False, index=True),  # open claimed | done cancelled
    Column("claimed_by", Words),
    Column("claimed_at", Moment),
    Column("closed_at", Moment),
    Column("nudged_at", Moment),
    Index("callbacks_by_caller", "caller_key"),
    Index("callbacks_one_open", "caller_key", unique=True,
          sqlite_where=text("state IN ('open', 'claimed')"), postgresql_where=text("state IN ('open', 'claimed')")),
)  # fmt: skip

events = Table(
    "events", metadata,
    Column("id", Id, primary_key=True),
    Column("call_key", Words, nullable=False),
    Column("turn", Words, nullable=False),
    Column("place", Integer, nullable=False),  # which event of the turn this is
    Column("at", Moment, nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("at_place", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("medium", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("caller_key", Words),
    Index("events_once", "call_key", "turn", "place", unique=True),
    Index("events_by_caller", "caller_key"),
    # What the daily purge asks for: otherwise it would read a year of events that have long lost their caller.
    Index("events_with_caller", "at", sqlite_where=text("caller_key IS NOT NULL"),
          postgresql_where=text("caller_key IS NOT NULL")),
)  # fmt: skip

unmatched = Table(
    "unmatched", metadata,
    Column("id", Id, primary_key=True),
    Column("question", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("medium", Words, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)  # fmt: skip

audit = Table(
    "audit", metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("detail", Words, nullable=False),
)  # fmt: skip

marks = Table(
    "marks", metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
    Column("at", Moment, nullable=False),
)  # fmt: skip
