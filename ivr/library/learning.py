"""Learns from labelled examples what messages are about, and keeps it in one file; it hears nothing and judges no words.

Multinomial logistic regression by plain gradient steps, in an order that is the same every time: the same examples give
the same file. About two minutes for ten thousand examples.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import exp, log, sqrt
from typing import NamedTuple

from ivr.dialog.hearing.learned import BUCKETS, MIDDLE, Learned, features
from ivr.dialog.hearing.words import normalise, spelt_out, split, unglue

ROUNDS = 8  # over all examples
AVERAGED = 4  # of the last rounds: what single steps happened to add evens out
STEP = 5.0  # of the first round; it goes down to nothing
LEFT_OUT = 0.5  # part of the features that an example does without each time: no few of them may decide
TOO_SMALL = 0.01  # a label whose share is off by less is left as it is
LARGEST = 127  # steps of a weight in one byte
RAREST = 255  # steps of the last byte of a row
OUTLIERS = 0.0005  # part of the weights that may be cut, so that a few large ones do not coarsen all others
VERSION = 1  # of the features and the file
_HEAD = ("made_from", "labels", "biases", "scale", "rarity_scale")


class Example(NamedTuple):
    """What somebody said, and the label that it should get."""

    text: str
    label: str


class _Message(NamedTuple):
    """An example as the model sees it: its buckets, how much each counts, and the place of its label."""

    buckets: tuple[int, ...]
    counts: tuple[float, ...]
    label: int


def words(text: str) -> tuple[str, ...]:
    """The words of a text as hearing has them before any is mended."""
    return spelt_out(tuple(part for word in split(normalise(text)) for part in unglue(word)))


def made_from(examples: Iterable[Example]) -> str:
    """A digest of the examples: a model with another one was made from others."""
    digest = hashlib.sha256(f"{VERSION}".encode())
    for example in sorted(set(examples)):
        digest.update(f"\0{example.label}\0{example.text}".encode())
    return digest.hexdigest()


def learn(examples: Sequence[Example], say: Callable[[str], None] = lambda line: None) -> Learned:
    """Learn from examples; `say` gets a line a round. The same examples give the same weights."""
    labels = tuple(sorted({example.label for example in examples}))
    ordered = sorted(set(examples))
    found = [tuple(features(words(example.text))) for example in ordered]
    rarity = _rarity(found)
    messages = [
        _message(buckets, rarity, labels.index(example.label))
        for buckets, example in zip(found, ordered, strict=True)
        if buckets
    ]
    weights, biases = _descend(messages, len(labels), say)
    return replace(_packed(labels, weights, biases, rarity), made_from=made_from(ordered))


def _rarity(found: Sequence[tuple[int, ...]]) -> dict[int, float]:
    """How rare each bucket is: 1 for one that is in every message."""
    having = Counter(bucket for buckets in found for bucket in buckets)
    return {bucket: log((1 + len(found)) / (1 + count)) + 1 for bucket, count in having.items()}


def _message(buckets: tuple[int, ...], rarity: Mapping[int, float], label: int) -> _Message:
    size = sqrt(sum(rarity[bucket] ** 2 for bucket in buckets))
    return _Message(buckets, tuple(rarity[bucket] / size for bucket in buckets), label)


def _descend(
    messages: Sequence[_Message], labels: int, say: Callable[[str], None]
) -> tuple[dict[int, list[float]], list[float]]:
    """Gradient steps over the messages, one by one; only labels whose share is clearly off are moved."""
    weights: dict[int, list[float]] = {bucket: [0.0] * labels for message in messages for bucket in message.buckets}
    summed: dict[int, list[float]] = {bucket: [0.0] * labels for bucket in weights}
    biases, summed_biases = [0.0] * labels, [0.0] * labels
    dice = random.Random(1)  # noqa: S311 - an order, not a secret
    order = list(messages)
    for number in range(ROUNDS):
        dice.shuffle(order)
        step, surprise = STEP * (1 - number / ROUNDS), 0.0
        for message in order:
            seen = _thinned(message, dice)
            shares = _shares(weights, biases, seen)
            surprise -= log(shares[seen.label] + 1e-12)
            shares[seen.label] -= 1
            _move(weights, biases, seen, shares, step)
        say(f"round {number + 1} of {ROUNDS}: surprise {surprise / max(len(order), 1):.3f}")
        if number >= ROUNDS - AVERAGED:
            summed_biases = list(map(float.__add__, summed_biases, biases))
            for bucket, row in weights.items():
                summed[bucket] = list(map(float.__add__, summed[bucket], row))
    averaged = {bucket: [weight / AVERAGED for weight in row] for bucket, row in summed.items()}
    return averaged, [bias / AVERAGED for bias in summed_biases]


def _thinned(message: _Message, dice: random.Random) -> _Message:
    """The message without some of its features, the others counting for more."""
    kept = [place for place in range(len(message.buckets)) if dice.random() >= LEFT_OUT] or [0]
    more = 1 / (1 - LEFT_OUT)
    counts = tuple(message.counts[place] * more for place in kept)
    return _Message(tuple(message.buckets[place] for place in kept), counts, message.label)


def _shares(weights: Mapping[int, list[float]], biases: Sequence[float], message: _Message) -> list[float]:
    columns = zip(*(weights[bucket] for bucket in message.buckets), strict=True)
    counts = message.counts
    scores = [bias + sum(map(float.__mul__, counts, column)) for bias, column in zip(biases, columns, strict=True)]
    highest = max(scores)
    raised = [exp(score - highest) for score in scores]
    whole = sum(raised)
    return [each / whole for each in raised]


def _move(
    weights: Mapping[int, list[float]], biases: list[float], message: _Message, off: Sequence[float], step: float
) -> None:
    moved = [(label, wrong * step) for label, wrong in enumerate(off) if abs(wrong) > TOO_SMALL]
    for label, by in moved:
        biases[label] -= by / 500
    for bucket, count in zip(message.buckets, message.counts, strict=True):
        row = weights[bucket]
        for label, by in moved:
            row[label] -= by * count


def _packed(
    labels: tuple[str, ...], weights: Mapping[int, Sequence[float]], biases: Sequence[float], rarity: Mapping[int, float]
) -> Learned:
    """Weights as bytes: rarity is multiplied in, and its square kept in the last byte of a row."""
    raised = {bucket: [rarity[bucket] * weight for weight in row] for bucket, row in weights.items()}
    sizes = sorted(abs(weight) for row in raised.values() for weight in row)
    scale = sizes[int(len(sizes) * (1 - OUTLIERS))] / LARGEST or 1.0
    rarity_scale = max(rarity.values()) ** 2 / RAREST
    width = len(labels) + 1
    rows = bytearray(([MIDDLE] * len(labels) + [0]) * BUCKETS)
    for bucket, row in raised.items():
        steps = [MIDDLE + max(-LARGEST, min(LARGEST, round(weight / scale))) for weight in row]
        rows[bucket * width : (bucket + 1) * width] = bytes([*steps, round(rarity[bucket] ** 2 / rarity_scale)])
    return Learned(labels, bytes(rows), tuple(round(bias, 4) for bias in biases), scale, rarity_scale)


def to_bytes(learned: Learned) -> bytes:
    """The file: one line of JSON that says what is in it, and the rows."""
    head = {"version": VERSION} | {name: getattr(learned, name) for name in _HEAD}
    return json.dumps(head).encode() + b"\n" + learned.rows


def from_bytes(raw: bytes) -> Learned:
    """What the file holds. Raises ValueError for anything else."""
    line, _, rows = raw.partition(b"\n")
    try:
        head = json.loads(line)
        labels, biases = tuple(map(str, head["labels"])), tuple(map(float, head["biases"]))
        scales = float(head["scale"]), float(head["rarity_scale"])
        learned = Learned(labels, rows, biases, *scales, str(head["made_from"]))
        sound = head["version"] == VERSION and len(biases) == len(labels) and len(rows) == BUCKETS * (len(labels) + 1)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError("it cannot be read") from error
    if not sound:
        raise ValueError("it is of another version, or cut off")
    return learned
