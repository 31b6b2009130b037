"""One turn in the making: the graph, the state and the input together, with the words for saying and going."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ivr.dialog import places
from ivr.dialog.types import (
    Choose,
    Effect,
    Event,
    Graph,
    Hangup,
    HeardBefore,
    Input,
    Language,
    Listen,
    Medium,
    Mode,
    Pace,
    Pause,
    Reply,
    Say,
    State,
    Transfer,
    Turn,
)

Says = tuple[Say | Pause, ...]
MOST_TOPICS = 3  # what a desk can take in before it answers
_WAITS = {Mode.KEYS: Mode.HOLD, Mode.ONE_KEY: Mode.ONE_KEY_HOLD}
_GOES_ON = {waiting: mode for mode, waiting in _WAITS.items()}


@lru_cache(maxsize=16)
def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split(", "))


@dataclass(frozen=True, slots=True)
class Scene:
    """What a turn is made from; every method gives something new and changes nothing."""

    graph: Graph
    state: State
    heard: Input
    events: tuple[Event, ...] = ()

    # --- where we are

    @property
    def voice(self) -> bool:
        return self.state.medium is Medium.VOICE

    @property
    def language(self) -> Language:
        return self.state.language

    @property
    def slow(self) -> bool:
        return self.state.pace is Pace.SLOW

    @property
    def holding(self) -> bool:
        """Whether the line waits until it is told to go on (R22)."""
        return self.state.mode in _GOES_ON

    def hold(self) -> Scene:
        """Wait, and remember how keys were read before."""
        return self.go(mode=_WAITS.get(self.state.mode, self.state.mode))

    def wake(self) -> Scene:
        """Wait no longer; keys are read as before."""
        return self.go(mode=_GOES_ON.get(self.state.mode, self.state.mode))

    def go(self, **changes: Any) -> Scene:
        """The same scene with another state; the very same where nothing changes, as happens several times a turn."""
        state = self.state
        for name, value in changes.items():
            if getattr(state, name) != value:
                return Scene(self.graph, replace(state, **changes), self.heard, self.events)
        return self

    def understood(self) -> Scene:
        """Something was understood: both ladders start again, and by voice we know that somebody is there.

        By text the first reply still has to say what this line is, so there only the reply counts.
        """
        heard_before = max(self.state.heard_before, HeardBefore.INPUT) if self.voice else self.state.heard_before
        return self.go(misses=0, silences=0, heard_before=heard_before)

    def scan(self, position: int) -> Scene:
        """The same scene at another position of one-key mode; an opened gate stays open."""
        opened = places.GATE_OPEN if places.gate_open(self.state) else 0
        return self.go(group=opened + position)

    def visit(self, ref: str, *, page: int = 0, trail: tuple[str, ...] = ()) -> Scene:
        """The same scene at another place, with nothing asked."""
        return self.go(at=ref, page=page, group=0, trail=trail, asking=None, sealed="")

    def leave_for(self, ref: str, *, page: int = 0) -> Scene:
        """Go somewhere by a question or a related link: `*` comes back here."""
        here = self.state.at
        return self.visit(ref, page=page, trail=(here,) if here != ref else self.state.trail)

    def heard_topic(self) -> Scene:
        """Remember this topic, where some desk is told in a whisper what was heard (R28)."""
        if not any(desk.whispers for desk in self.graph.handoffs.values()):
            return self
        here = self.state.at
        return self.go(topics=(*(ref for ref in self.state.topics if ref != here), here)[-MOST_TOPICS:])

    def note(self, name: str, detail: str = "") -> Scene:
        """Remember something worth counting."""
        event = Event(name, self.state.at, self.state.language, self.state.medium, detail)
        return Scene(self.graph, self.state, self.heard, (*self.events, event))

    # --- words

    def listed(self, key: str) -> tuple[str, ...]:
        """The parts of a prompt that is a list, such as the days of the week."""
        return _listed(self.prompt(key))

    def prompt(self, key: str, **blanks: object) -> str:
        """The words of a prompt in this language and medium."""
        return self._worded(key, self.state.language, blanks)

    def prompt_in(self, language: Language, key: str) -> str:
        """The words of a prompt in another language."""
        return self._worded(key, language, {})

    def _worded(self, key: str, language: Language, blanks: dict[str, object]) -> str:
        text = self.graph.prompts[(language, self.state.medium)][key]
        return text.format(**blanks) if blanks else text

    def label(self, ref: str) -> str:
        return places.label(self.graph, ref, self.state.language, self.state.medium)

    def say(self, text: str, *, interruptible: bool = True, language: Language | None = None) -> Say:
        return Say(text, language or self.state.language, self.state.pace, interruptible)

    def speak(self, key: str, **blanks: object) -> Say:
        """A prompt, ready to be said."""
        return self.say(self.prompt(key, **blanks))

    def pause(self) -> Pause:
        """The silence between options: three quarters of a second, a full one in slow pace (R15)."""
        return Pause(1.0 if self.slow else self.graph.limits.option_pause)

    def spaced(self, texts: Iterable[str]) -> Says:
        """Each text with a pause before it, so that there is time to take it in."""
        says: list[Say | Pause] = []
        for text in texts:
            says += [self.pause(), self.say(text)]
        return tuple(says)

    # --- endings

    def listen(self, *, seconds: int | None = None, speech: bool = True, digits: int = 1) -> Listen:
        """Wait for a key or words; longer in slow pace (R12)."""
        limits = self.graph.limits
        usual = limits.slow_listen if self.slow else limits.listen
        ends = (limits.slow_speech if self.slow else limits.speech) if speech else 0
        any_key = self.state.mode is not Mode.KEYS
        return Listen(digits, usual if seconds is None else seconds, ends, self.hints() if speech else (), any_key)

    def hints(self) -> tuple[str, ...]:
        """The labels of this place and the words for keys, to help the recogniser."""
        here = self.state.asking
        refs = here.refs if isinstance(here, Choose) else [o.to for o in places.options(self.graph, self.state)]
        labels = tuple(self.label(ref)[:100] for ref in refs)
        return labels + self.listed("hints") if self.voice else ()

    def reply(self, says: Says, then: Listen | Transfer | Hangup | None = None, effect: Effect | None = None) -> Turn:
        """Finish the turn."""
        state = self.go(revision=self.graph.revision).state
        return Turn(Reply(says, then or self.listen()), state, effect, self.events)

    def silent(self) -> Turn:
        """Answer nothing: for texts that must not be answered."""
        return self.reply((), Listen(speech=0))

    def ask_world(self, effect: Effect) -> Turn:
        """Ask for an effect; the words follow when the world has answered."""
        return self.reply((), Listen(speech=0), effect)
