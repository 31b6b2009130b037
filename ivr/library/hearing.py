"""Builds the compiled hearing from content at load, and says what is wrong in hearing.toml; it must not score anything.

The shape of hearing.toml is `_SHAPE` below; what a pattern may look like is told in ivr/dialog/hearing/patterns.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ivr.dialog.hearing import Hearing, Outside, Tongue
from ivr.dialog.hearing.patterns import Lexicon, Pattern, PatternError, Patterns, gather, lexicon, parse, tag, words_of
from ivr.dialog.hearing.questions import Questions, arrange, features
from ivr.dialog.hearing.safety import Danger, Messages
from ivr.dialog.hearing.words import Spellings, mend, normalise, spellings, split, unglue
from ivr.dialog.types import Language, Term

COMMANDS = frozenset(
    ["menu", "back", "on", "again", "person", "topics", "forget", "english", "spanish", "slower", "normal", "text-me", "callback", "no-callback", "call-me", "hold", "one-key", "words", "number"]
)
_CONCEPT = re.compile(r"<[^<>|]*>")
_GLUED_OR_SHORT = re.compile(r"['0-9]")
_SIGNS = (
    "sure", "event", "likely", "possible", "urgent", "crisis",
    "now", "acute", "somebody", "about", "supposing", "asking", "past",
)  # fmt: skip
_SHAPE: Mapping[str, Mapping[str, type]] = {
    "words": {"common": str, "small": str, "polite": str, "known": str, "subjects": str},
    "messages": {
        "concepts": dict, "out": list, "maybe_out": list, "back_in": list, "polite": str,
        "wordings_out": list, "wordings_in": list,
    },
    "danger": {"concepts": dict, **dict.fromkeys(_SIGNS, list)},
    "digits": {"words": dict, "spoken": dict, "leads": str},
    "terms": {"leads": list, "questions": list, "own_topics": list},
    "help": {"words": list},
    "spelling": {}, "numbers": {}, "concepts": {}, "commands": {}, "command_wordings": {}, "names": {}, "leads": {},
    "outside": {},
}  # fmt: skip


class HearingFault(ValueError):
    """Faults in hearing.toml; `faults` has one sentence each, with the file, the key and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


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


# --- what can be wrong ------------------------------------------------------------------------------------------


def hearing_faults(
    language: Language, raw: Mapping[str, Any], kinds: Mapping[str, str], glossary: Mapping[str, Term]
) -> list[str]:
    """One sentence for each fault of one hearing.toml; empty when there is none."""
    name = f"{language}/hearing.toml"
    faults: list[str] = []
    for table, keys in _SHAPE.items():
        if not isinstance(raw.get(table), Mapping):
            faults.append(f"{name}: the table [{table}] is missing; add it, even if it is empty")
            continue
        for key, kind in keys.items():
            if not isinstance(raw[table].get(key), kind):
                faults.append(f"{name}: [{table}] {key} must be a {_PLAIN[kind]}; add it, even if it is empty")
    for table in raw.keys() - _SHAPE.keys():
        faults.append(f"{name}: the table [{table}] is not known; remove it or correct its name")
    for key, tables in _twice(raw).items() if not faults else ():
        faults.append(f"{name}: the concept {key} is in {tables}; give one of them another name")
    return faults or _reference_faults(name, raw, kinds, glossary) + _pattern_faults(name, raw)


def _twice(raw: Mapping[str, Any]) -> dict[str, str]:
    """Concepts that two tables define."""
    places: dict[str, list[str]] = {}
    for table, concepts in (("[concepts]", raw["concepts"]), *((f"[{t}.concepts]", raw[t]["concepts"]) for t in ("danger", "messages"))):
        for key in concepts:
            places.setdefault(key, []).append(table)
    return {key: " and ".join(tables) for key, tables in places.items() if len(tables) > 1}


_PLAIN = {str: "string of words", list: "list", dict: "table"}


