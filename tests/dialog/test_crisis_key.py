"""A key or a word for `crisis` gives the crisis message; it never rings a desk that only shares its name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import Choose, Digits, Graph, Language, Listen, Medium, State, Text

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize("place", ["other-numbers", "feelings"])
@pytest.mark.parametrize("language", list(Language))
def test_the_crisis_key_of_a_topic_gives_the_crisis_message(graph: Graph, place: str, language: Language) -> None:
    digit = 2 + graph.topics[place].related.index("crisis")
    turn = take_turn(graph, State(Medium.VOICE, language, place), Digits(str(digit), NOON))
    assert turn.state.at == "crisis"
    assert isinstance(turn.reply.then, Listen)


def test_crisis_chosen_from_a_list_gives_the_message(graph: Graph) -> None:
    state = State(Medium.VOICE, Language.EN, "main", asking=Choose(("pain", "crisis")))
    turn = take_turn(graph, state, Digits("2", NOON))
    assert (turn.state.at, turn.state.asking) == ("crisis", None)


def test_crisis_as_an_option_by_text_gives_the_message(graph: Graph) -> None:
    state = start(graph, Medium.TEXT)
    at_feelings = State(Medium.TEXT, Language.EN, "feelings", heard_before=state.heard_before)
    digit = 2 + graph.topics["feelings"].related.index("crisis")
    turn = take_turn(graph, at_feelings, Text(str(digit), NOON))
    assert "988" in " ".join(getattr(said, "text", "") for said in turn.reply.says)
    assert turn.state.at == "crisis"
