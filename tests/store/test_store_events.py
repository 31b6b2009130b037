"""Events are written beside the calls: nobody waits for them, and no turn is counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from ivr.dialog.types import Event, Language, Medium
from ivr.secrets import Secrets
from ivr.store import Store, StoreError, writer
from ivr.store.schema import events
from ivr.store.writer import EventWriter

HEARD = (
    Event("topic", "pain", Language.EN, Medium.VOICE),
    Event("miss", "pain", Language.EN, Medium.VOICE, "second"),
)


def names(store: Store) -> list[tuple[str, int]]:
    with store.database.reading() as connection:
        rows = connection.execute(select(events.c.name, events.c.place).order_by(events.c.id)).all()
    return [(row[0], row[1]) for row in rows]


def test_events_of_a_turn_are_written_once(store: Store, at: datetime, keyring: Secrets) -> None:
    for _ in range(3):
        store.events.put("CA1", "3", at, "+12025550143", HEARD)
    store.events.put("CA1", "4", at, None, HEARD[:1])
    store.events.put("CA1", "5", at, None, ())
    assert store.events.flush()
    assert names(store) == [("topic", 0), ("miss", 1), ("topic", 0)]
    assert store.event_counts(at, at + timedelta(seconds=1)) == {("topic", "voice"): 2, ("miss", "voice"): 1}
    with store.database.reading() as connection:
        (caller,) = connection.execute(select(events.c.caller_key).where(events.c.turn == "3").distinct()).scalars()
    assert caller == keyring.caller_keys("+12025550143")[0]


def test_events_of_a_text_are_written_with_its_turn(store: Store, at: datetime) -> None:
    with store.turn("+12025550143", "SM1", at) as turn:
        turn.event(*HEARD)
        turn.event(HEARD[0])
        turn.answer("one")
    assert names(store) == [("topic", 0), ("miss", 1), ("topic", 2)]


def test_questions_nobody_answered_are_redacted(store: Store, at: datetime) -> None:
    store.events.put_unmatched("call me at 202 555 0143 please", Language.EN, Medium.VOICE, at)
    store.events.flush()
    assert [one.question for one in store.unmatched_questions(at)] == ["call me at [number] please"]


def test_stopping_writes_what_waits(store: Store, at: datetime) -> None:
    store.events.put("CA1", "3", at, None, HEARD)
    store.events.stop()
    assert len(names(store)) == 2
    store.events.put("CA1", "4", at, None, HEARD)
    assert store.events.lost == 2


def test_what_does_not_fit_is_counted_and_nobody_waits(store: Store, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "WAITING_AT_MOST", 3)
    monkeypatch.setattr(EventWriter, "_start", lambda self: None)
    for turn in "345":
        store.events.put("CA1", turn, at, None, HEARD)
    assert (store.events.waiting, store.events.lost) == (2, 4)


def test_events_wait_while_the_store_is_away(store: Store, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def away() -> Iterator[Connection]:
        raise StoreError("store-gone")
        yield

    monkeypatch.setattr(EventWriter, "_start", lambda self: None)
    store.events.put("CA1", "3", at, None, HEARD)
    with monkeypatch.context() as broken:
        broken.setattr(store.database, "writing", away)
        assert not store.events.flush()
    assert store.events.waiting == 2
    assert store.events.flush()
    assert len(names(store)) == 2
