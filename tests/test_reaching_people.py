"""Reaching a person: what a desk of one's own hears first, what follows a busy one, and what is texted and rung."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_line import LINE, OTHER, PERSON, WholeLine, a_line, changed_library, replies, words

from ivr.channels.carrier import ANONYMOUS, Gather, PretendCall, Say, Step
from ivr.library.line_rules import Library

NUMBER_SHOWN = "1-888-552-6760"


def _own_desk(content: Path, *more: str) -> None:
    """The specialist is a desk of one's own, which wants to hear who calls."""
    path = content / "line.toml"
    text = path.read_text(encoding="utf-8").replace("whispers = false", "whispers = true", 1)
    for setting in more:
        text = text.replace(f"{setting} = false", f"{setting} = true", 1)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def whispering(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return changed_library(tmp_path_factory.mktemp("whispering"), _own_desk)


@pytest.fixture
def line(library: Library, tmp_path: Path) -> Iterator[WholeLine]:
    with a_line(library, tmp_path) as made:
        yield made


def said(steps: tuple[Step, ...]) -> str:
    """The words of a document, those inside a Gather too."""
    found = []
    for step in steps:
        inner = step.inner if isinstance(step, Gather) else (step,)
        found += [one.text for one in inner if isinstance(one, Say)]
    return " ".join(found)


# --- the whisper


def test_no_desk_hears_anything_before_the_caller_unless_it_is_said_so(line: WholeLine) -> None:
    call = line.call()
    call.press("0")
    assert call.whispered() == ()
    assert "code" not in words(call)


def test_an_own_desk_hears_language_topics_pace_relay_and_the_code_that_the_caller_heard(
    whispering: Library, tmp_path: Path
) -> None:
    with a_line(whispering, tmp_path) as line:
        call = line.call()
        call.press("1")
        call.press("1")  # what it is
        call.press("#")
        call.say("wait")  # for a relay operator
        call.press("6")
        call.press("6")
        call.say("what about pain")
        call.press("0")
        told = words(call)
        heard = said(call.whispered())
        assert call.faults == []
    code = re.search(r"your code is ((?:\w+ ){3}\w+)\.", told)
    assert code is not None, told
    assert f"The code is {code[1]}." in heard
    assert "English" in heard
    assert "was at: pain" in heard.lower()
    assert "heard about: what" in heard.lower()
    assert "relay operator" in heard
    assert "slow speech" in heard
    assert len(heard.split()) < 45, "ten seconds or little more (R28)"
    assert "0143" not in heard
    assert "four three" not in heard


def test_the_code_of_a_call_stays_the_same_and_differs_between_calls(whispering: Library, tmp_path: Path) -> None:
    codes = set()
    with a_line(whispering, tmp_path) as line:
        for _ in range(5):
            call = line.call()
            call.press("0")
            first = words(call)
            call.transfer_ended("busy")
            call.press("1")
            assert words(call) == first
            codes.add(first)
    assert len(codes) > 1


def test_in_an_emergency_nothing_is_said_but_what_must_be(whispering: Library, tmp_path: Path) -> None:
    with a_line(whispering, tmp_path) as line:
        call = line.call()
        call.say("I cannot breathe")
        call.press("0")
        assert "code" not in words(call)
        assert call.dial is not None


def test_a_desk_can_be_asked_for_a_key_at_the_end_of_the_whisper(tmp_path: Path) -> None:
    library = changed_library(tmp_path, lambda content: _own_desk(content, "press_to_accept"))
    with a_line(library, tmp_path) as line:
        call = line.call()
        call.press("0")
        assert said(call.whispered()).endswith("To take the call, press one.")


# --- after a desk that did not answer


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed"])
def test_after_it_every_way_is_offered_and_seven_texts_the_number(line: WholeLine, outcome: str) -> None:
    call = line.call()
    call.press("0")
    call.transfer_ended(outcome)
    offered = words(call)
    assert "could not reach" in offered
    for choice in ("specialist, press one", "American Cancer Society, press two", "said slowly, press three"):
        assert choice in offered
    assert "the place you were at, press four" in offered
    assert offered.endswith("To get the number by text, press seven.")
    call.press("7")
    assert "press seven again" in words(call)
    call.press("7")
    line.work()
    ((to, body),) = line.texted
    assert to == PERSON
    assert NUMBER_SHOWN in body
    assert "cancer" not in body[:30]


# --- texts by phone


def _offer(line: WholeLine, number: str = PERSON, keys: str = "117") -> PretendCall:
    call = line.call(number)
    for key in keys:
        call.press(key)
    return call


def test_the_same_text_is_not_sent_again_while_it_is_fresh(line: WholeLine) -> None:
    """A second one on a phone that others see cannot be undone; one that got lost can be asked for later."""
    call = _offer(line)
    call.press("7")
    call.press("7")
    call.press("7")
    assert "already sent" in words(call)
    line.work()
    assert len(line.texted) == 1
    line.clock.later(minutes=16)
    _offer(line).press("7")
    line.work()
    assert len(line.texted) == 2
    _offer(line, keys="127").press("7")
    line.work()
    assert len(line.texted) == 3, "another part is another choice"


def test_a_telephone_that_takes_no_texts_is_asked_for_a_mobile_the_next_time(line: WholeLine) -> None:
    """The carrier says so only when one is sent: it refuses it, or reports it later."""
    _offer(line).press("7")
    line.work()
    (letter_sid,) = (f"SM{len(line.texted):032x}",)
    with line.store.database.reading() as connection:
        sid = connection.exec_driver_sql("SELECT sid FROM outbox").scalar_one()
    assert sid or letter_sid
    line.store.outbox.status(str(sid), "undelivered", line.clock(), code="30006")
    call = _offer(line, keys="12")
    call.press("7")
    assert "mobile phone number" in words(call)
    call.press("2025550144#")
    call.press("1")
    line.work()
    assert [to for to, _ in line.texted] == [PERSON, OTHER]


def test_a_number_that_others_type_gets_few_offers_a_day(line: WholeLine) -> None:
    heard = []
    for keys in ("117", "127", "137", "147"):
        call = _offer(line, ANONYMOUS, keys)
        call.press("2025550144#")
        call.press("1")
        heard.append(words(call))
        line.work()
    assert ["must answer" in one for one in heard] == [True, True, False, False]
    assert "today" in heard[-1]
    assert len(line.texted) == 2


def test_after_an_offer_the_first_text_of_ones_own_still_tells_rates_help_and_stop(line: WholeLine) -> None:
    call = _offer(line, ANONYMOUS)
    call.press("2025550143#")
    call.press("1")
    line.work()
    _offer(line, keys="127").press("7")
    line.work()
    invitation, first = (body for _, body in line.texted)
    assert "HELP" not in invitation
    for part in ("rates may apply", "HELP", "STOP"):
        assert part in first


# --- the line rings back


@pytest.mark.parametrize("sender", ["whatsapp:+442071838750", "+18765550143"])
def test_nobody_is_told_that_the_line_rings_when_it_never_would(line: WholeLine, sender: str) -> None:
    """A number abroad or of premium rates (T8)."""
    answer = replies(line.texter(sender), "CALL")
    assert NUMBER_SHOWN in answer
    assert "moment" not in answer
    line.work()
    assert line.rung == []


def test_the_ring_back_is_a_person_who_pressed_a_key_and_nothing_else(line: WholeLine) -> None:
    replies(line.texter(), "CALL")
    line.work()
    ((to, path),) = line.rung
    for answered_by in ("machine_start", "fax", "machine_end_beep"):
        answer = line.carrier.post(path, {"CallSid": "CA1", "From": LINE, "To": to, "Direction": "outbound-api",
                                          "AnsweredBy": answered_by})  # fmt: skip
        assert answer.body.count(b"<Say") == 0, "nothing is left on a machine"
        assert b"<Hangup" in answer.body
