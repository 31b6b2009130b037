"""Which medical words of the glossary a text uses, in order of first use; it defines and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from ivr.dialog.types import Language, Term

_SAME_STEM = 5  # an alias that begins like its term is a form of it ("biopsies"), not a plain word for it ("operation")


def forms(term: Term, language: Language) -> tuple[str, ...]:
    """The medical forms of a term: itself, its plural, and the aliases that begin the same way."""
    name = term.terms[language].lower()
    near = [alias.lower() for alias in term.aliases[language] if alias.lower()[:_SAME_STEM] == name[:_SAME_STEM]]
    return tuple(dict.fromkeys([name, *near]))


class Finder:
    """Finds glossary terms in texts of one language."""

    def __init__(self, glossary: Mapping[str, Term], language: Language) -> None:
        self._refs = {form: ref for ref, term in glossary.items() for form in forms(term, language)}
        self._pattern = _pattern(tuple(self._refs))

    def found(self, text: str) -> list[tuple[str, int, int]]:
        """(term, start, end) of every use."""
        return [(self._ref(match[1].lower()), match.start(), match.end()) for match in self._pattern.finditer(text)]

    def used(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The terms used, each once, in order of first use."""
        return tuple(dict.fromkeys(ref for text in texts for ref, _, _ in self.found(text)))

    def masked(self, text: str, mask: str) -> str:
        """The text with every term replaced by one plain word, to judge the words around it (R52)."""
        return self._pattern.sub(mask, text)

    def _ref(self, form: str) -> str:
        return self._refs[form]


@lru_cache(maxsize=8)
def _pattern(known: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(known, key=len, reverse=True)
    words = "|".join(re.escape(form) for form in longest_first) or "(?!)"
    return re.compile(rf"(?<![\w-])({words})(?:es|s)?(?![\w-])", re.IGNORECASE)
