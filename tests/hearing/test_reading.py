"""Commands, digits, names of places, medical words and questions are heard as a person means them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.hearing import Hearing, Listening, Meaning, Reading, read
from ivr.dialog.types import Graph, Language, Medium


def heard(graph: Graph, words: str, language: Language = Language.EN, medium: Medium = Medium.TEXT) -> Reading:
    return read(graph.hearing, words, Listening(medium, language))


@pytest.mark.parametrize(("words", "digit"), [
    ("2", "2"), ("2.", "2"), (" 2 ", "2"), ("two", "2"), ("dos", "2"), ("option 2", "2"), ("opci\u00f3n 2", "2"),
    ("numero dos", "2"), ("number two", "2"), ("press 1", "1"), ("\uff12", "2"), ("2\ufe0f\u20e3", "2"),
    ("0", "0"), ("zero", "0"),
    ("9", "9"), ("*", "*"), ("#", "#"), ("#3", "3"), ("uno", "1"),
])  # fmt: skip
def test_a_digit_is_heard_however_it_is_written(graph: Graph, words: str, digit: str) -> None:
    reading = heard(graph, words)
    assert (reading.meaning, reading.ref) == (Meaning.DIGIT, digit)


@pytest.mark.parametrize("words", ["\u00b2", "\u0662", "22", "2 3", "\u2461"])
def test_what_is_no_single_digit_is_not_one(graph: Graph, words: str) -> None:
    assert heard(graph, words).meaning is not Meaning.DIGIT


def test_a_phone_writes_words_for_digits_and_a_texter_does_not(graph: Graph) -> None:
    assert heard(graph, "for", medium=Medium.VOICE).ref == "4"
    assert heard(graph, "for", medium=Medium.TEXT).meaning is not Meaning.DIGIT


@pytest.mark.parametrize(("words", "command"), [
    ("menu", "menu"), ("mneu", "menu"), ("MENU!", "menu"), ("main menu", "menu"), ("hi", "menu"), ("hola", "menu"),
    ("back", "back"), ("go back", "back"), ("atr\u00e1s", "back"), ("more", "on"), ("continue", "on"), ("siguiente", "on"),
    ("again", "again"), ("repeat that please", "again"), ("repita por favor", "again"), ("agent", "person"),
    ("operator", "person"), ("can I talk to a real person", "person"), ("quiero hablar con alguien", "person"),
    ("me puede comunicar con un especialista", "person"), ("topics", "topics"), ("temas", "topics"), ("forget", "forget"),
    ("espanol", "spanish"), ("in english", "english"), ("slower", "slower"), ("m\u00e1s despacio", "slower"),
    ("text me this", "text-me"), ("call me back", "callback"), ("call me", "call-me"), ("hold on", "hold"),
    ("un momento", "hold"), ("one key", "one-key"), ("words", "words"), ("what is the number", "number"),
    ("cancel my callback", "no-callback"),
])  # fmt: skip
def test_a_command_is_heard_everywhere(graph: Graph, words: str, command: str) -> None:
    reading = heard(graph, words)
    assert (reading.meaning, reading.ref) == (Meaning.COMMAND, command)


@pytest.mark.parametrize("words", ["help", "HELP", "info", "ayuda", "how does this work", "opciones"])
def test_help_is_its_own_meaning(graph: Graph, words: str) -> None:
    assert heard(graph, words).meaning is Meaning.HELP


@pytest.mark.parametrize(("words", "term"), [
    ("WORD biopsy", "biopsy"), ("what does biopsy mean", "biopsy"), ("que significa biopsia", "biopsy"),
    ("define anemia", "anemia"), ("palabra biopsia", "biopsy"), ("WORD immunotherapy", "immunotherapy"),
])  # fmt: skip
def test_a_medical_word_is_defined_when_asked_for(graph: Graph, words: str, term: str) -> None:
    reading = heard(graph, words)
    assert (reading.meaning, reading.ref) == (Meaning.WORD, term)


@pytest.mark.parametrize(("words", "topic"), [
    ("what is immunotherapy", "immunotherapy"), ("what is palliative care", "palliative-care"),
    ("what does stage 4 mean", "stage-and-type"), ("what does metastatic mean", "what-it-is"),
    ("my dad's cancer went to his brain what can they do", "treatment-brain"), ("whats keytruda", "immunotherapy"),
    ("key true da", "immunotherapy"), ("tag risso", "targeted-therapy"), ("oh so merton ib", "targeted-therapy"),
    ("symptoms when its in the brian", "spread-brain"), ("para que son los rayos", "radiation-and-surgery"),
])  # fmt: skip
def test_a_question_reaches_its_topic(graph: Graph, words: str, topic: str) -> None:
    reading = heard(graph, words)
    assert reading.meaning in (Meaning.PLACE, Meaning.OFFER)
    assert reading.ref == topic


def test_a_label_of_this_place_wins_over_the_same_words_elsewhere(graph: Graph) -> None:
    here = Listening(Medium.TEXT, Language.EN, digits={"1": "what-it-is", "3": "treatment-brain"})
    assert read(graph.hearing, "brain", here).ref == "treatment-brain"
    assert read(graph.hearing, "brain", Listening(Medium.TEXT, Language.EN)).ref == "spread-brain"


@pytest.mark.parametrize("language", list(Language))
def test_every_label_is_heard_from_everywhere(graph: Graph, language: Language) -> None:
    for ref, topic in graph.topics.items():
        if topic.asks[language]:
            reading = read(graph.hearing, topic.labels[language], Listening(Medium.TEXT, language))
            assert reading.ref == ref, topic.labels[language]


def test_words_heard_badly_are_offered_and_not_taken(graph: Graph) -> None:
    sure = read(graph.hearing, "what is immunotherapy", Listening(Medium.VOICE, Language.EN, confidence=0.9))
    doubted = read(graph.hearing, "what is immunotherapy", Listening(Medium.VOICE, Language.EN, confidence=0.2))
    assert sure.meaning is Meaning.PLACE
    assert doubted.meaning is Meaning.OFFER
    assert doubted.offers[0] == "immunotherapy"


def test_another_subject_comes_with_the_number_that_can_help(graph: Graph) -> None:
    reading = heard(graph, "treatment for breast cancer")
    assert reading.meaning is Meaning.OUTSIDE
    assert graph.hearing.outside(Language.EN, reading.ref).number == "1-800-227-2345"


@pytest.mark.parametrize(
    ("words", "language"), [("que es la quimio", Language.ES), ("what is chemo", Language.EN), ("keytruda", None)]
)
def test_the_language_of_the_words_is_told(graph: Graph, words: str, language: Language | None) -> None:
    assert heard(graph, words).language is language


def test_a_spanish_question_in_an_english_session_is_understood(graph: Graph) -> None:
    reading = heard(graph, "qu\u00e9 es la inmunoterapia", Language.EN)
    assert (reading.ref, reading.language) == ("immunotherapy", Language.ES)


@given(st.text(max_size=400), st.sampled_from(list(Medium)))
def test_anything_at_all_can_be_heard_and_always_the_same(hearing: Hearing, words: str, medium: Medium) -> None:
    listening = Listening(medium, Language.EN)
    first = read(hearing, words, listening, explain=True)
    assert first == read(hearing, words, listening, explain=True)


@pytest.mark.parametrize(
    "words", ["a" * 100_000, "help " * 20_000, "can not " * 5_000, "\u0301" * 5_000, "1" * 2_000, "'" * 3_000]
)
def test_very_long_messages_are_cut_and_heard(graph: Graph, words: str) -> None:
    assert isinstance(heard(graph, words), Reading)
