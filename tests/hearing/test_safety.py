"""Safety comes before everything: opt-out, then danger, whatever else a message says."""

from __future__ import annotations

import pytest

from ivr.dialog.hearing import Listening, Meaning, Reading, read
from ivr.dialog.types import Graph, Keyword, Language, Medium, NumberType


def heard(graph: Graph, words: str, *, language: Language = Language.EN, medium: Medium = Medium.TEXT) -> Reading:
    return read(graph.hearing, words, Listening(medium, language))


OUT = """STOP|stop|Stop.|STOP!|"stop"|stop please|please stop|STOPALL|stop all|end|END.|quit|QUIT|cancel|Cancel|revoke
unsubscribe|opt out|opt-out|optout|OptOut|please stop texting me|stop texting|no more messages|no more texts please
take me off your list
remove my number|don\u2019t text me again|do not message me|i don't want these texts|leave me alone stop texting
stop sending me messages|unsubscribe me|s\u200btop|\u00a0STOP\u00a0|\uff33\uff34\uff2f\uff30
stop  stop|stop the texts|end messages
alto|ALTO|parar|cancelar|basta|ya no me manden mensajes|no me manden mas mensajes|no m\u00e1s textos|dejen de escribirme
quiero dejar de recibir mensajes|quiten mi n\u00famero|darme de baja|por favor paren los mensajes""".replace(
    "\n", "|"
).split("|")

IN = """should I stop chemo|end of life care|quit smoking|I want to quit smoking|cancel my scan|can I cancel my appointment
the pain wont stop|I want it to end|end it|make it stop|make this stop|I can't do this anymore
when does chemo end|stop the cough
will it stop growing|can I quit a trial|end stage lung cancer|does chemo stop working|my doctor wants to stop treatment
bleeding that won't stop what is it|how do I stop smoking|the end of treatment|did they cancel the trial|stop taking tagrisso
debo parar la quimio|dejar de fumar|cancelar mi cita|cuando termina el tratamiento|quiero dejar la quimio|parar el dolor
el dolor no para|cuidado al final de la vida""".replace("\n", "|").split("|")


@pytest.mark.parametrize("words", OUT)
def test_an_opt_out_is_heard(graph: Graph, words: str) -> None:
    assert heard(graph, words).meaning is Meaning.OPT_OUT


@pytest.mark.parametrize("words", IN)
def test_words_about_treatment_are_never_an_opt_out(graph: Graph, words: str) -> None:
    reading = heard(graph, words)
    assert reading.meaning not in (Meaning.OPT_OUT, Meaning.OPT_OUT_UNSURE)
    assert not reading.opt_out


@pytest.mark.parametrize("words", ["stop it", "I want to stop", "i quit", "not interested", "quiero parar", "no gracias"])
def test_an_opt_out_that_may_mean_something_else_is_asked_about(graph: Graph, words: str) -> None:
    reading = heard(graph, words)
    assert reading.meaning is Meaning.OPT_OUT_UNSURE
    assert not reading.sure


def test_nothing_spoken_is_an_opt_out(graph: Graph) -> None:
    assert heard(graph, "stop", medium=Medium.VOICE).meaning is not Meaning.OPT_OUT


def test_danger_and_opt_out_in_one_message_get_both(graph: Graph) -> None:
    reading = heard(graph, "stop texting me I want to die")
    assert reading.meaning is Meaning.CRISIS
    assert reading.opt_out
    reading = read(graph.hearing, "my husband can't breathe", Listening(Medium.TEXT, Language.EN, carrier_said=Keyword.STOP))
    assert (reading.meaning, reading.opt_out) == (Meaning.EMERGENCY, True)


def test_an_emergency_with_words_of_suicide_names_both(graph: Graph) -> None:
    reading = heard(graph, "i want to die and i cant breathe")
    assert reading.meaning is Meaning.EMERGENCY
    assert "crisis" in reading.offers


