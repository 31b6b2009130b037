"""How long words take to say: an estimate for limits on openings and warnings; it measures no audio."""

from __future__ import annotations

# A stop or comma is heard as a short silence; voices of the carrier take about a quarter of a second for each.
_BREATH = 0.25


def seconds(text: str, words_per_minute: float) -> float:
    """Seconds that these words (already spoken form) take at this pace; `words_per_minute` includes usual breaths."""
    return len(text.split()) * 60 / words_per_minute


def seconds_with_breaths(text: str, words_per_minute: float) -> float:
    """As `seconds`, for lists of digits, where every comma and stop is a silence of its own."""
    return seconds(text, words_per_minute) + _BREATH * sum(text.count(mark) for mark in ",.;:?!")
