"""The pretend carrier signs as the real one, reads its markup, and executes documents as it would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

from ivr.channels.carrier import (
    Carrier,
    Dial,
    Gather,
    Hangup,
    Message,
    Pause,
    PretendCall,
    PretendTexter,
    Redirect,
    Say,
    Waits,
    read_document,
)
from ivr.channels.trust import Trust
from ivr.dialog.types import NumberType, TransferOutcome
from ivr.errors import LineError

PUBLIC = "https://line.example.org"
TOKEN = "0123456789abcdef0123456789abcdef"
CALLER = "+12025550143"


class Scripted:
    """A WSGI application that answers each path with a document, and keeps what was asked."""

    def __init__(self, **documents: str) -> None:
        self.documents = {"/" + path.replace("_", "/"): text for path, text in documents.items()}
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        form = dict(parse_qsl(environ["wsgi.input"].read().decode(), keep_blank_values=True))
        self.asked.append((environ["RAW_URI"], form, environ))
        text = self.documents.get(environ["PATH_INFO"])
        if text is None:
            start_response("204 No Content" if environ["PATH_INFO"].endswith("status") else "500 Broken", [])
            return [b""]
        start_response("200 OK", [("Content-Type", "text/xml")])
        return [f"<Response>{text}</Response>".encode()]

    @property
    def forms(self) -> list[dict[str, str]]:
        return [form for _, form, _ in self.asked]


def call(app: Scripted) -> PretendCall:
    return PretendCall(Carrier(app, PUBLIC, TOKEN, "+12025550100", "AC1"), CALLER)


def texts(heard: Iterable[object]) -> list[str]:
    return [said.text for said in heard if isinstance(said, Say)]


# --- signing


@pytest.mark.parametrize("public", [PUBLIC, "http://localhost:8080", "https://line.example.org:8443/below"])
def test_requests_are_signed_as_the_carrier_signs(public: str) -> None:
    """Judged by the carrier's own library and by the line."""
    app = Scripted(voice_turn="")
    form = {"From": CALLER, "Body": "¿Qué es? & más\n", "Digits": "", "A": "x=y"}
    Carrier(app, public, TOKEN).post("/voice/turn?a=main&l=en", form)
    (target, got, environ) = app.asked[0]
    signature = environ["HTTP_X_TWILIO_SIGNATURE"]
    assert got == form
    assert RequestValidator(TOKEN).validate(f"{public}/voice/turn?a=main&l=en", form, signature)
    assert Trust(public, [TOKEN]).accepts(target, list(form.items()), signature)


def test_nothing_outside_the_line_is_ever_asked() -> None:
    """An action that leads elsewhere is a fault, and no request is made."""
    app = Scripted()
    with pytest.raises(LineError, match="evil"):
        Carrier(app, PUBLIC, TOKEN).post("https://evil.example.org/voice/turn", {})
    assert app.asked == []


def test_each_request_has_its_own_token_and_a_repeated_delivery_the_same() -> None:
    """So that a line can tell a new key from a key delivered twice."""
    app = Scripted(voice_answer='<Gather action="/voice/answer" actionOnEmptyResult="true"/>')
    made = call(app)
    made.start()
    made.press("1#")
    made.deliver_again()
    tokens = [environ["HTTP_I_TWILIO_IDEMPOTENCY_TOKEN"] for _, _, environ in app.asked]
    assert tokens[0] != tokens[1] == tokens[2]
    assert app.forms[1] == app.forms[2]


# --- reading


def test_speech_markup_becomes_words_and_pauses() -> None:
    """Rate, breaks, another language, an alias: as one hears them."""
    document = (
        '<Response><Say voice="Polly.Joanna-Neural" language="en-US"><prosody rate="92%">One.<break time="750ms"/>'
        ' Two <sub alias="C T">CT</sub>. <lang xml:lang="es-US">Hola.</lang></prosody></Say></Response>'
    )
    voice = "Polly.Joanna-Neural"
    assert read_document(document) == (
        Say("One.", "en-US", voice, 92),
        Pause(0.75),
        Say("Two C T.", "en-US", voice, 92),
        Say("Hola.", "es-US", voice, 92),
    )


def test_every_verb_that_the_line_uses_is_read() -> None:
    """Made with the carrier's own library."""
    made = VoiceResponse()
    gather = made.gather(
        input="dtmf speech", num_digits=1, timeout=10, speech_timeout="2", finish_on_key="", action="/voice/turn?a=x&l=en",
        action_on_empty_result=True, hints="menu,back", language="es-US",
    )  # fmt: skip
    gather.say("Hi.")
    gather.pause(length=2)
    dial = made.dial(action="/voice/turn", timeout=20, hangup_on_star=True, caller_id="+12025550100")
    dial.number("+18885526760", url="/voice/whisper")
    made.redirect("/voice/turn")
    made.hangup()
    assert read_document(str(made)) == (
        Gather(
            (Say("Hi."), Pause(2.0)),
            "/voice/turn?a=x&l=en",
            ("dtmf", "speech"),
            1,
            10,
            "2",
            "",
            ("menu", "back"),
            True,
            "es-US",
        ),
        Dial(("+18885526760",), "/voice/turn", 20, "/voice/whisper", True, "+12025550100"),
        Redirect("/voice/turn"),
        Hangup(),
    )


