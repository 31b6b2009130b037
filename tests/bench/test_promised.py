"""The model of what must be there after a line was killed under load: which ends it permits, and what it calls a loss."""

from __future__ import annotations

from collections import Counter

import pytest

from ivr.bench import promised
from ivr.bench.promised import STRAY, Asked, Judged, Row, Wish, permitted
from ivr.bench.twilio_api import Meets, Taken

SOMEBODY, TOPIC, BODY = "+12025550143", "pain", "about pain"
OUT, IN = {True}, {False}


def stop(listed: float, answered: float | None = None, tried: float = 0.0) -> Wish:
    return Wish(SOMEBODY, True, listed, tried or answered or listed, answered)


def start(listed: float, answered: float | None = None, tried: float = 0.0) -> Wish:
    return Wish(SOMEBODY, False, listed, tried or answered or listed, answered)


def judged_texts(asked: list[Asked], rows: list[Row], taken: list[Taken], *wishes: Wish) -> Judged:
    judged = Judged()
    promised.judge_texts(judged, asked, rows, taken, {BODY: TOPIC}, wishes)
    return judged


def asked(promise: bool = True) -> Asked:
    return Asked(SOMEBODY, TOPIC, 1.0, promise)


def row(state: str, sid: str = "", error: str = "") -> Row:
    return Row(SOMEBODY, TOPIC, state, sid, "", error)


def taken(sid: str, meets: Meets = Meets.TAKEN, at: float = 1.0) -> Taken:
    return Taken(sid, SOMEBODY, BODY, at, meets)


# --- wishes about texts


def test_whoever_said_nothing_is_not_opted_out() -> None:
    assert permitted([]) == IN


def test_the_last_wish_that_was_answered_decides() -> None:
    assert permitted([stop(1, 2)]) == OUT
    assert permitted([stop(1, 2), start(3, 4)]) == IN
    assert permitted([start(3, 4), stop(1, 2), stop(5, 6)]) == OUT


def test_two_wishes_under_way_at_once_may_come_in_either_order() -> None:
    assert permitted([stop(1, 4), start(3, 5)]) == OUT | IN


def test_a_stop_that_was_repeated_after_its_answer_is_not_younger_for_it() -> None:
    assert permitted([stop(1, 2, tried=9), start(3, 4)]) == IN


def test_a_stop_that_nobody_answered_is_found_in_the_carriers_list() -> None:
    assert permitted([stop(1)]) == OUT
    assert permitted([start(1, 2), stop(3)]) == OUT


def test_a_start_after_a_stop_that_nobody_answered_ends_it() -> None:
    assert permitted([stop(1), start(1 + STRAY + 1, 1 + STRAY + 2)]) == IN


def test_a_start_that_nobody_answered_may_have_come_or_not() -> None:
    assert permitted([stop(1, 2), start(3)]) == OUT | IN
    assert permitted([start(3)]) == IN


def test_which_of_two_in_one_second_was_last_is_not_known_from_the_list() -> None:
    assert permitted([stop(1), start(1.5, 2)]) == OUT | IN


@pytest.mark.parametrize(
    ("wishes", "opted_out", "lost"),
    [
        ([stop(1, 2)], True, (0, 0)),
        ([stop(1, 2)], False, (1, 0)),
        ([stop(1, 2), start(3, 4)], True, (0, 1)),
    ],
)
def test_an_end_that_is_not_permitted_is_a_loss(wishes: list[Wish], opted_out: bool, lost: tuple[int, int]) -> None:
    judged = Judged()
    promised.judge_wishes(judged, wishes, {SOMEBODY} if opted_out else set())
    assert (judged.opt_outs_lost, judged.opt_ins_lost) == lost
    assert judged.opt_outs == 1
    assert len(judged.remarks) == sum(lost)
    assert SOMEBODY not in "".join(judged.remarks)


# --- texts


def test_a_text_that_went_out_once_is_as_promised() -> None:
    judged = judged_texts([asked()], [row("sent", "SM1")], [taken("SM1")])
    assert (judged.texts, judged.sent, judged.remarks) == (1, 1, [])


def test_a_text_without_an_answer_may_be_there_or_not() -> None:
    assert judged_texts([asked(promise=False)], [], []).remarks == []
    assert judged_texts([asked(promise=False)], [row("sent", "SM1")], [taken("SM1")]).remarks == []


