"""How hard words are to read or follow: SMOG and Flesch-Kincaid in English, INFLESZ and Fernandez-Huerta in Spanish.

It measures and judges nothing; the thresholds are in rules/. Formulas are made for print, so their figures are guards,
not proof that people understand (R52).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from ivr.dialog.types import Language
from ivr.library.syllables import syllables

_PHONE = re.compile(r"(?<!\w)(?:\+?1[- ])?\(?[0-9]{3}\)?[- ](?:[0-9]{3}-[0-9]{4}|[0-9A-ZÁÉÍÓÚÑ]+(?:-[0-9A-ZÁÉÍÓÚÑ]+)*)")
_ABBREVIATION = re.compile(r"\b(Dr|Dra|Mr|Mrs|Ms|Sr|Sra|St|vs|etc|No|EE|UU)\.(?=\s+\S)|\b([ap])\.\s?m\.", re.IGNORECASE)
_DECIMAL = re.compile(r"(?<=[0-9])[.,:](?=[0-9])")
_END = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|\n\s*\n")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Measure:
    """The counts behind every formula."""

    sentences: int
    words: int
    syllables: int
    long_words: int  # of three and more syllables

    @property
    def words_per_sentence(self) -> float:
        return self.words / self.sentences if self.sentences else 0.0


def sentences(text: str) -> list[str]:
    """The sentences of a text; a blank line ends one too, a stop inside a number or after Dr does not."""
    plain = _DECIMAL.sub("", _ABBREVIATION.sub(lambda match: match[0].replace(".", "").replace(" ", ""), text))
    return [found for part in _END.split(plain) if (found := " ".join(part.split())) and _WORD.search(found)]


def words(text: str) -> list[str]:
    """The words of a text; a telephone number is one word."""
    return _WORD.findall(_DECIMAL.sub("", _PHONE.sub(" 0 ", text)))


def measure(text: str, language: Language) -> Measure:
    """All counts of a text; pool the pages of a topic before, with blank lines between."""
    found = [syllables(word, language) for word in words(text)]
    return Measure(len(sentences(text)), len(found), sum(found), sum(count >= 3 for count in found))


def smog(counts: Measure) -> float:
    """McLaughlin's SMOG grade. Meant for 30 sentences and more; with fewer it is scaled and less sure."""
    if not counts.sentences:
        return 0.0
    return 1.0430 * math.sqrt(counts.long_words * 30 / counts.sentences) + 3.1291


def flesch_kincaid(counts: Measure) -> float:
    """The Flesch-Kincaid grade."""
    if not counts.words or not counts.sentences:
        return 0.0
    return 0.39 * counts.words / counts.sentences + 11.8 * counts.syllables / counts.words - 15.59


def inflesz(counts: Measure) -> float:
    """Szigriszt-Pazos' perspicuity as the INFLESZ scale uses it: 0 hard to 100 easy; 55 is normal, 65 quite easy."""
    if not counts.words or not counts.sentences:
        return 0.0
    return 206.835 - 62.3 * counts.syllables / counts.words - counts.words / counts.sentences


def fernandez_huerta(counts: Measure) -> float:
    """Fernandez-Huerta's ease, with the sentence term as corrected by Law: words in a sentence."""
    if not counts.words or not counts.sentences:
        return 0.0
    return 206.84 - 60 * counts.syllables / counts.words - 1.02 * counts.words / counts.sentences


FORMULAS: dict[Language, dict[str, Callable[[Measure], float]]] = {
    Language.EN: {"SMOG": smog, "Flesch-Kincaid": flesch_kincaid},
    Language.ES: {"INFLESZ": inflesz, "Fernandez-Huerta": fernandez_huerta},
}
