"""Segments are counted as carriers bill them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.texting.segments import GSM_7, UCS_2, Count, count

LETTERS = st.one_of(st.sampled_from("ab €^[]áñ\n"), st.characters(exclude_categories=["Cs"]))
ANY = st.text(alphabet=LETTERS, max_size=400)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", GSM_7, 0, 0),
        ("a" * 160, GSM_7, 160, 1),
        ("a" * 161, GSM_7, 161, 2),
        ("a" * 306, GSM_7, 306, 2),
        ("a" * 307, GSM_7, 307, 3),
        ("€" * 80, GSM_7, 160, 1),
        ("€" * 81, GSM_7, 162, 2),
        ("a" * 152 + "€" + "a" * 152, GSM_7, 306, 3),  # the euro does not straddle: 152, 153, 1
        ("a" * 152 + "€" + "a" * 151, GSM_7, 305, 2),
        ("ñ¿¡éÑÜ", GSM_7, 6, 1),
        ("á", UCS_2, 1, 1),
        ("á" * 70, UCS_2, 70, 1),
        ("á" * 71, UCS_2, 71, 2),
        ("á" * 134, UCS_2, 134, 2),
        ("á" * 135, UCS_2, 135, 3),
        ("\U0001f642" * 35, UCS_2, 70, 1),
        ("á" * 66 + "\U0001f642" + "á" * 66, UCS_2, 134, 3),  # the pair does not straddle: 66, 67, 1
        ("“quoted”", UCS_2, 8, 1),
        ("`", UCS_2, 1, 1),
        ("ç", UCS_2, 1, 1),  # only the capital is in the alphabet
    ],
)
def test_known_texts_cost_what_the_tables_say(text: str, encoding: str, units: int, segments: int) -> None:
    found = count(text)
    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)


def test_the_characters_that_force_ucs_2_are_named_once_in_order() -> None:
    assert count("así, allá, así — no") == Count(UCS_2, 19, 1, ("í", "á", "—"))


@given(ANY, ANY)
def test_segments_never_fall_when_a_text_grows(text: str, more: str) -> None:
    assert count(text + more).segments >= count(text).segments
    assert count(more + text).segments >= count(text).segments


@given(ANY)
def test_segments_are_never_fewer_than_the_units_need(text: str) -> None:
    found = count(text)
    alone, part = (160, 153) if found.encoding == GSM_7 else (70, 67)
    assert found.segments >= (1 if 0 < found.units <= alone else -(-found.units // part))
