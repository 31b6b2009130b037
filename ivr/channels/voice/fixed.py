"""The documents that need no turn: what is said when the line itself is in trouble, made once from the same content."""

from __future__ import annotations

from twilio.twiml.voice_response import VoiceResponse

from ivr.channels.voice.render import CURSOR, TURN, dial
from ivr.channels.voice.saying import Part, say
from ivr.dialog import places
from ivr.dialog.types import Graph, Handoff, Language, Medium, Pause, Say, State
from ivr.speech.phone_numbers import spoken_twice

MOST_DIALS = 2  # how often the last resort rings the desk in one run of faults, before it only says the numbers
RINGING = 30  # seconds (R27)


class Fixed:
    """The last resort of a turn, in each language, and the document of the fallback URL, in all of them."""

    def __init__(self, graph: Graph, base_path: str = "") -> None:
        """Raises what rendering raises: a line whose last resort cannot be said must not start."""
        self.fallback = _fallback(graph, base_path)
        self._resorts = {language: _resort(graph, language, base_path) for language in graph.languages}
        self._closings = {language: _closing(graph, language) for language in graph.languages}

    def last_resort(self, state: State, cursor: str, faults: int) -> bytes:
        """911, then the person: nothing else is certain any more. After repeated faults the numbers, slowly, twice."""
        language = state.language if state.language in self._resorts else next(iter(self._resorts))
        if faults >= MOST_DIALS:
            return self._closings[language]
        after = f"{cursor}&e={faults + 1}".replace("&", "&amp;")
        return self._resorts[language].replace(CURSOR.encode(), after.encode("ascii"))


def _resort(graph: Graph, language: Language, base_path: str) -> bytes:
    desk = _desks(graph, language)[0]
    response = VoiceResponse()
    say(response, _before(graph, desk, language), graph)
    response.append(dial(graph, desk.ref, RINGING, base_path, action=f"{base_path}{TURN}?{CURSOR}"))
    return str(response).encode()


def _closing(graph: Graph, language: Language) -> bytes:
    response = VoiceResponse()
    say(response, (*_words(graph, language, "opening_emergency"), *_numbers(graph, language)), graph)
    response.hangup()
    return str(response).encode()


def _fallback(graph: Graph, base_path: str) -> bytes:
    """Nothing is known of the caller here, so every language is spoken, and after the transfer the numbers follow."""
    desk = _desks(graph, graph.languages[0])[0]
    response = VoiceResponse()
    say(response, [part for language in graph.languages for part in _before(graph, desk, language)], graph)
    response.append(dial(graph, desk.ref, RINGING, base_path))
    say(response, [part for language in graph.languages for part in _numbers(graph, language)], graph)
    response.hangup()
    return str(response).replace(CURSOR, "").encode()


def _before(graph: Graph, desk: Handoff, language: Language) -> list[Part]:
    label = desk.labels.get(language, "")
    return [*_words(graph, language, "opening_emergency"), *_words(graph, language, "transfer", label=label)]


def _numbers(graph: Graph, language: Language) -> list[Part]:
    """Every desk's number slowly and twice (R25), best desk first."""
    found: list[Part] = []
    for desk in _desks(graph, language):
        slowly = spoken_twice(desk.number, language)
        label = desk.labels.get(language, "")
        found += [Pause(1), Say(f"{label[:1].upper()}{label[1:]}: {slowly}", language)]
    return found


def _desks(graph: Graph, language: Language) -> list[Handoff]:
    """The specialist, then the desk offered otherwise."""
    first = places.handoff(graph, places.SPECIALIST) or next(desk for desk in graph.handoffs.values() if desk.number)
    other = places.handoff(graph, first.otherwise)
    return [first, other] if other and language in other.languages else [first]


def _words(graph: Graph, language: Language, key: str, **blanks: str) -> list[Part]:
    """A prompt, or nothing: the last resort must not fail for a missing sentence."""
    text = graph.prompts.get((language, Medium.VOICE), {}).get(key, "")
    return [Say(text.format(**blanks), language, interruptible=False)] if text else []