def test_a_text_is_read_with_and_without_a_body_element() -> None:
    """Both forms are allowed."""
    assert read_document("<Response><Message>Hi</Message><Message><Body>Ho</Body></Message></Response>") == (
        Message("Hi"),
        Message("Ho"),
    )


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("no markup", "12100"),
        ("<Answer/>", "12100"),
        ("<Response><Say>\x07</Say></Response>", "12100"),
        ("<Response><Fly/></Response>", "12200"),
        ("<Response><Gather><Dial/></Gather></Response>", "12200"),
        ("<Response><Say><marquee>x</marquee></Say></Response>", "13520"),
        ("<Response>" + " " * 65_536 + "</Response>", "11750"),
    ],
)
def test_what_the_carrier_would_refuse_is_refused_with_its_number(document: str, code: str) -> None:
    """A simulator that forgives more than the carrier hides faults."""
    with pytest.raises(LineError) as fault:
        read_document(document)
    assert fault.value.code == code


# --- executing

TWO_GATHERS = (
    '<Gather input="dtmf" numDigits="1" timeout="1" finishOnKey="" action="/voice/turn?a=main"><Say>Words.</Say></Gather>'
    '<Gather input="dtmf speech" numDigits="1" timeout="10" finishOnKey="" action="/voice/turn?a=main"'
    ' actionOnEmptyResult="true"/>'
)


def test_the_short_gather_around_words_is_passed_by_itself() -> None:
    """The call waits at the one that listens; keys may still interrupt the words."""
    made = call(Scripted(voice_answer=TWO_GATHERS, voice_turn="<Hangup/>"))
    assert texts(made.start()) == ["Words."]
    assert made.waits is Waits.KEYS_AND_WORDS
    assert made.place == "main"


@pytest.mark.parametrize("early", [True, False])
def test_a_key_during_the_words_does_what_it_does_after_them(early: bool) -> None:
    """Barge-in, and a key in the wait."""
    app = Scripted(voice_answer=TWO_GATHERS, voice_turn="<Hangup/>")
    made = call(app)
    made.start()
    made.press("2", early=early)
    assert app.asked[1][0] == "/voice/turn?a=main"
    assert app.forms[1]["Digits"] == "2"
    assert made.waits is Waits.ENDED


def test_silence_goes_to_the_action_only_where_an_empty_result_is_wanted() -> None:
    """Otherwise on with the next verb."""
    app = Scripted(
        voice_answer='<Gather timeout="5"/><Say>Nothing came.</Say><Redirect>/voice/turn</Redirect>', voice_turn=TWO_GATHERS
    )
    made = call(app)
    made.start()
    assert texts(made.silence()) == ["Nothing came.", "Words."]
    made.silence()
    assert [target for target, _, _ in app.asked] == ["/voice/answer", "/voice/turn", "/voice/turn?a=main"]
    assert app.forms[2]["Digits"] == ""


def test_a_document_that_ends_hangs_up_and_the_line_is_told() -> None:
    """As the carrier does when nothing is left to do."""
    app = Scripted(voice_answer="<Say>Goodbye.</Say>")
    made = call(app)
    made.start()
    assert made.waits is Waits.ENDED
    assert [target for target, _, _ in app.asked] == ["/voice/answer", "/voice/status"]
    assert app.forms[1]["CallStatus"] == "completed"


def test_words_are_not_heard_where_only_keys_are_waited_for() -> None:
    """Time passes instead."""
    app = Scripted(voice_answer='<Gather action="/voice/turn" actionOnEmptyResult="true"/>', voice_turn="<Hangup/>")
    made = call(app)
    made.start()
    assert made.waits is Waits.KEYS
    made.say("hello")
    assert "SpeechResult" not in app.forms[1]


def test_words_come_with_how_sure_the_recogniser_is_or_without() -> None:
    """Confidence may be absent."""
    app = Scripted(voice_answer=TWO_GATHERS, voice_turn=TWO_GATHERS)
    made = call(app)
    made.start()
    made.say("my brain", 0.4)
    made.say("my brain", None)
    assert app.forms[1]["SpeechResult"] == "my brain"
    assert app.forms[1]["Confidence"] == "0.4"
    assert "Confidence" not in app.forms[2]


