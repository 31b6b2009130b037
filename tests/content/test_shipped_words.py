"""The shipped words obey every rule, in every language; what nobody has reviewed says so."""

from __future__ import annotations

from datetime import date

import pytest

from ivr.dialog.types import Language
from ivr.library.check import check
from ivr.library.faults import Fault, errors, to_text
from ivr.library.grades import grade
from ivr.library.line_rules import Library
from ivr.library.rules import PRODUCTION, RULES, Case, Rule
from ivr.library.rules.texts import median_segments

TODAY = date(2026, 11, 23)  # so that a review falling due does not break the tests of another year

TOPICS = frozenset(
    {
        "what-it-is", "where-it-spreads", "spread-brain", "spread-bone", "spread-liver", "spread-chest", "recurrent",
        "stage-and-type", "tests", "treatment-choices", "treatment-liver", "treatment-brain", "treatment-bone",
        "chemotherapy", "targeted-therapy", "immunotherapy", "radiation-and-surgery", "clinical-trials", "when-to-call",
        "side-effects", "pain", "breathing", "tiredness-and-eating", "feelings", "caregivers", "money",
        "questions-to-ask", "second-opinion", "quit-smoking", "palliative-care", "outlook", "about", "other-numbers",
        "using-this-line",
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def case(library: Library) -> Case:
    return Case(library, TODAY)


def test_all_topics_and_both_messages_are_there(library: Library) -> None:
    assert len(TOPICS) == 34
    assert set(library.graph.topics) == {*TOPICS, "emergency", "crisis"}
    assert library.graph.languages == (Language.EN, Language.ES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_shipped_words_obey(rule: Rule, case: Case) -> None:
    found = errors(rule(case))
    assert not found, to_text(found)


def test_loading_leaves_no_warning(library: Library) -> None:
    assert not library.warnings


@pytest.mark.parametrize("rule", PRODUCTION, ids=lambda rule: rule.__name__)
def test_the_shipped_words_are_not_yet_for_production(rule: Rule, case: Case) -> None:
    assert list(rule(case)), "if somebody has reviewed the words, this test may go"


def test_no_reviewer_is_invented(library: Library) -> None:
    for topic in library.graph.topics.values():
        for review in topic.reviews.values():
            assert review.reviewed_by == ""


def test_reading_grades_are_low(case: Case) -> None:
    too_hard: list[Fault | str] = []
    for language, ref, topic in case.topics():
        grades = grade(topic, language, case.finder(language))
        if language is Language.EN and not (grades.raw["SMOG"] <= 8 and grades.masked["SMOG"] <= 6.9):
            too_hard.append(ref)
        if language is Language.ES and grades.raw["INFLESZ"] < 60:
            too_hard.append(ref)
    assert not too_hard


def test_the_median_answer_is_cheap(case: Case) -> None:
    assert median_segments(case, Language.EN) <= 2
    assert median_segments(case, Language.ES) <= 3


def test_check_says_the_same_every_time(library: Library) -> None:
    assert check(library, today=TODAY) == check(library, today=TODAY)
