"""Syllables, sentences and formulas agree with counts made by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.types import Language
from ivr.library.readability import Measure, fernandez_huerta, flesch_kincaid, inflesz, measure, sentences, smog, words
from ivr.library.syllables import syllables

ENGLISH = {
    1: "the lung breathed asked blocked tests breath through nurse eyes stage sleep help spread scans changed tubes",
    2: "cancer tumor fever brain-scan talking doctor hospice little table people sometimes someone being fluid wanted "
    "headaches hopeless rhythm tired quiet because needle muscle treatment safely",
    3: "medicine family idea biopsy hospital tomorrow suicide nausea area usual specialist caregiver emotion another",
    4: "metastatic radiation diarrhea emergency society experience information anxiety recovery",
    5: "chemotherapy radioactive immediately communication",
    6: "immunotherapy responsibility",
}
SPANISH = {
    1: "y muy bien ya rey pie dio guion",
    2: "cáncer pulmón día cuerpo quiere guía huesos ciudad oír país biopsia reír llame",
    3: "línea médico hígado náuseas ahora ayuda siguiente pingüino área poema extendió radiación",
    4: "tratamiento prohibido linfático energía oxígeno enfermedad",
    5: "metastásico quimioterapia radioterapia suprarrenales",
    6: "inmunoterapia",
}


@pytest.mark.parametrize(
    ("language", "word", "count"),
    [(Language.EN, word, count) for count, line in ENGLISH.items() for word in line.split()]
    + [(Language.ES, word, count) for count, line in SPANISH.items() for word in line.split()],
)
def test_syllables_are_counted_as_people_say_them(language: Language, word: str, count: int) -> None:
    assert syllables(word, language) == count


def test_letters_of_abbreviations_are_said_one_by_one() -> None:
    assert [syllables(word, Language.EN) for word in ("EGFR", "CT", "PD-L1", "WHO")] == [4, 2, 3, 5]


def test_numbers_and_telephone_numbers_do_not_make_words_long() -> None:
    assert words("Call 1-800-227-2345 or 1-800-4-CANCER, day or night.") == ["Call", "0", "or", "0", "day", "or", "night"]
    assert measure("Call 1-800-227-2345 or 911.", Language.EN) == Measure(1, 4, 4, 0)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is 100.4 degrees. Call.", 2),
        ("Dr. Lee can help. Ask!", 2),
        ("Is it bad? No.", 2),
        ("One line\n\nanother line", 2),
        ("Say this: it hurts.", 1),
        ('"Can we meet?" Ask that.', 2),
        ("At 9 a.m. we open.", 1),
        ("  ", 0),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_the_formulas_give_what_their_authors_wrote() -> None:
    counts = Measure(sentences=30, words=300, syllables=400, long_words=30)
    assert smog(counts) == pytest.approx(1.0430 * math.sqrt(30) + 3.1291)
    assert flesch_kincaid(counts) == pytest.approx(0.39 * 10 + 11.8 * 4 / 3 - 15.59)
    assert inflesz(counts) == pytest.approx(206.835 - 62.3 * 4 / 3 - 10)
    assert fernandez_huerta(counts) == pytest.approx(206.84 - 80 - 10.2)


def test_a_known_english_text_is_counted_by_hand() -> None:
    text = "Chemotherapy is strong medicine. It kills cells that grow fast. Ask your doctor."
    assert measure(text, Language.EN) == Measure(sentences=3, words=13, syllables=20, long_words=2)


def test_a_known_spanish_text_is_counted_by_hand() -> None:
    text = "El cáncer se extendió. Pregunte a su médico."
    assert measure(text, Language.ES) == Measure(sentences=2, words=8, syllables=15, long_words=3)


def test_nothing_has_no_grade() -> None:
    nothing = measure("", Language.EN)
    assert [smog(nothing), flesch_kincaid(nothing), inflesz(nothing), fernandez_huerta(nothing)] == [0, 0, 0, 0]


@given(st.text(max_size=60), st.sampled_from(list(Language)))
def test_any_text_can_be_measured(text: str, language: Language) -> None:
    counts = measure(text, language)
    assert counts.syllables >= counts.words >= counts.long_words >= 0
