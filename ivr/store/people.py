"""What is held about one number, as statements inside somebody else's transaction; it never sees the number itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ivr.store.records import Facts, Recent
from ivr.store.schema import Moment, callbacks, effects, events, inbound, opt_outs, outbox, sessions

Keys = tuple[str, ...]

OPEN = ("open", "claimed")
PENDING = ("queued", "leased", "sending")
NO_TEXTS = frozenset({"21614", "21635", "30006"})  # the carrier's codes for a telephone that takes no texts: a landline

_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_OPTED_OUT = select(opt_outs.c.since).where(opt_outs.c.caller_key.in_(_KEYS)).limit(1)
_CALLBACK = select(callbacks.c.id).where(callbacks.c.caller_key.in_(_KEYS), callbacks.c.state.in_(OPEN)).limit(1)
_HEARD_OF = or_(
    exists().where(sessions.c.caller_key.in_(_KEYS)),
    exists().where(inbound.c.caller_key.in_(_KEYS)),
    exists().where(
        outbox.c.caller_key.in_(_KEYS),
        outbox.c.state.not_in(("dropped", "failed")),
        outbox.c.kind.not_in(("call", "invite")),
    ),
)
_KNOWN = select(_HEARD_OF)
_FACTS = select(
    exists().where(opt_outs.c.caller_key.in_(_KEYS)),
    exists().where(callbacks.c.caller_key.in_(_KEYS), callbacks.c.state.in_(OPEN)),
    _HEARD_OF,
    exists().where(outbox.c.caller_key.in_(_KEYS), outbox.c.error_code.in_(NO_TEXTS)),
)
_RECENT = select(
    func.count().filter(inbound.c.received_at > bindparam("half_a_minute_ago", type_=Moment)), func.count()
).where(
    inbound.c.caller_key.in_(_KEYS),
    inbound.c.received_at > bindparam("a_day_ago", type_=Moment),
    inbound.c.received_at <= bindparam("now", type_=Moment),  # a clock that jumped must not silence anybody (F20)
    inbound.c.replied.is_(True),
)
_TEXTED = select(
    func.count().filter(outbox.c.created_at > bindparam("half_a_minute_ago", type_=Moment)),
    func.count(),
    func.count().filter(outbox.c.kind == "invite"),
).where(
    outbox.c.caller_key.in_(_KEYS),
    outbox.c.created_at > bindparam("a_day_ago", type_=Moment),
    outbox.c.created_at <= bindparam("now", type_=Moment),
    outbox.c.state.not_in(("dropped", "failed")),
    outbox.c.kind != "call",
)


def heard_since(connection: Connection, keys: Keys, since: datetime) -> set[str]:
    """The message keys of everything that this number has sent us since then."""
    lately = inbound.c.caller_key.in_(keys), inbound.c.received_at >= since
    return set(connection.execute(select(inbound.c.message_key).where(*lately)).scalars())


def insert_once(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say `on_conflict_do_nothing` on the database at hand."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def serialise(connection: Connection, names: Iterable[str]) -> None:
    """Let transactions about the same names follow one another (PostgreSQL; SQLite has one writer anyway).

    Every key's hash is locked, in one order: two processes whose key lists overlap still meet, and cannot deadlock.
    """
    if connection.dialect.name == "sqlite":
        return
    digests = (hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    locks = sorted({int.from_bytes(digest, signed=True) for digest in digests})
    for lock in locks:
        connection.execute(_LOCK, {"lock": lock})


_LOCK = text("SELECT pg_advisory_xact_lock(:lock)")


def opted_out(connection: Connection, keys: Keys) -> bool:
    """Whether this number asked never to be texted again, under any key."""
    return bool(keys) and connection.execute(_OPTED_OUT, {"keys": keys}).first() is not None


def opted_out_how(connection: Connection, keys: Keys) -> str:
    """What made the opt-out: carrier, words or 21610; "" when there is none."""
    if not keys:
        return ""
    found = connection.execute(select(opt_outs.c.how).where(opt_outs.c.caller_key.in_(keys)).limit(1)).scalar()
    return str(found or "")


def open_callback(connection: Connection, keys: Keys) -> int | None:
    """The id of the one open callback request of this number."""
    return connection.execute(_CALLBACK, {"keys": keys}).scalar() if keys else None


def is_new(connection: Connection, keys: Keys) -> bool:
    """Whether no text is known to have come from or gone to this number; an offer to a typed number is none yet."""
    return not keys or not connection.execute(_KNOWN, {"keys": keys}).scalar()


def facts(connection: Connection, keys: Keys) -> Facts:
    """Everything a call may want to know at arrival."""
    if not keys:
        return Facts(opted_out=False, open_callback=False, new=True, landline=False)
    row = connection.execute(_FACTS, {"keys": keys}).one()
    return Facts(opted_out=bool(row[0]), open_callback=bool(row[1]), new=not row[2], landline=bool(row[3]))


def recent_texts(connection: Connection, keys: Keys, at: datetime) -> Recent:
    """Replies and texts to this number in the last 30 seconds and the last 24 hours (reliability figure 12)."""
    times = {"half_a_minute_ago": at - timedelta(seconds=30), "a_day_ago": at - timedelta(days=1), "now": at}
    replies = connection.execute(_RECENT, {"keys": keys, **times}).one()
    texts = connection.execute(_TEXTED, {"keys": keys, **times}).one()
    return Recent(replies[0] + texts[0], replies[1] + texts[1], texts[2])


def store_opt_out(connection: Connection, key: str, how: str, source: str, at: datetime) -> None:
    """Keep the opt-out (the first one counts) and drop what waits to be sent; calls a person asked for are no texts."""
    values = {"caller_key": key, "since": at, "source": source, "how": how}
    connection.execute(insert_once(connection, opt_outs).values(values).on_conflict_do_nothing())
    waiting = and_(outbox.c.caller_key == key, outbox.c.state.in_(("queued", "leased")), outbox.c.kind != "call")
    connection.execute(
        update(outbox).where(waiting).values(state="dropped", error_code="opted-out", number=None, done_at=at)
    )


def remove_opt_out(connection: Connection, keys: Keys) -> bool:
    """This number wants texts again; False if it had not opted out."""
    return connection.execute(delete(opt_outs).where(opt_outs.c.caller_key.in_(keys))).rowcount > 0


def forget(connection: Connection, keys: Keys, *, callback_too: bool) -> None:
    """Delete what is held under these keys; the opt-out stays, and an open callback unless it is to go too.

    Message keys stay without a caller: a repeated delivery still must have no effect.
    """
    connection.execute(delete(sessions).where(sessions.c.caller_key.in_(keys)))
    connection.execute(delete(outbox).where(outbox.c.caller_key.in_(keys)))
    blank = {"caller_key": None, "answer": None, "body_key": None}
    connection.execute(update(inbound).where(inbound.c.caller_key.in_(keys)).values(blank))
    connection.execute(update(events).where(events.c.caller_key.in_(keys)).values(caller_key=None))
    mine = callbacks.c.caller_key.in_(keys)
    connection.execute(delete(callbacks).where(mine if callback_too else and_(mine, callbacks.c.state.not_in(OPEN))))


def adopt(connection: Connection, keys: Keys) -> None:
    """Rewrite this number's rows under the key that writes; nothing to do while there is one key."""
    if len(keys) < 2:
        return
    first, others = keys[0], keys[1:]
    for table in (sessions, opt_outs):
        held = exists().where(table.alias().c.caller_key == first)
        if not connection.execute(select(held)).scalar():
            newest = select(table.c.caller_key).where(table.c.caller_key.in_(others)).limit(1).scalar_subquery()
            connection.execute(update(table).where(table.c.caller_key == newest).values(caller_key=first))
        connection.execute(delete(table).where(table.c.caller_key.in_(others)))
    for table in (inbound, outbox, callbacks, events):
        connection.execute(update(table).where(table.c.caller_key.in_(others)).values(caller_key=first))


def effect_done(connection: Connection, once: Keys) -> tuple[str, str, str] | None:
    """The outcome of an effect that an earlier delivery of the same webhook already had."""
    row = connection.execute(
        select(effects.c.result, effects.c.reason, effects.c.reference).where(effects.c.once.in_(once))
    ).first()
    return (row[0], row[1], row[2]) if row else None
