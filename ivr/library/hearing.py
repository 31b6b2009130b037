"""Builds the compiled hearing from content at load, and says what is wrong in hearing.toml; it must not score anything.

The shape of hearing.toml is in hearing_faults.py; what a pattern may look like is told in ivr/dialog/hearing/patterns.py.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ivr.dialog.hearing import Hearing, Outside, Tongue
from ivr.dialog.hearing.patterns import Lexicon, Pattern, Patterns, gather, lexicon, parse, tag, words_of_all
from ivr.dialog.hearing.questions import Questions, arrange, features
from ivr.dialog.hearing.safety import Danger, Messages
from ivr.dialog.hearing.words import TAILS, Spellings, mend, normalise, spellings, split, unglue
from ivr.dialog.types import Language, Term
from ivr.library.hearing_faults import SIGNS, all_concepts, all_patterns, hearing_faults

_GLUED_OR_SHORT = re.compile(r"['0-9]")


class HearingFault(ValueError):
    """Faults in hearing.toml; `faults` has one sentence each, with the file, the key and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@contextmanager
def _unhurried_collector() -> Iterator[None]:
    """Much is made and nothing thrown away: looking for cycles meanwhile would cost a tenth of the time."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


@_unhurried_collector()
def compile_hearing(
    languages: Sequence[Language],
    labels: Mapping[Language, Mapping[str, str]],
    kinds: Mapping[str, str],
    asks: Mapping[Language, Mapping[str, Sequence[str]]],
    glossary: Mapping[str, Term],
    vocabulary: Mapping[Language, Mapping[str, Any]],
) -> Hearing:
    """Compile all languages. `kinds` says topic, menu or handoff of each ref. Raises HearingFault with every fault."""
    faults: list[str] = []
    for language in languages:
        faults += hearing_faults(language, vocabulary.get(language, {}), kinds, glossary)
    if faults:
        raise HearingFault(faults)
    return Hearing(
        {
            language: _Builder(language, vocabulary[language]).tongue(labels[language], kinds, asks[language], glossary)
            for language in languages
        },
        dict(kinds),
    )


# --- building ---------------------------------------------------------------------------------------------------


class _Builder:
    """Compiles one language; its steps share the lexicon and the spellings."""

    def __init__(self, language: Language, raw: Mapping[str, Any]) -> None:
        self.language = language
        self.raw = raw
        self.parsed: dict[str, Pattern] = {}
        self.heard: dict[str, tuple[str, ...]] = {}
        self.tagged: dict[str, set[str]] = {}
        for _, patterns in all_patterns(raw):
            for written in patterns:
                self.parsed[written] = parse(_fold(written))
        numbers = [(low, high, f"<{name}>") for name, spans in raw["numbers"].items() for low, high in spans]
        self.short = {_fold(short): _fold(meant) for short, meant in raw["spelling"].items()}
        self.plain: Spellings = spellings(self.short, (), ())
        self.mended = TAILS | self.short.keys()  # a wording without any of these stands as it is
        concepts = {name: list(map(self.written_out, wordings)) for name, wordings in all_concepts(raw).items()}
        self.lexicon: Lexicon = lexicon(concepts, self.parsed.values(), numbers)
        self.small = _words(raw["words"]["small"])
        self.subject_concepts = frozenset(f"<{name}>" for name in raw["concepts"])

    def tokens(self, wording: str) -> tuple[str, ...]:
        """A wording of content as its words will be heard."""
        known = self.heard.get(wording)
        if known is None:
            raw = split(normalise(wording))
            if not (self.mended.isdisjoint(raw) and "".join(raw).isalpha()):
                raw = mend(self.plain, [part for word in raw for part in unglue(word)], guess=False)
            known = self.heard[wording] = raw
        return known

    def written_out(self, wording: str) -> str:
        """A wording of a concept with its short forms spelt out; words with a star stay as they are."""
        words = _fold(wording).split()
        if self.short.keys().isdisjoint(words) and not _GLUED_OR_SHORT.search(wording):
            return " ".join(words)
        return " ".join(part for word in words for part in ((word,) if word.endswith("*") else self.tokens(word)))

    def patterns(self, written: Iterable[str]) -> Patterns:
        return gather(self.parsed[each] for each in written)

    def tongue(
        self,
        labels: Mapping[str, str],
        kinds: Mapping[str, str],
        asks: Mapping[str, Sequence[str]],
        glossary: Mapping[str, Term],
    ) -> Tongue:
        """Everything needed to understand this language."""
        asked = self._asked(labels, kinds, asks)
        terms = self._terms(glossary)
        told = {ref: frozenset(self._features(label)) for ref, label in labels.items()}
        parts: dict[str, Any] = {**self._told_words(), **self._told_commands(), **self._told_outside(), **self._told_terms()}
        return Tongue(
            spelling=self._spelling(asked, terms),
            lexicon=self.lexicon,
            messages=self._messages(),
            danger=Danger(**{sign: self.patterns(self.raw["danger"][sign]) for sign in SIGNS}),
            names=self._names(labels),
            labels=told,
            terms=terms,
            questions=self._questions(asked),
            **parts,
        )

    def _told_words(self) -> dict[str, Any]:
        words, digits = self.raw["words"], self.raw["digits"]
        return {
            "common": _words(words["common"]),
            "polite": _words(words["polite"]),
            "subjects": frozenset(f"<{name}>" for name in words["subjects"].split()),
            "helps": frozenset(map(self.tokens, self.raw["help"]["words"])),
            "digits": {_fold(word): str(digit) for word, digit in digits["words"].items()},
            "spoken_digits": {_fold(word): str(digit) for word, digit in digits["spoken"].items()},
            "digit_leads": _words(digits["leads"]),
        }

    def _told_commands(self) -> dict[str, Any]:
        wordings, owners = self._owned(self.raw["command_wordings"])
        return {
            "commands": {self.tokens(word): name for name, found in self.raw["commands"].items() for word in found},
            "command_wordings": wordings,
            "command_of": {written: refs[0] for written, refs in owners.items()},
        }

    def _told_outside(self) -> dict[str, Any]:
        subjects = self.raw["outside"]
        patterns, owners = self._owned({key: subject["patterns"] for key, subject in subjects.items()})
        return {
            "outside": patterns,
            "outside_of": {written: refs[0] for written, refs in owners.items()},
            "chatter": {key: frozenset(self.tokens(each["only"])) for key, each in subjects.items() if "only" in each},
            "outsides": {
                key: Outside(key, subject.get("number", ""), subject.get("says", ""), bool(subject.get("always")))
                for key, subject in subjects.items()
            },
        }

    def _told_terms(self) -> dict[str, Any]:
        terms = self.raw["terms"]
        return {
            "term_leads": tuple(map(self.tokens, terms["leads"])),
            "term_questions": tuple(self._around(each) for each in terms["questions"]),
            "own_topics": frozenset(terms["own_topics"]),
        }

    def _terms(self, glossary: Mapping[str, Term]) -> dict[tuple[str, ...], str]:
        return {
            self.tokens(wording): key
            for key, term in glossary.items()
            for wording in (term.terms[self.language], *term.aliases[self.language])
        }

    def _asked(
        self, labels: Mapping[str, str], kinds: Mapping[str, str], asks: Mapping[str, Sequence[str]]
    ) -> list[tuple[str, tuple[str, ...]]]:
        """Every ask of every topic and, as one more, its label."""
        return [
            (ref, self.tokens(wording))
            for ref, wordings in asks.items()
            for wording in (*wordings, labels.get(ref, ""))
            if wording and wordings and kinds.get(ref) == "topic"
        ]

    def _questions(self, asked: Iterable[tuple[str, tuple[str, ...]]]) -> Questions:
        leads, led_to = self._owned(self.raw["leads"])
        rows = ((ref, tokens, tag(self.lexicon, tokens, self.tagged)) for ref, tokens in asked)
        return arrange(self.language, rows, leads, led_to, self.subject_concepts, self.small)

    def _features(self, wording: str) -> tuple[str, ...]:
        tokens = self.tokens(wording)
        return features(tokens, tag(self.lexicon, tokens, self.tagged), self.language, self.small, self.subject_concepts)

    def _owned(self, table: Mapping[str, Sequence[str]]) -> tuple[Patterns, dict[str, tuple[str, ...]]]:
        """Patterns of a table, and by the form they were parsed from, whose they are."""
        owners: dict[str, list[str]] = {}
        for owner, patterns in table.items():
            for written in patterns:
                owners.setdefault(self.parsed[written].written, []).append(owner)
        every = {self.parsed[written].written: self.parsed[written] for found in table.values() for written in found}
        return gather(every.values()), {written: tuple(refs) for written, refs in owners.items()}

    def _names(self, labels: Mapping[str, str]) -> dict[tuple[str, ...], str]:
        names = {self.tokens(label): ref for ref, label in labels.items()}
        names.update({self.tokens(name): ref for ref, found in self.raw["names"].items() for name in found})
        return {tokens: ref for tokens, ref in names.items() if tokens}

    def _around(self, question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        before, _, after = question.partition("...")
        return self.tokens(before), self.tokens(after)

    def _messages(self) -> Messages:
        raw = self.raw["messages"]
        return Messages(
            out=frozenset(map(self.tokens, raw["out"])),
            maybe_out=frozenset(map(self.tokens, raw["maybe_out"])),
            back_in=frozenset(map(self.tokens, raw["back_in"])),
            polite=_words(raw["polite"]),
            wordings_out=self.patterns(raw["wordings_out"]),
            wordings_in=self.patterns(raw["wordings_in"]),
            about=self.patterns(raw["about"]),
        )

    def _spelling(self, asked: Iterable[tuple[str, tuple[str, ...]]], terms: Iterable[tuple[str, ...]]) -> Spellings:
        """Every word that content has: what is near one of them and is none of them is taken for misspelt."""
        raw = self.raw
        known = {word for _, tokens in asked for word in tokens} | {word for tokens in terms for word in tokens}
        for key in ("common", "small", "polite", "known"):
            known |= _words(raw["words"][key])
        for wordings in (*all_concepts(raw).values(), *raw["commands"].values(), *raw["names"].values()):
            known.update(word for wording in wordings for word in _fold(wording).split())
        for listed in (*(raw["messages"][key] for key in ("out", "maybe_out", "back_in")), raw["help"]["words"]):
            known.update(word for wording in listed for word in _fold(wording).split())
        known.update(part for word in words_of_all(self.parsed.values()) for part in word.split("_"))
        known |= set(raw["digits"]["words"]) | set(self.short)
        plain = {word for word in known if word.isalpha()}
        return spellings(self.short, plain, (word[:-1] for word in known if word.endswith("*") and len(word) > 4))


def _fold(wording: str) -> str:
    return normalise(wording)


def _words(listed: str) -> frozenset[str]:
    return frozenset(normalise(listed).split())
