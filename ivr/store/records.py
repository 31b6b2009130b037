"""What the store gives back: plain data, without SQL and without a number where a hash will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.dialog.types import Result


@dataclass(frozen=True, slots=True)
class Session:
    """A stored text conversation: State as JSON, and how many turns it has had."""

    state: str
    turn: int
    updated_at: datetime

    def age(self, at: datetime) -> timedelta:
        """How long ago the last turn was; never negative, whatever the clock did (reliability F20)."""
        return max(at - self.updated_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a number when a call arrives."""

    opted_out: bool
    open_callback: bool
    new: bool
    landline: bool = False  # a text to it was refused because it takes none


@dataclass(frozen=True, slots=True)
class Recent:
    """How many replies and texts one number got lately; `invites` are offers because somebody typed it."""

    in_30_seconds: int
    in_a_day: int
    invites: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an effect, as `EffectEnded` tells it to the dialog."""

    result: Result
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One leased outbox row: what to send, and to whom."""

    id: int
    number: str
    kind: str
    what: Mapping[str, str]
    language: str
    first: bool
    attempts: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LastText:
    """What was last texted, or (kind `invite`) offered, to the number that now texts: names of content only."""

    kind: str
    what: Mapping[str, str]
    language: str
    first: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """How the outbox stands; `oldest_seconds` is the age of the oldest row that is due and not sent."""

    counts: Mapping[str, int]
    oldest_seconds: int


@dataclass(frozen=True, slots=True)
class CallbackRecord:
    """One request to be rung back; `ending` is the last four digits, empty once the number is erased."""

    id: int
    reference: str
    ending: str
    window: str
    zone: str
    language: str
    may_text: bool
    requested_at: datetime
    promised_by: datetime
    state: str
    claimed_by: str
    nudged_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Who did what, and when."""

    at: datetime
    who: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class UnmatchedRecord:
    """A question that no topic answered, redacted."""

    question: str
    language: str
    medium: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept: the table [retention] of line.toml, name by name."""

    session_hours: int = 24
    inbound_hours: int = 72
    events_months: int = 13
    event_caller_days: int = 30
    callback_days: int = 30
    outbox_days: int = 30
    unmatched_days: int = 90
