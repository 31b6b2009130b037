"""Everything has its time, and then it is gone; an opt-out has none."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.dialog.types import Event, Language, Medium
from ivr.store import Retention, Store
from ivr.store import retention as rules
from ivr.store import store as stores
from ivr.store.retention import months_before
from ivr.store.schema import events, outbox

NUMBER = "+12025550143"
CONTENT = Path(__file__).parents[2] / "content" / "line.toml"


def a_busy_moment(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, f"SM{at}", at) as turn:
        turn.event(Event("topic", "pain", Language.EN, Medium.TEXT))
        turn.request_callback("any", "en", promised_by=at + timedelta(hours=1))
        turn.cancel_callback()
        turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
        turn.opt_out()
        turn.save("{}")
        turn.answer("?", unmatched="what is this", language="en")
    store.outbox.status(f"SMlost{at}", "delivered", at)
    with store.voice(None, f"CA{at}", at) as effect:
        effect.refuse("landline")


def purged(store: Store, at: datetime, **kept: int) -> dict[str, int]:
    return {rule: went for rule, went in store.purge(Retention(**kept), at).items() if went}


def test_each_thing_goes_when_its_time_is_over(store: Store, at: datetime) -> None:
    a_busy_moment(store, at)
    assert purged(store, at + timedelta(hours=23)) == {}
    assert purged(store, at + timedelta(hours=25)) == {"sessions": 1}
    assert purged(store, at + timedelta(hours=73)) == {"inbound": 1, "effects": 1, "statuses": 1}
    assert purged(store, at + timedelta(days=29)) == {}
    assert purged(store, at + timedelta(days=31)) == {"events without caller": 1, "callbacks": 1, "outbox": 1}
    assert purged(store, at + timedelta(days=91)) == {"unmatched": 1}
    assert purged(store, at + timedelta(days=380)) == {}
    assert purged(store, at + timedelta(days=400)) == {"events": 1}
    assert store.opted_out(NUMBER)


def test_duplicates_are_known_for_two_days_whatever_the_file_says(store: Store, at: datetime) -> None:
    a_busy_moment(store, at)
    assert "inbound" not in purged(store, at + timedelta(hours=47), inbound_hours=1)
    assert "inbound" in purged(store, at + timedelta(hours=49), inbound_hours=1)


def test_an_event_outlives_its_caller(store: Store, at: datetime) -> None:
    a_busy_moment(store, at)
    store.purge(Retention(), at + timedelta(days=31))
    with store.database.reading() as connection:
        assert connection.execute(select(events.c.name, events.c.caller_key)).all() == [("topic", None)]


def test_what_no_worker_ever_took_loses_its_number_too(store: Store, at: datetime) -> None:
    for once in ("CA1", "CA2"):
        with store.voice(NUMBER, once, at) as effect:
            effect.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
    (letter,) = store.outbox.lease("w", at, limit=1)
    store.outbox.sending(letter.id, "w", at)
    store.outbox.doubtful(letter.id, "timeout")
    assert purged(store, at + timedelta(hours=2)) == {"outbox dropped": 1}
    assert purged(store, at + timedelta(hours=50)) == {"outbox unsettled": 1}
    with store.database.reading() as connection:
        assert set(connection.execute(select(outbox.c.number)).scalars()) == {None}


def test_much_goes_in_small_steps(store: Store, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "STEP", 3)
    for place in range(10):
        with store.turn(f"+1202555{place:04}", f"SM{place}", at) as turn:
            turn.save("{}")
    assert purged(store, at + timedelta(days=2)) == {"sessions": 10}


def test_a_purge_may_be_done_a_little_at_a_time(store: Store, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may have something to write, and a worker something to send."""
    monkeypatch.setattr(rules, "STEP", 3)
    monkeypatch.setattr(stores, "PURGE_SECONDS", 0.0)
    monkeypatch.setattr(stores, "PURGE_REST", 0.0)
    for place in range(7):
        with store.turn(f"+1202555{place:04}", f"SM{place}", at) as turn:
            turn.save("{}")
    later = at + timedelta(days=2)
    steps = []
    while not steps or not steps[-1][1]:
        went, all_of_it = store.purge_some(Retention(), later)
        steps.append((went["sessions"], all_of_it))
    assert steps == [(3, False), (3, False), (1, True)]
    with store.turn(NUMBER, "SMlast", at) as turn:
        turn.save("{}")
    assert purged(store, later) == {"sessions": 1}, "and all of it where nobody waits"


@pytest.mark.parametrize(
    ("today", "months", "before"),
    [((2026, 3, 31), 1, (2026, 2, 1)), ((2026, 1, 15), 13, (2024, 12, 15)), ((2026, 11, 2), 12, (2025, 11, 2))],
)
def test_months_are_calendar_months(today: tuple[int, int, int], months: int, before: tuple[int, int, int]) -> None:
    assert months_before(datetime(*today, tzinfo=UTC), months) == datetime(*before, tzinfo=UTC)


def test_the_shipped_retention_has_the_names_the_store_knows() -> None:
    shipped = tomllib.loads(CONTENT.read_text(encoding="utf-8"))["retention"]
    assert asdict(Retention(**shipped)).keys() == shipped.keys()
