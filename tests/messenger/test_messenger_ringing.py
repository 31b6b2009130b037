"""A ring-back says who calls without the illness, asks for a key, and leaves nothing on a machine (R73)."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ivr.channels.voice.ringing import ring
from ivr.channels.webhook import Form
from ivr.dialog.types import Choose, Graph, Language, Medium, State, Transfer, Turn

ILLNESS = re.compile(r"cancer|cáncer|tumor|oncolog|lung|pulm", re.IGNORECASE)


def answered(graph: Graph, query: str = "l=en&d=specialist", **form: str) -> ElementTree.Element | Turn:
    fallback = State(Medium.VOICE, Language.EN, graph.start)
    made = ring(graph, Form(tuple(form.items()), query=query), fallback, "")
    return made if isinstance(made, Turn) else ElementTree.fromstring(made)  # noqa: S314 - our own document


def verbs(document: ElementTree.Element | Turn) -> list[str]:
    assert not isinstance(document, Turn)
    return [verb.tag for verb in document]


@pytest.mark.parametrize("answered_by", ["human", "unknown", ""])
def test_a_person_hears_twice_who_calls_and_then_silence_ends_the_call(graph: Graph, answered_by: str) -> None:
    document = answered(graph, AnsweredBy=answered_by)
    assert verbs(document) == ["Gather", "Gather", "Hangup"]
    words = "".join(document.itertext())  # type: ignore[union-attr]
    assert words.count("This is the info line. You asked us to call.") == 2
    assert not ILLNESS.search(words)
    gather = document[0]  # type: ignore[index]
    assert gather.attrib["action"] == "/voice/ring?l=en&d=specialist"
    assert gather.attrib["input"] == "dtmf"


def test_in_spanish_it_is_a_spanish_voice(graph: Graph) -> None:
    document = answered(graph, "l=es&d=specialist")
    say = document.find(".//Say")  # type: ignore[union-attr]
    assert say is not None
    assert say.attrib["voice"] == graph.voices[Language.ES].name


@pytest.mark.parametrize("machine", ["machine_start", "machine_end_beep", "fax"])
def test_a_machine_is_left_without_a_word(graph: Graph, machine: str) -> None:
    assert verbs(answered(graph, AnsweredBy=machine)) == ["Hangup"]


def test_only_the_key_one_leads_to_the_person(graph: Graph) -> None:
    turn = answered(graph, AnsweredBy="human", Digits="1")
    assert isinstance(turn, Turn)
    assert turn.reply.then == Transfer("specialist", graph.limits.transfer)
    assert turn.state.asking == Choose(("specialist",))
    assert verbs(answered(graph, Digits="2")) == ["Hangup"]


def test_a_desk_that_is_gone_becomes_the_specialist_and_nobody_else_is_ever_dialled(graph: Graph) -> None:
    for query in ("l=en&d=+15005550006", "l=en&d=gone", "l=en", "d=crisis"):
        turn = answered(graph, query, Digits="1")
        assert isinstance(turn, Turn)
        assert turn.reply.then == Transfer("specialist", graph.limits.transfer)
