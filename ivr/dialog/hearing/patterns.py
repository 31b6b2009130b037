"""Finds wordings in a message: concepts are named sets of words, patterns are concepts in order; it decides nothing.

A pattern is written `<cannot> <breathe>`: each part follows the one before with at most two words between. `..` allows
six, `_` none. `a|b` is either; `a_b` is a fixed phrase. `^` before the first part: it stands among the first three
words. A star ends a stem (`swell*`). ` + ` joins wordings that may stand anywhere; ` - ` names one that must not be
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_NEAR, _FAR, _NEXT = 2, 6, 0
_OPENING_WORDS = 3  # "^" reaches this far, so that "hi," or "so" before a question does not hide it
Tags = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Alternatives in order; `gaps[n]` words at most stand between alternative n and the next."""

    steps: tuple[frozenset[str], ...]
    gaps: tuple[int, ...]
    opening: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """Sequences that must all be there, and sequences that must not."""

    written: str
    wanted: tuple[Sequence, ...]
    unwanted: tuple[Sequence, ...] = ()


class PatternError(ValueError):
    """A pattern that cannot be read; the sentence says what is wrong with it."""


@lru_cache(maxsize=8192)  # content is read twice: once to be checked, once to be built
def parse(written: str) -> Pattern:
    """Read one pattern. Raises PatternError with a sentence for the person who wrote it."""
    wanted: list[Sequence] = []
    unwanted: list[Sequence] = []
    into = wanted
    words: list[str] = []
    for word in [*written.split(), "+"]:
        if word not in ("+", "-"):
            words.append(word)
            continue
        into.append(_sequence(words, written))
        words, into = [], wanted if word == "+" else unwanted
    return Pattern(written, tuple(wanted), tuple(unwanted))


def _sequence(words: list[str], written: str) -> Sequence:
    steps: list[frozenset[str]] = []
    gaps: list[int] = []
    gap = _NEAR
    opening = bool(words) and words[0].startswith("^")
    for word in words:
        if word in ("..", "_"):
            gap = _FAR if word == ".." else _NEXT
            continue
        if steps:
            gaps.append(gap)
        gap = _NEAR
        steps.append(_alternatives(word.removeprefix("^")))
        if "" in steps[-1]:
            raise PatternError(f'the pattern "{written}" has an empty alternative')
    if not steps:
        raise PatternError(f'the pattern "{written}" has a part with no words')
    return Sequence(tuple(steps), tuple(gaps), opening)


@lru_cache(maxsize=8192)
def _alternatives(word: str) -> frozenset[str]:
    return frozenset(word.split("|"))


