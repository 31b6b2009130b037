"""Long texts are cut where a reader would cut them, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.texting.paging import messages
from ivr.texting.segments import count

TEXT = st.text(alphabet=st.sampled_from("abc. !?\n€áñ\U0001f642\"'"), max_size=700)
RESERVE = st.sampled_from(["", " 1/2", "\n1/2 MORE", "\nMÁS: escriba más"])


def _without_space(text: str) -> str:
    return "".join(text.split())


@given(TEXT, RESERVE, st.integers(1, 4))
def test_paging_loses_nothing_but_space(text: str, reserve: str, segments: int) -> None:
    assert _without_space("".join(messages(text, segments=segments, reserve=reserve))) == _without_space(text)


@given(TEXT, RESERVE, st.integers(1, 4))
def test_every_part_with_its_reserve_fits(text: str, reserve: str, segments: int) -> None:
    for part in messages(text, segments=segments, reserve=reserve):
        assert count(part + reserve).segments <= segments
        assert part == part.strip()
        assert part


def test_a_short_text_is_one_message() -> None:
    assert messages("One thing. Another thing.") == ("One thing. Another thing.",)


def test_nothing_is_no_message() -> None:
    assert messages(" \n ") == ()


def test_cuts_fall_at_ends_of_sentences() -> None:
    sentence = "This sentence has exactly fifty characters in it. "
    parts = messages(sentence * 12, segments=1, reserve="\n1/4")
    assert all(part.endswith("in it.") for part in parts)
    assert len(parts) == 4


def test_a_stop_after_a_title_or_an_initial_is_no_end() -> None:
    text = "a" * 120 + ". Ask Dr. " + "b" * 100
    assert messages(text, segments=1)[0] == "a" * 120 + "."


def test_a_long_sentence_is_cut_at_a_word() -> None:
    parts = messages("word " * 60, segments=1)
    assert all(set(part.split()) == {"word"} for part in parts)


def test_a_long_word_is_cut_between_characters() -> None:
    assert messages("x" * 200, segments=1) == ("x" * 160, "x" * 40)


def test_a_reserve_without_room_still_loses_nothing() -> None:
    assert "".join(messages("abc", segments=1, reserve="r" * 160)) == "abc"


def test_the_parts_of_a_text_are_counted_in_their_own_encoding() -> None:
    english = "This sentence is in English and has no accents. "
    spanish = "Ésta es una oración en español, con acentos allí. "
    parts = messages(english * 3 + spanish * 3, segments=1)
    assert {count(part).encoding for part in parts} == {"GSM-7", "UCS-2"}
