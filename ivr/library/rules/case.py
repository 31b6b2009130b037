"""What a rule looks at: the library, and every text of it with the place where a person finds it; it judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from ivr.dialog.prompts import HEARD_LISTS, SAID_LISTS
from ivr.dialog.types import Graph, Language, Medium
from ivr.library.faults import ERROR, Fault, Level
from ivr.library.line_rules import Library
from ivr.library.schema import PageTable, TopicFile
from ivr.library.terms import Finder


@dataclass(frozen=True, slots=True)
class Spot:
    """One text of the content. `medium` is None for what both media use; `number` counts pages from 1."""

    file: str
    key: str
    language: Language
    medium: Medium | None
    text: str
    ref: str = ""
    number: int = 0
    facts: tuple[str, ...] = ()

    def fault(self, what: str, remedy: str, level: Level = ERROR) -> Fault:
        """A fault of this text; the rule's name is added by whoever runs the rule."""
        return Fault(self.file, self.key, what, remedy, level=level)


@dataclass(frozen=True, slots=True)
class Case:
    """A library on the day it is judged."""

    library: Library
    today: date
    _finders: dict[Language, Finder] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        return self.library.graph

    def finder(self, language: Language) -> Finder:
        """The medical words of a language."""
        if language not in self._finders:
            self._finders[language] = Finder(self.graph.glossary, language)
        return self._finders[language]

    def topics(self) -> Iterator[tuple[Language, str, TopicFile]]:
        """Every topic file as written, by language."""
        for (language, ref), topic in self.library.written.topics.items():
            yield language, ref, topic

    def pages(self, medium: Medium | None = None) -> Iterator[Spot]:
        """Every page and message as written."""
        for language, ref, topic in self.topics():
            if medium is not Medium.TEXT:
                yield from _spots(language, ref, "voice", Medium.VOICE, topic.voice)
            if medium is not Medium.VOICE:
                yield from _spots(language, ref, "sms", Medium.TEXT, topic.sms)

    def prompts(self, medium: Medium | None = None) -> Iterator[Spot]:
        """Every prompt, a list part by part; without the words that are only listened for."""
        for (language, its), table in self.graph.prompts.items():
            for key, text in table.items():
                if medium not in (None, its) or key in HEARD_LISTS:
                    continue
                for part in text.split(", ") if key in SAID_LISTS else (text,):
                    yield Spot(f"{language}/prompts.toml", f"{its}.{key}", language, its, part, key)

    def prompt(self, language: Language, medium: Medium, key: str) -> Spot:
        text = self.graph.prompts[(language, medium)].get(key, "")
        return Spot(f"{language}/prompts.toml", f"{medium}.{key}", language, medium, text, key)

    def names(self) -> Iterator[Spot]:
        """Labels of topics, menus and desks, as both media use them."""
        for language, ref, topic in self.topics():
            yield Spot(topic_file(language, ref), "label", language, None, topic.label, ref)
        for language in self.graph.languages:
            file = f"{language}/menus.toml"
            for ref, menu in self.graph.menus.items():
                yield Spot(file, f"labels.{ref}", language, None, menu.labels[language], ref)
            for ref, desk in self.graph.handoffs.items():
                yield Spot(file, f"handoffs.{ref}", language, None, desk.labels[language], ref)

    def intros(self) -> Iterator[Spot]:
        """The spoken introductions of menus."""
        for language in self.graph.languages:
            for ref, menu in self.graph.menus.items():
                yield Spot(f"{language}/menus.toml", f"intros.{ref}", language, Medium.VOICE, menu.intros[language], ref)

    def definitions(self) -> Iterator[Spot]:
        """The meanings of the medical words."""
        for language in self.graph.languages:
            for ref, term in self.graph.glossary.items():
                file = f"{language}/glossary.toml"
                yield Spot(file, f"{ref}.definition", language, None, term.definitions[language], ref)

    def everything(self) -> Iterator[Spot]:
        """All words that reach a person."""
        yield from self.pages()
        yield from self.prompts()
        yield from self.names()
        yield from self.intros()
        yield from self.definitions()

    def spoken(self) -> Iterator[Spot]:
        """All words that are said aloud."""
        return (spot for spot in self.everything() if spot.medium is not Medium.TEXT)

    def shown(self) -> Iterator[Spot]:
        """All words that are sent as a text."""
        return (spot for spot in self.everything() if spot.medium is not Medium.VOICE)


Rule = Callable[[Case], Iterator[Fault]]


def topic_file(language: Language, ref: str) -> str:
    """Where a topic is written."""
    return f"{language}/topics/{ref}.toml"


def _spots(language: Language, ref: str, name: str, medium: Medium, pages: list[PageTable]) -> Iterator[Spot]:
    for number, page in enumerate(pages, start=1):
        key = f"{name}.{number}"
        yield Spot(topic_file(language, ref), key, language, medium, page.text.strip(), ref, number, tuple(page.facts))
