"""Audit, marks, unmatched questions and event rows, as statements inside somebody else's transaction; no numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from ivr.dialog.types import Event
from ivr.store.people import insert_once
from ivr.store.redaction import redacted
from ivr.store.schema import audit, events, marks, unmatched

LONGEST_DETAIL = 200
LONGEST_TURN = 64


def write_audit(connection: Connection, at: datetime, who: str, what: str, detail: str) -> None:
    """One line of who did what; `detail` names things, never a number."""
    connection.execute(insert(audit).values(at=at, who=who, what=what, detail=detail[:LONGEST_DETAIL]))


def write_mark(connection: Connection, name: str, value: str, at: datetime) -> None:
    """Remember one value under a name, in place of the older one."""
    new = insert_once(connection, marks).values(name=name, value=value, at=at)
    connection.execute(new.on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": at}))


def read_mark(connection: Connection, name: str) -> str | None:
    """The value under this name."""
    return connection.execute(select(marks.c.value).where(marks.c.name == name)).scalar()


def write_unmatched(connection: Connection, question: str, language: str, medium: str, at: datetime) -> None:
    """Keep a question nobody answered, without what could tell who asked."""
    kept = redacted(question)
    if kept:
        connection.execute(insert(unmatched).values(question=kept, language=language, medium=medium, at=at))


def event_rows(
    call_key: str, turn: str, at: datetime, caller_key: str | None, happened: Sequence[Event]
) -> list[dict[str, object]]:
    """Rows of one turn's events, numbered so that a second delivery of the turn adds nothing."""
    return [
        {
            "call_key": call_key, "turn": turn[:LONGEST_TURN], "place": place, "at": at, "name": one.name,
            "at_place": one.at_place, "language": str(one.language), "medium": str(one.medium),
            "detail": one.detail[:LONGEST_DETAIL], "caller_key": caller_key,
        }
        for place, one in enumerate(happened)
    ]  # fmt: skip


def write_events(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    """Insert event rows; those that are there already stay as they are."""
    if rows:
        connection.execute(insert_once(connection, events).on_conflict_do_nothing(), list(rows))
