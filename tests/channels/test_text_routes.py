"""The text webhooks: one answer to one text, words even when something fails, and never a false promise."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import pytest
from graphs import EN, graph
from lines import Scripted, TestLine
from signed import environ, parsed

from ivr.channels.sms.render import twiml
from ivr.channels.sms.routes import CARRIER_WORDS, TextWebhooks
from ivr.channels.webhook import Answer
from ivr.dialog.types import Keyword, Listen, NumberType, Pause, Reply, Say, Text

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NUMBER, OWN = "+12025550123", "+12025550100"
MESSAGE = {"MessageSid": "SM1", "From": NUMBER, "To": OWN, "NumMedia": "0"}


def _reply(*texts: str) -> Reply:
    return Reply(tuple(Say(text, EN) for text in texts), Listen(speech=0))


def _post(line: TestLine, path: str, *, seconds: float = 8.0, **form: str) -> Answer:
    webhooks = TextWebhooks(line, clock=lambda: AT, seconds=seconds)
    return webhooks.paths[path](environ(path, MESSAGE | form))


def _messages(answer: Answer) -> list[str]:
    assert answer.status == 200
    assert answer.content_type.startswith("text/xml")
    response: Element = parsed(answer.body)
    assert {child.tag for child in response} <= {"Message"}
    return [child.text or "" for child in response]


def _heard(**form: str) -> tuple[Text, str, str]:
    line = TestLine()
    _messages(_post(line, "/sms/message", **form))
    heard, message = line.conversation.texts[0]
    return heard, message.sender, message.message_sid


def test_one_text_gets_one_message() -> None:
    line = TestLine(Scripted(reply=lambda heard: _reply("Main menu.", "1 the disease", "Call +18885526760")))
    assert _messages(_post(line, "/sms/message", Body="menu")) == ["Main menu.\n1 the disease\nCall 1-888-552-6760"]


def test_nothing_to_say_is_an_empty_document() -> None:
    assert _messages(_post(TestLine(), "/sms/message", Body="STOP")) == []


def test_a_text_is_heard_cleaned() -> None:
    heard, sender, sid = _heard(Body=" st\u200bop \x00\n now ")
    assert heard == Text("stop now", AT)
    assert (sender, sid) == (NUMBER, "SM1")


@pytest.mark.parametrize("body", ["", "\x00" * 1600, "\u200b"])
def test_a_text_of_nothing_is_still_a_text(body: str) -> None:
    assert _heard(Body=body)[0].body == ""


def test_a_text_of_1600_emoji_is_taken() -> None:
    assert _heard(Body="\U0001f642" * 1600)[0].body == "\U0001f642" * 1600
    assert len(_heard(Body="x" * 5000)[0].body) == 1600


@pytest.mark.parametrize(
    ("said", "keyword"),
    [("STOP", Keyword.STOP), ("start", Keyword.START), ("HELP", Keyword.HELP), ("NEW", None), ("", None)],
)
def test_what_the_carrier_said_is_heard(said: str, keyword: Keyword | None) -> None:
    assert _heard(Body="x", OptOutType=said)[0].carrier_said is keyword


@pytest.mark.parametrize("sender", ["whatsapp:+12025550123", "rcs:+12025550123"])
def test_other_senders_keep_their_prefix_for_the_answer(sender: str) -> None:
    heard, kept, _ = _heard(From=sender, Body="hi")
    assert kept == sender
    assert heard.number_type is NumberType.RICH


def test_the_type_of_our_number_is_a_setting() -> None:
    line = TestLine(number_type=NumberType.TOLL_FREE)
    _post(line, "/sms/message", Body="STOP")
    assert line.conversation.texts[0][0].number_type is NumberType.TOLL_FREE


@pytest.mark.parametrize(
    ("sender", "machine"),
    [("12345", True), ("787", True), ("+22395", True), (OWN, True), (NUMBER, False), ("anonymous", False), ("", False)],
)
def test_machines_are_told_from_people(sender: str, machine: bool) -> None:
    assert _heard(From=sender, Body="hi")[0].from_machine is machine


def test_a_message_without_a_sid_is_one_of_its_own() -> None:
    line = TestLine()
    for _ in range(2):
        _post(line, "/sms/message", MessageSid="", Body="hi")
    first, second = (message.message_sid for _, message in line.conversation.texts)
    assert first != second


def test_an_older_name_of_the_sid_is_known() -> None:
    assert _heard(MessageSid="", SmsSid="SM9", Body="hi")[2] == "SM9"


def _fails(heard: Text) -> Reply:
    raise RuntimeError(f"{NUMBER} said {heard.body}")


def test_a_fault_is_answered_with_911_and_the_number(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        (message,) = _messages(_post(TestLine(Scripted(reply=_fails)), "/sms/message", Body="secret words"))
    assert "911" in message
    assert "1-888-552-6760" in message
    assert "secret" not in caplog.text
    assert "2025550123" not in caplog.text


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "START", "alto"])
def test_a_carrier_word_that_could_not_be_stored_is_never_answered_as_if_it_were(word: str) -> None:
    answer = _post(TestLine(Scripted(reply=_fails)), "/sms/message", Body=word)
    assert (answer.status, answer.body) == (503, b"Try again\n")


def test_a_hanging_store_is_given_up_and_the_texter_gets_words() -> None:
    hanging = threading.Event()

    def hang(heard: Text) -> Reply:
        hanging.wait(30)
        return _reply("too late")

    (message,) = _messages(_post(TestLine(Scripted(reply=hang)), "/sms/message", seconds=0.01, Body="hi"))
    hanging.set()
    assert "911" in message


@pytest.mark.parametrize("word", sorted(CARRIER_WORDS))
def test_the_fallback_leaves_carrier_words_to_carriers(word: str) -> None:
    assert _messages(_post(TestLine(), "/sms/fallback", Body=f" {word.lower()}! ", ErrorCode="11200")) == []


def test_the_fallback_gives_911_and_the_number_in_every_language() -> None:
    (message,) = _messages(_post(TestLine(), "/sms/fallback", Body="When should I stop treatment?"))
    assert message.splitlines() == [
        "Emergency: call 911. A person: 1-888-552-6760.",
        "Emergencia: llame al 911. Una persona: 1-888-552-6760.",
    ]


def test_the_fallback_answers_no_machine() -> None:
    assert _messages(_post(TestLine(), "/sms/fallback", From="12345", Body="hi")) == []


def test_a_status_is_noted() -> None:
    line = TestLine()
    answer = _post(line, "/sms/status", MessageStatus="undelivered", ErrorCode="30007")
    assert answer.status == 204
    assert line.conversation.statuses == [("SM1", "undelivered", "30007")]
    assert _post(TestLine(Scripted(broken=True)), "/sms/status", MessageStatus="sent").status == 204


@pytest.mark.parametrize("path", ["/sms/message", "/sms/status", "/sms/fallback"])
def test_no_webhook_is_open(path: str) -> None:
    line = TestLine()
    refused = TextWebhooks(line).paths[path](environ(path, MESSAGE, HTTP_X_TWILIO_SIGNATURE=None))
    assert refused.status == 403
    assert not line.conversation.texts
    assert not line.conversation.statuses


@pytest.mark.parametrize(
    "form",
    [
        [],
        [("Body", "\x00")],
        [("Body", "a"), ("Body", "b"), ("From", "x" * 900)],
        [("From", "+266696687"), ("Body", "<Message>&")],
        [("From", "client:x"), ("OptOutType", "\x00"), ("NumMedia", "²")],
    ],
)
@pytest.mark.parametrize("path", ["/sms/message", "/sms/fallback"])
def test_bad_input_gets_a_clear_answer(path: str, form: list[tuple[str, str]]) -> None:
    line = TestLine(Scripted(reply=lambda heard: _reply(heard.body or "menu")))
    _messages(TextWebhooks(line).paths[path](environ(path, form)))


def test_a_message_is_never_longer_than_the_carrier_takes() -> None:
    (message,) = parsed(twiml(_reply("x" * 4000)))
    assert len(message.text or "") == 1600


def test_markup_in_words_is_escaped_and_pauses_are_left_out() -> None:
    (message,) = parsed(twiml(Reply((Say("a < b & c\x07", EN), Pause(1)), Listen())))
    assert message.text == "a < b & c"


def test_without_prompts_the_line_still_starts() -> None:
    line = TestLine(words=graph(prompts={}))
    assert _messages(_post(line, "/sms/fallback", Body="hi")) == []
