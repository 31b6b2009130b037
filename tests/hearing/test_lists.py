"""The labelled lists keep a floor: what is understood today is still understood tomorrow.

unseen.tsv is three lists by different hands. Nothing was learned from it, and nobody looked at its lines while hearing was
changed; the README has its figures. not.tsv has what must not be taken for a danger or an opt-out (`!` before the label).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.asking import Answer, evaluate, heard_as
from ivr.dialog.types import Graph
from ivr.library.examples import read_examples
from ivr.library.files import find_content

HERE = Path(__file__).parent
DANGERS = {"EMERGENCY", "CRISIS"}


def answers(graph: Graph, name: str) -> tuple[Answer, ...]:
    return evaluate(graph, HERE / name, remember=False).answers


@pytest.fixture(scope="module")
def unseen(graph: Graph) -> tuple[Answer, ...]:
    return answers(graph, "unseen.tsv")


def share(found: list[bool]) -> float:
    return sum(found) / len(found)


def labels(answer: Answer) -> set[str]:
    return set(answer.label.split("|"))


def test_the_unseen_list_is_unseen(unseen: tuple[Answer, ...]) -> None:
    learned = {row[1].casefold() for _, row in read_examples(find_content())}
    assert len(unseen) >= 1200
    assert not [each.text for each in unseen if each.text.casefold() in learned]


def test_unseen_questions_reach_their_topic(unseen: tuple[Answer, ...]) -> None:
    assert share([each.near for each in unseen]) >= 0.94
    assert share([each.offered for each in unseen]) >= 0.965


def test_unseen_dangers_are_caught(unseen: tuple[Answer, ...]) -> None:
    assert share([each.heard_as in ("emergency", "crisis") for each in unseen if labels(each) & DANGERS]) >= 0.985


def test_few_unseen_messages_are_taken_for_danger(unseen: tuple[Answer, ...]) -> None:
    calm = [each for each in unseen if not labels(each) & {*DANGERS, "WHEN_CALL"}]
    alarms = [each.text for each in calm if each.heard_as in ("emergency", "crisis")]
    assert len(alarms) <= 0.02 * len(calm), alarms


def test_no_unseen_opt_out_is_missed_and_no_question_is_taken_for_one(unseen: tuple[Answer, ...]) -> None:
    assert [each.text for each in unseen if each.label == "STOP" and not each.near] == []
    taken = [each for each in unseen if each.heard_as == "opt-out" and not labels(each) & {"STOP", "START"}]
    assert len(taken) <= 1, [each.text for each in taken]


def test_other_subjects_are_not_given_a_topic(unseen: tuple[Answer, ...]) -> None:
    assert share([each.near for each in unseen if each.label == "OFFTOPIC"]) >= 0.95


def test_what_only_resembles_a_danger_or_an_opt_out_is_neither(graph: Graph) -> None:
    assert share([each.near for each in answers(graph, "not.tsv")]) >= 0.95


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
