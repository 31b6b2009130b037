"""Says what is wrong in a hearing.toml: shape, names and patterns; it must not build anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ivr.dialog.hearing.patterns import PatternError, parse
from ivr.dialog.hearing.words import normalise
from ivr.dialog.types import Language, Term

_COMMANDS = (
    *("menu", "back", "on", "again", "person", "topics", "forget", "english", "spanish", "slower", "normal", "hold"),
    *("text-me", "callback", "no-callback", "call-me", "one-key", "words", "number"),
)
COMMANDS = frozenset(_COMMANDS)
_CONCEPT = re.compile(r"<[^<>|]*>")
SIGNS = (
    "sure", "event", "likely", "possible", "urgent", "crisis",
    "now", "acute", "somebody", "about", "supposing", "asking", "past",
)  # fmt: skip
SHAPE: Mapping[str, Mapping[str, type]] = {
    "words": {"common": str, "small": str, "polite": str, "known": str, "subjects": str},
    "messages": {
        "concepts": dict, "out": list, "maybe_out": list, "back_in": list, "polite": str,
        "wordings_out": list, "wordings_in": list, "about": list,
    },
    "danger": {"concepts": dict, **dict.fromkeys(SIGNS, list)},
    "digits": {"words": dict, "spoken": dict, "leads": str},
    "terms": {"leads": list, "questions": list, "own_topics": list},
    "help": {"words": list},
    "spelling": {}, "numbers": {}, "concepts": {}, "commands": {}, "command_wordings": {}, "names": {}, "leads": {},
    "outside": {},
}  # fmt: skip
_PLAIN: Mapping[type, str] = {str: "string of words", list: "list", dict: "table"}


def hearing_faults(
    language: Language, raw: Mapping[str, Any], kinds: Mapping[str, str], glossary: Mapping[str, Term]
) -> list[str]:
    """One sentence for each fault of one hearing.toml; empty when there is none."""
    name = f"{language}/hearing.toml"
    faults: list[str] = []
    for table, keys in SHAPE.items():
        if not isinstance(raw.get(table), Mapping):
            faults.append(f"{name}: the table [{table}] is missing; add it, even if it is empty")
            continue
        for key, kind in keys.items():
            if not isinstance(raw[table].get(key), kind):
                faults.append(f"{name}: [{table}] {key} must be a {_PLAIN[kind]}; add it, even if it is empty")
    for table in raw.keys() - SHAPE.keys():
        faults.append(f"{name}: the table [{table}] is not known; remove it or correct its name")
    for key, tables in _twice(raw).items() if not faults else ():
        faults.append(f"{name}: the concept {key} is in {tables}; give one of them another name")
    return faults or _reference_faults(name, raw, kinds, glossary) + _pattern_faults(name, raw)


def _twice(raw: Mapping[str, Any]) -> dict[str, str]:
    """Concepts that two tables define."""
    places: dict[str, list[str]] = {}
    named = [("[concepts]", raw["concepts"])]
    named += [(f"[{table}.concepts]", raw[table]["concepts"]) for table in ("danger", "messages")]
    for table, concepts in named:
        for key in concepts:
            places.setdefault(key, []).append(table)
    return {key: " and ".join(tables) for key, tables in places.items() if len(tables) > 1}


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
    concepts = {f"<{key}>" for key in all_concepts(raw)} | {f"<{key}>" for key in raw["numbers"]}
    faults = []
    for where, patterns in all_patterns(raw):
        for written in patterns:
            try:
                parse(normalise(written))
            except (PatternError, AttributeError) as error:
                faults.append(f"{name}: {where}: {error}; write it as told at the top of the file")
                continue
            unknown = set(_CONCEPT.findall(written)) - concepts
            for word in sorted(unknown):
                faults.append(f'{name}: {where}: "{written}" names {word}, which is no concept; add it or correct it')
    return faults


def all_concepts(raw: Mapping[str, Any]) -> dict[str, list[str]]:
    return {**raw["concepts"], **raw["danger"]["concepts"], **raw["messages"]["concepts"]}


def all_patterns(raw: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    rows = [(f"[danger] {sign}", raw["danger"][sign]) for sign in SIGNS]
    rows += [(f"[messages] {key}", raw["messages"][key]) for key in ("wordings_out", "wordings_in", "about")]
    rows += [(f"[{table}] {key}", found) for table in ("command_wordings", "leads") for key, found in raw[table].items()]
    return rows + [(f"[outside.{key}]", subject.get("patterns", [])) for key, subject in raw["outside"].items()]
