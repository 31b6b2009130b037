"""The words of the core: what a graph, a state, an input and a turn are made of. Data only: no decisions here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.dialog.hearing import Hearing


class Language(StrEnum):
    """A language of the line, as its content folder is named."""

    EN = "en"
    ES = "es"


class Medium(StrEnum):
    """How a person meets the line."""

    VOICE = "voice"
    TEXT = "text"


class Mode(StrEnum):
    """How keys are read: the usual way, any key chooses the option just said, or the line waits (then goes on as before)."""

    KEYS = "keys"
    ONE_KEY = "one-key"
    HOLD = "hold"
    ONE_KEY_HOLD = "one-key-hold"


class Pace(StrEnum):
    """How fast words are spoken (R16)."""

    NORMAL = "normal"
    SLOW = "slow"


class HeardBefore(IntEnum):
    """What this person has already done: nothing yet, made a key or word we understood, or been given a topic."""

    NOTHING = 0
    INPUT = 1
    TOPIC = 2


# --- the graph: everything the line can say ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a menu: the digit is written in `menus.toml` and never moves."""

    digit: int
    to: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A place that offers options."""

    ref: str
    parent: str | None
    options: tuple[Option, ...]
    labels: Mapping[Language, str]
    intros: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Page:
    """One stretch of a topic; blank lines in `text` divide sentence groups. `facts` are keys of sources.toml."""

    text: str
    facts: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """Who wrote and checked the words of one topic in one language, and when they are due again (R59)."""

    sources: tuple[str, ...]
    written_by: str
    reviewed_by: str
    reviewed_on: date | None
    review_due: date | None
    note: str
    translated_from: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A place that explains one thing, in pages; `related` are offered on keys 2, 3, 4 (and 5 if not `urgent_key`)."""

    ref: str
    parent: str | None
    labels: Mapping[Language, str]
    asks: Mapping[Language, tuple[str, ...]]
    pages: Mapping[tuple[Language, Medium], tuple[Page, ...]]
    related: tuple[str, ...]
    urgent_key: bool
    reviews: Mapping[Language, Review]
    message: bool = False  # emergency and crisis: reached by words, never part of the tree
    terms: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)  # glossary keys its voice pages use, in order


@dataclass(frozen=True, slots=True)
class Hours:
    """When a desk answers: IANA zone, and (weekday 0-6, opening minute, closing minute) spans; empty means not known."""

    zone: str = ""
    spans: tuple[tuple[int, int, int], ...] = ()
    always: bool = False


@dataclass(frozen=True, slots=True)
class Handoff:
    """A desk to which a call can be transferred; nothing else can ever be dialled."""

    ref: str
    number: str  # E.164, or "" when none is set
    confirmed: bool
    languages: tuple[Language, ...]
    hours: Hours
    labels: Mapping[Language, str]
    whispers: bool = False
    press_to_accept: bool = False
    otherwise: str = ""  # the desk offered when this one cannot be reached
    accepts_silent: bool = False


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Who rings people back, when, and how soon; `answered_by` empty means that callbacks are not offered.

    `quiet`: from when until when nobody is rung, "HH:MM" in the person's own time (R40).
    """

    answered_by: Mapping[Language, str] = field(default_factory=dict)
    within_hours: int = 0
    hours: Hours = Hours()
    quiet: tuple[str, str] = ("21:00", "08:00")


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the carrier and what it can do; rates are SSML percentages, words per minute are measured paces."""

    name: str
    locale: str
    rates: Mapping[Pace, int]
    words_per_minute: Mapping[Pace, int]
    breaks: bool = True
    prosody: bool = True


@dataclass(frozen=True, slots=True)
class Term:
    """A medical word and its plain meaning, at most 12 words (R53)."""

    ref: str
    terms: Mapping[Language, str]
    aliases: Mapping[Language, tuple[str, ...]]
    definitions: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from, and how that source was read."""

    ref: str
    title: str
    organisation: str
    url: str
    date: str
    read: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One checked statement that pages cite by its key."""

    ref: str
    says: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A temporary announcement by staff: at most 12 words, between two moments (UTC)."""

    ref: str
    texts: Mapping[Language, str]
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds and counts that the dialog holds to; the shipped values and their sources are in line.toml."""

    listen: int = 10  # R12
    slow_listen: int = 20  # R12
    next_page: int = 5  # silence after a page that is not the last, before the next one
    one_key: int = 4  # how long each choice waits for any key
    extension: int = 20  # R13
    extensions: int = 10  # R13
    offer: int = 6  # design: the wait after "to stay here, press 1"
    speech: int = 2
    slow_speech: int = 4
    transfer: int = 30  # R27: ringing time
    hold: int = 120  # R22
    option_pause: float = 0.75  # R15
    session_hours: int = 24  # R44


