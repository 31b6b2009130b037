"""What is learned from examples: the same every time, kept in one file, and small; and what its guesses may do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import asking
from ivr.dialog.hearing import Hearing, Listening, Meaning, read
from ivr.dialog.hearing.by_example import NO_PLACES
from ivr.dialog.hearing.learned import BUCKETS, features
from ivr.dialog.types import Graph, Language, Medium
from ivr.library.examples import example_faults, read_examples
from ivr.library.faults import ContentError
from ivr.library.files import find_content
from ivr.library.learning import Example, from_bytes, learn, made_from, to_bytes, words

FEW = [
    *(Example(text, "pain") for text in ("my back hurts", "it hurts at night", "what helps with the hurting", "sore ribs")),
    *(Example(text, "money") for text in ("who pays for this", "it costs too much", "help with the bills", "the price")),
    *(Example(text, "outside") for text in ("is the shop open", "play some music", "nice weather", "my car is red")),
]


def test_the_same_examples_give_the_same_file_whatever_their_order() -> None:
    assert to_bytes(learn(FEW)) == to_bytes(learn(FEW[::-1]))


def test_what_was_learned_comes_back_from_its_file() -> None:
    learned = learn(FEW)
    assert from_bytes(to_bytes(learned)) == learned
    assert learned.made_from == made_from(FEW) != made_from(FEW[1:])


@pytest.mark.parametrize("harm", [
    lambda raw: raw[:-1], lambda raw: b"", lambda raw: b"not json\n" + raw,
    lambda raw: raw.replace(b'"version": 1', b'"version": 0'),
])  # fmt: skip
def test_a_damaged_file_is_told_and_never_served(harm: object) -> None:
    with pytest.raises(ValueError, match="it "):
        from_bytes(harm(to_bytes(learn(FEW))))  # type: ignore[operator]


def test_unseen_wordings_are_guessed_by_what_they_resemble() -> None:
    learned = learn(FEW)
    assert learned.guesses(words("my ribs are hurtin so bad"))[0].label == "pain"
    assert learned.guesses(words("can you pay my bill"))[0].label == "money"
    assert "hurting" in learned.because(words("the hurting is back"), "pain")


def test_shares_are_of_one_whole_and_nothing_known_is_no_guess() -> None:
    learned = learn(FEW)
    assert sum(each.share for each in learned.guesses(words("what hurts"), most=9)) == pytest.approx(1)
    assert learned.guesses(()) == ()


@given(st.text())
def test_any_text_has_a_bounded_number_of_features(text: str) -> None:
    found = features(words(text))
    assert all(0 <= bucket < BUCKETS for bucket in found)
    assert len(found) == len(set(found)) <= 60 * 75


def test_every_shipped_example_has_a_label_that_exists(graph: Graph) -> None:
    assert list(example_faults(find_content(), graph.hearing.kinds)) == []


def test_examples_with_a_fault_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "hearing").mkdir()
    rows = "language\ttext\tlabel\nen\tit hurts\tpain\nen\tit hurts\nfr\til fait mal\tpain\nen\tit hurts\tpaint\n"
    (tmp_path / "hearing" / "examples.tsv").write_text(rows, encoding="utf-8")
    assert [fault.key for fault in example_faults(tmp_path, ["pain"])] == ["line 3", "line 4", "line 5"]


def test_content_with_faults_is_not_learned_from(tmp_path: Path) -> None:
    (tmp_path / "line.toml").write_text("", encoding="utf-8")
    with pytest.raises(ContentError):
        asking.learn(str(tmp_path), print)


def test_what_was_learned_is_heard_again(graph: Graph) -> None:
    """A sample of the examples themselves: what staff add must be heard as they say, nearly always."""
    rows = [row for number, row in read_examples(find_content()) if number % 10 == 0]
    wanted = {"outside": None, "specialist": "handoff:specialist"} | {each: each for each in NO_PLACES - {"outside"}}
    right = [
        asking.heard_as(graph, text, Language(language))["heard_as"] == wanted.get(label, f"topic:{label}")
        for language, text, label in rows
    ]
    assert sum(right) / len(right) >= 0.95


def test_a_line_without_learned_examples_still_hears_by_its_wordings(hearing: Hearing) -> None:
    bare = replace(hearing, learned=None)
    listening = Listening(Medium.TEXT, Language.EN)
    assert read(bare, "what is immunotherapy", listening).ref == "immunotherapy"
    assert read(bare, "I cant breathe", listening).meaning is Meaning.EMERGENCY


def test_speech_is_never_taken_for_a_wish_about_texts(hearing: Hearing) -> None:
    said = "please quit sending me them text things all the time honey"
    assert read(hearing, said, Listening(Medium.TEXT, Language.EN)).meaning in (Meaning.OPT_OUT, Meaning.OPT_OUT_UNSURE)
    spoken = read(hearing, said, Listening(Medium.VOICE, Language.EN)).meaning
    assert spoken not in (Meaning.OPT_OUT, Meaning.OPT_OUT_UNSURE)