def test_a_typed_number_ends_with_its_key_and_the_key_alone_is_no_input() -> None:
    """finishOnKey is taken away; what is typed beyond goes to the next wait."""
    typing = '<Gather numDigits="15" action="/voice/turn" finishOnKey="#" actionOnEmptyResult="true"/>'
    app = Scripted(voice_answer=typing, voice_turn=TWO_GATHERS)
    made = call(app)
    made.start()
    made.press("2025550143#1")
    assert [form.get("Digits") for form in app.forms] == [None, "2025550143", "1"]
    other = call(app)
    other.start()
    other.press("#")
    assert app.forms[-1]["Digits"] == ""


DIALLING = (
    '<Say>Connecting.</Say><Dial action="/voice/turn" hangupOnStar="true"><Number url="/voice/whisper">+18885526760</Number>'
    "</Dial><Say>Never said.</Say>"
)


def test_a_transfer_waits_for_its_end_and_posts_it() -> None:
    """With an action nothing after Dial runs."""
    app = Scripted(voice_answer=DIALLING, voice_turn=TWO_GATHERS, voice_whisper="<Say>A caller.</Say>")
    made = call(app)
    assert texts(made.start()) == ["Connecting."]
    assert made.waits is Waits.TRANSFER
    assert texts(made.whispered()) == ["A caller."]
    assert made.silence() == ()
    assert texts(made.transfer_ended(TransferOutcome.BUSY)) == ["Words."]
    assert app.forms[-1]["DialCallStatus"] == "busy"


def test_star_leaves_a_transfer_where_the_line_allows_it() -> None:
    """hangupOnStar."""
    app = Scripted(voice_answer=DIALLING, voice_turn=TWO_GATHERS)
    made = call(app)
    made.start()
    made.press("5")
    assert made.waits is Waits.TRANSFER
    made.press("*")
    assert app.forms[-1]["DialCallStatus"] == "completed"


def test_a_broken_line_is_answered_by_its_fallback() -> None:
    """And the fault is kept, as in the carrier's debugger."""
    app = Scripted(voice_fallback="<Say>Call 911 in an emergency.</Say>")
    made = call(app)
    assert texts(made.start()) == ["Call 911 in an emergency."]
    assert made.faults[0].startswith("11200 /voice/answer")
    assert app.forms[1]["ErrorCode"] == "11200"


def test_without_a_fallback_the_call_ends_as_the_carrier_ends_it() -> None:
    """Words of an application error."""
    made = call(Scripted())
    assert "application error" in texts(made.start())[0]
    assert made.waits is Waits.ENDED
    assert len(made.faults) == 2


def test_a_line_that_redirects_for_ever_is_a_fault() -> None:
    """Nobody waits for it."""
    app = Scripted(voice_answer="<Redirect>/voice/answer</Redirect>", voice_fallback="<Hangup/>")
    made = call(app)
    made.start()
    assert made.faults[0].startswith("loop")


# --- texts


def texter(app: Scripted, kind: NumberType = NumberType.LONG_CODE) -> PretendTexter:
    return PretendTexter(Carrier(app, PUBLIC, TOKEN, "+12025550100", number_type=kind), CALLER)


def test_a_reply_comes_with_its_segments_and_encoding() -> None:
    """One reply a message."""
    sent = texter(Scripted(sms_message="<Message>¿Qué? 😀</Message>")).send("hi")
    assert sent.replies[0].body == "¿Qué? 😀"
    assert (sent.replies[0].count.encoding, sent.replies[0].count.segments) == ("UCS-2", 1)
    assert sent.note == ""


def test_stop_is_answered_by_the_carrier_and_nothing_gets_through_until_start() -> None:
    """On a long code; the line is asked all the same."""
    app = Scripted(sms_message="<Message>Hello</Message>")
    person = texter(app)
    stopped = person.send(" stop ")
    assert "carrier itself" in stopped.note
    assert not stopped.delivered
    assert not person.send("hello").delivered
    assert person.send("START").delivered
    assert len(app.asked) == 3


def test_which_words_the_carrier_answers_depends_on_the_number() -> None:
    """Toll-free: only STOP; a short code: nothing."""
    app = Scripted(sms_message="")
    assert texter(app).send("END").note
    assert not texter(app, NumberType.TOLL_FREE).send("END").note
    assert not texter(app, NumberType.SHORT_CODE).send("STOP").note


def test_a_text_that_no_telephone_could_send_is_refused() -> None:
    """1,600 characters are the limit."""
    with pytest.raises(LineError):
        texter(Scripted()).send("x" * 1601)


def test_a_broken_text_webhook_is_answered_by_its_fallback() -> None:
    """And an empty message is one of the carrier's errors."""
    person = texter(Scripted(sms_message="<Message></Message>", sms_fallback="<Message>Call 911.</Message>"))
    assert [reply.body for reply in person.send("hi").replies] == ["Call 911."]
    assert person.faults[0].startswith("14103")
