"""A long text as several that each fit; it cuts where a reader would and loses nothing but the space at the cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.texting.segments import count

_SENTENCE_END = re.compile(r"[.!?][\"')\]]*(?=\s)|(?=\n)")
_WORD_END = re.compile(r"(?<=\S)(?=\s)")
# "Dr. Lee", "e.g. this": a stop that ends no sentence.
_ABBREVIATION = re.compile(r"(?:\b(?:Dr|Dra|Mr|Mrs|Ms|Sr|Sra|St|vs|etc|e\.g|i\.e|p\. ?ej|No|Nos|a|p)|\b[A-Z])\.\Z")


def messages(text: str, *, segments: int = 3, reserve: str = "") -> tuple[str, ...]:
    """The text in parts; each part followed by `reserve` fits in `segments`, in the encoding that the two need.

    Cuts at ends of sentences, else of words, else between characters. A part has at least one character, so a reserve
    that leaves no room still loses nothing.
    """
    parts = []
    rest = text.strip()
    while rest:
        cut = len(rest) if _fits(rest, segments, reserve) else _cut(rest, segments, reserve)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return tuple(parts)


def _fits(text: str, segments: int, reserve: str) -> bool:
    return count(text + reserve).segments <= segments


def _cut(text: str, segments: int, reserve: str) -> int:
    """The best place for a cut within the longest beginning that fits."""
    most = _longest(text, segments, reserve)
    for ends in (_sentence_ends(text, most), _word_ends(text, most)):
        found = max(ends, default=0)
        if found:
            return found
    return most


def _longest(text: str, segments: int, reserve: str) -> int:
    """How many characters fit, at least one; found by halving, since segments never fall when a text grows."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(text[:middle], segments, reserve):
            low = middle
        else:
            high = middle - 1
    return low


def _sentence_ends(text: str, most: int) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text, 0, min(most + 1, len(text))):
        end = match.end()
        if 0 < end <= most and not _ABBREVIATION.search(text, max(0, end - 8), end):
            yield end


def _word_ends(text: str, most: int) -> Iterator[int]:
    return (match.end() for match in _WORD_END.finditer(text, 0, min(most + 1, len(text))) if 0 < match.end() <= most)
