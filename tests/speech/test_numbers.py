"""Numbers become the words that people say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.types import Language
from ivr.speech.numbers import before_noun, cardinal, decimal, digits, ordinal, year

EN, ES = Language.EN, Language.ES


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        (0, "zero", "cero"),
        (4, "four", "cuatro"),
        (16, "sixteen", "dieciséis"),
        (21, "twenty-one", "veintiuno"),
        (38, "thirty-eight", "treinta y ocho"),
        (100, "one hundred", "cien"),
        (101, "one hundred one", "ciento uno"),
        (555, "five hundred fifty-five", "quinientos cincuenta y cinco"),
        (1000, "one thousand", "mil"),
        (2500, "two thousand five hundred", "dos mil quinientos"),
        (21_000, "twenty-one thousand", "veintiún mil"),
        (1_200_000, "one million two hundred thousand", "un millón doscientos mil"),
    ],
)
def test_whole_numbers(number: int, english: str, spanish: str) -> None:
    assert cardinal(number, EN) == english
    assert cardinal(number, ES) == spanish


@pytest.mark.parametrize("language", [EN, ES])
@given(st.integers(0, 10**12))
def test_every_whole_number_has_words_and_no_digits(language: Language, number: int) -> None:
    words = cardinal(number, language)
    assert words
    assert not any(character.isdigit() for character in words)


def test_no_two_numbers_sound_alike() -> None:
    for language in (EN, ES):
        assert len({cardinal(number, language) for number in range(12_000)}) == 12_000


def test_decimals_are_said_digit_by_digit_after_the_point() -> None:
    assert decimal("100", "4", EN) == "one hundred point four"
    assert decimal("100", "4", ES) == "cien punto cuatro"
    assert decimal("0", "05", EN) == "zero point zero five"


def test_years_are_said_as_years() -> None:
    english = {1905: "nineteen oh five", 1996: "nineteen ninety-six", 2005: "two thousand five"}
    assert {number: year(number, EN) for number in english} == english
    assert year(2027, EN) == "twenty twenty-seven"
    assert year(2027, ES) == "dos mil veintisiete"


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 12, 20, 21, 100, 112)] == [
        "first", "second", "third", "twelfth", "twentieth", "twenty-first", "one hundredth", "one hundred twelfth",
    ]  # fmt: skip


def test_spanish_numbers_agree_with_what_they_count() -> None:
    assert before_noun("uno") == "un"
    assert before_noun("veintiuno") == "veintiún"
    assert before_noun("treinta y uno", feminine=True) == "treinta y una"
    assert before_noun("doscientos", feminine=True) == "doscientas"
    assert before_noun("dos") == "dos"


def test_digits_are_said_one_by_one() -> None:
    assert digits("911", EN) == "nine one one"
    assert digits("9-8-8", ES) == "nueve ocho ocho"
