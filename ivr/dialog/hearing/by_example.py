"""Decides by what was learned from examples, together with asks and leads; danger is only ever added or made milder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ivr.dialog.hearing.by_wording import because
from ivr.dialog.hearing.index import Heard, Hearing, Listening, Meaning, Reading, Weights
from ivr.dialog.hearing.learned import Guess, Learned
from ivr.dialog.hearing.patterns import first, present_in
from ivr.dialog.hearing.questions import Score, score
from ivr.dialog.hearing.safety import distant
from ivr.dialog.types import Medium

# Labels of examples that are no places.
OUTSIDE, OPT_OUT, OPT_IN, HELP = "outside", "opt-out", "opt-in", "help"
EMERGENCY, CRISIS = "emergency", "crisis"
NO_PLACES = frozenset({OUTSIDE, OPT_OUT, OPT_IN, HELP, EMERGENCY, CRISIS})
_ANY_OTHER = "other"  # an outside subject that no wording names


@dataclass(frozen=True, slots=True)
class Guessed:
    """The guesses of one message, as shares by label."""

    learned: Learned
    words: tuple[str, ...]
    shares: dict[str, float]

    def share(self, *labels: str) -> float:
        """How probable it is that one of these labels is right."""
        return sum(self.shares.get(label, 0.0) for label in labels)

    @property
    def place(self) -> tuple[str, float]:
        """The likeliest place and its share."""
        places = [(share, label) for label, share in self.shares.items() if label not in NO_PLACES]
        share, label = max(places, default=(0.0, ""))
        return label, share

    def why(self, most: int = 3) -> tuple[str, ...]:
        """The likeliest labels, and the words that spoke for each."""
        ranked = sorted(self.shares.items(), key=lambda each: -each[1])[:most]
        said = ((label, share, " ".join(self.learned.because(self.words, label))) for label, share in ranked)
        return tuple(f"examples: {label} {share:.0%}: {words or 'its usual share'}" for label, share, words in said)


def guess(hearing: Hearing, raw: tuple[str, ...]) -> Guessed | None:
    """What the examples say of these words; None where nothing was learned, or nothing in them was ever seen."""
    if hearing.learned is None:
        return None
    found: Sequence[Guess] = hearing.learned.guesses(raw)
    return Guessed(hearing.learned, raw, dict(found)) if found else None


def danger(hearing: Hearing, heards: tuple[Heard, ...], guessed: Guessed, reading: Reading | None) -> Reading | None:
    """What is done about danger: what wordings say, unless examples see more, or plainly something else.

    A plain emergency becomes "if this is happening now" at the mildest; only one that was merely suspected can fall away.
    """
    limits = hearing.weights
    if reading is None or reading.meaning is Meaning.URGENT:
        far = any(distant(heard.tongue.danger, heard.tags) for heard in heards)
        least = limits.urgent_danger if reading else limits.distant_danger if far else limits.danger
        return _seen(limits, guessed, least) or reading
    wish = guessed.share(CRISIS)
    if wish >= limits.wish and reading.meaning is Meaning.EMERGENCY_UNSURE:
        return Reading(Meaning.CRISIS, score=wish, why=(*reading.why, *guessed.why(1)))
    if wish >= limits.both:
        return replace(reading, offers=(CRISIS,))
    place, share = guessed.place
    if share < limits.calm or guessed.share(EMERGENCY, CRISIS) > limits.no_danger or place not in hearing.kinds:
        return reading
    if reading.meaning is Meaning.EMERGENCY:
        return replace(reading, meaning=Meaning.EMERGENCY_UNSURE, ref=place, why=(*reading.why, *guessed.why(1)))
    return None if reading.meaning is Meaning.EMERGENCY_UNSURE else reading


def _seen(limits: Weights, guessed: Guessed, least: float) -> Reading | None:
    """A danger that examples see, with at least this share."""
    body, wish = guessed.share(EMERGENCY), guessed.share(CRISIS)
    if body + wish < least:
        return None
    if wish > body:
        return Reading(Meaning.CRISIS, score=wish, why=guessed.why())
    meaning = Meaning.EMERGENCY if body >= limits.plain_danger else Meaning.EMERGENCY_UNSURE
    return Reading(meaning, guessed.place[0], body, offers=(CRISIS,) if wish >= limits.both else (), why=guessed.why())


def about_texts(hearing: Hearing, heards: tuple[Heard, ...], guessed: Guessed, listening: Listening) -> Reading | None:
    """Whether texts may be unwanted: it is asked, never assumed (R33); or wanted again by a number that gets none.

    "Make it stop" names no messages, and is about pain or treatment.
    """
    if listening.medium is not Medium.TEXT or not any(names_texts(heard) for heard in heards):
        return None
    unwanted = guessed.share(OPT_OUT)
    if unwanted >= hearing.weights.opt_out and guessed.share(EMERGENCY, CRISIS) < hearing.weights.both:
        return Reading(Meaning.OPT_OUT_UNSURE, score=unwanted, sure=False, why=guessed.why())
    return wanted_again(hearing, guessed, listening)


def wanted_again(hearing: Hearing, guessed: Guessed, listening: Listening) -> Reading | None:
    """Whether a number that gets no texts plainly wants them again."""
    wanted = guessed.share(OPT_IN)
    if not listening.opted_out or wanted < hearing.weights.opt_in:
        return None
    return Reading(Meaning.OPT_IN, score=wanted, why=guessed.why())


def names_texts(heard: Heard) -> bool:
    """Whether the words name our messages, a number or a list to be on."""
    return first(heard.tongue.messages.about, heard.tags, present_in(heard.tags)) is not None


def meant_plainly(hearing: Hearing, guessed: Guessed) -> bool:
    """Whether a place is so plainly meant that words which resemble a command are none."""
    place, share = guessed.place
    return share >= hearing.weights.plain and hearing.kinds.get(place) == "topic"


def question(hearing: Hearing, heards: tuple[Heard, ...], guessed: Guessed, listening: Listening, explain: bool) -> Reading:
    """The best place: given when it is plain, offered among others when it is not; none for other subjects."""
    limits = hearing.weights
    ranked, aside, why = _points(hearing, heards, guessed, explain)
    here = any(not heard.tongue.subjects.isdisjoint(present_in(heard.tags)) for heard in heards)
    best = ranked[0].points if ranked else 0.0
    outside = guessed.share(OUTSIDE) * limits.points + (limits.aside if aside else 0.0) - (limits.here if here else 0.0)
    if guessed.share(HELP) * limits.points > max(best, outside):
        return Reading(Meaning.HELP, score=guessed.share(HELP), why=why)
    if outside > best:
        known = aside or (_ANY_OTHER if listening.medium is Medium.TEXT else "")
        return Reading(Meaning.OUTSIDE if known else Meaning.NOTHING, known, outside, sure=bool(aside), why=why)
    if best < limits.least:
        return Reading(Meaning.NOTHING, score=best, sure=False, why=why)
    close = tuple(each.ref for each in ranked[1:4] if each.points >= limits.close * best)
    doubted = listening.confidence is not None and listening.confidence < hearing.sureness.doubted
    lead = best - (ranked[1].points if len(ranked) > 1 else 0.0)
    if not doubted and best >= limits.enough and lead >= limits.ahead and _may_go(hearing, ranked[0], guessed, listening):
        return Reading(Meaning.PLACE, ranked[0].ref, best, offers=close, why=why)
    return Reading(Meaning.OFFER, ranked[0].ref, best, sure=False, offers=(ranked[0].ref, *close), why=why)


def _may_go(hearing: Hearing, best: Score, guessed: Guessed, listening: Listening) -> bool:
    """A topic may simply be given; speech connects to a desk only when that is plainly meant (a television talks, too)."""
    is_topic = hearing.kinds.get(best.ref) == "topic" or listening.medium is Medium.TEXT
    return is_topic or guessed.share(best.ref) >= hearing.weights.plain


def _points(
    hearing: Hearing, heards: tuple[Heard, ...], guessed: Guessed, explain: bool
) -> tuple[list[Score], str, tuple[str, ...]]:
    """Places by the points of both, best first; the outside subject that a wording names; and why."""
    most: dict[str, Score] = {}
    aside, why = "", guessed.why() if explain else ()
    for heard in heards:
        scores, _ = score(heard.tongue.questions, heard.tokens, heard.tags)
        for each in scores:
            if each.ref not in NO_PLACES and each.points > (most[each.ref].points if each.ref in most else 0.0):
                most[each.ref] = each
        named = first(heard.tongue.outside, heard.tags, present_in(heard.tags))
        aside = aside or (heard.tongue.outside_of[named.written] if named else "")
        why += because(heard, scores, named.written if named else "") if explain else ()
    for label, share in guessed.shares.items():
        if label in hearing.kinds and label not in NO_PLACES:
            known = most.get(label) or Score(label, 0.0)
            most[label] = Score(label, known.points + share * hearing.weights.points, known.lead)
    return sorted(most.values(), key=lambda each: (-each.points, each.ref)), aside, why
