"""Guesses what a message is about from examples that people labelled; it must not decide what is done with a guess.

A linear model over the words of a message, its neighbouring words and the groups of 3 to 5 letters in its words, so that
misspelt and unusual wordings still resemble what was seen. The weights are whole numbers of one byte, found by a check sum
of the feature; nothing is computed at load. `ivr/library/learning.py` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt
from typing import NamedTuple
from zlib import crc32

BUCKETS = 1 << 16  # features that share a bucket share their weights; fewer cost a point, more gain nothing
MIDDLE = 128  # a byte of this value is a weight of nothing
_GROUPS = range(3, 6)  # letters
_LONGEST_WORD = 24  # letters that are looked at: work stays bounded


class Guess(NamedTuple):
    """A label, and how probable it is among all labels (0 to 1)."""

    label: str
    share: float


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights of every label by bucket: a row is one byte a label and one for how rare the feature is."""

    labels: tuple[str, ...]
    rows: bytes
    biases: tuple[float, ...]
    scale: float  # what one step of a weight is worth
    rarity_scale: float  # what one step of the last byte of a row is worth
    made_from: str = ""  # a digest of the examples

    def guesses(self, words: Sequence[str], most: int = 8) -> tuple[Guess, ...]:
        """The likeliest labels of these words, best first; none when nothing in them was ever seen."""
        rows = self._rows(features(words))
        sums = list(map(sum, zip(*rows, strict=True)))
        if not sums or not sums[-1]:
            return ()
        shift, step = MIDDLE * len(rows), self.scale / sqrt(sums[-1] * self.rarity_scale)
        scores = [bias + (total - shift) * step for bias, total in zip(self.biases, sums, strict=False)]
        highest = max(scores)
        shares = [exp(score - highest) for score in scores]
        whole = sum(shares)
        ranked = sorted(zip(shares, self.labels, strict=True), reverse=True)[:most]
        return tuple(Guess(label, share / whole) for share, label in ranked)

    def because(self, words: Sequence[str], label: str) -> tuple[str, ...]:
        """The words that spoke most for a label, for an explanation."""
        place = self.labels.index(label)
        said = {word: sum(row[place] - MIDDLE for row in self._rows(word_features(word))) for word in dict.fromkeys(words)}
        return tuple(word for word, weight in sorted(said.items(), key=lambda each: -each[1])[:4] if weight > 0)

    def _rows(self, found: Sequence[int]) -> list[bytes]:
        width, rows = len(self.labels) + 1, self.rows
        return [rows[place * width : (place + 1) * width] for place in found]


def features(words: Sequence[str]) -> tuple[int, ...]:
    """The buckets of a message, each once."""
    plain = [word.replace("'", "")[:_LONGEST_WORD] for word in words]
    found: dict[int, None] = {}
    before = "^"
    for word in plain:
        found.update(dict.fromkeys(word_features(word)))
        found[_bucket(f"{before} {word}")] = None
        before = word
    found[_bucket(f"{before} $")] = None
    return tuple(found)


@lru_cache(maxsize=8192)
def word_features(word: str) -> tuple[int, ...]:
    """The buckets of a word: itself, and its groups of letters with its ends marked."""
    framed = f"_{word.replace(chr(39), '')[:_LONGEST_WORD]}_"
    groups = {framed[place : place + size] for size in _GROUPS for place in range(len(framed) - size + 1)}
    return tuple(sorted({_bucket(f"={framed}"), *map(_bucket, groups)}))


def _bucket(feature: str) -> int:
    return crc32(feature.encode()) & (BUCKETS - 1)
