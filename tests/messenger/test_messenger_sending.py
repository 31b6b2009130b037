"""What was promised is sent at most once, whatever the carrier and the network do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pretend_twilio import (
    CUT,
    NO_ROUTE,
    NUMBER,
    READ_TIMEOUT,
    Clock,
    FakeTwilio,
    Queue,
    breaks,
    created,
    says_no,
    taken_then,
)

from ivr.messenger import Messenger
from ivr.messenger.sending import Fate
from ivr.store import Store, StoreError

OTHER = "+12025550177"


def states(store: Store, clock: Clock) -> dict[str, int]:
    return dict(store.outbox.backlog(clock()).counts)


def test_a_text_goes_out_once_with_its_callback_and_is_recorded(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    report = worker.work_once()
    assert report.count(Fate.SENT) == 1
    assert worker.work_once().count(Fate.SENT) == 0
    [form] = twilio.sent
    assert (form["To"], form["From"]) == (NUMBER, "+12025550100")
    assert form["StatusCallback"] == "https://line.example/sms/status"
    assert int(form["ValidityPeriod"]) <= 900
    assert states(store, clock) == {"sent": 1}


def test_too_many_requests_waits_as_told_and_then_sends_exactly_once(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [says_no(429, 20429, Retry_After="40")]
    assert worker.work_once().count(Fate.LATER) == 1
    clock.forward(seconds=39)
    worker.work_once()
    assert twilio.sent == []
    clock.forward(seconds=40)
    assert worker.work_once().count(Fate.SENT) == 1
    clock.forward(minutes=1)
    worker.work_once()
    assert len(twilio.sent) == 1


def test_five_refusals_in_a_row_end_in_exactly_one_text(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [says_no(429, 20429)] * 5
    for _ in range(40):
        worker.work_once()
        clock.forward(seconds=20)
    assert len(twilio.sent) == 1


def test_the_whole_worker_rests_after_a_refusal_that_concerns_everybody(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, clock: Clock
) -> None:
    queue()
    queue("pain", number="+12025550177")
    twilio.next_sends = [says_no(429, 20429, Retry_After="30")]
    worker.work_once()
    assert twilio.order.count("send") == 1
    clock.forward(minutes=1)
    worker.work_once()
    assert len(twilio.sent) == 2


def test_an_error_of_the_carrier_is_tried_again_after_a_look_at_its_list(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [says_no(500)]
    assert worker.work_once().count(Fate.LATER) == 1
    clock.forward(seconds=50)
    assert worker.work_once().count(Fate.SENT) == 1
    assert len(twilio.sent) == 1
    assert twilio.order[-2:] == ["list", "send"]


def test_an_error_after_the_carrier_took_it_is_found_and_not_sent_twice(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [taken_then(twilio, says_no(502))]
    worker.work_once()
    clock.forward(seconds=50)
    assert worker.work_once().count(Fate.SENT) == 1
    assert len(twilio.sent) == 1
    assert states(store, clock) == {"sent": 1}


@pytest.mark.parametrize("how", [READ_TIMEOUT, CUT], ids=["no answer", "cut off"])
def test_a_request_that_left_without_an_answer_is_never_sent_again(
    how: Exception, worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [breaks(how)]
    assert worker.work_once().count(Fate.DOUBTFUL) == 1
    assert states(store, clock) == {"doubtful": 1}
    for _ in range(30):
        clock.forward(minutes=1)
        worker.work_once()
    assert twilio.sent == []
    assert states(store, clock) == {"failed": 1}, "given up, and its number erased"
    assert store.outbox.in_doubt(clock()) == []


def test_a_doubtful_text_that_the_carrier_lists_is_recorded_as_sent(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [taken_then(twilio, breaks(READ_TIMEOUT))]
    worker.work_once()
    clock.forward(seconds=31)
    assert worker.work_once().settled == 1
    assert len(twilio.sent) == 1
    assert states(store, clock) == {"sent": 1}


def test_an_answer_that_cannot_be_read_is_doubtful(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [lambda form: (201, {}, '{"sid": "SM')]
    assert worker.work_once().count(Fate.DOUBTFUL) == 1


def test_no_connection_is_tried_again(worker: Messenger, twilio: FakeTwilio, queue: Queue, clock: Clock) -> None:
    queue()
    twilio.next_sends = [breaks(NO_ROUTE)]
    assert worker.work_once().count(Fate.LATER) == 1
    clock.forward(seconds=30)
    assert worker.work_once().count(Fate.SENT) == 1
    assert len(twilio.sent) == 1


def test_21610_is_an_opt_out_and_nothing_follows_it(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    queue("pain")
    twilio.next_sends = [says_no(400, 21610)]
    worker.work_once()
    assert twilio.sent == []
    assert store.opted_out(NUMBER)
    assert states(store, clock) == {"failed": 1, "dropped": 1}


@pytest.mark.parametrize("code", [21614, 21635, 21211, 21408, 21617, 99999])
def test_a_no_for_good_is_not_tried_again(
    code: int, worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    twilio.next_sends = [says_no(400, code)]
    assert worker.work_once().count(Fate.FAILED) == 1
    clock.forward(minutes=5)
    worker.work_once()
    assert twilio.order.count("send") == 1
    assert not store.opted_out(NUMBER)


def test_a_fault_of_our_own_account_keeps_the_row_and_rings_an_alarm(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    from ivr.messenger import standing

    queue()
    twilio.next_sends = [says_no(401, 20003)]
    assert worker.work_once().trouble == "20003"
    clock.forward(seconds=20)
    worker.work_once()
    assert "carrier-20003" in standing(store, clock()).alarms
    clock.forward(minutes=3)
    worker.work_once()
    assert len(twilio.sent) == 1
    clock.forward(seconds=20)
    worker.work_once()
    assert standing(store, clock()).alarms == ()


def test_somebody_who_opts_out_between_queueing_and_sending_gets_nothing(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    store.opt_out(NUMBER, "words", "staff", clock())
    worker.work_once()
    assert twilio.sent == []


def test_somebody_who_opts_out_after_the_lease_gets_nothing(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue()
    lease = store.outbox.lease

    def lease_then_stop(*args: object, **more: object) -> object:
        leased = lease(*args, **more)  # type: ignore[arg-type]
        store.opt_out(NUMBER, "words", "text", clock())
        return leased

    monkeypatch.setattr(store.outbox, "lease", lease_then_stop)
    assert worker.work_once().count(Fate.WITHHELD) == 1
    assert twilio.sent == []


def test_what_is_late_is_dropped_and_counted_and_never_sent(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue(minutes=15)
    clock.forward(minutes=16)
    assert worker.work_once().dropped == 1
    assert twilio.sent == []
    assert states(store, clock) == {"dropped": 1}
    assert worker.counters.registry.get_sample_value("ivr_outbound_late_total") == 1


def test_a_worker_killed_between_the_request_and_its_record_leaves_a_doubt_and_no_second_text(
    hire: Callable[..., Messenger], twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    class Killed(BaseException):
        """As kill -9 does: nothing after it runs."""

    queue()
    first = hire("first")

    def killed(form: dict[str, str]) -> object:
        twilio.took(form)
        raise Killed

    twilio.next_sends = [killed]
    with pytest.raises(Killed):
        first.work_once()
    clock.forward(seconds=91)
    second = hire("second")
    for _ in range(5):
        second.work_once()
        clock.forward(seconds=31)
    assert len(twilio.sent) == 1
    assert states(store, clock) == {"sent": 1}


def test_the_same_text_asked_for_twice_is_not_found_in_the_place_of_the_other(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    """Otherwise the one that never arrived would count as sent, and nobody would be told."""
    queue_twice(queue, worker)
    twilio.next_sends = [breaks(CUT)]
    worker.work_once()
    clock.forward(seconds=31)
    worker.work_once()
    assert len(twilio.sent) == 2
    assert states(store, clock) == {"sent": 2, "doubtful": 1}


def test_two_doubtful_texts_of_the_same_words_are_not_both_settled_by_one_that_arrived(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue_twice(queue, worker)
    twilio.next_sends = [taken_then(twilio, breaks(CUT)), breaks(CUT)]
    worker.work_once()
    clock.forward(seconds=31)
    worker.work_once()
    assert len(twilio.sent) == 2
    assert states(store, clock) == {"sent": 2, "doubtful": 1}


def test_a_text_tried_again_is_not_taken_for_one_of_the_same_words(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue_twice(queue, worker)
    twilio.next_sends = [says_no(429, 20429)]
    for _ in range(3):
        worker.work_once()
        clock.forward(seconds=31)
    assert len(twilio.sent) == 3
    assert states(store, clock) == {"sent": 3}


def queue_twice(queue: Queue, worker: Messenger) -> None:
    """Two texts that say the same: neither is the first to this number, which would say a little more."""
    queue("pain", number=OTHER)
    worker.work_once()
    queue(number=OTHER)
    queue(number=OTHER)


def test_a_store_that_fails_right_after_the_request_is_told_later(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue()
    with monkeypatch.context() as patch:
        patch.setattr(store.outbox, "sent", _fails)
        assert worker.work_once().trouble == "store-busy"
    clock.forward(minutes=1)
    worker.work_once()
    assert len(twilio.sent) == 1
    assert states(store, clock) == {"sent": 1}


def _fails(*_: object, **__: object) -> bool:
    raise StoreError("store-busy")


def test_a_number_abroad_is_never_texted_and_an_expensive_one_never_rung(
    worker: Messenger, twilio: FakeTwilio, queue: Queue
) -> None:
    queue(number="+442071838750")
    for number in ("+18765550143", "+19005550143", "+442071838750"):
        queue(number=number, kind="call", handoff="specialist")
    assert worker.work_once().count(Fate.FAILED) == 4
    assert (twilio.sent, twilio.rung) == ([], [])


def test_a_ring_back_rings_the_number_that_texted_and_asks_for_machines_to_be_told_apart(
    worker: Messenger, twilio: FakeTwilio, queue: Queue
) -> None:
    queue(number="whatsapp:" + NUMBER, kind="call", handoff="specialist", language="es")
    assert worker.work_once().count(Fate.SENT) == 1
    [form] = twilio.rung
    assert (form["To"], form["From"], form["Timeout"]) == (NUMBER, "+12025550100", "25")
    assert form["Url"] == "https://line.example/voice/ring?l=es&d=specialist"
    assert form["MachineDetection"] == "Enable"


def test_a_ring_back_in_doubt_is_looked_up_among_the_calls(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue(kind="call", handoff="specialist")
    twilio.next_sends = [taken_then(twilio, breaks(CUT))]
    worker.work_once()
    clock.forward(seconds=31)
    assert worker.work_once().settled == 1
    assert len(twilio.rung) == 1


def test_a_rich_sender_is_answered_on_its_own_channel(worker: Messenger, twilio: FakeTwilio, queue: Queue) -> None:
    queue(number="whatsapp:+442071838750")
    worker.work_once()
    [form] = twilio.sent
    assert (form["To"], form["From"]) == ("whatsapp:+442071838750", "whatsapp:+12025550100")


def test_a_topic_that_is_gone_from_the_content_is_given_up(worker: Messenger, twilio: FakeTwilio, queue: Queue) -> None:
    queue("no-such-topic")
    assert worker.work_once().count(Fate.FAILED) == 1
    assert twilio.sent == []


def test_nothing_that_is_logged_or_counted_holds_a_number(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    from prometheus_client import generate_latest

    caplog.set_level(0)
    queue()
    twilio.next_sends = [says_no(500), breaks(READ_TIMEOUT), says_no(400, 21614), created_anyway]
    for _ in range(6):
        worker.work_once()
        clock.forward(minutes=1)
        queue("pain")
    told = caplog.text + generate_latest(worker.counters.registry).decode()
    assert "2025550143" not in told
    assert "token" not in told
    assert "cancer" not in told


def created_anyway(form: dict[str, str]) -> object:
    return created({"sid": "SMx"})
