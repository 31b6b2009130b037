"""Scores topics for a question by the words of their asks and the leads it follows; it must not decide what is said.

The words of all asks of a topic are one bag of features: stems, pairs of neighbouring words, and the concepts of the
lexicon. A question is scored by BM25, as a part of the most that its words could score. Leads are patterns that a
person wrote for a topic; they add to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from math import log

from ivr.dialog.hearing.patterns import Patterns, Tags, matches, present_in

_SATURATION, _LENGTH = 1.2, 0.5  # BM25's k1 and b
_CHAMPIONS = 60  # topics kept for one feature, the best: work does not grow with the library
_MOST = 0.7  # part of the most that a question's words could score, at which a topic counts as 1
_LEAD = {1: 0.34, 2: 0.5, 3: 0.62, 4: 0.7}  # by how many words of a lead were found
_EXACT = 1.0  # for the very words of an ask
_ENGLISH_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "ly")
_SPANISH_ENDINGS = ("mente", "arse", "erse", "irse", "ando", "iendo", "aron", "ieron", "ado", "ada", "ar", "er", "ir")


@lru_cache(maxsize=4096)
def stem(word: str, language: str) -> str:
    """The word without the endings that do not change what it is about; short words stay."""
    if language == "es":
        bare = word.removesuffix("es") if len(word) > 5 and word.endswith("es") else word.removesuffix("s")
        for ending in _SPANISH_ENDINGS:
            if len(bare) - len(ending) >= 4 and bare.endswith(ending):
                return bare.removesuffix(ending)
        return bare[:-1] if len(bare) > 4 and bare[-1] in "aeo" else bare
    for ending in _ENGLISH_ENDINGS:
        if len(word) - len(ending) >= 4 and word.endswith(ending) and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word[:-1] if len(word) > 4 and word[-1] == "e" else word


@dataclass(frozen=True, slots=True)
class Questions:
    """The asks of one language as points by feature; `leads` are patterns, `led_to` their topics."""

    language: str
    topics: tuple[str, ...]
    place: Mapping[str, int]  # topic -> its number
    points: Mapping[str, tuple[tuple[int, float], ...]]  # feature -> (topic, what it adds)
    most: Mapping[str, float]  # feature -> the most that it can add to any topic
    stranger: float  # the same for a word that no topic has
    leads: Patterns
    led_to: Mapping[str, tuple[str, ...]]
    concepts: frozenset[str]
    small: frozenset[str]  # words that carry no subject
    asked_exactly: Mapping[tuple[str, ...], str]


def features(
    tokens: tuple[str, ...], tags: Tags, language: str, small: frozenset[str], concepts: frozenset[str]
) -> tuple[str, ...]:
    """What a wording is about: its concepts, and the stems of its words that are not small."""
    out: dict[str, None] = {}
    for token, own in zip(tokens, tags, strict=True):
        for name in own & concepts:
            out[name] = None
        if token not in small:
            out[stem(token, language)] = None
    return tuple(out)


def pairs(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Neighbouring words, small ones too: they tell "how long" from "how"."""
    return tuple([f"{one} {other}" for one, other in pairwise(tokens)])


def arrange(
    language: str,
    asked: Iterable[tuple[str, tuple[str, ...], Tags]],
    leads: Patterns,
    led_to: Mapping[str, tuple[str, ...]],
    concepts: frozenset[str],
    small: frozenset[str],
) -> Questions:
    """Count the features of every topic's asks, and work out what each adds to each topic."""
    bags, exact = _bags(language, asked, concepts, small)
    points, most = _points(bags)
    stranger = _rarity(len(bags), 0) * (_SATURATION + 1) * _MOST
    place = {ref: number for number, ref in enumerate(bags)}
    return Questions(language, tuple(bags), place, points, most, stranger, leads, led_to, concepts, small, exact)


def _bags(
    language: str, asked: Iterable[tuple[str, tuple[str, ...], Tags]], concepts: frozenset[str], small: frozenset[str]
) -> tuple[dict[str, dict[str, int]], dict[tuple[str, ...], str]]:
    """How often each topic's asks have each feature, and whose the very wordings are."""
    bags: dict[str, dict[str, int]] = {}
    neighbours: dict[str, dict[str, int]] = {}
    exact: dict[tuple[str, ...], str] = {}
    seen: Counter[str] = Counter()
    for ref, tokens, tags in asked:
        exact.setdefault(tokens, ref)
        bag, near = bags.setdefault(ref, {}), neighbours.setdefault(ref, {})
        for feature in features(tokens, tags, language, small, concepts):
            bag[feature] = bag.get(feature, 0) + 1
        said = pairs(tokens)
        seen.update(said)
        for feature in said:
            near[feature] = near.get(feature, 0) + 1
    for ref, near in neighbours.items():  # a pair that was written once says nothing that its words do not
        bags[ref].update((feature, count) for feature, count in near.items() if seen[feature] > 1)
    return bags, exact


