"""What a person's words may mean, and the compiled words of each language; data only, no decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.dialog.hearing.learned import Learned
from ivr.dialog.hearing.patterns import Lexicon, Patterns, Tags
from ivr.dialog.hearing.questions import Questions
from ivr.dialog.hearing.safety import Danger, Messages
from ivr.dialog.hearing.words import Spellings
from ivr.dialog.types import Keyword, Language, Medium, NumberType


class Meaning(StrEnum):
    """What kind of thing was said."""

    OPT_OUT = "opt-out"
    OPT_OUT_UNSURE = "opt-out-unsure"
    OPT_IN = "opt-in"
    HELP = "help"
    EMERGENCY = "emergency"
    EMERGENCY_UNSURE = "emergency-unsure"
    URGENT = "urgent"
    CRISIS = "crisis"
    COMMAND = "command"
    DIGIT = "digit"
    PLACE = "place"
    OFFER = "offer"
    WORD = "word"
    OUTSIDE = "outside"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood. `ref` is a command, place, digit, glossary key or outside subject, by meaning."""

    meaning: Meaning
    ref: str = ""
    score: float = 1.0
    sure: bool = True
    offers: tuple[str, ...] = ()  # OFFER: best first; PLACE, WORD: runners-up; EMERGENCY: ("crisis",) when both are heard
    language: Language | None = None
    opt_out: bool = False
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listening:
    """What the present place can take; `digits` are its keys and where they lead."""

    medium: Medium
    language: Language
    digits: Mapping[str, str] = field(default_factory=dict)
    opted_out: bool = False
    number_type: NumberType = NumberType.LONG_CODE
    carrier_said: Keyword | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """A subject that this line does not cover, and who may help; `says` is a ready sentence, or empty."""

    key: str
    number: str = ""
    says: str = ""
    always: bool = False  # even where a topic looks right


@dataclass(frozen=True, slots=True)
class Tongue:
    """Everything needed to understand one language."""

    spelling: Spellings
    lexicon: Lexicon
    common: frozenset[str]  # function words, by which the language is told
    messages: Messages
    danger: Danger
    commands: Mapping[tuple[str, ...], str]
    command_wordings: Patterns
    command_of: Mapping[str, str]  # pattern as written -> command
    polite: frozenset[str]
    helps: frozenset[tuple[str, ...]]
    digits: Mapping[str, str]
    spoken_digits: Mapping[str, str]  # what a phone writes for a digit; only trusted by voice
    digit_leads: frozenset[str]
    names: Mapping[tuple[str, ...], str]
    labels: Mapping[str, frozenset[str]]
    terms: Mapping[tuple[str, ...], str]
    term_leads: tuple[tuple[str, ...], ...]
    term_questions: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]  # words before and after a term
    own_topics: frozenset[str]
    outside: Patterns
    outside_of: Mapping[str, str]  # pattern as written -> outside subject
    chatter: Mapping[str, frozenset[str]]  # outside subject -> words of which such a message consists altogether
    outsides: Mapping[str, Outside]
    subjects: frozenset[str]  # concepts that show by themselves that a question belongs here
    questions: Questions


@dataclass(frozen=True, slots=True)
class Heard:
    """The words as one language has them: spelt out, mended, tagged, and without polite words around them."""

    language: Language
    tongue: Tongue
    tokens: tuple[str, ...]
    tags: Tags
    core: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sureness:
    """How many points decide what is done with a question (chosen on labelled lists that nothing had learned)."""

    enough: float = 0.62  # from here a topic is given
    ahead: float = 0.10  # and when it leads the next by this much
    clear: float = 1.05  # from here it is given however close the next is
    offered: float = 0.44  # from here topics are offered; below, the line says that it does not know
    offered_here: float = 0.12  # the same when the words name something that belongs here
    strange: float = 0.15  # added to what is needed for each word that no topic has
    against_outside: float = 1.2  # what a topic needs when the words also name an outside subject
    against_outside_here: float = 0.55  # the same when they name something that belongs here, too
    close: float = 0.25  # runners-up have at least this part of the best one's points
    doubted: float = 0.4  # spoken words with less confidence than this are offered, never simply taken


@dataclass(frozen=True, slots=True)
class Weights:
    """What is done with guesses from examples; shares are 0 to 1."""

    points: float = 2.5  # that a share of 1 adds to a place
    aside: float = 0.4  # points of a wording that names another subject
    here: float = 1.3  # taken from the points of another subject when the words name something that belongs here
    danger: float = 0.2  # from this share on, somebody may be in danger
    urgent_danger: float = 0.5  # the same, where wordings see something for the care team
    distant_danger: float = 0.3  # the same, where words ask in general, suppose, or tell of the past
    plain_danger: float = 0.95  # and from this one on, somebody is
    both: float = 0.2  # a second danger of this share is answered too
    wish: float = 0.6  # despair of this share is what is meant, where wordings only suspect an emergency
    calm: float = 0.8  # a place of this share makes a danger that only wordings see milder,
    no_danger: float = 0.05  # when dangers have less than this
    opt_out: float = 0.6  # from this share on, we ask whether texts are unwanted
    opt_in: float = 0.8  # and from this one on, a number that gets none wants them again
    plain: float = 0.8  # a place of this share is meant, whatever command the words resemble
    enough: float = 1.2  # points from which a place is given,
    ahead: float = 0.6  # when it leads the next by this much; otherwise places are offered
    least: float = 0.35  # below, the line says that it does not know
    close: float = 0.02  # runners-up have at least this part of the best one's points


@dataclass(frozen=True, slots=True)
class Hearing:
    """The compiled index of all languages; `kinds` says of each ref whether it is a topic, menu or handoff."""

    tongues: Mapping[Language, Tongue]
    kinds: Mapping[str, str]
    sureness: Sureness = Sureness()
    learned: Learned | None = None  # what was learned from examples; without it, wordings alone decide
    weights: Weights = Weights()

    def outside(self, language: Language, key: str) -> Outside:
        """The outside subject of an OUTSIDE reading, in this language; one without number when it is not known."""
        tongue = self.tongues.get(language)
        return (tongue.outsides.get(key) if tongue else None) or Outside(key)
