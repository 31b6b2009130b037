"""A promised call is seen in time, taken by one person, closed once, and its number erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.dialog.types import Result
from ivr.store import CallbackRecord, Store

NUMBER = "+12025550143"
OTHER = "+12025550177"


def ask(store: Store, at: datetime, number: str = NUMBER, *, may_text: bool = True) -> CallbackRecord:
    with store.voice(number, f"CA:{number}:{at}", at) as effect:
        outcome = effect.request_callback(
            "morning", "es", promised_by=at + timedelta(hours=4), zone="America/Chicago", may_text=may_text
        )
        assert outcome.result is Result.DONE
    return next(one for one in store.callbacks.listed() if one.reference == outcome.reference)


def test_the_list_shows_four_digits_and_the_number_is_shown_by_name(store: Store, at: datetime) -> None:
    record = ask(store, at)
    assert (record.ending, record.language, record.state, record.claimed_by) == ("0143", "es", "open", "")
    assert store.callbacks.number(record.id, "ana", at) == NUMBER
    (line,) = store.audit_records()
    assert (line.who, line.what, line.detail) == ("ana", "callback-number-shown", f"id {record.id}")


def test_references_of_open_requests_differ(store: Store, at: datetime) -> None:
    records = [ask(store, at, f"+1202555{place:04}") for place in range(20)]
    assert len({record.reference for record in records}) == 20


def test_claim_release_close(store: Store, at: datetime) -> None:
    record = ask(store, at)
    assert not store.callbacks.release(record.id, "ana", at)
    assert store.callbacks.claim(record.id, "ana", at)
    assert not store.callbacks.claim(record.id, "ben", at)
    assert store.callbacks.listed(("claimed",))[0].claimed_by == "ana"
    assert store.callbacks.release(record.id, "ana", at)
    assert store.callbacks.claim(record.id, "ben", at)
    assert store.callbacks.close(record.id, "ben", at)
    assert not store.callbacks.close(record.id, "ben", at)
    assert store.callbacks.number(record.id, "ben", at) is None
    (closed,) = store.callbacks.listed(("done",))
    assert closed.ending == ""
    assert [line.what for line in store.audit_records()] == [
        "callback-closed", "callback-claimed", "callback-released", "callback-claimed",
    ]  # fmt: skip
    assert ask(store, at + timedelta(hours=1)).state == "open"


def test_half_time_and_overdue(store: Store, at: datetime) -> None:
    record = ask(store, at)
    assert store.callbacks.half_time(at + timedelta(minutes=119)) == []
    assert store.callbacks.half_time(at + timedelta(hours=2)) == [record]
    assert store.callbacks.overdue(at + timedelta(minutes=239)) == []
    assert store.callbacks.overdue(at + timedelta(hours=4)) == [record]
    store.callbacks.claim(record.id, "ana", at)
    assert store.callbacks.half_time(at + timedelta(hours=2)) == []
    assert len(store.callbacks.overdue(at + timedelta(hours=4))) == 1


def test_an_overdue_request_gets_one_text_if_it_agreed_to_texts(store: Store, at: datetime) -> None:
    agreed = ask(store, at)
    ask(store, at, OTHER, may_text=False)
    late = at + timedelta(hours=5)
    assert store.callbacks.nudge_overdue(at, at + timedelta(hours=1)) == 0
    assert store.callbacks.nudge_overdue(late, late + timedelta(hours=1)) == 1
    assert store.callbacks.nudge_overdue(late, late + timedelta(hours=1)) == 0
    (letter,) = store.outbox.lease("w", late)
    assert (letter.number, letter.kind, dict(letter.what), letter.language) == (
        NUMBER, "nudge", {"reference": agreed.reference}, "es",
    )  # fmt: skip


def test_an_overdue_request_that_opted_out_of_texts_gets_none(store: Store, at: datetime) -> None:
    ask(store, at)
    store.opt_out(NUMBER, "words", "worker", at)
    assert store.callbacks.nudge_overdue(at + timedelta(hours=5), at + timedelta(hours=6)) == 0
    assert store.outbox.lease("w", at + timedelta(hours=5)) == []


def test_forgetting_can_take_the_open_request_with_it(store: Store, at: datetime) -> None:
    ask(store, at)
    store.forget(NUMBER, at)
    assert len(store.callbacks.listed()) == 1
    store.forget(NUMBER, at, callback_too=True)
    assert store.callbacks.listed() == []
