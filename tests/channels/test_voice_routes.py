"""The voice webhooks: six steps for every turn, and words for the caller whatever fails."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from graphs import EN, ES, PROMPTS, graph
from lines import Scripted, TestLine
from signed import PUBLIC, TOKEN, TRUST, environ, parsed

from ivr.channels.flask_routes import blueprint
from ivr.channels.trust import Trust
from ivr.channels.voice.routes import GONE, VoiceWebhooks
from ivr.channels.webhook import Answer
from ivr.dialog.types import (
    Arrival,
    Confirm,
    Digits,
    Input,
    Listen,
    Medium,
    NoInput,
    Pace,
    Reply,
    Say,
    Speech,
    State,
    TransferEnded,
    Turn,
)

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NUMBER = "+12025550123"
CALL = {"CallSid": "CA1", "AccountSid": "AC1", "From": NUMBER, "To": "+12025550100", "CallStatus": "in-progress"}


def _webhooks(line: TestLine) -> VoiceWebhooks:
    return VoiceWebhooks(line, clock=lambda: AT)


def _parsed(answer: Answer) -> Element:
    assert answer.status == 200
    assert answer.content_type.startswith("text/xml")
    return parsed(answer.body)


def _post(line: TestLine, target: str, **form: str) -> Answer:
    webhooks = _webhooks(line)
    return webhooks.paths[target.partition("?")[0]](environ(target, CALL | form))


def _cursor(response: Element) -> dict[str, list[str]]:
    return parse_qs(response[0].attrib["action"].partition("?")[2])


def test_an_answered_call_is_an_arrival_at_the_start() -> None:
    line = TestLine()
    response = _parsed(_post(line, "/voice/answer"))
    state, heard, call = line.conversation.heard[0]
    assert state == State(Medium.VOICE, EN, "main", revision="abc123")
    assert isinstance(heard, Arrival)
    assert (call.call_sid, call.number) == ("CA1", NUMBER)
    assert _cursor(response) == {"l": ["en"], "a": ["main"], "r": ["abc123"]}
    assert len(line.conversation.recorded) == 1


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ({"Digits": "1"}, Digits),
        ({"SpeechResult": "what is it", "Confidence": "0.9"}, Speech),
        ({"DialCallStatus": "busy"}, TransferEnded),
        ({"Digits": ""}, NoInput),
        ({}, NoInput),
    ],
)
def test_a_turn_is_located_heard_and_answered(form: dict[str, str], kind: type) -> None:
    line = TestLine()
    _parsed(_post(line, "/voice/turn?l=es&a=tests&m=1&c=slow&r=abc123", **form))
    state, heard, _ = line.conversation.heard[0]
    assert state == State(Medium.VOICE, ES, "tests", misses=1, pace=Pace.SLOW, revision="abc123")
    assert isinstance(heard, kind)
    assert heard.at == AT


def test_a_place_that_is_gone_is_said_to_be_gone_at_the_nearest_one() -> None:
    line = TestLine()
    _parsed(_post(line, "/voice/turn?l=en&a=was-here&u=tests.disease", Digits="1"))
    state = line.conversation.heard[0][0]
    assert (state.at, state.trail) == (GONE, ("tests",))


def _keep_number(state: State, heard: Input) -> Turn:
    kept = replace(state, sealed="+16175550199", asking=Confirm("typed:text-me"))
    return Turn(Reply((Say("617 555 0199?", EN),), Listen()), kept)


def test_a_typed_number_travels_sealed_and_comes_back_only_in_its_call() -> None:
    line = TestLine(Scripted(turn=_keep_number))
    answer = _post(line, "/voice/turn?l=en&a=main", Digits="6175550199")
    action = _parsed(answer)[0].attrib["action"]
    assert "6175550199" not in action
    line.conversation.turn = Scripted().turn
    _parsed(_post(line, action, Digits="1"))
    assert line.conversation.heard[1][0].sealed == "+16175550199"
    _parsed(_post(line, action, Digits="1", CallSid="CA2"))
    state = line.conversation.heard[2][0]
    assert (state.sealed, state.asking) == ("", None)


def _fails(state: State, heard: Input) -> Turn:
    raise ValueError(f"secret words and {NUMBER}")


def test_a_fault_is_answered_with_911_and_the_person() -> None:
    response = _parsed(_post(TestLine(Scripted(turn=_fails)), "/voice/turn?l=es&a=tests&r=abc123", Digits="1"))
    assert [child.tag for child in response] == ["Say", "Dial"]
    assert "nueve uno uno" in "".join(response[0].itertext())
    assert response[1][0].text == "+18885526760"
    assert response[1].attrib["action"] == "/voice/turn?l=es&a=tests&r=abc123&e=1"


def test_repeated_faults_end_in_the_numbers_and_not_in_a_circle() -> None:
    line = TestLine(Scripted(turn=_fails))
    action, seen = "/voice/turn?l=en&a=main", 0
    while True:
        response = _parsed(_post(line, action, DialCallStatus="failed"))
        seen += 1
        if response[-1].tag == "Hangup":
            break
        action = response[-1].attrib["action"]
    assert seen == 3
    assert "".join(response.itertext()).count("eight, eight, eight") == 2


def test_a_fault_is_logged_without_numbers_or_words(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _post(TestLine(Scripted(turn=_fails)), "/voice/turn?l=en&a=main", SpeechResult="my secret words")
    assert "ValueError" in caplog.text
    assert "2025550123" not in caplog.text
    assert "secret" not in caplog.text


def test_a_reply_that_cannot_be_rendered_is_a_fault_too() -> None:
    def long(state: State, heard: Input) -> Turn:
        return Turn(Reply((Say("word " * 20_000, EN),), Listen()), state)

    assert _parsed(_post(TestLine(Scripted(turn=long)), "/voice/turn?l=en&a=main", Digits="1"))[-1].tag == "Dial"


def test_a_caller_never_hears_of_a_failed_record() -> None:
    response = _parsed(_post(TestLine(Scripted(broken=True)), "/voice/turn?l=en&a=main", Digits="1"))
    assert response[0].tag == "Gather"


def test_the_fallback_speaks_every_language_dials_and_gives_the_numbers() -> None:
    response = _parsed(_post(TestLine(), "/voice/fallback", ErrorCode="11200", ErrorUrl=PUBLIC))
    tags = [child.tag for child in response]
    assert tags.index("Dial") < tags.index("Hangup")
    assert "action" not in response[tags.index("Dial")].attrib
    words = "".join(response.itertext())
    assert "nine one one" in words
    assert "nueve uno uno" in words
    assert {say.attrib["language"] for say in response.iter("Say")} == {"en-US", "es-US"}


def test_the_last_resort_needs_no_prompt_at_all() -> None:
    bare: dict[Any, dict[str, str]] = {key: {} for key in PROMPTS}
    line = TestLine(Scripted(turn=_fails), words=graph(prompts=bare))
    assert _parsed(_post(line, "/voice/turn?l=en&a=main"))[-1].tag == "Dial"
    assert "eight" in "".join(_parsed(_post(line, "/voice/fallback")).itertext())


def test_a_status_is_noted_and_is_no_turn() -> None:
    line = TestLine()
    assert _post(line, "/voice/status", CallStatus="completed", CallDuration="61").status == 204
    assert line.conversation.statuses == [("CA1", "completed", 61)]
    assert not line.conversation.heard
    assert _post(TestLine(Scripted(broken=True)), "/voice/status", CallStatus="x").status == 204


def test_without_a_whisper_the_specialist_hears_nothing() -> None:
    response = _parsed(_post(TestLine(), "/voice/whisper?d=specialist&l=en&a=tests"))
    assert len(response) == 0


def _whispering(press_to_accept: bool) -> TestLine:
    plain = graph()
    desk = replace(plain.handoffs["specialist"], whispers=True, press_to_accept=press_to_accept)
    words = {"whisper": "A call about {label}.", "whisper_accept": "To take it, press 1."}
    prompts = {**PROMPTS, (EN, Medium.VOICE): PROMPTS[(EN, Medium.VOICE)] | words}
    return TestLine(words=graph(handoffs={**plain.handoffs, "specialist": desk}, prompts=prompts))


def test_a_whisper_tells_the_topic() -> None:
    response = _parsed(_post(_whispering(False), "/voice/whisper?d=specialist&l=es&a=tests"))
    assert [child.tag for child in response] == ["Say"]
    assert "A call about tests." in "".join(response.itertext())


def test_a_whisper_may_ask_for_a_key_and_a_machine_never_presses_it() -> None:
    line = _whispering(True)
    response = _parsed(_post(line, "/voice/whisper?d=specialist&l=en&a=tests"))
    assert [child.tag for child in response] == ["Gather", "Hangup"]
    assert len(_parsed(_post(line, response[0].attrib["action"], Digits="1"))) == 0


@pytest.mark.parametrize("query", ["", "?d=nobody", "?d=%00", "?l=xx&a=gone&d=specialist"])
def test_a_strange_whisper_url_is_harmless(query: str) -> None:
    assert _post(_whispering(False), f"/voice/whisper{query}").status == 200


@pytest.mark.parametrize("path", ["/voice/answer", "/voice/turn", "/voice/fallback", "/voice/status", "/voice/whisper"])
def test_no_webhook_is_open(path: str) -> None:
    line = TestLine()
    refused = _webhooks(line).paths[path](environ(path, CALL, HTTP_X_TWILIO_SIGNATURE="rubbish"))
    assert (refused.status, refused.body) == (403, b"Forbidden\n")
    assert not line.conversation.heard
    assert not line.conversation.statuses


BAD_INPUT: list[tuple[str, list[tuple[str, str]]]] = [
    ("", []),
    ("?l=en&a=gone-for-ever", [("Digits", "1")]),
    ("?a=%00&l=%FF&m=9999", [("Digits", "1" * 50)]),
    ("?" + "a=main&" * 200, [("Digits", "²"), ("Digits", "٣")]),
    ("?x=" + "A" * 64, [("SpeechResult", "\x00\x07\x1b\ud7ff\ufffe"), ("Confidence", "NaN")]),
    ("?k=choose.main.main.main", [("Digits", "1"), ("Digits", "2"), ("Digits", "")]),
    ("?l=en", [("From", "anonymous"), ("To", ""), ("CallSid", "x" * 500)]),
    ("?l=en", [("From", "client:x"), ("SpeechResult", "<Say>&\"'")]),
    ("?l=en", [("From", "+266696687"), ("DialCallStatus", "\n"), ("DialCallDuration", "-1")]),
    ("?l=en", [("From", "ABC"), ("ñ", "\U0001f642" * 100), ("", "")]),
]


@pytest.mark.parametrize("path", ["/voice/answer", "/voice/turn", "/voice/fallback", "/voice/whisper"])
@pytest.mark.parametrize(("query", "form"), BAD_INPUT)
def test_bad_input_gets_a_clear_answer(path: str, query: str, form: list[tuple[str, str]]) -> None:
    _parsed(_webhooks(TestLine()).paths[path](environ(path + query, form)))


def _application(line: TestLine) -> Flask:
    application = Flask("test")
    application.register_blueprint(blueprint("voice", _webhooks(line).paths))
    return application


@pytest.mark.parametrize("path", ["/voice/turn", "/voice/turn/"])
def test_through_the_framework(path: str) -> None:
    query = "l=en&a=main&r=abc123"
    signature = TRUST.sign(f"{path}?{query}", list(CALL.items()))
    client = _application(TestLine()).test_client()
    good = client.post(f"{path}?{query}", data=CALL, headers={"X-Twilio-Signature": signature})
    assert good.status_code == 200
    assert good.content_type == "text/xml; charset=utf-8"
    parsed(good.data)
    assert client.post(f"{path}?{query}", data=CALL).status_code == 403
    assert client.post(f"{path}?{query}", json=CALL, headers={"X-Twilio-Signature": signature}).status_code == 403
    assert client.post(path, data=b"x" * 2_000_000, content_type="application/x-www-form-urlencoded").status_code == 413
    assert client.get(f"{path}?{query}").status_code == 405


def test_a_status_has_no_body() -> None:
    signature = TRUST.sign("/voice/status", list(CALL.items()))
    client = _application(TestLine()).test_client()
    response = client.post("/voice/status", data=CALL, headers={"X-Twilio-Signature": signature})
    assert (response.status_code, response.data) == (204, b"")


def test_a_chunked_body_is_read() -> None:
    made = environ("/voice/turn?l=en&a=main", CALL, CONTENT_LENGTH=None, **{"wsgi.input_terminated": True})
    assert _webhooks(TestLine()).turn(made).status == 200


def test_a_client_that_hangs_up_is_refused_quietly() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    made = environ("/voice/turn?l=en&a=main", CALL, **{"wsgi.input": Broken()})
    assert _webhooks(TestLine()).turn(made).status == 403


def test_below_a_path_of_the_public_url_actions_keep_it() -> None:
    trust = Trust(PUBLIC + "/base", [TOKEN])
    line = TestLine(trust=trust)
    made = environ("/voice/turn?l=en&a=main", CALL)
    made["HTTP_X_TWILIO_SIGNATURE"] = trust.sign("/voice/turn?l=en&a=main", list(CALL.items()))
    assert _parsed(_webhooks(line).turn(made))[0].attrib["action"].startswith("/base/voice/turn?")
