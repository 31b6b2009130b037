"""Yes and no: by voice they answer what was asked; by text they decide nothing, since carriers take YES for themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    Caller,
    CallerKind,
    Choose,
    Confirm,
    Consent,
    Define,
    Forget,
    Graph,
    HeardBefore,
    Language,
    Listen,
    Medium,
    OptIn,
    OptOut,
    Say,
    SendText,
    Speech,
    State,
    Text,
    Turn,
)
from tests.conftest import NOON

MOBILE = Caller(kind=CallerKind.MOBILE, ending="43")
YES = [
    (Language.EN, "yes"),
    (Language.EN, "Yes, please."),
    (Language.EN, "yes I do"),
    (Language.ES, "sí"),
    (Language.ES, "claro que sí"),
]
NO = [(Language.EN, "no"), (Language.EN, "No thank you."), (Language.ES, "no"), (Language.ES, "no, gracias")]


def said(turn: Turn) -> str:
    return " ".join(part.text for part in turn.reply.says if isinstance(part, Say))


def a_caller(graph: Graph, language: Language = Language.EN, **more: object) -> State:
    state = replace(start(graph, Medium.VOICE, language), at="pain", heard_before=HeardBefore.TOPIC)
    return replace(state, **more)  # type: ignore[arg-type]


def a_texter(graph: Graph, language: Language = Language.EN, **more: object) -> State:
    state = replace(start(graph, Medium.TEXT, language), at="pain", heard_before=HeardBefore.TOPIC)
    return replace(state, **more)  # type: ignore[arg-type]


def say(graph: Graph, state: State, words: str, confidence: float | None = 0.9) -> Turn:
    return take_turn(graph, state, Speech(words, confidence, NOON, MOBILE))


def text(graph: Graph, state: State, words: str, caller: Caller = MOBILE, repeats: int = 0) -> Turn:
    return take_turn(graph, state, Text(words, NOON, caller, repeats=repeats))


# --- by voice


@pytest.mark.parametrize(("language", "words"), YES)
def test_a_yes_opens_the_gate_sends_the_text_and_erases(graph: Graph, language: Language, words: str) -> None:
    gate = a_caller(graph, language, at="outlook", asking=Consent("outlook"))
    assert say(graph, gate, words).state.asking is None
    assert say(graph, gate, words).state.at == "outlook"
    assert isinstance(say(graph, a_caller(graph, language, asking=Confirm("text-me")), words).effect, SendText)
    assert say(graph, a_caller(graph, language, asking=Confirm("forget")), words).effect == Forget()


@pytest.mark.parametrize(("language", "words"), NO)
def test_a_no_goes_back_and_nothing_is_done(graph: Graph, language: Language, words: str) -> None:
    gate = a_caller(graph, language, at="outlook", asking=Consent("outlook"))
    assert say(graph, gate, words).state.at == "living"
    for purpose in ("text-me", "forget"):
        turn = say(graph, a_caller(graph, language, asking=Confirm(purpose)), words)
        assert (turn.effect, turn.state.asking, turn.state.at) == (None, None, "pain")


def test_a_yes_that_was_hardly_heard_erases_nothing(graph: Graph) -> None:
    """A television says yes too: the question is asked again."""
    turn = say(graph, a_caller(graph, asking=Confirm("forget")), "yes", 0.2)
    assert turn.effect is None
    assert turn.state.asking == Confirm("forget")
    assert say(graph, a_caller(graph, asking=Confirm("forget")), "yes", None).effect == Forget()


def test_where_silence_connects_a_no_stays_and_a_yes_is_asked_again(graph: Graph) -> None:
    offered = a_caller(graph, asking=Confirm("transfer"), misses=3)
    stays = say(graph, offered, "no")
    assert (stays.state.asking, stays.state.misses) == (None, 0)
    asked = say(graph, offered, "yes")
    assert asked.state.asking == Confirm("transfer")
    assert said(asked) == graph.prompts[(Language.EN, Medium.VOICE)]["miss_3"]
    assert isinstance(asked.reply.then, Listen)
    assert asked.reply.then.seconds == graph.limits.offer


def test_where_nothing_was_asked_a_yes_goes_on_and_nobody_is_told_off(graph: Graph) -> None:
    page = say(graph, a_caller(graph), "okay")
    assert (page.state.at, page.state.page) == ("pain", 1)
    for words, state in (("no", a_caller(graph)), ("yes", a_caller(graph, at="symptoms"))):
        turn = say(graph, state, words)
        assert turn.state.at == state.at
        assert turn.state.misses == 0
        assert "lung cancer" not in said(turn)
    meaning = say(graph, a_caller(graph, asking=Define("biopsy")), "okay")
    assert (meaning.state.at, meaning.state.asking) == ("pain", None)


def test_a_yes_to_a_list_says_the_list_again(graph: Graph) -> None:
    turn = say(graph, a_caller(graph, asking=Choose(("pain", "breathing"))), "yes")
    assert turn.state.asking == Choose(("pain", "breathing"))
    assert "press 2" in said(turn)


@pytest.mark.parametrize("words", ["yes", "no", "okay", "what is the weather"])
def test_in_an_emergency_they_lead_back_to_911(graph: Graph, words: str) -> None:
    state = say(graph, a_caller(graph), "i cant breathe").state
    assert said(say(graph, state, words)).startswith("Hang up and call 911 now.")


# --- by text

ASKED = [Consent("outlook"), Confirm("stop"), Confirm("callback"), Choose(("pain", "breathing"))]


@pytest.mark.parametrize("asking", ASKED, ids=lambda asking: type(asking).__name__)
@pytest.mark.parametrize("words", ["yes", "YES!", "Yes please", "no", "no thanks", "ok", "sí", "Si"])
def test_a_texted_yes_or_no_decides_nothing_and_is_told_how_to_answer(
    graph: Graph, asking: Consent | Confirm | Choose, words: str
) -> None:
    """Confirmations are by 1 and 2 (R37); the question stays, whole, and nothing is counted as a miss."""
    state = a_texter(graph, at="outlook" if isinstance(asking, Consent) else "pain", asking=asking)
    turn = text(graph, state, words)
    assert turn.effect is None
    assert turn.state.asking == asking
    assert turn.state.misses == 0
    assert said(turn).startswith("Please reply with a number.")
    assert "1" in said(turn)
    assert "2" in said(turn)


def test_in_spanish_it_is_said_in_spanish(graph: Graph) -> None:
    turn = text(graph, a_texter(graph, Language.ES, at="outlook", asking=Consent("outlook")), "sí")
    assert said(turn).startswith("Por favor, responda con un número.")


@pytest.mark.parametrize("words", ["YES", "yes"])
def test_from_a_number_that_opted_out_yes_has_its_carrier_meaning_first(graph: Graph, words: str) -> None:
    turn = text(graph, a_texter(graph, asking=Confirm("callback")), words, replace(MOBILE, opted_out=True))
    assert isinstance(turn.effect, OptIn)


@pytest.mark.parametrize("words", ["yes please", "Yes, please!", "sí por favor"])
def test_a_polite_yes_is_never_taken_for_a_wish_to_get_texts_again(graph: Graph, words: str) -> None:
    """This number never asked for silence."""
    for asking in (None, Consent("outlook")):
        assert text(graph, a_texter(graph, asking=asking), words).effect is None


@pytest.mark.parametrize("words", ["yes stop", "Yes please STOP", "stop, yes", "STOP", "sí, parar", "sí alto"])
def test_a_yes_with_stop_is_a_stop(graph: Graph, words: str) -> None:
    for asking in (None, Confirm("stop")):
        assert isinstance(text(graph, a_texter(graph, asking=asking), words).effect, OptOut)


def test_a_machine_that_answers_yes_for_ever_is_left_alone_in_the_end(graph: Graph) -> None:
    """The same text again and again: the third time the answer says so, the fourth gets none (T10)."""
    state = a_texter(graph, asking=Confirm("stop"))
    again = [said(text(graph, state, "yes", repeats=repeats)) for repeats in range(4)]
    assert again[0] == again[1]
    assert "three times" in again[2]
    assert again[3] == ""
    first = text(graph, state, "yes")
    assert any(event.name == "no-match" for event in first.events), "so that the repeats are counted"