@dataclass(frozen=True, slots=True)
class Graph:
    """All words and ways of the line, checked at load; `revision` is a digest of the content."""

    revision: str
    name: Mapping[Language, str]
    text_name: Mapping[Language, str]
    number: str  # the line's own number, E.164, or ""
    start: str
    languages: tuple[Language, ...]
    voices: Mapping[Language, Voice]
    menus: Mapping[str, Menu]
    topics: Mapping[str, Topic]
    handoffs: Mapping[str, Handoff]
    callbacks: Callbacks
    prompts: Mapping[tuple[Language, Medium], Mapping[str, str]]
    glossary: Mapping[str, Term]
    hearing: Hearing
    pronunciations: Mapping[Language, Mapping[str, str]]
    limits: Limits
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    notices: tuple[Notice, ...] = ()


# --- the state: where somebody is -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choose:
    """A short list was offered: digit n picks refs[n-1] (a place, or an act of dialog/acts.py)."""

    refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """A sensitive page waits behind its gate: 1 opens it (R58)."""

    to: str


@dataclass(frozen=True, slots=True)
class Enter:
    """A phone number is being typed, for this purpose."""

    purpose: str


@dataclass(frozen=True, slots=True)
class Confirm:
    """A yes-or-no by 1 and 2 (or, for text-me, by 7 again), for this purpose."""

    purpose: str


@dataclass(frozen=True, slots=True)
class Define:
    """The meaning of this glossary term was just said; going on returns to the place."""

    term: str


Asking = Choose | Consent | Enter | Confirm | Define


@dataclass(frozen=True, slots=True)
class State:
    """Where one conversation is. Names and small numbers only, so that it fits in an action URL."""

    medium: Medium
    language: Language
    at: str
    page: int = 0
    group: int = 0
    trail: tuple[str, ...] = ()
    misses: int = 0
    silences: int = 0
    heard_before: HeardBefore = HeardBefore.NOTHING
    pace: Pace = Pace.NORMAL
    mode: Mode = Mode.KEYS
    asking: Asking | None = None
    sealed: str = ""
    topics: tuple[str, ...] = ()  # the latest topics heard, for a desk that gets a whisper
    relay: bool = False  # the line has waited for a relay operator (R22)
    zone: str = ""  # the time zone taken for a call back, by its name in dialog/zones.py; "" while nobody knows it
    revision: str = ""


# --- the input: what reached us ---------------------------------------------------------------------------------


class CallerKind(StrEnum):
    """What kind of telephone this is, as far as anybody knows."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Caller:
    """What the store and the request know of the person; every field None (or UNKNOWN) when nobody knows."""

    kind: CallerKind = CallerKind.UNKNOWN
    ending: str | None = None  # last two digits of the number, for "the phone ending in"
    new: bool | None = None  # no text was ever sent to this number
    opted_out: bool | None = None
    blocked_by_carrier: bool | None = None  # the carrier itself took the opt-out, so it will answer the opt-in too
    open_callback: bool | None = None
    zones: tuple[str, ...] | None = None  # IANA zones that the number in question can be in; empty: its digits do not tell
    resume: str | None = None
    reference: str | None = None  # a short code of this call, for a desk that gets a whisper


NOBODY = Caller()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call was answered (or rung back), in no language yet."""

    at: datetime
    caller: Caller = NOBODY


@dataclass(frozen=True, slots=True)
class Digits:
    """Keys were pressed."""

    digits: str
    at: datetime
    caller: Caller = NOBODY


@dataclass(frozen=True, slots=True)
class Speech:
    """Words were recognised; confidence 0 to 1, or None when the carrier gave none."""

    words: str
    confidence: float | None
    at: datetime
    caller: Caller = NOBODY


