"""Whatever the carrier posts becomes a fitting input, and nothing strange gets through."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.channels.voice.hear import arrival, call_facts, caller_number, confidence, hear, seconds
from ivr.channels.webhook import Form
from ivr.dialog.types import (
    Arrival,
    Caller,
    CallerKind,
    Digits,
    NoInput,
    Speech,
    TransferEnded,
    TransferOutcome,
)

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
WHO = Caller(ending="23")
NUMBER = "+12025550123"


def _form(**values: str) -> Form:
    return Form(list(({"From": NUMBER} | values).items()))


@pytest.mark.parametrize(
    ("digits", "heard"),
    [
        ("1", "1"),
        ("*", "*"),
        ("#", "#"),
        ("12025550123", "12025550123"),
        ("1" * 50, "1" * 48),
        ("1²2", "12"),
        (" 1\n", "1"),
    ],
)
def test_keys_are_heard(digits: str, heard: str) -> None:
    assert hear(_form(Digits=digits), AT) == Digits(heard, AT, WHO)


@pytest.mark.parametrize("digits", ["", "²", "٣", "w", "abc", "\x00", "①"])
def test_what_no_telephone_can_send_is_no_key(digits: str) -> None:
    assert hear(_form(Digits=digits), AT) == NoInput(AT, WHO)


def test_words_are_heard_and_cleaned() -> None:
    form = _form(SpeechResult="  what\x07 is\u200b it \ud800", Confidence="0.83")
    assert hear(form, AT) == Speech("what is it", 0.83, AT, WHO)


def test_very_long_words_are_cut() -> None:
    heard = hear(_form(SpeechResult="word " * 400), AT)
    assert isinstance(heard, Speech)
    assert len(heard.words) <= 500


def test_keys_count_before_words() -> None:
    assert hear(_form(Digits="0", SpeechResult="main menu"), AT) == Digits("0", AT, WHO)


@pytest.mark.parametrize("words", ["", " ", "\x00\x01", "\u200b"])
def test_no_words_are_no_input(words: str) -> None:
    assert hear(_form(SpeechResult=words, Confidence="0.9"), AT) == NoInput(AT, WHO)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        ("1", 1.0),
        ("0", 0.0),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("-1", None),
        ("2", None),
        ("x", None),
    ],
)
def test_confidence_is_between_0_and_1_or_not_known(text: str, value: float | None) -> None:
    assert confidence(text) == value


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("completed", TransferOutcome.COMPLETED),
        ("answered", TransferOutcome.COMPLETED),
        ("busy", TransferOutcome.BUSY),
        ("no-answer", TransferOutcome.NO_ANSWER),
        ("failed", TransferOutcome.FAILED),
        ("canceled", TransferOutcome.CANCELED),
        ("something-new", TransferOutcome.FAILED),
    ],
)
def test_the_end_of_a_transfer_is_heard_before_anything_else(status: str, outcome: TransferOutcome) -> None:
    heard = hear(_form(DialCallStatus=status, DialCallDuration="42", Digits="1"), AT)
    assert heard == TransferEnded(outcome, AT, WHO, 42)


@pytest.mark.parametrize(("text", "value"), [("42", 42), ("", 0), ("-1", 0), ("²", 0), ("9" * 9, 86_400), ("9" * 40, 0)])
def test_durations_are_bounded(text: str, value: int) -> None:
    assert seconds(text) == value


def test_nothing_is_no_input() -> None:
    assert hear(Form([]), AT) == NoInput(AT, Caller(kind=CallerKind.WITHHELD))


def test_the_first_request_is_an_arrival_whatever_it_carries() -> None:
    assert arrival(_form(Digits="1"), AT) == Arrival(AT, WHO)


@pytest.mark.parametrize(
    "number",
    [
        "", "anonymous", "Anonymous", "unknown", "RESTRICTED", "client:x", "sip:a@b.example", "+266696687",
        "+7378742833", "+2562533", "+8656696", "+86282452253", "+464", "12025550123", "+0123456789", "+1202555012a",
        "+1202555٣٣٣٣", "+12025550123 ext 4", "+" + "1" * 16, "+12025550123\n+1",
    ],
)  # fmt: skip
def test_an_address_that_is_no_number_is_withheld(number: str) -> None:
    assert caller_number(_form(From=number)) is None
    assert hear(_form(From=number), AT) == NoInput(AT, Caller(kind=CallerKind.WITHHELD))


@pytest.mark.parametrize("number", [NUMBER, "+442071838750", " +12025550123 "])
def test_a_number_is_a_number(number: str) -> None:
    assert caller_number(_form(From=number)) == number.strip()


def test_somebody_rung_back_is_the_one_we_rang() -> None:
    form = Form([("From", "+12025550100"), ("To", NUMBER), ("Direction", "outbound-api"), ("CallSid", "CA1")], "t1")
    facts = call_facts(form)
    assert (facts.call_sid, facts.number, facts.token) == ("CA1", NUMBER, "t1")


def test_without_a_token_of_the_carrier_each_step_of_a_call_has_its_own() -> None:
    """A second delivery is the same step; another key, another place or the end of a transfer is another."""

    def token(query: str, **sent: str) -> str:
        return call_facts(Form([("CallSid", "CA1"), *sent.items()], "", query)).token

    steps = [("a=pain", {"Digits": "1"}), ("a=pain", {"Digits": "2"}), ("a=main", {"Digits": "1"}), ("a=pain", {}),
             ("a=pain", {"DialCallStatus": "busy"})]  # fmt: skip
    assert len({token(query, **sent) for query, sent in steps}) == len(steps)
    assert token("a=pain", Digits="1") == token("a=pain", Digits="1", CallStatus="in-progress")
    assert token("a=pain", Digits="2025550143") == token("a=pain", Digits="2025550144"), "no typed number is in it"


PARAMETERS = st.sampled_from(
    ["From", "To", "Digits", "SpeechResult", "Confidence", "DialCallStatus", "Direction", "CallSid"]
)


@given(st.lists(st.tuples(PARAMETERS, st.text(max_size=60))))
def test_no_request_is_too_strange(pairs: list[tuple[str, str]]) -> None:
    form = Form(pairs)
    call_facts(form)
    heard = hear(form, AT)
    if isinstance(heard, Digits):
        assert set(heard.digits) <= set("0123456789*#")
