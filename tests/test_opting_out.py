"""One text may say several things: an opt-out counts beside a question or a danger, and despair is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_line import PERSON, WholeLine, a_line, replies

from ivr.library.line_rules import Library

NUMBER_SHOWN = "1-888-552-6760"


@pytest.fixture
def line(library: Library, tmp_path: Path) -> Iterator[WholeLine]:
    with a_line(library, tmp_path) as made:
        yield made


WITH_A_QUESTION = [
    "stop texting me. also what is keytruda",
    "what is keytruda? and please stop texting me",
    "STOP. what is chemo",
    "what is chemo\nSTOP",
    "Unsubscribe! where does it spread?",
    "STOP TEXTING ME!!! what is immunotherapy???",
    "please stop. call me",
]


@pytest.mark.parametrize("body", WITH_A_QUESTION)
def test_an_opt_out_beside_a_question_is_kept_and_the_question_gets_a_number(line: WholeLine, body: str) -> None:
    texter = line.texter()
    answer = replies(texter, body)
    assert line.store.opted_out(PERSON)
    assert answer.startswith("Info line: you are opted out")
    assert answer.endswith(f"For your question, call {NUMBER_SHOWN}.")
    assert replies(texter, "what is immunotherapy") == ""


@pytest.mark.parametrize("body", ["deje de mandarme mensajes. que es la quimio", "ALTO. que es la quimio"])
def test_the_same_in_spanish(line: WholeLine, body: str) -> None:
    answer = replies(line.texter(), body)
    assert line.store.opted_out(PERSON)
    assert answer.splitlines()[-1].startswith("Para su pregunta, llame al")


@pytest.mark.parametrize("body", ["Stop. Just stop.", "my dad died. please stop texting", "STOP\n\nSent from my phone"])
def test_an_opt_out_without_a_question_gets_the_confirmation_alone(line: WholeLine, body: str) -> None:
    answer = replies(line.texter(), body)
    assert line.store.opted_out(PERSON)
    assert "question" not in answer


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("i cant breathe. stop texting me", "911"), ("stop texting me. he is coughing up blood", "911"),
        ("i want to die. stop texting me", "988"), ("quiero morirme. no me manden mensajes", "988"),
    ],
)  # fmt: skip
def test_a_danger_beside_an_opt_out_gets_both(line: WholeLine, body: str, number: str) -> None:
    answer = replies(line.texter(), body)
    assert number in answer
    assert line.store.opted_out(PERSON)
    assert "For your question" not in answer


@pytest.mark.parametrize(
    "body",
    [
        "I can't do this anymore. End it.", "make it stop. please", "go away. I hate cancer",
        "when will it end? quit smoking helps?", "I stopped chemo. what is keytruda", "Should chemo stop? what is next",
        "no more. I am tired", "it hurts. make it stop", "They texted me. what is this", "he wants to stop. what now",
        "can i stop treatment. what happens",
    ],
)  # fmt: skip
def test_despair_and_questions_about_stopping_are_no_opt_out(line: WholeLine, body: str) -> None:
    replies(line.texter(), body)
    assert not line.store.opted_out(PERSON)