class Keyword(StrEnum):
    """What the carrier says a text was, when it has already answered it itself (OptOutType)."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


class NumberType(StrEnum):
    """The kind of number the line texts from; it decides what the carrier answers by itself (twilio.md A7)."""

    LONG_CODE = "long-code"
    TOLL_FREE = "toll-free"
    SHORT_CODE = "short-code"
    RICH = "rich"  # WhatsApp and RCS senders: the carrier answers nothing


@dataclass(frozen=True, slots=True)
class Text:
    """A text message came in."""

    body: str
    at: datetime
    caller: Caller = NOBODY
    carrier_said: Keyword | None = None
    number_type: NumberType = NumberType.LONG_CODE
    repeats: int = 0  # how often this same unmatched body came within a day, this one not counted
    from_machine: bool = False  # a short code or our own number sent it


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nothing was pressed or said in the time given."""

    at: datetime
    caller: Caller = NOBODY


class TransferOutcome(StrEnum):
    """How a transfer ended, in the carrier's words."""

    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """A transfer is over; `seconds` is how long the two were connected."""

    outcome: TransferOutcome
    at: datetime
    caller: Caller = NOBODY
    seconds: int = 0


class Result(StrEnum):
    """What became of an effect."""

    DONE = "done"
    QUEUED = "queued"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EffectEnded:
    """The world has answered: what became of the effect this turn asked for, and why if it was refused."""

    effect: Effect
    result: Result
    at: datetime
    caller: Caller = NOBODY
    reason: str = ""  # opted-out, landline, limit, open, twice, ...
    reference: str = ""


# --- the turn: what is said, what is waited for, what the world must do -----------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """Words as written in content; the voice channel makes them speakable, the text channel prints them."""

    text: str
    language: Language
    pace: Pace = Pace.NORMAL
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence between words, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for an answer. `digits`: how many keys at most; `speech`: seconds of quiet that end speech, 0 for keys only."""

    digits: int = 1
    seconds: int = 10
    speech: int = 0
    hints: tuple[str, ...] = ()
    any_key: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller to this handoff within the same call, ringing at most this many seconds.

    `code`: digits that the caller was told and the desk hears in its whisper, or "".
    """

    handoff: str
    seconds: int = 30
    code: str = ""


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said and what is waited for. For a text, no says means that nothing is sent."""

    says: tuple[Say | Pause, ...]
    then: Listen | Transfer | Hangup


@dataclass(frozen=True, slots=True)
class SendText:
    """Text this topic (or `number:<handoff>`) to the caller, or to the number sealed in the state."""

    topic: str
    language: Language
    to_sealed: bool = False


@dataclass(frozen=True, slots=True)
class OptOut:
    """Never text this number again; `confirm` unless the carrier has already said so (R36).

    `danger` was said with it, or `asked`: a question, which no text can answer any more.
    """

    confirm: bool = True
    danger: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class OptIn:
    """This number wants texts again; `confirm` unless the carrier has already said so (R36)."""

    confirm: bool = True


@dataclass(frozen=True, slots=True)
class RequestCallback:
    """Somebody asks to be rung back by `by` (UTC); `window` is morning, afternoon or any; `zone` is IANA or "" (unknown)."""

    window: str
    language: Language
    by: datetime
    to_sealed: bool = False
    may_text: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class CancelCallback:
    """The open callback request of this number is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what is held about this number at once (opt-out stays, as a hash)."""

    callback_too: bool = False


@dataclass(frozen=True, slots=True)
class RingBack:
    """Ring the number that texted now, and connect it to this handoff once a key is pressed."""

    handoff: str
    language: Language


Effect = SendText | OptOut | OptIn | RequestCallback | CancelCallback | Forget | RingBack

Input = Arrival | Digits | Speech | Text | NoInput | TransferEnded | EffectEnded


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth counting; it names no person: the shell adds the caller key."""

    name: str
    at_place: str
    language: Language
    medium: Medium
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange: what to answer, where the conversation is now, what the world must do, what to record."""

    reply: Reply
    state: State
    effect: Effect | None = None
    events: tuple[Event, ...] = ()
