"""Content as written becomes words as a person says them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.types import Language
from ivr.speech.pronunciation import spoken
from ivr.speech.timing import seconds, seconds_with_breaths

EN, ES = Language.EN, Language.ES
TOKENS = {"CT": "C T", "PD-L1": "P D L one", "EGFR": "E G F R", "PD-L": "wrong, the longer one wins"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hang up and call 911.", "Hang up and call nine one one."),
        ("Call or text 988, or 211, or 711.", "Call or text nine eight eight, or two one one, or seven one one."),
        ("1-800-227-2345", "one, eight zero zero, two two seven, two three four five"),
        ("call +18885526760.", "call one, eight eight eight, five five two, six seven six zero."),
        ("(888) 552-6760", "eight eight eight, five five two, six seven six zero"),
        ("1-800-4-CANCER, 1-800-QUIT-NOW", "one, eight zero zero, four, cancer, one, eight zero zero, quit, now"),
        ("stage 4, stages 1-3", "stage four, stages one to three"),
        ("100.4 F (38 C)", "one hundred point four degrees Fahrenheit (thirty-eight degrees Celsius)"),
        ("100.4 degrees F", "one hundred point four degrees Fahrenheit"),
        ("press 0", "press zero"),
        ("For back, press *; for the main menu, #.", "For back, press star; for the main menu, pound."),
        ("a CT scan, PD-L1, EGFR; DIRECT", "a C T scan, P D L one, E G F R; DIRECT"),
        ("ct", "ct"),
        ("in 2027", "in twenty twenty-seven"),
        ("1,200 people, 5%", "one thousand two hundred people, five percent"),
        ("24/7", "twenty-four hours a day, seven days a week"),
        ("8:30 am to 9:00 pm", "eight thirty am to nine pm"),
        ("text 741741", "text seven four one seven four one"),
        ("a 12-week course on the 1st", "a twelve-week course on the first"),
        ("$50", "fifty dollars"),
        ("L858R", "L858R"),
        ("Just plain words.", "Just plain words."),
    ],
)
def test_english(written: str, said: str) -> None:
    assert spoken(written, EN, TOKENS) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Cuelgue y llame al 911.", "Cuelgue y llame al nueve uno uno."),
        ("988, oprima 2", "nueve ocho ocho, oprima dos"),
        ("Para español, oprima 8.", "Para español, oprima ocho."),
        ("etapa 4", "etapa cuatro"),
        ("100.4 F (38 C)", "cien punto cuatro grados Fahrenheit (treinta y ocho grados Celsius)"),
        ("1 hora, 21 días, 1 mes", "una hora, veintiún días, un mes"),
        ("oprima 1 o diga", "oprima uno o diga"),
        ("1-800-227-2345", "uno, ocho cero cero, dos dos siete, dos tres cuatro cinco"),
        ("1-855-DÉJELO-YA", "uno, ocho cinco cinco, déjelo, ya"),
        ("oprima * o #", "oprima asterisco o numeral"),
        ("24/7", "las veinticuatro horas, los siete días de la semana"),
    ],
)
def test_spanish(written: str, said: str) -> None:
    assert spoken(written, ES, {}) == said


@pytest.mark.parametrize("language", [EN, ES])
@given(st.text(alphabet=st.sampled_from("abc DEF.,;:'*#&%$()-+/0123456789é\n"), max_size=80))
def test_neither_glyphs_nor_lone_numbers_are_left(language: Language, text: str) -> None:
    said = spoken(text, language, {})
    assert "*" not in said
    assert "#" not in said
    assert not re.search(r"(?<!\w)[0-9]+(?!\w)", said)


@pytest.mark.parametrize("language", [EN, ES])
@given(st.text(alphabet=st.sampled_from("abc defé.,;:'?!()\n"), max_size=80))
def test_plain_words_stay_as_they_are(language: Language, text: str) -> None:
    assert spoken(text, language, {}) == text


@pytest.mark.parametrize("language", [EN, ES])
@given(st.text(alphabet=st.sampled_from("ab CF.,-*#%$0123456789"), max_size=60))
def test_what_was_said_is_not_changed_when_said_again(language: Language, text: str) -> None:
    once = spoken(text, language, {})
    assert spoken(once, language, {}) == once


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    assert isinstance(spoken(text, EN, TOKENS), str)


def test_time_grows_with_words_and_with_breaths() -> None:
    assert seconds("one two three four five", 150) == 2.0
    assert seconds_with_breaths("one, two", 120) == 1.25
