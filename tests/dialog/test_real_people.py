"""What old, breathless, hard-of-hearing and relay callers do, found by playing the line; each has its fitting answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.dialog import places
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    Choose,
    Digits,
    Enter,
    Graph,
    HeardBefore,
    Language,
    Listen,
    Medium,
    Mode,
    Pace,
    Say,
    Speech,
    State,
    Text,
    Transfer,
    Turn,
)
from tests.conftest import NOON


def said(turn: Turn) -> str:
    return " ".join(part.text for part in turn.reply.says if isinstance(part, Say))


def a_caller(graph: Graph, at: str = "main", language: Language = Language.EN, **more: object) -> State:
    state = replace(start(graph, Medium.VOICE, language), at=at, heard_before=HeardBefore.TOPIC)
    return replace(state, **more)  # type: ignore[arg-type]


RELAY = [
    (Language.EN, "Hello, this is relay operator number 4572. Have you received a relay call before?"),
    (Language.EN, "please hold while I type"),
    (Language.EN, "One moment, I am typing to the caller."),
    (Language.ES, "Le habla un operador del servicio de relevo."),
    (Language.ES, "espere mientras escribo"),
]


@pytest.mark.parametrize(("language", "words"), RELAY)
def test_a_relay_operator_is_waited_for_and_not_connected_away(graph: Graph, language: Language, words: str) -> None:
    """The operator speaks for somebody who wants this line (R22)."""
    turn = take_turn(graph, a_caller(graph, language=language), Speech(words, 0.9, NOON))
    assert turn.state.mode is Mode.HOLD
    assert isinstance(turn.reply.then, Listen)
    assert turn.reply.then.seconds == graph.limits.hold


def test_somebody_who_asks_for_an_operator_still_gets_one(graph: Graph) -> None:
    for words in ("operator", "I want an operator"):
        assert isinstance(take_turn(graph, a_caller(graph), Speech(words, 0.9, NOON)).reply.then, Transfer)


@pytest.mark.parametrize(("words", "to"), [("the first one", "pain"), ("first", "pain"), ("the second one", "breathing")])
@pytest.mark.parametrize("medium", list(Medium))
def test_the_first_one_is_the_first_of_what_was_offered(graph: Graph, medium: Medium, words: str, to: str) -> None:
    state = replace(
        start(graph, medium), at="symptoms", asking=Choose(("pain", "breathing")), heard_before=HeardBefore.TOPIC
    )
    heard = Speech(words, 0.9, NOON) if medium is Medium.VOICE else Text(words, NOON)
    assert take_turn(graph, state, heard).state.at == to


def test_the_first_one_is_no_command_to_use_one_key(graph: Graph) -> None:
    assert take_turn(graph, a_caller(graph), Speech("one key", 0.9, NOON)).state.mode is Mode.ONE_KEY


def test_911_typed_where_a_number_is_asked_for_is_an_emergency(graph: Graph) -> None:
    """Nobody types it by mistake."""
    for typed in ("911", "911#", "202*911"):
        turn = take_turn(graph, a_caller(graph, "pain", asking=Enter("text-me")), Digits(typed, NOON))
        assert turn.state.at == places.EMERGENCY
        assert said(turn).startswith("Hang up and call 911 now.")


def test_who_hears_slow_words_is_not_offered_slower_ones(graph: Graph) -> None:
    """6 would make them fast again."""
    for pace, offered in ((Pace.NORMAL, True), (Pace.SLOW, False)):
        state = a_caller(graph, "symptoms", heard_before=HeardBefore.INPUT, pace=pace)
        first = said(take_turn(graph, state, Digits("3", NOON)))
        assert "press 9" in first
        assert ("press 6" in first) is offered


@pytest.mark.parametrize("words", ["MORE", "more", "TOPICS"])
@pytest.mark.parametrize("place", [places.CRISIS, places.EMERGENCY])
def test_more_after_a_message_of_danger_says_it_again(graph: Graph, place: str, words: str) -> None:
    """Such a message leads nowhere else, and an empty list of places helps nobody."""
    state = replace(start(graph, Medium.TEXT), at=place, heard_before=HeardBefore.TOPIC)
    turn = take_turn(graph, state, Text(words, NOON))
    assert turn.state.at == place
    assert "988" in said(turn) or "911" in said(turn)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.EN, "I can't hear you"),
        (Language.EN, "speak up please"),
        (Language.ES, "no le oigo"),
        (Language.ES, "hable más fuerte"),
    ],
)
def test_who_cannot_hear_the_line_hears_it_more_slowly(graph: Graph, language: Language, words: str) -> None:
    """The line cannot be made louder; slower words, said again, are what it has."""
    state = a_caller(graph, "pain", language)
    turn = take_turn(graph, state, Speech(words, 0.9, NOON))
    assert (turn.state.at, turn.state.pace) == ("pain", Pace.SLOW)
    assert said(take_turn(graph, turn.state, Speech(words, 0.9, NOON))) in said(turn)


@pytest.mark.parametrize("words", ["help", "help me", "please help"])
def test_a_call_for_help_hears_of_911_first(graph: Graph, words: str) -> None:
    """Who has no breath for more may mean it."""
    turn = take_turn(graph, a_caller(graph, "pain"), Speech(words, 0.9, NOON))
    assert said(turn).startswith("In an emergency, hang up and call 911.")
    assert "For a person, press 0." in said(turn)
