"""What the channels ask of the line, and the facts of a request that they hand over; names and types only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ivr.channels.trust import Trust
from ivr.dialog.types import Graph, Input, NumberType, Reply, State, Text, Turn


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One request of one call. `number` is E.164, or None when it is withheld; it must not be logged."""

    call_sid: str
    number: str | None
    token: str = ""  # the carrier's idempotency token: the same for a repeated delivery
    direction: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One inbound message. `sender` is the address to answer, prefix (whatsapp:, rcs:) included; never logged."""

    message_sid: str
    sender: str
    to: str
    number_type: NumberType
    token: str = ""


class Conversation(Protocol):
    """One turn with its side effects. It bounds its own waits and may raise: the channel then says the last resort."""

    def voice(self, state: State, heard: Input, call: CallFacts) -> Turn:
        """Take a turn of a call, effects included; most turns touch nothing but memory."""

    def record(self, turn: Turn, call: CallFacts) -> None:
        """Note the events of a turn, best effort; must not wait and must not raise."""

    def text(self, heard: Text, message: MessageFacts) -> Reply:
        """Take a turn of a text conversation, stored with its effect and the message's SID in one transaction."""

    def call_status(self, call: CallFacts, status: str, seconds: int) -> None:
        """Note how a call went on, best effort."""

    def message_status(self, message_sid: str, status: str, error_code: str) -> None:
        """Note what became of a message of ours, best effort."""


class Line(Protocol):
    """The line as the channels see it."""

    @property
    def trust(self) -> Trust:
        """Who may post webhooks."""

    @property
    def conversation(self) -> Conversation:
        """Where turns are taken."""

    @property
    def cursor_keys(self) -> tuple[bytes, ...]:
        """The keys that seal a typed number in the cursor: the first writes, all read."""

    @property
    def number_type(self) -> NumberType:
        """The kind of number the line texts from."""

    def graph(self) -> Graph:
        """The words and ways that hold now."""
