"""Effects of a voice turn happen once, and what a call may know of its caller comes in time or not at all."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest

from ivr.dialog.types import Result
from ivr.secrets import Secrets
from ivr.store import Facts, Outcome, Store, StoreError, fresh_store
from ivr.store.brief import AT_ONCE, Brief

NUMBER = "+12025550143"
OTHER = "+12025550177"


def test_a_retried_webhook_finds_what_was_done(store: Store, at: datetime) -> None:
    with store.voice(NUMBER, "CA1:4", at) as effect:
        assert effect.done is None
        asked = effect.request_callback("any", "en", promised_by=at + timedelta(hours=2))
    with store.voice(NUMBER, "CA1:4", at) as effect:
        assert effect.done == asked
        assert effect.outcome == asked
        with pytest.raises(RuntimeError):
            effect.cancel_callback()
    with store.voice(NUMBER, "CA1:5", at) as effect:
        assert effect.done is None


def test_a_refusal_is_remembered_too(store: Store, at: datetime) -> None:
    with store.voice(NUMBER, "CA1:4", at) as effect:
        effect.refuse("landline")
    with store.voice(NUMBER, "CA1:4", at) as effect:
        assert effect.done == Outcome(Result.REFUSED, "landline")


def test_one_choice_is_one_text(store: Store, at: datetime) -> None:
    for _ in range(3):
        with store.voice(NUMBER, "CA1:4", at) as effect:
            if effect.done is None:
                assert effect.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15)).result == "queued"
    assert store.outbox.backlog(at).counts == {"queued": 1}


def test_a_withheld_number_can_type_another_and_has_no_effects_of_its_own(store: Store, at: datetime) -> None:
    with store.voice(None, "CA1:1", at) as effect:
        assert effect.opted_out is False
        assert effect.opt_out().reason == "withheld"
        assert effect.queue_text({"topic": "pain"}, "en", expires_at=at).reason == "withheld"
        assert effect.request_callback("any", "en", promised_by=at).reason == "withheld"
        assert effect.cancel_callback().reason == "none"
        assert effect.forget().result is Result.DONE
    with store.voice(None, "CA1:2", at) as effect:
        later = at + timedelta(minutes=15)
        assert effect.queue_text({"topic": "pain"}, "en", number=OTHER, expires_at=later).result is Result.QUEUED
    (letter,) = store.outbox.lease("w", at)
    assert letter.number == OTHER
    assert letter.first


def test_a_typed_number_that_opted_out_gets_nothing(store: Store, at: datetime) -> None:
    store.opt_out(OTHER, "words", "staff", at)
    with store.voice(NUMBER, "CA1:2", at) as effect:
        assert effect.queue_text({"topic": "pain"}, "en", number=OTHER, expires_at=at).reason == "opted-out"


def test_opting_out_and_forgetting_by_voice(store: Store, at: datetime) -> None:
    with store.voice(NUMBER, "CA1:1", at) as effect:
        effect.opt_out()
    assert store.opted_out(NUMBER)
    with store.voice(NUMBER, "CA1:2", at) as effect:
        effect.forget()
    assert store.opted_out(NUMBER)


def test_facts_tell_what_a_call_may_know(store: Store, at: datetime) -> None:
    assert store.facts(None) is None
    assert store.facts(NUMBER) == Facts(opted_out=False, open_callback=False, new=True)
    with store.voice(NUMBER, "CA1:1", at) as effect:
        effect.opt_out()
        effect.request_callback("any", "en", promised_by=at)
    with store.turn(NUMBER, "SM1", at) as turn:
        turn.answer("one")
    assert store.facts(NUMBER) == Facts(opted_out=True, open_callback=True, new=False)


def test_facts_are_none_when_the_store_cannot_tell(database_setting: str, keyring: Secrets) -> None:
    store = fresh_store(database_setting, keyring)
    with store.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE opt_outs")
    assert store.facts(NUMBER) is None
    store.close()


def test_nobody_waits_for_a_question_that_hangs() -> None:
    released = threading.Event()
    brief = Brief(seconds=0.01)
    for _ in range(AT_ONCE):
        assert brief.ask(released.wait) is None
    assert brief.ask(lambda: 1) is None, "all the threads hang: no waiting at all"
    released.set()
    brief.close()
    assert brief.ask(lambda: 1) is None


def test_a_question_that_fails_is_not_answered() -> None:
    def fail() -> int:
        raise StoreError("store-gone")

    brief = Brief(seconds=10)
    assert brief.ask(fail) is None
    assert brief.ask(lambda: 1) == 1
    brief.close()
