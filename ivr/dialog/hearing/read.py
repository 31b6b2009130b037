"""Decides what a person's words mean, in the fixed order: opt-out, danger, commands, the place, a question."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ivr.dialog.hearing.index import Hearing, Listening, Meaning, Reading, Tongue
from ivr.dialog.hearing.patterns import Tags, first, present_in, tag
from ivr.dialog.hearing.questions import Score, features, score, shared
from ivr.dialog.hearing.safety import Peril, Wish, peril, wish
from ivr.dialog.hearing.words import mend, normalise, split, unglue
from ivr.dialog.types import Keyword, Language, Medium, NumberType

_PERILS = {
    Peril.EMERGENCY: Meaning.EMERGENCY,
    Peril.EMERGENCY_UNSURE: Meaning.EMERGENCY_UNSURE,
    Peril.URGENT: Meaning.URGENT,
    Peril.CRISIS: Meaning.CRISIS,
}
_WORST_FIRST = (Peril.EMERGENCY, Peril.CRISIS, Peril.EMERGENCY_UNSURE, Peril.URGENT)
_WISHES = {Wish.OUT: Meaning.OPT_OUT, Wish.MAYBE_OUT: Meaning.OPT_OUT_UNSURE}


@dataclass(frozen=True, slots=True)
class _Heard:
    """The words as one language has them: spelt out, mended, tagged, and without polite words around them."""

    language: Language
    tongue: Tongue
    tokens: tuple[str, ...]
    tags: Tags
    core: tuple[str, ...]


def read(hearing: Hearing, words: str, listening: Listening, explain: bool = False) -> Reading:
    """The one meaning of some words at a place; the same arguments always give the same reading."""
    clean = normalise(words)
    raw = tuple(part for word in split(clean) for part in unglue(word))
    language, plain = _language(hearing, words, raw)
    heards = _hear(hearing, raw, language, listening.language)
    reading = _safety(heards[:1] if plain else heards, listening) if heards else None
    if reading is None:
        reading = _from_carrier(listening.carrier_said) or _ordinary(hearing, heards, listening, explain)
    reading = replace(reading, language=language)
    return reading if explain else replace(reading, why=())


def _hear(hearing: Hearing, raw: tuple[str, ...], told: Language | None, present: Language) -> tuple[_Heard, ...]:
    """The words in each language, the likelier first; only that one is mended when the language is plain."""
    if not raw:
        return ()
    likely = told or present
    out = []
    for language in sorted(hearing.tongues, key=lambda each: each is not likely):
        tongue = hearing.tongues[language]
        tokens = mend(tongue.spelling, raw, guess=told is None or language is told)
        core = tuple(token for token in tokens if token not in tongue.polite) or tokens
        out.append(_Heard(language, tongue, tokens, tag(tongue.lexicon, tokens), core))
    return tuple(out)


def _language(hearing: Hearing, words: str, raw: tuple[str, ...]) -> tuple[Language | None, bool]:
    """The language by its function words and by signs that only Spanish writes (None when they do not tell).

    The second is true when it is so plain that the other language need not be looked at for danger.
    """
    points = dict.fromkeys(hearing.tongues, 0)
    for word in set(raw):
        plain = word.replace("'", "")
        for language, tongue in hearing.tongues.items():
            points[language] += 2 * (plain in tongue.common) + (plain in tongue.spelling.known)
    if Language.ES in points and not words.isascii() and any(letter in "áéíóúñ¿¡ÁÉÍÓÚÑ" for letter in words):
        points[Language.ES] += 2
    ranked = sorted(points.items(), key=lambda each: -each[1])
    if not ranked or ranked[0][1] == 0 or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return None, False
    other = ranked[1][1] if len(ranked) > 1 else 0
    return ranked[0][0], ranked[0][1] >= 2 * other + 4


def _from_carrier(said: Keyword | None) -> Reading | None:
    """What the carrier has already understood stands, when our own reading is no danger and no opt-out."""
    if said is None:
        return None
    meanings = {Keyword.STOP: Meaning.OPT_OUT, Keyword.START: Meaning.OPT_IN, Keyword.HELP: Meaning.HELP}
    return Reading(meanings[said], why=("the carrier said so",))


# --- opt-out and danger -----------------------------------------------------------------------------------------


def _safety(heards: tuple[_Heard, ...], listening: Listening) -> Reading | None:
    """Opt-out (texts only) and danger; both in one message give the danger, marked as an opt-out too."""
    wished, said = _wished(heards, listening)
    found: dict[Peril, tuple[str, ...]] = {}
    for heard in heards:
        worst, why = peril(heard.tongue.danger, heard.tags)
        if heard is heards[0] or worst in (Peril.EMERGENCY, Peril.CRISIS):  # the less likely language must be plain
            found.setdefault(worst, why)
    worst = next((each for each in _WORST_FIRST if each in found), Peril.NONE)
    if worst is not Peril.NONE:
        both = worst is Peril.EMERGENCY and (Peril.CRISIS in found or len(found[worst]) > 1)
        offers = ("crisis",) if both else ()
        return Reading(_PERILS[worst], opt_out=wished is Wish.OUT, offers=offers, why=found[worst])
    if wished in _WISHES:
        return Reading(_WISHES[wished], sure=wished is Wish.OUT, why=(said,))
    if wished is Wish.IN:
        return Reading(Meaning.OPT_IN, why=(said,))
    return None


def _wished(heards: tuple[_Heard, ...], listening: Listening) -> tuple[Wish, str]:
    if listening.medium is not Medium.TEXT:
        return Wish.NONE, ""
    if listening.carrier_said is Keyword.STOP:
        return Wish.OUT, "the carrier said so"
    wishes = [wish(heard.tongue.messages, heard.tokens, heard.tags) for heard in heards]
    for kind in (Wish.OUT, Wish.IN, Wish.MAYBE_OUT):
        for found, said in wishes:
            if found is kind and (kind is not Wish.IN or _may_opt_in(said, listening)):
                return found, said
    return Wish.NONE, ""


def _may_opt_in(said: str, listening: Listening) -> bool:
    """START and YES mean texts again only from a number that opted out, and YES only where the carrier says so."""
    if said in ("yes", "si"):
        return listening.opted_out and listening.number_type is NumberType.LONG_CODE
    return listening.opted_out or said != "start"


# --- commands, the place, questions -----------------------------------------------------------------------------


def _ordinary(hearing: Hearing, heards: tuple[_Heard, ...], listening: Listening, explain: bool) -> Reading:
    """Digits, commands, names of places, medical words, then the best topic of either language."""
    for step in (_digit, _help_or_command, _named, _term, _counted):
        for heard in heards:
            reading = step(heard, listening)
            if reading is not None:
                return _with_topics(reading, hearing, heard) if reading.meaning is Meaning.WORD else reading
    best = Reading(Meaning.NOTHING, score=0.0, sure=False)
    for heard in heards:
        reading = _question(hearing, heard, listening, explain)
        understood = reading.meaning is not Meaning.NOTHING
        if reading.score > best.score or (understood and best.meaning is Meaning.NOTHING):
            best = reading
        if best.meaning is Meaning.PLACE:
            break
    return best


def _digit(heard: _Heard, listening: Listening) -> Reading | None:
    """ "2", "two", "2.", "option 2", "#2": one key, with nothing else but the words that lead to it."""
    core = tuple(token for token in heard.core if token not in heard.tongue.digit_leads)
    if len(core) == 2 and core[0] == "#" and core[1].isdigit():
        core = core[1:]
    if len(core) != 1:
        return None
    word = core[0]
    key = word if word in "0123456789*#" else heard.tongue.digits.get(word)
    if key is None and listening.medium is Medium.VOICE:
        key = heard.tongue.spoken_digits.get(word)
    return Reading(Meaning.DIGIT, key, why=(word,)) if key else None


def _counted(heard: _Heard, listening: Listening) -> Reading | None:
    """ "the first one": one key by words that otherwise only lead to it."""
    words, leads = heard.tongue.digits, heard.tongue.digit_leads
    found = {words[token] for token in heard.core if token in words}
    if len(found) != 1 or not all(token in words or token in leads for token in heard.core):
        return None
    return Reading(Meaning.DIGIT, found.pop(), why=heard.core)


def _help_or_command(heard: _Heard, listening: Listening) -> Reading | None:
    tongue = heard.tongue
    for words in (heard.tokens, heard.core):
        if words in tongue.helps:
            return Reading(Meaning.HELP, why=(" ".join(words),))
        if words in tongue.commands:
            return Reading(Meaning.COMMAND, tongue.commands[words], why=(" ".join(words),))
    found = first(tongue.command_wordings, heard.tags, present_in(heard.tags))
    if found is None:
        return None
    return Reading(Meaning.COMMAND, tongue.command_of[found.written], why=(found.written,))


def _named(heard: _Heard, listening: Listening) -> Reading | None:
    """A place by its name: one offered here by any words of its label, any other by all of them."""
    said = frozenset(_about(heard))
    here = [
        ref for ref in dict.fromkeys(listening.digits.values()) if said and said <= heard.tongue.labels.get(ref, frozenset())
    ]
    if len(here) == 1:
        return Reading(Meaning.PLACE, here[0], why=("a label of this place",))
    ref = heard.tongue.names.get(heard.tokens) or heard.tongue.names.get(heard.core)
    return Reading(Meaning.PLACE, ref, why=("a name",)) if ref else None


def _about(heard: _Heard) -> tuple[str, ...]:
    questions = heard.tongue.questions
    return features(heard.tokens, heard.tags, questions.language, questions.small, questions.concepts)


def _term(heard: _Heard, listening: Listening) -> Reading | None:
    """The meaning of a medical word: by WORD or DEFINE always, by "what does ... mean" when no topic is about it."""
    tongue, core = heard.tongue, heard.core
    for lead in tongue.term_leads:
        key = tongue.terms.get(core[len(lead) :]) if core[: len(lead)] == lead else None
        if key:
            return Reading(Meaning.WORD, key, why=(" ".join(lead),))
    for before, after in tongue.term_questions:
        end = len(core) - len(after)
        if core[: len(before)] == before and core[end:] == after:
            key = tongue.terms.get(core[len(before) : end])
            if key and key not in tongue.own_topics:
                return Reading(Meaning.WORD, key, why=(" ".join((*before, "...", *after)),))
    return None


def _with_topics(reading: Reading, hearing: Hearing, heard: _Heard) -> Reading:
    """A medical word keeps the topics that its question would have reached."""
    scores, _ = score(heard.tongue.questions, heard.tokens, heard.tags)
    least = hearing.sureness.offered
    return replace(reading, offers=tuple(each.ref for each in scores[:3] if each.points >= least))


def _question(hearing: Hearing, heard: _Heard, listening: Listening, explain: bool) -> Reading:
    """The best topic: given when it is plain, offered among others when it is not, and none for other subjects."""
    tongue, limits = heard.tongue, hearing.sureness
    for key, words in tongue.chatter.items():
        if words.issuperset(heard.tokens):
            return Reading(Meaning.OUTSIDE, key, why=("small talk",))
    scores, strangers = score(tongue.questions, heard.tokens, heard.tags)
    present = present_in(heard.tags)
    aside = first(tongue.outside, heard.tags, present)
    here = not tongue.subjects.isdisjoint(present)
    best = scores[0].points if scores else 0.0
    why = _why(heard, scores, aside.written if aside else "") if explain else ()
    key = tongue.outside_of[aside.written] if aside else ""
    needed = limits.against_outside_here if here else limits.against_outside
    if aside is not None and (best < needed or tongue.outsides[key].always):
        return Reading(Meaning.OUTSIDE, key, best, why=why)
    if not scores or best < (limits.offered_here if here else limits.offered + limits.strange * min(strangers, 3)):
        return Reading(Meaning.NOTHING, score=best, sure=False, why=why)
    close = tuple(each.ref for each in scores[1:3] if each.points >= limits.close * best or each is scores[1])
    lead = best - (scores[1].points if len(scores) > 1 else 0.0)
    doubted = listening.confidence is not None and listening.confidence < limits.doubted
    if not doubted and (best >= limits.clear or (best >= limits.enough and lead >= limits.ahead)):
        return Reading(Meaning.PLACE, scores[0].ref, best, offers=close, why=why)
    return Reading(Meaning.OFFER, scores[0].ref, best, sure=False, offers=(scores[0].ref, *close), why=why)


def _why(heard: _Heard, scores: list[Score], aside: str) -> tuple[str, ...]:
    lines = []
    for each in scores:
        known = " ".join(shared(heard.tongue.questions, each.ref, heard.tokens, heard.tags))
        lead = f"; lead {each.lead}" if each.lead else ""
        lines.append(f"{each.ref} {each.points:.2f}: words {known or 'none'}{lead}")
    return (*lines, f"outside: {aside}") if aside else tuple(lines)
