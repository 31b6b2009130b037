"""A STOP that the store has missed is found at the carrier before anything else is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pretend_twilio import NUMBER, READ_TIMEOUT, Clock, FakeTwilio, Queue, breaks, says_no

from ivr.messenger import Messenger
from ivr.messenger.reconcile import LOOKS
from ivr.store import Store, StoreError

OTHER = "+12025550177"
INBOXES = 2  # texts and WhatsApp


def test_a_missed_stop_is_stored_before_anything_else_is_sent(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    queue("pain", number=OTHER)
    twilio.received("SMmissed", NUMBER, "Stop", clock() - timedelta(hours=1))
    assert worker.work_once().recovered == 1
    assert store.opted_out(NUMBER)
    assert [form["To"] for form in twilio.sent] == [OTHER]
    assert twilio.order.index("list") < twilio.order.index("send")
    assert worker.counters.registry.get_sample_value("ivr_opt_outs_recovered_total") == 1


@pytest.mark.parametrize("words", ["please stop texting me", "no more messages", "ALTO", "opt out"])
def test_any_clear_wording_counts_and_not_only_the_carriers_own(
    words: str, worker: Messenger, twilio: FakeTwilio, store: Store
) -> None:
    twilio.received("SMmissed", NUMBER, words)
    worker.work_once()
    assert store.opted_out(NUMBER)


@pytest.mark.parametrize("words", ["I want to stop chemo", "when does it end", "hello", "make it stop"])
def test_a_missed_question_is_no_opt_out(words: str, worker: Messenger, twilio: FakeTwilio, store: Store) -> None:
    twilio.received("SMmissed", NUMBER, words)
    assert worker.work_once().recovered == 0
    assert store.opt_outs_count() == 0


def test_the_last_word_of_a_person_counts(worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock) -> None:
    twilio.received("SM1", NUMBER, "STOP", clock() - timedelta(minutes=3))
    twilio.received("SM2", NUMBER, "START", clock() - timedelta(minutes=2))
    twilio.received("SM3", OTHER, "START", clock() - timedelta(minutes=3))
    twilio.received("SM4", OTHER, "STOP", clock() - timedelta(minutes=2))
    assert worker.work_once().recovered == 1
    assert not store.opted_out(NUMBER)
    assert store.opted_out(OTHER)


def test_of_two_texts_in_one_second_the_later_counts(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    """The carrier's list tells whole seconds, the newest first."""
    twilio.received("SM1", NUMBER, "STOP", clock() - timedelta(minutes=3))
    twilio.received("SM2", NUMBER, "START", clock() - timedelta(minutes=3))
    assert worker.work_once().recovered == 0


