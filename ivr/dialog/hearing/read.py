"""Decides what a person's words mean, in the fixed order: opt-out, danger, commands, the place, a question."""

from __future__ import annotations

from dataclasses import replace

from ivr.dialog.hearing import by_example, by_wording
from ivr.dialog.hearing.index import Heard, Hearing, Listening, Meaning, Reading
from ivr.dialog.hearing.patterns import first, present_in, tag
from ivr.dialog.hearing.questions import features, score
from ivr.dialog.hearing.safety import Peril, Wish, peril, wish
from ivr.dialog.hearing.words import mend, normalise, spelt_out, split, unglue
from ivr.dialog.types import Keyword, Language, Medium, NumberType

_PERILS = {
    Peril.EMERGENCY: Meaning.EMERGENCY,
    Peril.EMERGENCY_UNSURE: Meaning.EMERGENCY_UNSURE,
    Peril.URGENT: Meaning.URGENT,
    Peril.CRISIS: Meaning.CRISIS,
}
_WORST_FIRST = (Peril.EMERGENCY, Peril.CRISIS, Peril.EMERGENCY_UNSURE, Peril.URGENT)
_DOUBTED = frozenset((Meaning.EMERGENCY, Meaning.EMERGENCY_UNSURE, Meaning.URGENT))  # what examples may change
_WISHES = {Wish.OUT: Meaning.OPT_OUT, Wish.MAYBE_OUT: Meaning.OPT_OUT_UNSURE}
_FEW = 4  # words: an opt-out that is not longer says nothing else
_WAIT = "hold"  # a relay operator says much else (R22)


def read(hearing: Hearing, words: str, listening: Listening, explain: bool = False) -> Reading:
    """The one meaning of some words at a place; the same arguments always give the same reading."""
    clean = normalise(words)
    raw = spelt_out(tuple(part for word in split(clean) for part in unglue(word)))
    language, plain = _language(hearing, words, raw)
    heards = heard_in(hearing, raw, language, listening.language)
    reading = _safety(heards[:1] if plain else heards, listening) if heards else None
    if reading is None:
        reading = _from_carrier(listening.carrier_said) or _exact(hearing, heards, listening)
    if reading is None or reading.meaning in _DOUBTED or (reading.meaning in _WISHES.values() and len(raw) > _FEW):
        reading = _meant(hearing, heards, listening, reading, raw, explain)
    reading = replace(reading, language=language)
    return reading if explain else replace(reading, why=())


def heard_in(hearing: Hearing, raw: tuple[str, ...], told: Language | None, present: Language) -> tuple[Heard, ...]:
    """The words in each language, the likelier first; only that one is mended when the language is plain."""
    if not raw:
        return ()
    likely = told or present
    out = []
    for language in sorted(hearing.tongues, key=lambda each: each is not likely):
        tongue = hearing.tongues[language]
        tokens = mend(tongue.spelling, raw, guess=told is None or language is told)
        core = tuple(token for token in tokens if token not in tongue.polite) or tokens
        out.append(Heard(language, tongue, tokens, tag(tongue.lexicon, tokens), core))
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


def _safety(heards: tuple[Heard, ...], listening: Listening) -> Reading | None:
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


def _wished(heards: tuple[Heard, ...], listening: Listening) -> tuple[Wish, str]:
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


def _exact(hearing: Hearing, heards: tuple[Heard, ...], listening: Listening) -> Reading | None:
    """Digits, commands, names of places, medical words and small talk, when the message is nothing else."""
    for step in (_digit, _help_or_command, _named, _term, _counted, _small_talk):
        for heard in heards:
            reading = step(heard, listening)
            if reading is not None:
                return _with_topics(reading, hearing, heard) if reading.meaning is Meaning.WORD else reading
    return None


