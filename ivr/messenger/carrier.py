"""What the messenger asks of the carrier, and the three ways in which it can go wrong; it talks to nobody itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ivr.errors import LineError


class Kind(StrEnum):
    """What a refusal means for the row: never again, later, or never mind the row because the account is at fault."""

    NEVER = "never"
    LATER = "later"
    OURS = "ours"


class CarrierError(LineError):
    """The carrier could not be used as wished; `code` is the carrier's own, or one of ours. Never holds a number."""


class Refused(CarrierError):
    """The carrier answered no; `wait` is its Retry-After in seconds, if it gave one."""

    def __init__(self, code: str, kind: Kind, wait: float | None = None, *, may_have_taken: bool = False) -> None:
        super().__init__(code, f"The carrier refused with error {code}.")
        self.kind = kind
        self.wait = wait
        self.may_have_taken = may_have_taken  # a server error can come after the request was carried out


class NotReached(CarrierError):
    """The request certainly never left: no name, no route, no connection."""

    def __init__(self) -> None:
        super().__init__("not-reached", "The carrier cannot be reached from here; look at the network.")


class Unsure(CarrierError):
    """The request may have been carried out: it left, and no answer that can be read came back."""

    def __init__(self, code: str) -> None:
        super().__init__(code, "A request left for the carrier and its answer did not come back.")


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text somebody sent to the line, as the carrier lists it; never logged."""

    sid: str
    sender: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A text or call of ours, as the carrier lists it; the body of a call is empty."""

    sid: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Account:
    """With whom and from where the line sends. `token` is the one in force; `number` is E.164 or "" with a service."""

    sid: str
    token: str
    number: str
    service: str
    public_url: str


class Carrier(Protocol):
    """All methods raise Refused, NotReached or Unsure, and nothing else."""

    def text(self, to: str, body: str, seconds: int) -> str:
        """Hand over one text, worth sending for so many seconds; its SID."""

    def call(self, to: str, path: str) -> str:
        """Ring a number; when somebody answers, the carrier asks this path of ours what to say. Its SID."""

    def texts_to(self, to: str) -> Iterable[Listed]:
        """The latest texts of ours to this number, newest first."""

    def calls_to(self, to: str) -> Iterable[Listed]:
        """The latest calls of ours to this number, newest first."""

    def inbound(self, since: datetime) -> Iterable[Inbound]:
        """Every text that reached the line since then, in any order."""
