"""The parts of hearing: clean words, mended words, patterns, and what is said about faults in hearing.toml."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import asking
from ivr.dialog.hearing.patterns import PatternError, first, gather, lexicon, parse, present_in, tag
from ivr.dialog.hearing.words import distance, mend, normalise, spellings, split
from ivr.dialog.types import Graph, Language
from ivr.errors import LineError
from ivr.library.hearing import HearingFault, compile_hearing
from ivr.library.hearing_faults import hearing_faults


@pytest.mark.parametrize(("text", "clean"), [
    ("CAN\u2019T", "can't"), ("s\u200bto\u2060p", "stop"), ("\u00bfQu\u00e9?", " que?"), ("a\u00a0b", "a b"),
    ("\uff33TOP", "stop"),
    ("x\u00b2", "x "), ("\u00d1", "n"), ("na\u00efve", "naive"),
])  # fmt: skip
def test_words_are_made_clean(text: str, clean: str) -> None:
    assert normalise(text) == clean


@given(st.text())
def test_clean_words_are_plain_letters_and_digits_whatever_was_written(text: str) -> None:
    for word in split(normalise(text)):
        assert word.isascii()
        assert word == word.lower()


def test_a_slip_is_mended_by_the_length_of_the_word() -> None:
    known = spellings({"cant": "can not"}, ["breathe", "immunotherapy", "brain", "cat"], ["respir"])
    assert mend(known, ["can't", "breahte"]) == ("can", "not", "breathe")
    assert mend(known, ["imunoterapy"]) == ("immunotherapy",)
    assert mend(known, ["cab", "brawn", "respirando"]) == ("cab", "brain", "respirando")
    assert mend(known, ["breahte"], guess=False) == ("breahte",)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_the_distance_of_two_words_is_the_same_both_ways(one: str, other: str) -> None:
    assert distance(one, other, 3) == distance(other, one, 3)
    assert (distance(one, other, 3) == 0) == (one == other)


def finds(pattern: str, words: str) -> bool:
    parsed = parse(pattern)
    book = lexicon({"breathe": ["breath*", "get air"], "cannot": ["can not"]}, [parsed], [(100.4, 110, "<hot>")])
    tags = tag(book, tuple(words.split()))
    return first(gather([parsed]), tags, present_in(tags)) is not None


@pytest.mark.parametrize(("pattern", "words", "found"), [
    ("<cannot> <breathe>", "i can not breathe", True), ("<cannot> <breathe>", "can not really get air", True),
    ("<cannot> <breathe>", "i breathe and can not", False), ("a b", "a x y b", True), ("a b", "a x y z b", False),
    ("a .. b", "a x y z b", True), ("a _ b", "a x b", False), ("a + b", "b x y z z z z a", True),
    ("a - b", "a b", False), ("a - b", "a c", True), ("^a", "x x a", True), ("^a", "x x x a", False),
    ("swell* fast", "swollen fast", False), ("swell* fast", "swelling fast", True), ("fever <hot>", "fever 101.5", True),
    ("fever <hot>", "fever 99", False), ("in_the x", "in the x", True), ("a|b c", "b c", True),
])  # fmt: skip
def test_a_pattern_is_found_where_it_says(pattern: str, words: str, found: bool) -> None:
    assert finds(pattern, words) is found


@pytest.mark.parametrize("written", ["", "a +", "a | b", "- -"])
def test_a_pattern_that_cannot_be_read_is_told(written: str) -> None:
    with pytest.raises(PatternError):
        parse(written)


def test_faults_name_the_file_the_key_and_the_remedy(graph: Graph) -> None:
    faults = hearing_faults(Language.EN, {"words": {}, "wrods": {}}, {}, graph.glossary)
    assert any("en/hearing.toml: the table [danger] is missing" in fault for fault in faults)
    assert any("[wrods] is not known; remove it" in fault for fault in faults)
    with pytest.raises(HearingFault, match=r"en/hearing\.toml"):
        compile_hearing([Language.EN], {}, {}, {}, {}, {Language.EN: {}})


def test_a_line_of_ask_has_the_promised_shape(graph: Graph) -> None:
    line = asking.heard_as(graph, "my dads cancer went to his brain what can they do")
    assert list(line) == ["text", "heard_as", "score", "alternatives", "language"]
    assert line["heard_as"] == "topic:treatment-brain"
    assert isinstance(line["alternatives"], list)
    assert len(line["alternatives"]) <= 3
    assert line["heard_as"] not in line["alternatives"]


@pytest.mark.parametrize(("words", "form"), [
    ("STOP", "opt-out"), ("START", "opt-in"), ("help", "help"), ("menu", "command:menu"), ("agent", "handoff:specialist"),
    ("0", "handoff:specialist"), ("2", "menu:treatment"), ("treatment options", "menu:treatment"), ("lol ok", None),
    ("i cant breathe", "emergency"), ("i want to die", "crisis"), ("fever of 101 on chemo", "topic:when-to-call"),
    ("what does biopsy mean", "topic:tests"), ("how tall is the eiffel tower", None), ("", None),
])  # fmt: skip
def test_every_meaning_has_its_form(graph: Graph, words: str, form: str | None) -> None:
    assert asking.heard_as(graph, words)["heard_as"] == form


def test_an_explanation_says_what_matched(graph: Graph) -> None:
    lines = asking.explain(graph, "whats keytruda")
    assert lines[0].startswith("topic:immunotherapy")
    assert any("keytruda" in line for line in lines)


def test_an_evaluation_tells_what_changed_since_the_last(graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "list.tsv"
    file.write_text("id\tlanguage\ttext\tlabel\n1\ten\twhats keytruda\tTX_IMMUNO\n2\ten\tpizza\tOFFTOPIC\n")
    assert asking.evaluate(graph, file).share("first") == 1.0
    file.write_text("1\ten\ti cant breathe\tTX_IMMUNO\n2\ten\tpizza\tOFFTOPIC|topic:pain\n")
    again = asking.evaluate(graph, file)
    assert again.changed == ("1: topic:immunotherapy -> emergency",)
    assert again.share("first") == 0.5
    assert any(line.startswith("wrong: 1") for line in again.lines())


def test_a_list_that_cannot_be_read_is_told(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(LineError, match="cannot be read"):
        asking.evaluate(graph, tmp_path / "nothing.tsv")
    (tmp_path / "odd.tsv").write_text("1\ten\tonly three\n")
    with pytest.raises(LineError, match="4 columns"):
        asking.evaluate(graph, tmp_path / "odd.tsv")
