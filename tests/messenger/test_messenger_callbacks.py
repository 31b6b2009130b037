"""A promised call that comes late rings an alarm in time, and the person hears of it once, by day, without the illness."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from pretend_twilio import NOON, NUMBER, Clock, FakeTwilio, Queue

from ivr.messenger import Messenger, lines, standing
from ivr.messenger.sending import Fate
from ivr.store import Store

SEATTLE = "+12065550143"


def ask(store: Store, clock: Clock, number: str = NUMBER, *, hours: int = 4, may_text: bool = True, **more: str) -> None:
    with store.turn(number, f"SM{number}", clock()) as turn:
        turn.request_callback(
            "any", "en", promised_by=clock() + timedelta(hours=hours), may_text=may_text, zone=more.get("zone", "")
        )
        turn.answer("ok")


def test_at_half_the_promised_time_the_alarm_rings_and_nobody_is_texted(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    ask(store, clock)
    clock.forward(hours=1, minutes=59)
    assert standing(store, clock()).alarms == ()
    clock.forward(minutes=2)
    worker.work_once()
    assert "callback-due" in standing(store, clock()).alarms
    assert worker.counters.registry.get_sample_value("ivr_callbacks", {"state": "half"}) == 1
    assert twilio.sent == []


def test_past_the_promised_time_one_neutral_text_gives_the_number(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    ask(store, clock)
    clock.forward(hours=4, minutes=1)
    for _ in range(5):
        worker.work_once()
        clock.forward(minutes=30)
    [form] = twilio.sent
    assert form["Body"].startswith("Info line: sorry, the call you asked for is late.")
    assert "1-888-552-6760" in form["Body"]
    assert "cancer" not in form["Body"]
    assert any("callback-late" in line for line in lines(standing(store, clock())))


def test_nobody_is_texted_who_did_not_agree_or_who_opted_out(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    ask(store, clock, may_text=False)
    ask(store, clock, SEATTLE)
    store.opt_out(SEATTLE, "words", "staff", clock())
    clock.forward(hours=5)
    worker.work_once()
    assert twilio.sent == []


def test_at_night_the_text_waits_for_the_morning_of_the_person(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    clock.at = datetime.fromisoformat("2026-11-23T22:00:00-05:00")
    ask(store, clock, hours=1, zone="America/New_York")
    clock.forward(hours=1, minutes=5)
    assert worker.work_once().count(Fate.LATER) == 1
    while not twilio.sent and clock() < datetime.fromisoformat("2026-11-24T12:00:00-05:00"):
        clock.forward(minutes=15)
        worker.work_once()
    assert len(twilio.sent) == 1
    sent = clock().astimezone(datetime.fromisoformat("2026-11-24T08:00:00-05:00").tzinfo)
    assert (sent.hour, sent.minute) == (8, 0) or (sent.hour == 8 and sent.minute <= 15)


def test_a_number_whose_zone_nobody_knows_waits_for_noon_in_the_east(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    clock.at = datetime.fromisoformat("2026-11-23T09:00:00-05:00")
    ask(store, clock, "+18005550143", hours=1)
    clock.forward(hours=1, minutes=1)
    worker.work_once()
    assert twilio.sent == []
    clock.forward(hours=2)
    worker.work_once()
    assert len(twilio.sent) == 1


def test_a_call_that_was_made_in_the_night_is_not_called_late_in_the_morning(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    clock.at = datetime.fromisoformat("2026-11-23T22:00:00-05:00")
    ask(store, clock, hours=1)
    clock.forward(hours=1, minutes=5)
    worker.work_once()
    [held] = store.callbacks.listed()
    store.callbacks.close(held.id, "somebody", clock())
    clock.forward(hours=14)
    worker.work_once()
    clock.forward(hours=3)
    worker.work_once()
    assert twilio.sent == []


def test_a_silent_worker_is_an_alarm_only_while_something_waits(
    worker: Messenger, store: Store, clock: Clock, queue: object
) -> None:
    worker.work_once()
    clock.forward(minutes=30)
    assert standing(store, clock()).alarms == ()
    queue()  # type: ignore[operator]
    clock.forward(minutes=6)
    assert {"worker-silent", "outbox-slow"} <= set(standing(store, clock()).alarms)


def test_retention_is_carried_out_once_a_day(worker: Messenger, store: Store, clock: Clock) -> None:
    assert clock() == NOON
    assert worker.work_once().purged is not None
    clock.forward(hours=1)
    assert worker.work_once().purged is None
    with store.turn(NUMBER, "SM1", clock()) as turn:
        turn.save("{}")
        turn.answer("hello")
    clock.forward(days=2)
    assert (worker.work_once().purged or 0) >= 1


def test_a_large_purge_keeps_no_text_waiting(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million old rows take minutes: each round carries a part away, and sends what is due."""
    monkeypatch.setattr("ivr.store.retention.STEP", 2)
    monkeypatch.setattr("ivr.store.store.PURGE_SECONDS", 0.0)
    for place in range(5):
        with store.turn(f"+1202555{place:04}", f"SMold{place}", clock()) as turn:
            turn.save("{}")
    clock.forward(days=2)
    purged: list[int | None] = []
    for sent in (1, 2, 3):
        queue()
        purged.append(worker.work_once().purged)
        assert len(twilio.sent) == sent
        clock.forward(seconds=16)
    assert purged == [2, 2, 1]
    assert worker.work_once().purged is None, "that was all for today"