def _reference_faults(
    name: str, raw: Mapping[str, Any], kinds: Mapping[str, str], glossary: Mapping[str, Term]
) -> list[str]:
    """Names of commands, places and medical words that do not exist."""
    faults = []
    for table, known, what in (
        ("commands", COMMANDS, "command"), ("command_wordings", COMMANDS, "command"),
        ("names", kinds.keys(), "topic, menu or handoff"), ("leads", kinds.keys(), "topic, menu or handoff"),
    ):  # fmt: skip
        for key in raw[table].keys() - known:
            faults.append(f'{name}: [{table}] "{key}" is no {what}; correct the name or remove the line')
    for key in set(raw["words"]["subjects"].split()) - raw["concepts"].keys():
        faults.append(f'{name}: [words] subjects "{key}" is no concept of [concepts]; correct the name or remove it')
    for key in set(raw["terms"]["own_topics"]) - glossary.keys():
        faults.append(f'{name}: [terms] own_topics "{key}" is not in glossary.toml; correct the name or remove it')
    for key, subject in raw["outside"].items():
        if not isinstance(subject, Mapping) or not isinstance(subject.get("patterns"), list):
            faults.append(f"{name}: [outside.{key}] needs patterns = [...]; add them or remove the table")
    return faults


def _pattern_faults(name: str, raw: Mapping[str, Any]) -> list[str]:
    """Patterns that cannot be read, and <concepts> that nobody wrote."""
    concepts = {f"<{key}>" for key in _all_concepts(raw)} | {f"<{key}>" for key in raw["numbers"]}
    faults = []
    for where, patterns in _all_patterns(raw):
        for written in patterns:
            try:
                parse(_fold(written))
            except (PatternError, AttributeError) as error:
                faults.append(f"{name}: {where}: {error}; write it as told at the top of the file")
                continue
            unknown = set(_CONCEPT.findall(written)) - concepts
            for word in sorted(unknown):
                faults.append(f'{name}: {where}: "{written}" names {word}, which is no concept; add it or correct it')
    return faults


def _all_concepts(raw: Mapping[str, Any]) -> dict[str, list[str]]:
    return {**raw["concepts"], **raw["danger"]["concepts"], **raw["messages"]["concepts"]}