def test_a_promise_without_a_row_is_lost() -> None:
    assert judged_texts([asked(), asked()], [row("sent", "SM1")], [taken("SM1")]).texts_lost == 1


@pytest.mark.parametrize("state", ["queued", "leased", "sending", "failed", "dropped"])
def test_a_row_that_never_went_out_is_lost_whether_or_not_it_was_answered(state: str) -> None:
    assert judged_texts([asked()], [row(state)], []).texts_lost == 1
    assert judged_texts([asked(promise=False)], [row(state)], []).texts_lost == 1


def test_two_rows_that_name_the_same_text_are_one_text_and_one_loss() -> None:
    assert judged_texts([asked(), asked()], [row("sent", "SM1")] * 2, [taken("SM1")]).texts_lost == 1


def test_a_sid_that_the_carrier_never_gave_is_no_text() -> None:
    assert judged_texts([asked()], [row("sent", "SM9")], []).texts_lost == 1


def test_a_doubtful_text_is_told_and_not_lost() -> None:
    judged = judged_texts([asked()], [row("doubtful")], [])
    assert (judged.doubtful, judged.remarks) == (1, [])


def test_a_doubtful_text_that_the_carrier_lists_should_have_been_found() -> None:
    assert judged_texts([asked()], [row("doubtful")], [taken("SM1")]).not_found == 1


def test_a_second_text_for_one_promise_is_one_too_many() -> None:
    assert judged_texts([asked()], [row("sent", "SM1")], [taken("SM1"), taken("SM2")]).texts_sent_twice == 1
    assert judged_texts([], [], [taken("SM1")]).texts_sent_twice == 1


def test_more_rows_than_requests_are_a_request_that_took_effect_twice() -> None:
    rows = [row("sent", "SM1"), row("sent", "SM2")]
    assert judged_texts([asked()], rows, [taken("SM1"), taken("SM2")]).texts_queued_twice == 1


def test_a_text_may_be_withheld_only_from_somebody_who_said_stop_after_asking_for_it() -> None:
    dropped = row("dropped", error="opted-out")
    assert judged_texts([asked()], [dropped], [], stop(2, 3)).withheld == 1
    assert judged_texts([asked()], [dropped], []).texts_lost == 1
    assert judged_texts([asked()], [dropped], [], stop(0.1, 0.2)).texts_lost == 1


def test_a_withheld_text_may_have_gone_out_only_with_an_error_for_an_answer() -> None:
    dropped = row("dropped", error="opted-out")
    assert judged_texts([asked()], [dropped], [taken("SM1", Meets.FAILED)], stop(2, 3)).texts_sent_twice == 0
    assert judged_texts([asked()], [dropped], [taken("SM1")], stop(2, 3)).texts_sent_twice == 1


@pytest.mark.parametrize(
    ("wishes", "at", "wrong"),
    [
        ([stop(1, 2)], 60.0, 1),
        ([stop(1, 2)], 2.1, 0),  # on its way when the STOP came
        ([stop(1)], 60.0, 0),
        ([stop(1, 2), start(3, 4)], 60.0, 0),
        ([stop(1, 2), start(3, 4), stop(5, 6)], 60.0, 1),
        ([stop(1, 2), start(61, 62)], 60.0, 1),
    ],
)
def test_after_an_answered_stop_nothing_is_handed_over(wishes: list[Wish], at: float, wrong: int) -> None:
    judged = Judged()
    promised.judge_after_opt_out(judged, wishes, [taken("SM1", at=at)])
    assert judged.texted_after_opt_out == wrong


# --- callbacks and statuses


def test_each_promised_call_waits_once() -> None:
    others = [Asked("+12025550144", "", 1.0, True), Asked("+12025550145", "", 1.0, False)]
    judged = Judged()
    promised.judge_callbacks(judged, [asked(), asked(), *others], Counter({SOMEBODY: 2}))
    assert (judged.callbacks, judged.callbacks_lost, judged.callbacks_twice) == (2, 1, 1)


def test_a_text_ends_with_the_carriers_last_word() -> None:
    judged = Judged()
    rows = [Row(SOMEBODY, TOPIC, "sent", sid, delivery, "") for sid, delivery in (("SM1", "delivered"), ("SM2", "sent"))]
    promised.judge_statuses(judged, rows, {"SM1": "delivered", "SM2": "undelivered"})
    assert judged.statuses_wrong == 1
