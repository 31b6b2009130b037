"""Every reply by text fits in three segments of its own encoding, from every place, first or later (R41)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.dialog import places
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    Caller,
    EffectEnded,
    Graph,
    HeardBefore,
    Language,
    Medium,
    Result,
    State,
    Text,
    Turn,
)
from ivr.texting.bodies import body
from ivr.texting.segments import count
from tests.conftest import NOON

_KEYS = [*"1234508", "9", "*", "#"]
EVERYWHERE = {
    Language.EN: [
        *_KEYS, "MENU", "MORE", "AGAIN", "PERSON", "TOPICS", "HELP", "blorp", "FORGET", "CALLBACK", "CALL", "HOLD", "WORDS",
        "do you sell cars", "stop texting me", "START", "no more", "he cant breathe, stop texting me",
    ],
    Language.ES: [
        *_KEYS, "MENÚ", "MÁS", "OTRA VEZ", "PERSONA", "TEMAS", "AYUDA", "blorp", "BORRAR", "LLAMAR", "ESPERE",
        "venden carros", "ya no me manden mensajes", "START", "no más", "me quiero morir, no me manden mas mensajes",
    ],
}  # fmt: skip
FIRST = {
    Language.EN: [
        "hi", "what is chemo", "is it in my brain", "he cant breathe", "i want to die", "fever 102 on chemo", "PERSON", "8",
        "how long do i have", "asdf", "HELP", "what are the signs of a stroke", "lol",
    ],
    Language.ES: [
        "hola", "que es la quimio", "esta en mi cerebro", "no puede respirar", "me quiero morir", "fiebre con la quimio",
        "PERSONA", "8", "cuanto me queda", "asdf", "AYUDA", "cuales son las señales de un derrame", "jaja ok",
    ],
}  # fmt: skip


def _settled(graph: Graph, turn: Turn, result: Result) -> Turn:
    if turn.effect is None:
        return turn
    return take_turn(graph, turn.state, EffectEnded(turn.effect, result, NOON))


def _states(graph: Graph, language: Language) -> list[State]:
    base = replace(start(graph, Medium.TEXT, language), heard_before=HeardBefore.TOPIC)
    found = [replace(base, at=ref) for ref in graph.menus]
    for ref, topic in graph.topics.items():
        found += [replace(base, at=ref, page=page) for page in range(len(topic.pages[(language, Medium.TEXT)]))]
    return found


def _too_long(turn: Turn) -> str:
    text = body(turn.reply)
    counted = count(text)
    return f"{counted.segments} segments: {text}" if counted.segments > 3 else ""


@pytest.mark.parametrize("language", list(Language))
def test_every_reply_from_every_place_fits(graph: Graph, language: Language) -> None:
    """Each place and message, each digit and word, and what effects lead to."""
    faults = {
        fault
        for state in _states(graph, language)
        for words in EVERYWHERE[language]
        for misses in (0, 1)
        for turn in [take_turn(graph, replace(state, misses=misses), Text(words, NOON))]
        for result in (Result.DONE, Result.REFUSED, Result.FAILED)
        if (fault := _too_long(_settled(graph, turn, result)))
    }
    assert not faults, "\n".join(sorted(faults)[:10])


@pytest.mark.parametrize("language", list(Language))
def test_the_first_reply_to_a_person_fits_too(graph: Graph, language: Language) -> None:
    """With the line that says what this is; every topic may be the first thing that is asked."""
    fresh = start(graph, Medium.TEXT, language)
    asked = [text for ref, topic in graph.topics.items() for text in topic.asks.get(language, ())[:2] if ref]
    faults = []
    for words in [*FIRST[language], *asked]:
        turn = _settled(graph, take_turn(graph, fresh, Text(words, NOON, Caller(new=True))), Result.DONE)
        faults += [fault for fault in [_too_long(turn)] if fault]
    assert not faults, "\n".join(sorted(faults)[:10])


@pytest.mark.parametrize("language", list(Language))
def test_a_topic_is_read_to_its_end_by_more(graph: Graph, language: Language) -> None:
    """MORE leads through every message and then to what is next; nothing is left out."""
    for ref, topic in graph.topics.items():
        if topic.message or any(page.sensitive for page in topic.pages[(language, Medium.TEXT)]):
            continue
        state = replace(start(graph, Medium.TEXT, language), at=ref, heard_before=HeardBefore.TOPIC)
        read = [body(take_turn(graph, state, Text("9", NOON)).reply)]
        for _ in topic.pages[(language, Medium.TEXT)][1:]:
            turn = take_turn(graph, state, Text("MORE", NOON))
            state = turn.state
            read.append(body(turn.reply))
        for page, text in zip(topic.pages[(language, Medium.TEXT)], read, strict=True):
            assert page.text[:40] in text
        assert state.at == ref
        assert places.on_last_page(graph, state)
