"""Outbound texts of the shipped words: discreet, short, honest about cost, and the conversation goes on where they end."""

from __future__ import annotations

import re

import pytest

from ivr.dialog import places
from ivr.dialog.types import Choose, Graph, Language, Medium
from ivr.library.line_rules import Library
from ivr.messenger import bodies
from ivr.texting.segments import count

ILLNESS = re.compile(r"cancer|cáncer|tumor|oncolog|lung|pulm|chemo|quimio|metast", re.IGNORECASE)
LANGUAGES = list(Language)


def written(graph: Graph, topic: str, language: Language, *, first: bool, kind: str = "text", **what: str) -> str:
    text = bodies.body(graph, kind, {"topic": topic, **what}, language, first=first, segments=3)
    assert text is not None
    return text


def every_place(graph: Graph) -> list[str]:
    return [*graph.menus, *(ref for ref, topic in graph.topics.items() if not topic.message)]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_names_the_illness_where_a_locked_screen_shows_it(graph: Graph, language: Language, first: bool) -> None:
    for ref in [*every_place(graph), "number:specialist", "number:cancer-society"]:
        text = written(graph, ref, language, first=first)
        assert not ILLNESS.search(text[:30]), ref
        assert text.startswith(graph.text_name[language]), ref


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_is_one_text_of_at_most_three_segments(graph: Graph, language: Language, first: bool) -> None:
    for ref, topic in graph.topics.items():
        if not topic.message:
            assert count(written(graph, ref, language, first=first)).segments <= 3, ref


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_text_to_a_number_carries_rates_help_and_stop(graph: Graph, language: Language) -> None:
    needed = {Language.EN: ("rates", "HELP", "STOP"), Language.ES: ("tarifas", "AYUDA", "ALTO")}[language]
    told = graph.prompts[(language, Medium.TEXT)]["outbound_first"]
    for ref in every_place(graph):
        text = written(graph, ref, language, first=True)
        assert all(word in text for word in needed), ref
        assert told not in written(graph, ref, language, first=False), ref


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_begins_with_its_first_message_and_says_how_to_get_more(graph: Graph, language: Language) -> None:
    text = written(graph, "what-it-is", language, first=True)
    pages = graph.topics["what-it-is"].pages[(language, Medium.TEXT)]
    assert pages[0].text.strip() in text
    assert re.search(rf"\(\d/{len(pages)}\)", text)


def test_a_typed_number_reads_nothing_but_an_offer(graph: Graph) -> None:
    offer = "Info line: someone asked us to send you information. Reply 1 to get it, STOP to stop."
    for ref in ("what-it-is", "main", "number:specialist"):
        assert written(graph, ref, Language.EN, first=True, kind="invite") == offer
        assert written(graph, ref, Language.EN, first=True, offer="1") == offer


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_behind_a_gate_is_offered_and_never_pushed(graph: Graph, language: Language) -> None:
    gated = graph.topics["outlook"].pages[(language, Medium.TEXT)]
    assert gated[0].sensitive
    text = written(graph, "outlook", language, first=False)
    assert gated[0].text not in text
    state = bodies.state_after(graph, "text", {"topic": "outlook"}, language, first=False, segments=3)
    assert state.asking == Choose(("outlook",))
    later = written(graph, "palliative-care", language, first=False)
    hidden = [page.text for page in graph.topics["palliative-care"].pages[(language, Medium.TEXT)] if page.sensitive]
    assert hidden
    assert not any(text in later for text in hidden)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_late_note_carries_them_too_when_it_is_the_first_text(graph: Graph, language: Language) -> None:
    told = graph.prompts[(language, Medium.TEXT)]["outbound_first"]
    for first in (True, False):
        text = bodies.body(graph, "nudge", {"reference": "1234"}, language, first=first, segments=3)
        assert text is not None
        assert (told in text) is first
        assert count(text).segments <= 3


def test_a_number_is_written_as_people_write_it(graph: Graph) -> None:
    text = written(graph, "number:specialist", Language.EN, first=False)
    assert "1-888-552-6760" in text
    assert "+1888" not in text


def test_a_menu_shows_its_options_by_digit(graph: Graph) -> None:
    text = written(graph, "main", Language.EN, first=False)
    assert [line[:2] for line in text.splitlines()[-5:]] == ["1 ", "2 ", "3 ", "4 ", "5 "]


def test_the_late_text_gives_spanish_speakers_a_desk_that_speaks_spanish(graph: Graph) -> None:
    text = bodies.body(graph, "nudge", {"reference": "1234"}, Language.ES, first=False, segments=3)
    assert text is not None
    assert "1-800-227-2345" in text
    assert text.startswith("Línea de info: perdone")


def test_a_place_that_is_gone_has_no_text(graph: Graph) -> None:
    assert bodies.body(graph, "text", {"topic": "gone"}, Language.EN, first=True, segments=3) is None
    assert bodies.body(graph, "text", {}, Language.EN, first=True, segments=3) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("first", [True, False])
def test_the_conversation_goes_on_after_what_was_given(library: Library, language: Language, first: bool) -> None:
    graph = library.graph
    for ref in every_place(graph):
        what = {"topic": ref}
        state = bodies.state_after(graph, "text", what, language, first=first, segments=3)
        assert places.exists(graph, state.at)
        if ref in graph.topics and state.asking is None:
            found = re.search(r"\((\d)/\d\)\D*$", written(graph, ref, language, first=first))
            assert state.at == ref
            assert found is None or state.page == int(found[1]) - 1, ref
    offered = bodies.state_after(graph, "invite", {"topic": "pain"}, language, first=True, segments=3)
    assert offered.asking == Choose(("pain",))
    desk = bodies.state_after(graph, "invite", {"topic": "number:specialist"}, language, first=True, segments=3)
    assert desk.asking == Choose(("specialist",))
    assert bodies.state_after(graph, "nudge", {}, language, first=False, segments=3).at == graph.start
