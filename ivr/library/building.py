"""Turns files that fit together into the graph of the dialog; it finds no faults: structure.py has done that."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.dialog.hearing import Hearing
from ivr.dialog.types import (
    Callbacks,
    Fact,
    Graph,
    Handoff,
    Hours,
    Language,
    Limits,
    Medium,
    Menu,
    Option,
    Pace,
    Page,
    Review,
    Source,
    Term,
    Topic,
    Voice,
)
from ivr.library.fitting import fitted
from ivr.library.reading import Bundle
from ivr.library.schema import HoursTable, TopicFile, TopicTable
from ivr.library.terms import Finder

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def build(bundle: Bundle, hearing: Hearing, revision: str, *, specialist_number: str, line_number: str) -> Graph:
    """The graph; every mapping by language has every language of the line."""
    line, languages = bundle.line, tuple(bundle.languages)
    terms = glossary(bundle)
    finders = {language: Finder(terms, language) for language in languages}
    return Graph(
        revision=revision,
        name={language: line.name[language] for language in languages},
        text_name={language: line.text_name[language] for language in languages},
        number=line_number,
        start=line.start,
        languages=languages,
        voices={language: _voice(bundle, language) for language in languages},
        menus=_menus(bundle),
        topics={ref: _topic(bundle, ref, finders) for ref in bundle.topics},
        handoffs=_handoffs(bundle, specialist_number),
        callbacks=_callbacks(bundle),
        prompts=_prompts(bundle),
        glossary=terms,
        hearing=hearing,
        pronunciations={language: dict(files.pronunciations) for language, files in bundle.languages.items()},
        limits=Limits(**line.limits.model_dump()),
        sources={ref: Source(ref, **source.model_dump()) for ref, source in bundle.sources.sources.items()},
        facts={ref: Fact(ref, fact.says, tuple(fact.sources)) for ref, fact in bundle.sources.facts.items()},
    )


def _voice(bundle: Bundle, language: Language) -> Voice:
    table = bundle.line.voices[language]
    rates = {Pace.NORMAL: table.rates.normal, Pace.SLOW: table.rates.slow}
    paces = {Pace.NORMAL: table.words_per_minute.normal, Pace.SLOW: table.words_per_minute.slow}
    return Voice(table.name, table.locale, rates, paces, table.breaks, table.prosody)


def _menus(bundle: Bundle) -> dict[str, Menu]:
    """The menus; an option whose topic nobody has written yet is left out, and the other digits stay."""
    offered = {*bundle.menus.menus, *bundle.topics, *bundle.line.handoffs}
    return {
        ref: Menu(
            ref,
            table.parent,
            tuple(Option(option.digit, option.to) for option in table.options if option.to in offered),
            {language: files.labels.labels[ref] for language, files in bundle.languages.items()},
            {language: files.labels.intros[ref] for language, files in bundle.languages.items()},
        )
        for ref, table in bundle.menus.menus.items()
    }


def _topic(bundle: Bundle, ref: str, finders: Mapping[Language, Finder]) -> Topic:
    place = bundle.menus.topics[ref]
    files = {language: files.topics[ref] for language, files in bundle.languages.items()}
    pages: dict[tuple[Language, Medium], tuple[Page, ...]] = {}
    for language, topic in files.items():
        pages[(language, Medium.VOICE)] = _voice_pages(topic, place)
        pages[(language, Medium.TEXT)] = _text_pages(bundle, language, topic, place)
    return Topic(
        ref,
        place.parent,
        {language: topic.label for language, topic in files.items()},
        {language: tuple(topic.asks) for language, topic in files.items()},
        pages,
        tuple(place.related),
        place.urgent_key,
        {language: _review(topic) for language, topic in files.items()},
        place.message,
        {language: finders[language].used(page.text for page in topic.voice) for language, topic in files.items()},
    )


def _voice_pages(topic: TopicFile, place: TopicTable) -> tuple[Page, ...]:
    listed = place.sensitive.voice
    return tuple(
        Page(page.text.strip(), tuple(page.facts), listed == "all" or number in listed)
        for number, page in enumerate(topic.voice, start=1)
    )


def _text_pages(bundle: Bundle, language: Language, topic: TopicFile, place: TopicTable) -> tuple[Page, ...]:
    """The messages, cut where one would not fit; each part keeps the facts and the gate of its message."""
    texts = tuple(page.text.strip() for page in topic.sms)
    if place.message:
        parts: tuple[tuple[str, int], ...] = tuple((text, number) for number, text in enumerate(texts))
    else:
        prompts = bundle.languages[language].prompts.text
        parts = fitted(texts, bundle.line.texting.segments, prompts, topic.label)
    listed = place.sensitive.text
    return tuple(
        Page(text, tuple(topic.sms[number].facts), listed == "all" or number + 1 in listed) for text, number in parts
    )


def _review(topic: TopicFile) -> Review:
    table = topic.review.model_dump()
    return Review(**{**table, "sources": tuple(table["sources"])})


def _handoffs(bundle: Bundle, specialist_number: str) -> dict[str, Handoff]:
    """The desks; the setting SPECIALIST_NUMBER replaces the number of the specialist."""
    return {
        ref: Handoff(
            ref=ref,
            number=specialist_number or desk.number if ref == "specialist" else desk.number,
            confirmed=desk.confirmed,
            languages=tuple(Language(code) for code in desk.languages),
            hours=_hours(desk.hours),
            labels={language: files.labels.handoffs[ref] for language, files in bundle.languages.items()},
            whispers=desk.whispers,
            press_to_accept=desk.press_to_accept,
            otherwise=desk.otherwise,
            accepts_silent=desk.accepts_silent,
        )
        for ref, desk in bundle.line.handoffs.items()
    }


def _hours(table: HoursTable) -> Hours:
    spans = []
    for text in table.open:
        days, times = text.split(" ")
        first, _, last = days.partition("-")
        opens, closes = times.split("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        for day in range(start, end + 1 if end >= start else end + 8):
            spans.append((day % 7, _minutes(opens), _minutes(closes)))
    return Hours(table.zone, tuple(sorted(spans)), table.always)


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _callbacks(bundle: Bundle) -> Callbacks:
    table = bundle.line.callbacks
    answered_by = {Language(code): who for code, who in table.answered_by.items()}
    quiet = (bundle.line.texting.quiet_from, bundle.line.texting.quiet_until)
    return Callbacks(answered_by, table.within_hours, _hours(table.hours), quiet)


def _prompts(bundle: Bundle) -> dict[tuple[Language, Medium], dict[str, str]]:
    found: dict[tuple[Language, Medium], dict[str, str]] = {}
    for language, files in bundle.languages.items():
        found[(language, Medium.VOICE)] = dict(files.prompts.voice)
        found[(language, Medium.TEXT)] = dict(files.prompts.text)
    return found


def glossary(bundle: Bundle) -> dict[str, Term]:
    """The medical words; every language has each of them."""
    first = next(iter(bundle.languages.values()))
    return {
        ref: Term(
            ref,
            {language: files.glossary[ref].term for language, files in bundle.languages.items()},
            {language: tuple(files.glossary[ref].aliases) for language, files in bundle.languages.items()},
            {language: files.glossary[ref].definition for language, files in bundle.languages.items()},
        )
        for ref in first.glossary
    }
