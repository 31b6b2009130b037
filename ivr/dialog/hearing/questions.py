"""Scores topics for a question by the asks it resembles and the leads it follows; it must not decide what is said.

Each ask is a bag of features: stems, and the concepts of the lexicon. A question is compared by the cosine of their
weights, where a feature weighs the more the fewer topics have it. Leads are patterns that a person wrote for a topic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt

from ivr.dialog.hearing.patterns import Patterns, Tags, matches, present_in

_LOOKED_AT = 240  # asks compared in full; the rarest words choose them, so that work does not grow with the library
_STRANGER = 1.0  # how much a content word that no topic has counts against every topic, in parts of the rarest word
_SECOND = 0.1  # how much a topic's second-best ask adds
_LEAD = {1: 0.34, 2: 0.5, 3: 0.62}  # by how many words of a lead were found
_ENGLISH_ENDINGS = ("ings", "ing", "edly", "ed", "es", "s", "ly")
_SPANISH_ENDINGS = ("mente", "arse", "erse", "irse", "ando", "iendo", "aron", "ieron", "ado", "ada", "ar", "er", "ir")


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
class Ask:
    """One way to ask for a topic: which, and its features in order."""

    ref: str
    features: tuple[str, ...]
    length: float


@dataclass(frozen=True, slots=True)
class Questions:
    """All asks of one language, arranged by feature; `weights` by feature, `leads` by topic."""

    language: str
    asks: tuple[Ask, ...]
    by_feature: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]
    rarest: float
    leads: Patterns
    led_to: Mapping[str, tuple[str, ...]]  # pattern as written -> topics
    concepts: frozenset[str]
    small: frozenset[str]  # words that carry no subject
    asked_exactly: Mapping[tuple[str, ...], str]


def features(tokens: tuple[str, ...], tags: Tags, language: str, small: frozenset[str], concepts: frozenset[str]
             ) -> tuple[str, ...]:
    """What a wording is about: its concepts, and the stems of its words that are not small."""
    out: dict[str, None] = {}
    for token, own in zip(tokens, tags, strict=True):
        for name in own & concepts:
            out[name] = None
        if token not in small:
            out[stem(token, language)] = None
    return tuple(out)


def arrange(
    language: str,
    asked: Iterable[tuple[str, tuple[str, ...], Tags]],
    leads: Patterns,
    led_to: Mapping[str, tuple[str, ...]],
    concepts: frozenset[str],
    small: frozenset[str],
) -> Questions:
    """Weigh every feature by how few topics have it, and arrange the asks by feature."""
    rows: list[tuple[str, tuple[str, ...]]] = []
    exact: dict[tuple[str, ...], str] = {}
    owners: dict[str, set[str]] = {}
    refs: set[str] = set()
    for ref, tokens, tags in asked:
        found = features(tokens, tags, language, small, concepts)
        rows.append((ref, found))
        exact.setdefault(tokens, ref)
        refs.add(ref)
        for feature in found:
            owners.setdefault(feature, set()).add(ref)
    count = max(len(refs), 2)
    weights = {feature: log((count + 1) / len(have)) + 0.1 for feature, have in owners.items()}
    asks = tuple(Ask(ref, found, sqrt(sum(weights[f] ** 2 for f in found)) or 1.0) for ref, found in rows)
    places: dict[str, list[int]] = {}
    for number, ask in enumerate(asks):
        for feature in ask.features:
            places.setdefault(feature, []).append(number)
    return Questions(
        language, asks, {f: tuple(numbers) for f, numbers in places.items()}, weights,
        log(count + 1) + 0.1, leads, led_to, concepts, small, exact,
    )


@dataclass(frozen=True, slots=True)
class Score:
    """How well a topic answers a question, 0 to about 1.5, and what said so."""

    ref: str
    points: float
    ask: str = ""
    lead: str = ""


def score(questions: Questions, tokens: tuple[str, ...], tags: Tags) -> list[Score]:
    """Topics for a question, best first; empty when nothing in it is known."""
    exact = questions.asked_exactly.get(tokens)
    asked = features(tokens, tags, questions.language, questions.small, questions.concepts)
    stranger = questions.rarest * _STRANGER
    weights = {f: questions.weights.get(f, stranger) for f in asked}
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    best = _resembling(questions, weights, length)
    leads: dict[str, tuple[float, str]] = {}
    for pattern in matches(questions.leads, tags, present_in(tags)):
        points = _LEAD[min(3, sum(len(part.steps) for part in pattern.wanted))]
        for ref in questions.led_to[pattern.written]:
            if points > leads.get(ref, (0.0, ""))[0]:
                leads[ref] = (points, pattern.written)
    found = []
    for ref in best.keys() | leads.keys():
        likeness, ask = best.get(ref, (0.0, ""))
        lead, written = leads.get(ref, (0.0, ""))
        points = likeness + lead + (1.0 if ref == exact else 0.0)
        found.append(Score(ref, points, ask, written))
    return sorted(found, key=lambda each: (-each.points, each.ref))


def _resembling(questions: Questions, weights: Mapping[str, float], length: float) -> dict[str, tuple[float, str]]:
    """For each topic the cosine with its closest ask, and a little of the next."""
    near: dict[int, None] = {}
    for feature in sorted((f for f in weights if f in questions.by_feature), key=lambda f: -weights[f]):
        for number in questions.by_feature[feature][:_LOOKED_AT]:
            near[number] = None
        if len(near) >= _LOOKED_AT:
            break
    first: dict[str, tuple[float, str]] = {}
    second: dict[str, float] = {}
    for number in near:
        ask = questions.asks[number]
        shared = 0.0
        for feature in ask.features:
            weight = weights.get(feature)
            if weight is not None:
                shared += weight * weight
        cosine = shared / (length * ask.length)
        top = first.get(ask.ref)
        if top is None or cosine > top[0]:
            if top is not None:
                second[ask.ref] = top[0]
            first[ask.ref] = (cosine, " ".join(ask.features))
        elif cosine > second.get(ask.ref, 0.0):
            second[ask.ref] = cosine
    return {ref: (cosine + _SECOND * second.get(ref, 0.0), ask) for ref, (cosine, ask) in first.items()}
