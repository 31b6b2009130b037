"""A line for the tests of the channels: a conversation that does what the test says and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from graphs import graph
from signed import TRUST

from ivr.channels.line import CallFacts, MessageFacts
from ivr.channels.trust import Trust
from ivr.dialog.types import Event, Graph, Input, Listen, NumberType, Reply, Say, State, Text, Turn


def echo(state: State, heard: Input) -> Turn:
    """Says something and stays where it is."""
    said = Say("For the disease, press 1.", state.language)
    return Turn(Reply((said,), Listen(speech=2)), state, events=(Event("menu", state.at, state.language, state.medium),))


@dataclass
class Scripted:
    """Stands in for ivr.conversation."""

    turn: Callable[[State, Input], Turn] = echo
    reply: Callable[[Text], Reply] = lambda heard: Reply((), Listen())
    heard: list[tuple[State, Input, CallFacts]] = field(default_factory=list)
    texts: list[tuple[Text, MessageFacts]] = field(default_factory=list)
    recorded: list[Turn] = field(default_factory=list)
    statuses: list[tuple[object, ...]] = field(default_factory=list)
    broken: bool = False  # whether recording and noting raise

    def voice(self, state: State, heard: Input, call: CallFacts) -> Turn:
        self.heard.append((state, heard, call))
        return self.turn(state, heard)

    def record(self, turn: Turn, call: CallFacts) -> None:
        self._maybe_break()
        self.recorded.append(turn)

    def text(self, heard: Text, message: MessageFacts) -> Reply:
        self.texts.append((heard, message))
        return self.reply(heard)

    def call_status(self, call: CallFacts, status: str, seconds: int) -> None:
        self._maybe_break()
        self.statuses.append((call.call_sid, status, seconds))

    def message_status(self, message_sid: str, status: str, error_code: str) -> None:
        self._maybe_break()
        self.statuses.append((message_sid, status, error_code))

    def _maybe_break(self) -> None:
        if self.broken:
            raise RuntimeError("call +12025550123")


@dataclass
class TestLine:
    """Stands in for the line that ivr.app puts together."""

    __test__ = False

    conversation: Scripted = field(default_factory=Scripted)
    words: Graph = field(default_factory=graph)
    trust: Trust = TRUST
    cursor_keys: tuple[bytes, ...] = (b"k" * 32,)
    number_type: NumberType = NumberType.LONG_CODE

    def graph(self) -> Graph:
        return self.words
