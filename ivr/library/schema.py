"""The shape of every content file, so that a slip is found at start; it judges no words and knows no other file."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

Ref = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Number = Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14})?$")]
Positive = Annotated[int, Field(ge=1)]
Natural = Annotated[int, Field(ge=0)]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


Words = Annotated[str, AfterValidator(_not_blank)]


class Table(BaseModel):
    """A table of a content file: no other keys, and no type but the one named."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# --- line.toml


class LanguagesTable(Table):
    order: list[LanguageCode] = Field(min_length=1)


class RatesTable(Table):
    normal: Positive
    slow: Positive


class VoiceTable(Table):
    name: Words
    locale: Words
    rates: RatesTable
    words_per_minute: RatesTable
    breaks: bool = True
    prosody: bool = True


_SPAN = re.compile(
    r"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))? "
    r"([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
)


def _span(text: str) -> str:
    if not _SPAN.match(text):
        raise ValueError('is not of the form "mon-fri 09:00-17:00"')
    return text


class HoursTable(Table):
    """`always`, or a zone of the IANA list and spans such as "mon-fri 09:00-17:00"."""

    always: bool = False
    zone: str = ""
    open: list[Annotated[str, AfterValidator(_span)]] = []


class HandoffTable(Table):
    number: Number
    confirmed: bool
    languages: list[LanguageCode] = Field(min_length=1)
    hours: HoursTable = HoursTable()
    whispers: bool = False
    press_to_accept: bool = False
    otherwise: str = ""
    accepts_silent: bool = False


class CallbacksTable(Table):
    answered_by: dict[LanguageCode, Words] = {}
    within_hours: Natural = 0
    hours: HoursTable = HoursTable()


class LimitsTable(Table):
    listen: Positive = 10
    slow_listen: Positive = 20
    next_page: Positive = 5
    one_key: Positive = 4
    extension: Positive = 20
    extensions: Positive = 10
    offer: Positive = 6
    speech: Positive = 2
    slow_speech: Positive = 4
    transfer: Positive = 30
    hold: Positive = 120
    option_pause: Annotated[float, Field(gt=0, le=10)] = 0.75
    session_hours: Positive = 24


class TextingTable(Table):
    segments: Annotated[int, Field(ge=1, le=10)]
    replies_in_30_seconds: Positive
    replies_a_day: Positive
    outbox_minutes: Positive
    ring_backs_a_day: Natural
    invites_a_day: Natural = 2
    quiet_from: Clock
    quiet_until: Clock


class RetentionTable(Table):
    session_hours: Positive
    inbound_hours: Annotated[int, Field(ge=48)]
    events_months: Positive
    event_caller_days: Positive
    callback_days: Positive
    outbox_days: Positive
    unmatched_days: Positive


class ReviewPeriodTable(Table):
    period_months: Annotated[int, Field(ge=1, le=12)]


class LineFile(Table):
    start: Ref
    name: dict[LanguageCode, Words]
    text_name: dict[LanguageCode, Words]
    languages: LanguagesTable
    voices: dict[LanguageCode, VoiceTable]
    handoffs: dict[Ref, HandoffTable]
    callbacks: CallbacksTable = CallbacksTable()
    limits: LimitsTable = LimitsTable()
    texting: TextingTable
    retention: RetentionTable
    review: ReviewPeriodTable


# --- menus.toml


class OptionTable(Table):
    digit: Annotated[int, Field(ge=1, le=5)]
    to: Ref


class MenuTable(Table):
    parent: Ref | None = None
    options: list[OptionTable] = Field(min_length=1)


Pages = list[Positive] | Literal["all"]


class SensitiveTable(Table):
    """Page numbers from 1, as written, by medium."""

    voice: Pages = []
    text: Pages = []


class TopicTable(Table):
    parent: Ref
    related: list[Ref] = Field(default=[], max_length=4)
    urgent_key: bool = False
    message: bool = False
    sensitive: SensitiveTable = SensitiveTable()


class MenusFile(Table):
    menus: dict[Ref, MenuTable]
    topics: dict[Ref, TopicTable] = {}


# --- sources.toml


class SourceTable(Table):
    title: Words
    organisation: str
    url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")]
    date: str
    read: Words


class FactTable(Table):
    says: Words
    sources: list[Key] = Field(min_length=1)


class SourcesFile(Table):
    sources: dict[Key, SourceTable]
    facts: dict[Key, FactTable] = {}


# --- the files of a language


class LabelsFile(Table):
    labels: dict[Ref, Words]
    intros: dict[Ref, Words]
    handoffs: dict[Ref, Words]


class PromptsFile(Table):
    voice: dict[str, Words]
    text: dict[str, Words]


class TermTable(Table):
    term: Words
    aliases: list[Words] = []
    definition: Words


class GlossaryFile(RootModel[dict[Ref, TermTable]]):
    model_config = ConfigDict(strict=True)


class PronunciationsFile(RootModel[dict[str, Words]]):
    model_config = ConfigDict(strict=True)


class PageTable(Table):
    text: Words
    facts: list[Key] = []


class ReviewTable(Table):
    sources: list[Key]
    written_by: str
    reviewed_by: str = ""
    reviewed_on: datetime.date | None = None
    review_due: datetime.date | None = None
    note: str = ""
    translated_from: str = ""


class TopicFile(Table):
    label: Words
    asks: list[Words] = []
    voice: list[PageTable] = Field(min_length=1)
    sms: list[PageTable] = Field(min_length=1)
    review: ReviewTable


# What each thing that pydantic can say means to somebody who writes content: (what is wrong, remedy).
_PLAIN: dict[str, tuple[str, str]] = {
    "missing": ("this key is missing", "Add it."),
    "extra_forbidden": ("nobody knows this key", "Remove it, or correct its spelling."),
    "string_type": ("this must be words in quotes", "Put it in straight quotes."),
    "int_type": ("this must be a whole number", "Write it without quotes and without a point."),
    "float_type": ("this must be a number", "Write it without quotes."),
    "bool_type": ("this must be true or false", "Write true or false, without quotes."),
    "list_type": ("this must be a list", "Write it as [ ... ]."),
    "dict_type": ("this must be a table", "Write it as a table of keys."),
    "model_type": ("this must be a table", "Write it as a table of keys."),
    "date_type": ("this must be a date", "Write it as 2027-05-23, without quotes."),
    "too_short": ("this is empty", "Add at least one."),
    "too_long": ("this list has too many entries", "Take the least needed ones out."),
}


def plain_words(error: Any) -> tuple[str, str]:
    """What is wrong and what to do, for one error of pydantic."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "value_error":
        return (
            f"this {context.get('error', 'is not right')}",
            "Write words there, in the form that its neighbours have.",
        )
    if kind == "string_pattern_mismatch":
        return f"{error['input']!r} has not the form that is needed here", f"Use the form {context['pattern']}."
    return error["msg"].lower(), "Correct the value; its neighbours show the form."
