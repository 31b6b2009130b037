"""Rules for where words come from and how they are said: facts, sources, reviews, pronunciations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from ivr.library.faults import WARNING, Fault
from ivr.library.rules.case import Case, topic_file

_NEEDS_NO_FACTS = frozenset({"using-this-line", "about"})


def r59_pages_name_their_facts(case: Case) -> Iterator[Fault]:
    """Every page names the facts it says, so that a reader can trace it."""
    for spot in case.pages():
        if not spot.facts and spot.ref not in _NEEDS_NO_FACTS:
            yield spot.fault("it names no facts", 'Add facts = ["..."], keys of sources.toml.', WARNING)


def r59_topics_name_their_sources(case: Case) -> Iterator[Fault]:
    """Every topic names its sources, among them at least one for each fact it says."""
    for language, ref, topic in case.topics():
        file, named = topic_file(language, ref), set(topic.review.sources)
        if not named:
            yield Fault(file, "review.sources", "it names no sources", "Name them by their keys in sources.toml.")
            continue
        facts = dict.fromkeys(fact for page in (*topic.voice, *topic.sms) for fact in page.facts)
        for fact in facts:
            known = case.graph.facts.get(fact)
            if known and not named & set(known.sources):
                what = f"none of the sources of {fact} is named"
                yield Fault(file, "review.sources", what, f"Add one of {', '.join(known.sources)}.", level=WARNING)


def r59_every_source_is_used(case: Case) -> Iterator[Fault]:
    """Sources and facts that nobody names are left-overs."""
    named = {source for _, _, topic in case.topics() for source in topic.review.sources}
    named |= {source for fact in case.graph.facts.values() for source in fact.sources}
    for source in case.graph.sources.keys() - named:
        yield Fault("sources.toml", f"sources.{source}", "nobody names this source", "Name it, or remove it.", level=WARNING)


def r59_reviews_are_dated(case: Case) -> Iterator[Fault]:
    """Every topic has an author and a day by which it is read again, not yet past and within the review period."""
    longest = timedelta(days=31 * case.library.review.period_months)
    for language, ref, topic in case.topics():
        file, review = topic_file(language, ref), topic.review
        if not review.written_by.strip():
            yield Fault(file, "review.written_by", "it does not say who wrote this", "Name the author.")
        if review.reviewed_by and not review.reviewed_on:
            yield Fault(file, "review.reviewed_on", "a reviewer is named without a day", "Add the day of the review.")
        if review.reviewed_on and (not review.reviewed_by or review.reviewed_on > case.today):
            yield Fault(file, "review.reviewed_on", "this day has no reviewer or is to come", "Correct the review.")
        due = review.review_due
        if due is None:
            yield Fault(file, "review.review_due", "this key is missing", "Write the day of the next review.")
        elif due < case.today:
            yield Fault(file, "review.review_due", f"the review was due on {due}", "Have the words reviewed again.")
        elif due > (review.reviewed_on or case.today) + longest:
            yield Fault(file, "review.review_due", f"{due} is too far away", "Review words at least once a year.")


_TOKEN = re.compile(r"(?<![\w-])(?=[A-Z0-9-]*[A-Z][0-9-]*[A-Z]|[A-Z]+-?[0-9]|[A-Z]\d)[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*(?![\w])")
_KEYWORDS_SAID = frozenset(
    re.findall(r"\w+", "MENU MENÚ START STOP HELP MORE PERSON PERSONA ALTO AYUDA BRAIN CALL FORGET BORRAR ENGLISH")
)
_VANITY = re.compile(r"\d-\d{3}-(?:\d-)?[A-ZÁÉÍÓÚ]+(?:-[A-ZÁÉÍÓÚ]+)*")


def r24_capitals_have_a_pronunciation(case: Case) -> Iterator[Fault]:
    """Every abbreviation, gene and test that is spoken says in pronunciations.toml how."""
    for spot in case.spoken():
        known = case.graph.pronunciations[spot.language]
        text = _VANITY.sub("", spot.text)
        for token in dict.fromkeys(match[0] for match in _TOKEN.finditer(text)):
            if token not in known and token not in _KEYWORDS_SAID:
                yield spot.fault(f'nobody has said how "{token}" is spoken', "Add it to pronunciations.toml.")


_MARKUP = re.compile(r"[<>]|&(amp|lt|gt|quot|#\d+);|\*\*|__|^[-*] ", re.MULTILINE)


def r26_no_markup(case: Case) -> Iterator[Fault]:
    """Words are words: no tags, entities or lists, which a voice would read out."""
    for spot in case.everything():
        found = _MARKUP.search(spot.text)
        if found:
            yield spot.fault(f'"{found[0].strip()}" is markup', "Write plain words.")


def r24_pronunciations_are_said_as_they_stand(case: Case) -> Iterator[Fault]:
    """A pronunciation has no digits and no capitals in a row that a voice could spell in its own way."""
    for language, table in case.graph.pronunciations.items():
        for token, said in table.items():
            if re.search(r"\d|[A-ZÁÉÍÓÚ]{2,}", said):
                what, remedy = f'"{said}" leaves open how it is said', "Write it in words and single letters."
                yield Fault(f"{language}/pronunciations.toml", token, what, remedy)
