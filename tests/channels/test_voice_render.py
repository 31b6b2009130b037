"""Replies become documents that the carrier takes, keys interrupt words, and silence never ends a call."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from graphs import EN, ES, graph, voice
from hypothesis import given
from hypothesis import strategies as st
from signed import parsed

from ivr.channels.voice.render import CURSOR, Documents, document, twiml
from ivr.channels.voice.saying import MOST_CHARACTERS, pieces
from ivr.dialog.types import Hangup, Language, Listen, Pace, Pause, Reply, Say, Transfer
from ivr.errors import LineError

GRAPH = graph()
CURSOR_QUERY = "l=en&a=main"
ACTION = f"/voice/turn?{CURSOR_QUERY}"
LISTEN = Listen(seconds=10, speech=2, hints=("the disease", "main menu, back"))


def _made(reply: Reply, language: Language = EN, **changes: object) -> Element:
    return parsed(twiml(reply, CURSOR_QUERY, graph(**changes) if changes else GRAPH, language))


def _texts(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _tags(element: Element) -> list[str]:
    return [child.tag for child in element]


def test_words_play_inside_a_keys_only_gather_and_then_a_second_one_listens() -> None:
    response = _made(Reply((Say("Main menu.", EN), Pause(0.75), Say("For the disease, press 1.", EN)), LISTEN))
    assert _tags(response) == ["Gather", "Gather"]
    words, listening = response
    assert words.attrib == {
        "input": "dtmf", "numDigits": "1", "timeout": "1", "finishOnKey": "", "action": ACTION, "method": "POST",
        "actionOnEmptyResult": "false",
    }  # fmt: skip
    assert listening.attrib == {
        "input": "dtmf speech", "numDigits": "1", "timeout": "10", "finishOnKey": "", "action": ACTION, "method": "POST",
        "actionOnEmptyResult": "true", "speechTimeout": "2", "speechModel": "phone_call", "language": "en-US",
        "profanityFilter": "false", "hints": "the disease,main menu back",
    }  # fmt: skip


def test_numbers_and_keys_are_said_as_words() -> None:
    response = _made(Reply((Say("Call 911 for CT at stage 4, or press *.", EN),), LISTEN))
    assert _texts(response[0]) == "Call nine one one for C T at stage four, or press star."


def test_one_voice_at_one_pace_is_one_say_with_breaks_inside() -> None:
    said = (Say("One.", EN), Pause(0.75), Say("Two.", EN), Say("Tres.", ES), Say("Four.", EN, Pace.SLOW))
    gather = _made(Reply(said, LISTEN))[0]
    assert [say.attrib["voice"] for say in gather] == [
        "Polly.Joanna-Neural", "Polly.Lupe-Neural", "Polly.Joanna-Neural",
    ]  # fmt: skip
    assert [say.attrib["language"] for say in gather] == ["en-US", "es-US", "en-US"]
    assert [say[0].attrib["rate"] for say in gather] == ["92%", "92%", "70%"]
    assert [one.attrib["time"] for one in gather[0].iter("break")] == ["1000ms", "750ms"]
    assert _texts(_made(Reply((Say("One.", EN), Say("Two.", EN)), LISTEN))[0]) == "One. Two."


def test_the_first_words_wait_until_the_telephone_is_back_at_the_ear() -> None:
    for pace, lead in ((Pace.NORMAL, "500ms"), (Pace.SLOW, "1000ms")):
        first = next(_made(Reply((Say("Main menu.", EN, pace),), LISTEN)).iter("break"))
        assert first.attrib["time"] == lead


def test_a_voice_without_breaks_and_prosody_gets_pauses_and_plain_text() -> None:
    plain = {EN: voice("Google.en-US-Chirp3-HD-Aoede", breaks=False, prosody=False), ES: voice()}
    gather = _made(Reply((Say("One.", EN), Pause(0.75), Say("Two.", EN)), LISTEN), voices=plain)[0]
    assert _tags(gather) == ["Pause", "Say", "Pause", "Say"]
    assert gather[2].attrib == {"length": "1"}
    assert not list(gather.iter("prosody"))


def test_a_long_silence_is_a_verb_of_its_own() -> None:
    gather = _made(Reply((Say("One.", EN), Pause(9.5), Say("Two.", EN)), LISTEN))[0]
    assert _tags(gather) == ["Say", "Pause", "Say"]
    assert gather[1].attrib == {"length": "10"}


def test_words_that_must_be_heard_stand_outside_in_their_order() -> None:
    must = Say("Hang up and call 911 now.", EN, interruptible=False)
    response = _made(Reply((must, Pause(0.75), must, Pause(0.75), Say("Press 0.", EN), must), Listen(speech=0)))
    assert _tags(response) == ["Say", "Gather", "Say", "Gather"]
    assert _texts(response[0]).count("nine one one") == 2
    assert _texts(response[1]) == "Press zero."
    assert response[3].attrib["input"] == "dtmf"
    assert "speechTimeout" not in response[3].attrib


def test_a_number_is_typed_in_one_gather_that_pound_or_silence_ends() -> None:
    response = _made(Reply((Say("Type your number, then #.", EN),), Listen(digits=10, seconds=10)))
    assert _tags(response) == ["Gather"]
    gather = response[0]
    assert (gather.attrib["numDigits"], gather.attrib["finishOnKey"]) == ("10", "#")
    assert (gather.attrib["input"], gather.attrib["timeout"], gather.attrib["actionOnEmptyResult"]) == ("dtmf", "10", "true")
    assert _tags(gather) == ["Say"]


def test_a_transfer_dials_the_desk_within_the_call() -> None:
    response = _made(Reply((Say("I will connect you.", EN),), Transfer("specialist", 30)))
    assert _tags(response) == ["Say", "Dial"]
    dial = response[1]
    assert dial.attrib == {
        "answerOnBridge": "true", "timeout": "30", "hangupOnStar": "true", "action": ACTION, "method": "POST",
        "callerId": "+12025550100",
    }  # fmt: skip
    assert (dial[0].tag, dial[0].text, dial[0].attrib) == ("Number", "+18885526760", {})


def test_without_a_number_of_its_own_the_line_names_no_caller_id() -> None:
    assert "callerId" not in _made(Reply((), Transfer("specialist")), number="")[0].attrib


def test_only_a_desk_that_wants_it_gets_a_whisper() -> None:
    from dataclasses import replace

    desks = dict(GRAPH.handoffs)
    desks["specialist"] = replace(desks["specialist"], whispers=True)
    number = _made(Reply((), Transfer("specialist")), handoffs=desks)[0][0]
    assert number.attrib == {"url": f"/voice/whisper?d=specialist&{CURSOR_QUERY}", "method": "POST"}


@pytest.mark.parametrize("desk", ["crisis", "nobody", "+19005550100"])
def test_nothing_but_a_desk_with_a_number_can_be_dialled(desk: str) -> None:
    with pytest.raises(LineError) as caught:
        document(Reply((), Transfer(desk)), GRAPH, EN)
    assert caught.value.code == "no-desk"


def test_a_goodbye_hangs_up() -> None:
    assert _tags(_made(Reply((Say("Goodbye.", EN),), Hangup()))) == ["Say", "Hangup"]


def test_a_reply_without_words_still_listens() -> None:
    assert _tags(_made(Reply((), Listen(speech=0)))) == ["Gather"]


def test_urls_stand_below_the_path_of_the_public_url() -> None:
    made = parsed(twiml(Reply((Say("Hi.", EN),), LISTEN), CURSOR_QUERY, GRAPH, EN, "/base"))
    assert made[0].attrib["action"] == f"/base{ACTION}"


def test_spanish_is_listened_to_in_spanish() -> None:
    assert _made(Reply((Say("Hola.", ES),), LISTEN), ES)[1].attrib["language"] == "es-US"


def test_hints_are_bounded() -> None:
    hints = tuple(f"hint {n} " + "x" * 200 for n in range(300))
    found = _made(Reply((), Listen(speech=2, hints=hints)))[0].attrib["hints"].split(",")
    assert len(found) == 100
    assert all(len(hint) <= 100 for hint in found)


def test_long_words_are_cut_at_sentence_ends() -> None:
    text = "This is one sentence of the text. " * 80
    says = list(_made(Reply((Say(text, EN),), LISTEN))[0])
    assert len(says) > 1
    assert all(len(_texts(say)) <= MOST_CHARACTERS for say in says)
    assert all(_texts(say).endswith("text.") for say in says)
    assert " ".join(map(_texts, says)) == text.strip()


def test_a_reply_that_the_carrier_would_not_take_is_refused() -> None:
    with pytest.raises(LineError) as caught:
        document(Reply((Say("word " * 20_000, EN),), LISTEN), GRAPH, EN)
    assert caught.value.code == "too-long"


@given(st.text(alphabet=st.sampled_from("ab. !?\n"), max_size=300), st.integers(1, 40))
def test_cutting_words_loses_nothing(text: str, most: int) -> None:
    found = list(pieces(text, most))
    assert all(0 < len(piece) <= most for piece in found)
    assert "".join("".join(found).split()) == "".join(text.split())


WORDS = st.text(alphabet=st.one_of(st.sampled_from("a <&>\"'\x00\x0b\ud800]]>1*#"), st.characters()), max_size=60)
SAYS = st.builds(Say, WORDS, st.sampled_from(Language), st.sampled_from(Pace), st.booleans())
THEN = st.one_of(
    st.builds(Listen, st.sampled_from([1, 10]), st.integers(0, 30), st.sampled_from([0, 2]), st.lists(WORDS).map(tuple)),
    st.just(Transfer("specialist")),
    st.just(Hangup()),
)


@given(st.lists(st.one_of(SAYS, st.builds(Pause, st.floats(0.1, 20)))).map(tuple), THEN)
def test_every_document_parses_and_ends_in_something(says: tuple[Say | Pause, ...], then: Listen) -> None:
    response = _made(Reply(says, then))
    assert response[-1].tag in {"Dial", "Hangup"} or response[-1].get("actionOnEmptyResult") == "true"
    for gather in response.iter("Gather"):
        assert gather.attrib["action"] == ACTION
        assert set(_tags(gather)) <= {"Say", "Pause"}
        assert "dtmf" in gather.attrib["input"]


def test_a_remembered_document_differs_only_in_its_cursor() -> None:
    documents, reply = Documents(), Reply((Say("Main menu.", EN),), LISTEN)
    first = documents.twiml(reply, "l=en&a=main", GRAPH, EN)
    second = documents.twiml(reply, "l=en&a=disease&m=1", GRAPH, EN)
    assert second == first.replace(b"l=en&amp;a=main", b"l=en&amp;a=disease&amp;m=1")
    assert CURSOR.encode() not in first


def test_documents_are_forgotten_with_their_graph() -> None:
    documents, reply = Documents(), Reply((Say("Main menu.", EN),), LISTEN)
    documents.twiml(reply, "", GRAPH, EN)
    other = documents.twiml(reply, "", graph(voices={EN: voice("Polly.Matthew-Neural"), ES: voice()}), EN)
    assert b"Matthew" in other


def test_words_that_hold_a_number_are_not_remembered() -> None:
    documents, reply = Documents(), Reply((Say("+12025550123", EN),), LISTEN)
    documents.twiml(reply, "", GRAPH, EN, remember=False)
    assert "12025550123" not in repr(vars(documents)["_held"][1])
