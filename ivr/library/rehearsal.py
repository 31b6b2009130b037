"""Plays places of the line through the real dialog, to judge what a person would hear or read; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ivr.dialog import printed, spoken
from ivr.dialog.engine import take_turn
from ivr.dialog.scene import Scene
from ivr.dialog.types import (
    Arrival,
    Digits,
    Graph,
    HeardBefore,
    Input,
    Language,
    Medium,
    Pace,
    Pause,
    Say,
    State,
    Text,
    Turn,
)
from ivr.speech.pronunciation import spoken as as_spoken
from ivr.speech.timing import seconds as spoken_seconds
from ivr.texting.bodies import body

_WHEN = datetime(2026, 1, 1, 12, tzinfo=UTC)  # notices are not part of content, so any moment will do


@dataclass(frozen=True, slots=True)
class Moment:
    """One stretch of words, and the second at which it starts."""

    starts: float
    lasts: float
    language: Language
    text: str


def press(graph: Graph, ref: str, language: Language, medium: Medium, key: str) -> Turn:
    """What a key does for somebody who is at a place and has heard something before."""
    state = State(medium, language, ref, heard_before=HeardBefore.TOPIC)
    heard: Input = Digits(key, _WHEN) if medium is Medium.VOICE else Text(key, _WHEN)
    return take_turn(graph, state, heard)


def opening(graph: Graph, language: Language, pace: Pace = Pace.NORMAL) -> tuple[Moment, ...]:
    """The first words of a call, with their times."""
    state = State(Medium.VOICE, language, graph.start, pace=pace)
    return timed(graph, take_turn(graph, state, Arrival(_WHEN)).reply.says, pace)


def menu(graph: Graph, ref: str, language: Language, pace: Pace = Pace.NORMAL) -> tuple[Moment, ...]:
    """A menu as it is said."""
    return timed(graph, spoken.menu(_scene(graph, ref, language, Medium.VOICE, pace=pace)).reply.says, pace)


def page(graph: Graph, ref: str, language: Language, number: int, pace: Pace = Pace.NORMAL) -> tuple[Moment, ...]:
    """A page of a topic (from 1) with its title and what follows it."""
    scene = _scene(graph, ref, language, Medium.VOICE, page=number - 1, pace=pace)
    return timed(graph, spoken.page(scene).reply.says, pace)


def message(graph: Graph, ref: str, language: Language, number: int, *, first: bool = False) -> str:
    """A message of a topic (from 1) as it is sent; `first` if it is the first reply that the texter ever gets."""
    scene = _scene(graph, ref, language, Medium.TEXT, page=number - 1, first=first)
    return body(printed.here(scene).reply)


def menu_message(graph: Graph, ref: str, language: Language, *, first: bool = False) -> str:
    """A menu as it is sent."""
    return body(printed.here(_scene(graph, ref, language, Medium.TEXT, first=first)).reply)


def _scene(
    graph: Graph,
    ref: str,
    language: Language,
    medium: Medium,
    *,
    page: int = 0,
    pace: Pace = Pace.NORMAL,
    first: bool = False,
) -> Scene:
    before = HeardBefore.NOTHING if first else HeardBefore.TOPIC
    state = State(medium, language, ref, page=page, heard_before=before, pace=pace)
    return Scene(graph, state, Arrival(_WHEN))


def timed(graph: Graph, says: Iterable[Say | Pause], pace: Pace) -> tuple[Moment, ...]:
    """When each stretch of words starts and how long it lasts, at the measured words a minute of its voice."""
    at, moments = 0.0, []
    for said in says:
        if isinstance(said, Pause):
            at += said.seconds
            continue
        lasts = seconds(graph, said.text, said.language, pace)
        moments.append(Moment(at, lasts, said.language, said.text))
        at += lasts
    return tuple(moments)


def seconds(graph: Graph, text: str, language: Language, pace: Pace = Pace.NORMAL) -> float:
    """Seconds that these words take when they are said."""
    words = as_spoken(text, language, graph.pronunciations[language])
    return spoken_seconds(words, graph.voices[language].words_per_minute[pace])


def ends(moments: tuple[Moment, ...]) -> float:
    """The second at which the last word ends."""
    return moments[-1].starts + moments[-1].lasts if moments else 0.0
