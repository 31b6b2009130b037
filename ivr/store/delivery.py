"""What the carrier says about what was sent; a status never goes back, whatever the order of its callbacks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from ivr.store import people
from ivr.store.schema import outbox, statuses

# Texts and calls share one ladder; the words of one never meet those of the other on one row.
RANKS = {
    "accepted": 1, "scheduled": 1, "queued": 2, "initiated": 2, "sending": 3, "ringing": 3, "sent": 4, "in-progress": 4,
    "delivered": 5, "undelivered": 5, "failed": 5, "canceled": 5, "completed": 5, "busy": 5, "no-answer": 5,
    "partially_delivered": 5, "read": 6,
}  # fmt: skip


def record_status(connection: Connection, sid: str, status: str, code: str, at: datetime) -> bool:
    """Keep the status if it is news; one for an unknown sid waits for its send. 21610 is an opt-out."""
    row = connection.execute(
        select(outbox.c.id, outbox.c.caller_key, outbox.c.delivery).where(outbox.c.sid == sid).with_for_update()
    ).first()
    if row is None:
        return _keep_early(connection, sid, status, code, at)
    if code == "21610":
        people.store_opt_out(connection, row.caller_key, "21610", "worker", at)
    if RANKS.get(status, 0) <= RANKS.get(row.delivery or "", 0):
        return False
    values = {"delivery": status, "error_code": code or None}
    connection.execute(update(outbox).where(outbox.c.id == row.id).values(values))
    return True


def _keep_early(connection: Connection, sid: str, status: str, code: str, at: datetime) -> bool:
    values = {"sid": sid, "status": status, "error_code": code, "at": at}
    new = people.insert_once(connection, statuses).values(values).on_conflict_do_nothing().returning(statuses.c.sid)
    if connection.execute(new).first() is not None:
        return True
    older = connection.execute(select(statuses.c.status).where(statuses.c.sid == sid).with_for_update()).scalar()
    if RANKS.get(status, 0) <= RANKS.get(older or "", 0):
        return False
    connection.execute(update(statuses).where(statuses.c.sid == sid).values(values))
    return True


def join_early_status(connection: Connection, row_id: int, sid: str, at: datetime) -> None:
    """A callback may be faster than our commit: what it said is on the row from now on."""
    row = connection.execute(select(statuses.c.status, statuses.c.error_code).where(statuses.c.sid == sid)).first()
    if row is None:
        return
    connection.execute(delete(statuses).where(statuses.c.sid == sid))
    record_status(connection, sid, row.status, row.error_code, at)