def words_of_all(patterns: Iterable[Pattern]) -> frozenset[str]:
    """Every word, star word and <concept> that the patterns name."""
    steps = {step for pattern in patterns for part in pattern.wanted + pattern.unwanted for step in part.steps}
    return frozenset().union(*steps)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Which words and phrases carry which tags. `numbers` are tags for a range of numbers."""

    stems: Mapping[str, str]  # beginning of a word -> its star word
    singles: Mapping[str, tuple[str, ...]]  # word -> the concepts that it is on its own
    phrases: Mapping[str, Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]]  # first -> second -> (others, concept)
    longest: int  # letters of the longest stem
    numbers: tuple[tuple[float, float, str], ...] = ()


def lexicon(
    concepts: Mapping[str, Iterable[str]], patterns: Iterable[Pattern], numbers: Iterable[tuple[float, float, str]]
) -> Lexicon:
    """Gather the words of all concepts, and the star words of all patterns."""
    singles: dict[str, list[str]] = {}
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
    stars: set[str] = set()
    named = [(wording.split(), f"<{name}>") for name, wordings in concepts.items() for wording in wordings]
    for word in words_of_all(patterns):
        fixed = word.split("_")
        stars.update(part for part in fixed if part.endswith("*"))
        if len(fixed) > 1:
            named.append((fixed, word))
    for words, name in named:
        stars.update(word for word in words if word.endswith("*"))
        if len(words) == 1:
            singles.setdefault(words[0], []).append(name)
        else:
            phrases.setdefault(words[0], {}).setdefault(words[1], []).append((tuple(words[2:]), name))
    return Lexicon(
        {star[:-1]: star for star in stars},
        {word: tuple(names) for word, names in singles.items()},
        {first: {second: tuple(rows) for second, rows in rest.items()} for first, rest in phrases.items()},
        max(map(len, stars), default=1) - 1,
        tuple(numbers),
    )


def tag(words: Lexicon, tokens: tuple[str, ...], seen: dict[str, set[str]] | None = None) -> Tags:
    """For each word: itself, its star words, and the concepts of the phrases that cover it.

    `seen` keeps what was found for a word, for a caller that tags very many wordings (at load).
    """
    tags = [_own_tags(words, token) if seen is None else _seen_tags(words, token, seen) for token in tokens]
    found: list[tuple[int, int, str]] = []
    starts = words.phrases.keys()
    for place in range(len(tags) - 1):
        for word in tags[place] & starts:
            seconds = words.phrases[word]
            for second in tags[place + 1] & seconds.keys():
                for rest, concept in seconds[second]:
                    if _all_there(rest, tags, place + 2):
                        found.append((place, place + 2 + len(rest), concept))
    for start, end, concept in found:
        for place in range(start, end):
            tags[place].add(concept)
    return tuple(map(frozenset, tags))


def _all_there(rest: tuple[str, ...], tags: list[set[str]], place: int) -> bool:
    if place + len(rest) > len(tags):
        return False
    for word in rest:
        if word not in tags[place]:
            return False
        place += 1
    return True


def _seen_tags(words: Lexicon, token: str, seen: dict[str, set[str]]) -> set[str]:
    own = seen.get(token)
    if own is None:
        own = seen[token] = _own_tags(words, token)
    return set(own)


def _own_tags(words: Lexicon, token: str) -> set[str]:
    own = {token}
    if token[0].isdigit():
        value = float(token)
        own.update(name for low, high, name in words.numbers if low <= value <= high)
    for size in range(2, min(len(token), words.longest) + 1):
        star = words.stems.get(token[:size])
        if star is not None:
            own.add(star)
    for word in own & words.singles.keys():
        own.update(words.singles[word])
    return own


@dataclass(frozen=True, slots=True)
class Patterns:
    """Many patterns of one purpose, found by any word of their first part."""

    all: tuple[Pattern, ...]
    by_word: Mapping[str, tuple[int, ...]]


def gather(patterns: Iterable[Pattern]) -> Patterns:
    """Arrange patterns so that only those whose first part may be there are tried."""
    every = tuple(patterns)
    by_word: dict[str, list[int]] = {}
    for number, pattern in enumerate(every):
        for word in pattern.wanted[0].steps[0]:
            by_word.setdefault(word, []).append(number)
    return Patterns(every, {word: tuple(numbers) for word, numbers in by_word.items()})


def matches(patterns: Patterns, tags: Tags, present: frozenset[str]) -> list[Pattern]:
    """The patterns that are in the message, in the order in which they were written."""
    tried: set[int] = set()
    for word in present & patterns.by_word.keys():
        tried.update(patterns.by_word[word])
    return [patterns.all[number] for number in sorted(tried) if _is_there(patterns.all[number], tags, present)]


def first(patterns: Patterns, tags: Tags, present: frozenset[str]) -> Pattern | None:
    """Any pattern that is in the message, or None."""
    tried: set[int] = set()
    for word in present & patterns.by_word.keys():
        tried.update(patterns.by_word[word])
    return next((patterns.all[number] for number in sorted(tried) if _is_there(patterns.all[number], tags, present)), None)


def _is_there(pattern: Pattern, tags: Tags, present: frozenset[str]) -> bool:
    for part in pattern.wanted:
        if not _follows(part, tags, present):
            return False
    return not any(_follows(part, tags, present) for part in pattern.unwanted)


def _follows(part: Sequence, tags: Tags, present: frozenset[str]) -> bool:
    for step in part.steps:
        if step.isdisjoint(present):
            return False
    if len(part.steps) == 1 and not part.opening:
        return True
    reach = tags[:_OPENING_WORDS] if part.opening else tags
    at = [place for place, own in enumerate(reach) if not part.steps[0].isdisjoint(own)]
    for step, gap in zip(part.steps[1:], part.gaps, strict=True):
        after: set[int] = set()
        for place in at:
            for nxt in range(place + 1, min(place + 2 + gap, len(tags))):
                if not step.isdisjoint(tags[nxt]):
                    after.add(nxt)
        if not after:
            return False
        at = sorted(after)
    return bool(at)


def present_in(tags: Tags) -> frozenset[str]:
    """Every tag of the message, without its place."""
    return frozenset().union(*tags)
