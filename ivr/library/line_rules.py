"""What line.toml says about texting, keeping and reviewing, and the library that load returns; it reads no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.dialog.types import Graph, Language
from ivr.library.faults import Fault

if TYPE_CHECKING:  # the schema library weighs as much as all the words: a process that only serves them has none of it
    from ivr.library.schema import LineFile, MenusFile, TopicFile


@dataclass(frozen=True, slots=True)
class TextingRules:
    """Limits for texts. Quiet times are "HH:MM" in the person's own time (R40)."""

    segments: int
    replies_in_30_seconds: int
    replies_a_day: int
    outbox_minutes: int
    ring_backs_a_day: int
    invites_a_day: int
    quiet_from: str
    quiet_until: str


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """How long things are kept before `ivr purge` removes them; the unit is in each name (R71)."""

    session_hours: int
    inbound_hours: int
    events_months: int
    event_caller_days: int
    callback_days: int
    outbox_days: int
    unmatched_days: int


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """How often words must be reviewed (R59)."""

    period_months: int


@dataclass(frozen=True, slots=True)
class Written:
    """The files as they were written, for rules that judge the writing and not only what became of it."""

    root: Path
    line: LineFile
    menus: MenusFile
    topics: Mapping[tuple[Language, str], TopicFile]


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that content says: the graph for the dialog, and the rules for the rest of the program."""

    graph: Graph
    texting: TextingRules
    retention: RetentionRules
    review: ReviewRules
    written: Written
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """What a line needs of its library to answer: the same words and rules, without how they were written."""

    graph: Graph
    texting: TextingRules
    retention: RetentionRules


def served(library: Library) -> Served:
    """The library as it is handed to the processes that answer."""
    return Served(library.graph, library.texting, library.retention)


def texting_rules(line: LineFile) -> TextingRules:
    """The table [texting]."""
    return TextingRules(**line.texting.model_dump())


def retention_rules(line: LineFile) -> RetentionRules:
    """The table [retention]."""
    return RetentionRules(**line.retention.model_dump())
