"""Many at once: duplicates have one effect, one number's messages follow one another, counters stay exact."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select

from ivr.dialog.types import Result
from ivr.store import Store
from ivr.store.schema import callbacks, effects, inbound, outbox

T = TypeVar("T")
NUMBER = "+12025550143"


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)` to `work(count - 1)` in as many threads, all let go at the same moment."""
    gate = threading.Barrier(count)

    def one(place: int) -> T:
        gate.wait(10)
        return work(place)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def rows(store: Store, table: object) -> int:
    with store.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_twenty_deliveries_at_once_have_one_effect_and_one_reply(store: Store, at: datetime) -> None:
    def deliver(place: int) -> str:
        with store.turn(NUMBER, "SM1", at) as turn:
            if turn.duplicate_answer is not None:
                return turn.duplicate_answer
            turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
            turn.request_callback("any", "en", promised_by=at + timedelta(hours=1))
            turn.save("{}")
            turn.answer(f"answered by {place}")
            return f"answered by {place}"

    assert len(set(at_once(20, deliver))) == 1
    assert [rows(store, table) for table in (inbound, outbox, callbacks)] == [1, 1, 1]


def test_two_messages_at_once_follow_one_another(store: Store, at: datetime) -> None:
    def write(place: int) -> int:
        with store.turn(NUMBER, f"SM{place}", at) as turn:
            seen = turn.session.turn if turn.session else 0
            turn.save("{}")
            turn.answer("one")
            return seen

    for start in range(0, 10, 2):
        assert sorted(at_once(2, lambda place, start=start: write(start + place))) == [start, start + 1]


def test_eight_writers_that_read_then_write_count_exactly(store: Store, at: datetime) -> None:
    def write(place: int) -> None:
        for step in range(15):
            with store.turn(NUMBER, f"SM{place}-{step}", at) as turn:
                before = int(turn.session.state) if turn.session else 0
                turn.save(str(before + 1))
                turn.answer("counted")

    at_once(8, write)
    with store.turn(NUMBER, "SMlast", at) as turn:
        assert turn.session is not None
        assert (turn.session.state, turn.session.turn) == ("120", 120)


def test_many_numbers_at_once_do_not_cross(store: Store, at: datetime) -> None:
    def write(place: int) -> list[str]:
        seen = []
        for step in range(8):
            with store.turn(f"+1202555{place:04}", f"SM{place}-{step}", at) as turn:
                seen.append(turn.session.state if turn.session else "")
                turn.save(f"{place}-{step}")
                turn.answer("ok")
        return seen

    for place, seen in enumerate(at_once(8, write)):
        assert seen == ["", *(f"{place}-{step}" for step in range(7))]


def test_a_webhook_retried_at_once_has_one_effect(store: Store, at: datetime) -> None:
    def press(_: int) -> str:
        with store.voice(None, "CA1:7", at) as effect:
            if effect.done is None:
                effect.request_callback("any", "en", promised_by=at + timedelta(hours=1), number=NUMBER)
            assert effect.outcome is not None
            assert effect.outcome.result is Result.DONE
            return effect.outcome.reference

    assert len(set(at_once(10, press))) == 1
    assert rows(store, effects) == 1


def test_two_calls_that_ask_for_the_same_number_open_one_request(store: Store, at: datetime) -> None:
    def ask(place: int) -> Result:
        with store.voice(f"+1202555{place:04}", f"CA{place}:1", at) as effect:
            return effect.request_callback("any", "en", promised_by=at + timedelta(hours=1), number=NUMBER).result

    assert sorted(at_once(6, ask)) == [Result.DONE, *[Result.REFUSED] * 5]
    assert rows(store, callbacks) == 1


def test_no_two_workers_lease_the_same_row(store: Store, at: datetime) -> None:
    for place in range(30):
        with store.voice(NUMBER, f"CA{place}", at) as effect:
            effect.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))

    def work(place: int) -> list[int]:
        leased = []
        while batch := store.outbox.lease(f"worker {place}", at, limit=3):
            leased += [letter.id for letter in batch]
        return leased

    every = [row for leased in at_once(4, work) for row in leased]
    # SKIP LOCKED may leave a late worker empty-handed, but never gives a row twice.
    assert len(every) == len(set(every))
    every += work(9)
    assert len(set(every)) == 30


def test_only_one_of_the_staff_claims_a_callback(store: Store, at: datetime) -> None:
    with store.voice(NUMBER, "CA1", at) as effect:
        effect.request_callback("any", "en", promised_by=at + timedelta(hours=1))
    (record,) = store.callbacks.listed()
    assert sorted(at_once(5, lambda place: store.callbacks.claim(record.id, f"staff {place}", at))) == [False] * 4 + [True]