def _points(
    bags: Mapping[str, Mapping[str, int]],
) -> tuple[dict[str, tuple[tuple[int, float], ...]], dict[str, float]]:
    """What each feature adds to each topic by BM25, and the most that it can add."""
    rows: dict[str, list[tuple[int, float]]] = {}
    lengths = [sum(bag.values()) for bag in bags.values()]
    usual = sum(lengths) / max(len(lengths), 1)
    for number, bag in enumerate(bags.values()):
        slack = _SATURATION * (1 - _LENGTH + _LENGTH * lengths[number] / usual)
        for feature, count in bag.items():
            row = rows.get(feature)
            if row is None:
                row = rows[feature] = []
            row.append((number, count * (_SATURATION + 1) / (count + slack)))
    rarities = [_rarity(len(bags), having) for having in range(len(bags) + 1)]
    points, most = {}, {}
    for feature, row in rows.items():
        rarity = rarities[len(row)]
        most[feature] = rarity * (_SATURATION + 1) * _MOST
        points[feature] = tuple([(number, rarity * added) for number, added in _champions(row)])
    return points, most


def _champions(row: list[tuple[int, float]]) -> list[tuple[int, float]]:
    return row if len(row) <= _CHAMPIONS else sorted(row, key=lambda each: -each[1])[:_CHAMPIONS]


def _rarity(topics: int, having: int) -> float:
    return log(1 + (topics - having + 0.5) / (having + 0.5))


@dataclass(frozen=True, slots=True)
class Score:
    """How well a topic answers a question, 0 to about 2, and the lead that pointed to it."""

    ref: str
    points: float
    lead: str = ""


def score(questions: Questions, tokens: tuple[str, ...], tags: Tags) -> tuple[list[Score], int]:
    """Topics for a question, best first (none when nothing in it is known), and how many of its words no topic has."""
    found = features(tokens, tags, questions.language, questions.small, questions.concepts)
    summed: dict[int, float] = {}
    most = sum(questions.stranger for feature in found if feature not in questions.most) or questions.stranger / 4
    for feature in (*found, *pairs(tokens)):
        most += questions.most.get(feature, 0.0)
        for number, added in questions.points.get(feature, ()):
            summed[number] = summed.get(number, 0.0) + added
    near = nlargest(8, summed, key=summed.__getitem__) if len(summed) > 40 else list(summed)
    followed = _leads(questions, tags)
    total = {questions.topics[number]: summed[number] / most for number in near}
    for ref, (added, _) in followed.items():
        total[ref] = (total[ref] if ref in total else summed.get(questions.place.get(ref, -1), 0.0) / most) + added
    exact = questions.asked_exactly.get(tokens)
    if exact is not None:
        total[exact] = total.get(exact, 0.0) + _EXACT
    ranked = sorted(total.items(), key=lambda each: (-each[1], each[0]))[:4]
    strangers = sum(1 for feature in found if feature not in questions.most)
    return [Score(ref, value, followed.get(ref, (0.0, ""))[1]) for ref, value in ranked], strangers


def _leads(questions: Questions, tags: Tags) -> dict[str, tuple[float, str]]:
    """The longest lead to each topic, with its points."""
    out: dict[str, tuple[float, str]] = {}
    for pattern in matches(questions.leads, tags, present_in(tags)):
        added = _LEAD[min(4, sum(len(part.steps) for part in pattern.wanted))]
        for ref in questions.led_to[pattern.written]:
            if added > out.get(ref, (0.0, ""))[0]:
                out[ref] = (added, pattern.written)
    return out


def shared(questions: Questions, ref: str, tokens: tuple[str, ...], tags: Tags) -> tuple[str, ...]:
    """The features of a question that the asks of a topic have too, for an explanation."""
    number = questions.place.get(ref, -1)
    found = features(tokens, tags, questions.language, questions.small, questions.concepts)
    known = (each for each in found if any(topic == number for topic, _ in questions.points.get(each, ())))
    return tuple(sorted(known))