def _meant(
    hearing: Hearing,
    heards: tuple[Heard, ...],
    listening: Listening,
    reading: Reading | None,
    raw: tuple[str, ...],
    explain: bool,
) -> Reading:
    """What is not said in so many words: danger that examples see, unwanted texts, commands in a sentence, questions."""
    if reading is None and len(raw) == 1 and not _about(heards[0]):
        return Reading(Meaning.NOTHING, score=0.0, sure=False)  # "to", "the": a word that carries no subject
    guessed, commanded = by_example.guess(hearing, raw), _commanded(heards)
    if reading is None and commanded is not None and commanded.ref == _WAIT:
        return commanded
    if guessed is None:
        return reading or commanded or _question(hearing, heards, listening, explain)
    wished = reading if reading is not None and reading.meaning in _WISHES.values() else None
    opt_out = reading is not None and (reading.opt_out or reading.meaning is Meaning.OPT_OUT)
    danger = by_example.danger(hearing, heards, guessed, None if wished else reading)
    if danger is not None:
        return replace(danger, opt_out=opt_out)
    if wished is not None:
        return by_example.wanted_again(hearing, guessed, listening) or wished
    if opt_out:
        return Reading(Meaning.OPT_OUT, why=guessed.why())
    reading = by_example.about_texts(hearing, heards, guessed, listening)
    if reading is None and not by_example.meant_plainly(hearing, guessed):
        reading = commanded
    return reading or by_example.question(hearing, heards, guessed, listening, explain)


def _digit(heard: Heard, listening: Listening) -> Reading | None:
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


def _counted(heard: Heard, listening: Listening) -> Reading | None:
    """ "the first one": one key by words that otherwise only lead to it."""
    words, leads = heard.tongue.digits, heard.tongue.digit_leads
    found = {words[token] for token in heard.core if token in words}
    if len(found) != 1 or not all(token in words or token in leads for token in heard.core):
        return None
    return Reading(Meaning.DIGIT, found.pop(), why=heard.core)


def _help_or_command(heard: Heard, listening: Listening) -> Reading | None:
    tongue = heard.tongue
    for words in (heard.tokens, heard.core):
        if words in tongue.helps:
            return Reading(Meaning.HELP, why=(" ".join(words),))
        if words in tongue.commands:
            return Reading(Meaning.COMMAND, tongue.commands[words], why=(" ".join(words),))
    return None


def _commanded(heards: tuple[Heard, ...]) -> Reading | None:
    """A command inside a sentence."""
    for heard in heards:
        found = first(heard.tongue.command_wordings, heard.tags, present_in(heard.tags))
        if found is not None:
            return Reading(Meaning.COMMAND, heard.tongue.command_of[found.written], why=(found.written,))
    return None


def _small_talk(heard: Heard, listening: Listening) -> Reading | None:
    """Thanks, greetings and the like: words of which nothing else is made."""
    for key, words in heard.tongue.chatter.items():
        if words.issuperset(heard.tokens):
            return Reading(Meaning.OUTSIDE, key, why=("small talk",))
    return None


def _named(heard: Heard, listening: Listening) -> Reading | None:
    """A place by its name: one offered here by any words of its label, any other by all of them."""
    said = frozenset(_about(heard))
    here = [
        ref for ref in dict.fromkeys(listening.digits.values()) if said and said <= heard.tongue.labels.get(ref, frozenset())
    ]
    if len(here) == 1:
        return Reading(Meaning.PLACE, here[0], why=("a label of this place",))
    ref = heard.tongue.names.get(heard.tokens) or heard.tongue.names.get(heard.core)
    return Reading(Meaning.PLACE, ref, why=("a name",)) if ref else None


def _about(heard: Heard) -> tuple[str, ...]:
    questions = heard.tongue.questions
    return features(heard.tokens, heard.tags, questions.language, questions.small, questions.concepts)


def _term(heard: Heard, listening: Listening) -> Reading | None:
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


def _with_topics(reading: Reading, hearing: Hearing, heard: Heard) -> Reading:
    """A medical word keeps the topics that its question would have reached."""
    scores, _ = score(heard.tongue.questions, heard.tokens, heard.tags)
    least = hearing.sureness.offered
    return replace(reading, offers=tuple(each.ref for each in scores[:3] if each.points >= least))


def _question(hearing: Hearing, heards: tuple[Heard, ...], listening: Listening, explain: bool) -> Reading:
    """The best topic of either language, where no examples were learned."""
    best = Reading(Meaning.NOTHING, score=0.0, sure=False)
    for heard in heards:
        reading = by_wording.question(hearing, heard, listening, explain)
        understood = reading.meaning is not Meaning.NOTHING
        if reading.score > best.score or (understood and best.meaning is Meaning.NOTHING):
            best = reading
        if best.meaning is Meaning.PLACE:
            break
    return best
