"""Phone numbers are said in groups, slowly where they are to be written down."""

from __future__ import annotations

import pytest

from ivr.dialog.types import Language
from ivr.speech.phone_numbers import groups, spoken_number, spoken_slowly, spoken_twice, spoken_vanity

EN, ES = Language.EN, Language.ES


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("+18885526760", ("1", "888", "552", "6760")),
        ("1-888-552-6760", ("1", "888", "552", "6760")),
        ("(888) 552-6760", ("888", "552", "6760")),
        ("+442071838750", ("442", "071", "838", "750")),
    ],
)
def test_digits_stand_in_the_groups_that_people_use(number: str, parts: tuple[str, ...]) -> None:
    assert groups(number) == parts


def test_a_number_has_a_comma_between_groups() -> None:
    assert spoken_number("1-800-227-2345", EN) == "one, eight zero zero, two two seven, two three four five"


def test_a_number_with_a_word_says_the_word() -> None:
    assert spoken_vanity("1-800-4-CANCER", EN) == "one, eight zero zero, four, cancer"
    assert spoken_vanity("1-855-DÉJELO-YA", ES) == "uno, ocho cinco cinco, déjelo, ya"


def test_a_number_to_write_down_is_slow_and_comes_twice() -> None:
    slowly = spoken_slowly("+18885526760", EN)
    assert slowly == "one. eight, eight, eight. five, five, two. six, seven, six, zero."
    assert spoken_twice("+18885526760", EN) == f"{slowly} Again: {slowly}"
    assert "Otra vez:" in spoken_twice("+18885526760", ES)
