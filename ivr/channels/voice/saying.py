"""Words and silence as the verbs of the carrier, within what the configured voice can do; it decides no words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil

from twilio.twiml.voice_response import Gather, SsmlProsody, VoiceResponse
from twilio.twiml.voice_response import Say as SayVerb

from ivr.dialog.types import Graph, Language, Pace, Pause, Say
from ivr.speech.pronunciation import spoken
from ivr.texting.clean import printable

MOST_CHARACTERS = 1200  # of one Say: the carrier allows 4,500 after URL encoding, pauses included
LONGEST_BREAK = 5.0  # seconds; a longer silence is a Pause of its own

Part = Say | Pause

_SENTENCES = re.compile(r"(?<=[.!?]) +")


@dataclass(slots=True)
class Stretch:
    """One Say in the making: texts, and silences in seconds, in one voice at one pace; no two texts side by side."""

    language: Language
    pace: Pace
    items: list[str | float] = field(default_factory=list)
    length: int = 0

    def takes(self, said: Say, more: int) -> bool:
        same = self.language is said.language and self.pace is said.pace
        return same and self.length + more <= MOST_CHARACTERS


def say(parent: VoiceResponse | Gather, parts: Iterable[Part], graph: Graph) -> None:
    """Put these words and pauses into a document or a Gather, in as few Says as there are voices and paces."""
    for stretch in stretches(parts, graph):
        if isinstance(stretch, Stretch):
            parent.append(_verb(stretch, graph))
        else:
            parent.pause(length=max(1, ceil(stretch)))


def stretches(parts: Iterable[Part], graph: Graph) -> list[Stretch | float]:
    """The words joined into stretches, with bare seconds where a silence cannot be inside one."""
    found: list[Stretch | float] = []
    waiting = 0.0  # silence that comes before the next words
    for part in parts:
        if isinstance(part, Pause):
            waiting += part.seconds
            continue
        text = spoken(printable(part.text), part.language, graph.pronunciations.get(part.language, {}))
        for piece in pieces(text):
            _add(found, part, piece, waiting, graph)
            waiting = 0.0
    return [*found, waiting] if waiting else found


def _add(found: list[Stretch | float], said: Say, piece: str, silence: float, graph: Graph) -> None:
    """One piece of text and the silence before it: inside a Say if the voice can pause and it is short."""
    inside = graph.voices[said.language].breaks and silence <= LONGEST_BREAK
    if silence and not inside:
        found.append(silence)
    last = found[-1] if found else None
    if not isinstance(last, Stretch) or not last.takes(said, len(piece)):
        last = Stretch(said.language, said.pace)
        found.append(last)
    if silence and inside:
        last.items.append(silence)
    if last.items and isinstance(last.items[-1], str):
        last.items[-1] += f" {piece}"
    else:
        last.items.append(piece)
    last.length += len(piece)


def pieces(text: str, most: int = MOST_CHARACTERS) -> Iterator[str]:
    """The text in pieces of at most so many characters, cut at sentence ends, else at words, else anywhere."""
    text = " ".join(text.split())
    while len(text) > most:
        ends = [match.start() for match in _SENTENCES.finditer(text, 0, most + 1)]
        cut = (ends[-1] if ends else text.rfind(" ", 0, most + 1)) or most
        cut = most if cut < 0 else cut
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    if text:
        yield text


def _verb(stretch: Stretch, graph: Graph) -> SayVerb:
    voice = graph.voices[stretch.language]
    verb = SayVerb(voice=voice.name, language=voice.locale)
    inner: SayVerb | SsmlProsody = verb
    rate = voice.rates.get(stretch.pace, 100)
    if voice.prosody and rate != 100:
        inner = SsmlProsody(rate=f"{rate}%")
        verb.append(inner)
    for item in stretch.items:
        if isinstance(item, str):
            inner.append(item)
        else:
            inner.break_(time=f"{round(item * 1000)}ms")
    return verb