def test_a_start_that_comes_while_the_list_is_read_is_not_undone(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    twilio.received("SMmissed", NUMBER, "STOP", clock() - timedelta(hours=1))

    def start() -> None:
        twilio.received("SMstart", NUMBER, "START", clock())
        with store.turn(NUMBER, "SMstart", clock()) as turn:
            turn.opt_in()

    twilio.next_lists = [meanwhile(twilio, start)]
    assert worker.work_once().recovered == 0
    assert not store.opted_out(NUMBER)


@pytest.mark.parametrize("channel", ["", "whatsapp:"])
def test_a_question_that_comes_while_the_list_is_read_changes_nothing(
    channel: str, worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    clock.forward(minutes=5)
    twilio.received("SMmissed", NUMBER, "STOP", clock() - timedelta(hours=1))

    def ask() -> None:
        twilio.received("SMasked", channel + NUMBER, "what is chemo", clock())
        with store.turn(channel + NUMBER, "SMasked", clock()) as turn:
            turn.answer("ok")

    twilio.next_lists = [meanwhile(twilio, ask)]
    assert worker.work_once().recovered == 1
    assert store.opted_out(NUMBER)
    assert twilio.sent == []
    assert twilio.order == ["list"] * 2 * INBOXES


def test_a_list_that_stays_behind_is_believed_in_the_end(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    """Nobody knows whether the text that the carrier does not list yet was a START: so nothing is sent."""
    queue()
    twilio.received("SMmissed", NUMBER, "STOP", clock() - timedelta(hours=1))
    assert worker.work_once().recovered == 1
    assert twilio.sent == []
    assert twilio.order == ["list"] * LOOKS * INBOXES


def test_a_stop_of_nobody_keeps_the_worker_from_nothing(worker: Messenger, twilio: FakeTwilio, queue: Queue) -> None:
    queue()
    twilio.received("SMmissed", "", "STOP")
    assert worker.work_once().recovered == 0
    assert len(twilio.sent) == 1


def meanwhile(twilio: FakeTwilio, something: Callable[[], None]) -> Callable[[dict[str, str]], object]:
    """A list that is old already when it arrives."""

    def answer(asked: dict[str, str]) -> object:
        shown = twilio.shows(asked, "SM")
        something()
        return shown

    return answer


def test_a_stop_that_the_store_knows_is_not_done_again(
    worker: Messenger, twilio: FakeTwilio, store: Store, clock: Clock
) -> None:
    with store.turn(NUMBER, "SMknown", clock()) as turn:
        turn.opt_out("carrier")
    store.opt_in(NUMBER)  # by a person of the staff, on the telephone
    twilio.received("SMknown", NUMBER, "STOP")
    assert worker.work_once().recovered == 0
    assert not store.opted_out(NUMBER)


@pytest.mark.parametrize("answer", [breaks(READ_TIMEOUT), says_no(503), says_no(401, 20003)])
def test_while_the_carrier_does_not_tell_nothing_is_sent(
    answer: Callable[..., object], worker: Messenger, twilio: FakeTwilio, queue: Queue, clock: Clock
) -> None:
    queue()
    twilio.next_lists = [answer] * 3
    for _ in range(3):
        worker.work_once()
        assert "send" not in twilio.order
        clock.forward(minutes=2)
    worker.work_once()
    assert len(twilio.sent) == 1


def test_the_waits_grow_while_the_carrier_is_silent(worker: Messenger, twilio: FakeTwilio, clock: Clock) -> None:
    twilio.next_lists = [breaks(READ_TIMEOUT)] * 100
    tried = []
    for _ in range(120):
        before = len(twilio.order)
        worker.work_once()
        tried.append(len(twilio.order) > before)
        clock.forward(seconds=1)
    assert 4 <= sum(tried) <= 9


def test_after_trouble_with_the_store_it_looks_again_before_sending(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.work_once()
    queue()
    with monkeypatch.context() as patch:
        patch.setattr(store.outbox, "lease", _gone)
        assert worker.work_once().trouble == "store-gone"
    twilio.received("SMmissed", NUMBER, "STOP")
    clock.forward(seconds=20)
    worker.work_once()
    assert twilio.sent == []
    assert store.opted_out(NUMBER)


def _gone(*_: object, **__: object) -> list[object]:
    raise StoreError("store-gone")


def test_trouble_of_another_process_is_noticed_within_a_minute(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    worker.work_once()
    twilio.received("SMmissed", NUMBER, "STOP")
    clock.forward(seconds=61)
    queue()
    worker.work_once()
    assert twilio.sent == []
    assert store.opted_out(NUMBER)


def test_a_row_in_hand_goes_back_when_the_carrier_turns_silent(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    worker.work_once()
    clock.forward(seconds=61)
    queue()
    twilio.next_lists = [breaks(READ_TIMEOUT)] * 4  # the doubts look at nothing, so the first is the reconciling
    worker.work_once()
    assert store.outbox.backlog(clock()).counts == {"queued": 1}
    assert twilio.sent == []


def test_the_next_look_begins_where_the_last_one_ended(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    twilio.received("SMold", NUMBER, "STOP", clock() - timedelta(days=30))
    worker.work_once()
    assert store.opt_outs_count() == 0, "a week at the first start, and not for ever"
    clock.forward(days=2)
    twilio.received("SMnew", OTHER, "STOP", clock() - timedelta(days=1))
    queue()
    worker.work_once()
    assert store.opted_out(OTHER), "everything since the last look, however long the worker was away"