def _all_patterns(raw: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    rows = [(f"[danger] {sign}", raw["danger"][sign]) for sign in _SIGNS]
    rows += [(f"[messages] {key}", raw["messages"][key]) for key in ("wordings_out", "wordings_in")]
    rows += [
        (f"[{table}] {key}", found) for table in ("command_wordings", "leads") for key, found in raw[table].items()
    ]
    return rows + [(f"[outside.{key}]", subject.get("patterns", [])) for key, subject in raw["outside"].items()]


# --- building ---------------------------------------------------------------------------------------------------


class _Builder:
    """Compiles one language; its steps share the lexicon and the spellings."""

    def __init__(self, language: Language, raw: Mapping[str, Any]) -> None:
        self.language = language
        self.raw = raw
        self.parsed: dict[str, Pattern] = {}
        self.heard: dict[str, tuple[str, ...]] = {}
        self.tagged: dict[str, set[str]] = {}
        for _, patterns in _all_patterns(raw):
            for written in patterns:
                self.parsed[written] = parse(_fold(written))
        numbers = [(low, high, f"<{name}>") for name, spans in raw["numbers"].items() for low, high in spans]
        self.short = {_fold(short): _fold(meant) for short, meant in raw["spelling"].items()}
        self.plain: Spellings = spellings(self.short, (), ())
        concepts = {name: list(map(self.written_out, wordings)) for name, wordings in _all_concepts(raw).items()}
        self.lexicon: Lexicon = lexicon(concepts, self.parsed.values(), numbers)
        self.small = _words(raw["words"]["small"])
        self.subject_concepts = frozenset(f"<{name}>" for name in raw["concepts"])

    def tokens(self, wording: str) -> tuple[str, ...]:
        """A wording of content as its words will be heard."""
        known = self.heard.get(wording)
        if known is None:
            raw = [part for word in split(normalise(wording)) for part in unglue(word)]
            known = self.heard[wording] = mend(self.plain, raw, guess=False)
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
        raw = self.raw
        asked = self._asked(labels, kinds, asks)
        terms = {
            self.tokens(wording): key
            for key, term in glossary.items()
            for wording in (term.terms[self.language], *term.aliases[self.language])
        }
        return Tongue(
            spelling=self._spelling(asked, terms),
            lexicon=self.lexicon,
            common=_words(raw["words"]["common"]),
            messages=self._messages(),
            danger=Danger(**{sign: self.patterns(raw["danger"][sign]) for sign in _SIGNS}),
            commands={self.tokens(word): name for name, wordings in raw["commands"].items() for word in wordings},
            command_wordings=self._owned(raw["command_wordings"])[0],
            command_of={each: refs[0] for each, refs in self._owned(raw["command_wordings"])[1].items()},
            polite=_words(raw["words"]["polite"]),
            helps=frozenset(map(self.tokens, raw["help"]["words"])),
            digits={_fold(word): str(digit) for word, digit in raw["digits"]["words"].items()},
            spoken_digits={_fold(word): str(digit) for word, digit in raw["digits"]["spoken"].items()},
            digit_leads=_words(raw["digits"]["leads"]),
            names=self._names(labels),
            labels={ref: frozenset(self._features(label)) for ref, label in labels.items()},
            terms=terms,
            term_leads=tuple(map(self.tokens, raw["terms"]["leads"])),
            term_questions=tuple(self._around(each) for each in raw["terms"]["questions"]),
            own_topics=frozenset(raw["terms"]["own_topics"]),
            outside=self._owned(self._outside_patterns())[0],
            outside_of={each: refs[0] for each, refs in self._owned(self._outside_patterns())[1].items()},
            chatter={
                key: frozenset(self.tokens(subject["only"])) for key, subject in raw["outside"].items() if "only" in subject
            },
            outsides={
                key: Outside(key, subject.get("number", ""), subject.get("says", ""), bool(subject.get("always")))
                for key, subject in raw["outside"].items()
            },
            subjects=frozenset(f"<{name}>" for name in raw["words"]["subjects"].split()),
            questions=self._questions(asked),
        )

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

    def _outside_patterns(self) -> dict[str, Sequence[str]]:
        return {key: subject["patterns"] for key, subject in self.raw["outside"].items()}

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
        )

    def _spelling(self, asked: Iterable[tuple[str, tuple[str, ...]]], terms: Iterable[tuple[str, ...]]) -> Spellings:
        """Every word that content has: what is near one of them and is none of them is taken for misspelt."""
        raw = self.raw
        known = {word for _, tokens in asked for word in tokens} | {word for tokens in terms for word in tokens}
        for key in ("common", "small", "polite", "known"):
            known |= _words(raw["words"][key])
        for wordings in (*_all_concepts(raw).values(), *raw["commands"].values(), *raw["names"].values()):
            known.update(word for wording in wordings for word in _fold(wording).split())
        for listed in (*(raw["messages"][key] for key in ("out", "maybe_out", "back_in")), raw["help"]["words"]):
            known.update(word for wording in listed for word in _fold(wording).split())
        for pattern in self.parsed.values():
            known.update(part for word in words_of(pattern) for part in word.split("_"))
        known |= set(raw["digits"]["words"]) | set(self.short)
        plain = {word for word in known if word.isalpha()}
        return spellings(self.short, plain, (word[:-1] for word in known if word.endswith("*") and len(word) > 4))


def _fold(wording: str) -> str:
    return normalise(wording)


def _words(listed: str) -> frozenset[str]:
    return frozenset(normalise(listed).split())