@pytest.mark.parametrize("said", list(Keyword))
def test_what_the_carrier_has_understood_stands(graph: Graph, said: Keyword) -> None:
    listening = Listening(Medium.TEXT, Language.EN, carrier_said=said)
    meanings = {Keyword.STOP: Meaning.OPT_OUT, Keyword.START: Meaning.OPT_IN, Keyword.HELP: Meaning.HELP}
    assert read(graph.hearing, "blah", listening).meaning is meanings[said]


@pytest.mark.parametrize(
    ("words", "number_type", "opted_out", "meaning"),
    [
        ("START", NumberType.LONG_CODE, True, Meaning.OPT_IN),
        ("YES", NumberType.LONG_CODE, True, Meaning.OPT_IN),
        ("YES", NumberType.TOLL_FREE, True, Meaning.OUTSIDE),
        ("YES", NumberType.LONG_CODE, False, Meaning.OUTSIDE),
        ("START", NumberType.LONG_CODE, False, Meaning.COMMAND),
        ("UNSTOP", NumberType.TOLL_FREE, False, Meaning.OPT_IN),
    ],
)
def test_an_opt_in_counts_where_it_can(
    graph: Graph, words: str, number_type: NumberType, opted_out: bool, meaning: Meaning
) -> None:
    listening = Listening(Medium.TEXT, Language.EN, opted_out=opted_out, number_type=number_type)
    assert read(graph.hearing, words, listening).meaning is meaning


@pytest.mark.parametrize(
    "words",
    [
        "cant breath",
        "he wont wake up",
        "coughing up cups of blood",
        "no responde mi esposo",
        "se esta ahogando",
        "she is having a seisure",
        "I can\u2019t breathe",
        "no puedo respirar",
    ],
)
@pytest.mark.parametrize("medium", list(Medium))
@pytest.mark.parametrize("language", list(Language))
def test_an_emergency_is_heard_in_both_languages_and_media(
    graph: Graph, words: str, medium: Medium, language: Language
) -> None:
    reading = read(graph.hearing, words, Listening(medium, language, confidence=0.05 if medium is Medium.VOICE else None))
    assert reading.meaning is Meaning.EMERGENCY


@pytest.mark.parametrize("words", [
    "what are the signs of a stroke", "is coughing blood common", "does a fan help with breathing",
    "can chemo cause seizures", "short of breath when I climb stairs is that normal", "he had a seizure last month",
    "I'm dying to know what it costs", "is my dad going to die", "I'm ready for hospice", "I want to stop chemo",
    "I'm so tired of all this", "I feel hopeless", "cuales son las se\u00f1ales de un derrame", "es normal toser sangre",
    "la quimio puede dar convulsiones", "mi papa tuvo una convulsion el mes pasado", "ya no quiere tratamiento",
])  # fmt: skip
def test_questions_about_danger_and_despair_are_not_danger(graph: Graph, words: str) -> None:
    dangers = (Meaning.EMERGENCY, Meaning.EMERGENCY_UNSURE, Meaning.CRISIS)
    assert heard(graph, words).meaning not in dangers


@pytest.mark.parametrize(
    "words",
    [
        "I have a fever of 101",
        "shaking chills after chemo",
        "cant keep water down",
        "throwing up all day since chemo",
        "black stools since this morning",
        "tengo fiebre de 39 y estoy en quimio",
        "tengo escalofrios despues de la quimio",
    ],
)
def test_what_cannot_wait_is_urgent(graph: Graph, words: str) -> None:
    assert heard(graph, words).meaning is Meaning.URGENT


@pytest.mark.parametrize(
    "words",
    [
        "don't want to be here anymore",
        "better off without me",
        "taking all my pills",
        "ya no quiero vivir",
        "quitarme la vida",
        "my wife says she's going to kill herself",
    ],
)
def test_a_crisis_is_heard_plain_and_oblique(graph: Graph, words: str) -> None:
    assert heard(graph, words).meaning is Meaning.CRISIS
