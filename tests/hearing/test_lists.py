"""The labelled lists keep a floor: what is understood today is still understood tomorrow.

regression.tsv was written before the lexicon existed: ids with T were for tuning, ids with H were never looked at.
blind.tsv, unseen.tsv, last.tsv and fresh.tsv were each written after a version of the lexicon and scored once (the README
has the figures); the first three were then used to widen it. danger.tsv, calm.tsv and outside.tsv hold one kind each.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.asking import Answer, evaluate, heard_as
from ivr.dialog.types import Graph

HERE = Path(__file__).parent
LISTS = ("regression.tsv", "blind.tsv", "unseen.tsv", "last.tsv")


def answers(graph: Graph, name: str) -> tuple[Answer, ...]:
    return evaluate(graph, HERE / name, remember=False).answers


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def test_the_held_out_half_is_heard_right(graph: Graph) -> None:
    held = [each for each in answers(graph, "regression.tsv") if each.id.startswith("H")]
    assert len(held) >= 240
    assert share([each.near for each in held]) >= 0.96
    assert share([each.offered for each in held]) >= 0.985


@pytest.mark.parametrize(("name", "floor"), [*((name, 0.96) for name in LISTS), ("fresh.tsv", 0.93), ("calm.tsv", 0.97)])
def test_every_list_keeps_its_floor(graph: Graph, name: str, floor: float) -> None:
    assert share([each.near for each in answers(graph, name)]) >= floor


@pytest.mark.parametrize("name", [*LISTS, "fresh.tsv", "danger.tsv"])
@pytest.mark.parametrize("kind", ["EMERGENCY", "CRISIS", "STOP"])
def test_nobody_in_danger_and_no_opt_out_is_missed(graph: Graph, name: str, kind: str) -> None:
    missed = [each.text for each in answers(graph, name) if each.label == kind and not each.near]
    assert missed == []


@pytest.mark.parametrize("name", [*LISTS, "fresh.tsv", "outside.tsv"])
def test_few_other_messages_are_taken_for_danger(graph: Graph, name: str) -> None:
    calm = [each for each in answers(graph, name) if not {"EMERGENCY", "CRISIS", "WHEN_CALL"} & set(each.label.split("|"))]
    alarms = [each.text for each in calm if each.heard_as in ("emergency", "crisis")]
    assert len(alarms) <= 0.02 * len(calm), alarms


@pytest.mark.parametrize("name", [*LISTS, "fresh.tsv", "outside.tsv"])
def test_no_other_message_is_taken_for_an_opt_out(graph: Graph, name: str) -> None:
    wrong = [each.text for each in answers(graph, name) if each.heard_as == "opt-out" and each.label != "STOP"]
    assert wrong == []


def test_other_subjects_are_not_given_a_topic(graph: Graph) -> None:
    lists = (*LISTS, "fresh.tsv", "outside.tsv")
    aside = [each.near for name in lists for each in answers(graph, name) if each.label == "OFFTOPIC"]
    assert len(aside) >= 200
    assert share(aside) >= 0.95


def test_what_the_topics_are_asked_is_not_taken_for_danger(graph: Graph) -> None:
    asked = [
        (ref, language, ask)
        for ref, topic in graph.topics.items()
        for language, asks in topic.asks.items()
        for ask in asks
        if ref not in ("when-to-call", "other-numbers")
    ]
    alarms = [
        ask for _, language, ask in asked if heard_as(graph, ask, language)["heard_as"] in ("emergency", "crisis", "opt-out")
    ]
    assert len(alarms) <= 0.01 * len(asked), alarms
