"""A reply as a text message."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.types import Language, Listen, Pause, Reply, Say
from ivr.texting.bodies import body, shown
from ivr.texting.clean import printable, received


def _reply(*texts: str) -> Reply:
    says = [part for text in texts for part in (Say(text, Language.EN), Pause(0.75))]
    return Reply(tuple(says), Listen())


def test_words_stand_one_below_the_other_and_pauses_leave_no_trace() -> None:
    assert body(_reply("Main menu.", "1 the disease", "", "2 treatment")) == "Main menu.\n1 the disease\n2 treatment"


def test_nothing_to_say_is_nothing_to_send() -> None:
    assert body(Reply((), Listen())) == ""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Call +18885526760 now", "Call 1-888-552-6760 now"),
        ("1-800-227-2345", "1-800-227-2345"),
        ("+442071838750", "+442071838750"),
        ("+188855267601", "+188855267601"),
    ],
)
def test_numbers_are_shown_as_people_write_them(written: str, read: str) -> None:
    assert shown(written) == read


@given(st.text(alphabet=st.characters()))
def test_whatever_is_printable_parses_as_xml(text: str) -> None:
    element = ElementTree.Element("Message")
    element.text = printable(text)
    ElementTree.fromstring(ElementTree.tostring(element, encoding="unicode"))  # noqa: S314


def test_only_what_xml_cannot_carry_is_taken_out() -> None:
    assert printable("a\x00b\x0bc\x1bd\ufffee\ud800f\tg\nh é ñ \U0001f642") == "abcdef\tg\nh é ñ \U0001f642"


def test_what_strangers_send_is_cleaned_and_cut() -> None:
    assert received(" st\u200bop\x07\n now ", 500) == "stop now"
    assert received("x" * 900, 500) == "x" * 500
    assert received("\x00" * 1600, 1600) == ""
