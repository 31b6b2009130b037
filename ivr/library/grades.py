"""How hard each topic is to follow, raw and with the glossary masked; it judges nothing (rules/plain.py does)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.dialog.types import Language
from ivr.library.readability import FORMULAS, Measure, measure
from ivr.library.schema import TopicFile
from ivr.library.terms import Finder

MASK = {Language.EN: "it", Language.ES: "esto"}


@dataclass(frozen=True, slots=True)
class Grades:
    """The figures of one topic in one language, its voice pages and messages pooled."""

    counts: Measure
    raw: Mapping[str, float]
    masked: Mapping[str, float]


def grade(topic: TopicFile, language: Language, finder: Finder) -> Grades:
    """All formulas of a language for a topic. Masked: every glossary term counts as one short word (R52)."""
    text = "\n\n".join(page.text for page in (*topic.voice, *topic.sms))
    counts = measure(text, language)
    masked = measure(finder.masked(text, MASK[language]), language)
    formulas = FORMULAS[language]
    return Grades(
        counts,
        {name: formula(counts) for name, formula in formulas.items()},
        {name: formula(masked) for name, formula in formulas.items()},
    )
