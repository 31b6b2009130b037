"""Where a caller is travels in the URL: exactly, shortly, and without harm when it is damaged."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from graphs import EN, ES, graph
from hypothesis import given
from hypothesis import strategies as st

from ivr.channels.voice.cursor import Cursors, parse, write
from ivr.channels.voice.sealing import seal, unseal
from ivr.dialog.types import (
    Choose,
    Confirm,
    Consent,
    Define,
    Enter,
    HeardBefore,
    Language,
    Medium,
    Mode,
    Pace,
    State,
)

GRAPH = graph()
FALLBACK = State(Medium.VOICE, EN, "main")
PLACES = st.sampled_from([*GRAPH.menus, *GRAPH.topics])
NUMBERS = st.integers(0, 999)
CHOICES = st.sampled_from(["main", "tests", "specialist", "cancer-society", "words", "one-key", "word:biopsy", "return"])
PURPOSES = st.sampled_from(["callback", "text-me", "typed:number:specialist", "may-text:morning", "forget"])
ASKING = st.one_of(
    st.none(),
    st.builds(Choose, st.lists(CHOICES, max_size=9).map(tuple)),
    st.builds(Consent, st.sampled_from(list(GRAPH.topics))),
    st.builds(Enter, PURPOSES),
    st.builds(Confirm, PURPOSES),
    st.builds(Define, st.just("biopsy")),
)
STATES = st.builds(
    State,
    medium=st.just(Medium.VOICE),
    language=st.sampled_from(Language),
    at=PLACES,
    page=NUMBERS,
    group=NUMBERS,
    trail=st.lists(PLACES, max_size=1).map(tuple),
    misses=NUMBERS,
    silences=NUMBERS,
    heard_before=st.sampled_from(HeardBefore),
    pace=st.sampled_from(Pace),
    mode=st.sampled_from(Mode),
    asking=ASKING,
    sealed=st.one_of(st.just(""), st.text(alphabet="abcXYZ019_-", min_size=1, max_size=60)),
    revision=st.sampled_from(["", "abc123", "0" * 64]),
)


@given(STATES)
def test_what_was_written_is_read_again(state: State) -> None:
    assert parse(write(state), GRAPH, FALLBACK) == (state, False)
    assert parse(write(state, GRAPH), GRAPH, FALLBACK) == (state, False)


@given(STATES)
def test_a_cursor_needs_no_escaping_and_is_short(state: State) -> None:
    cursor = write(state, GRAPH)
    assert re.fullmatch(r"[A-Za-z0-9=&._~-]+", cursor)
    assert len(cursor) < 600


def test_a_usual_cursor_is_very_short() -> None:
    assert write(replace(FALLBACK, at="tests", revision="abc123"), GRAPH) == "l=en&a=tests&u=what-it-is.disease&r=abc123"


@given(st.text(max_size=200))
def test_any_query_parses(query: str) -> None:
    state, _ = parse(query, GRAPH, FALLBACK)
    assert state.at in {*GRAPH.menus, *GRAPH.topics}


@given(st.lists(st.tuples(st.sampled_from("lauptghmscokxr"), st.text(alphabet="az09.~:-_=%²٣\n", max_size=30))))
def test_any_damaged_cursor_parses_to_a_state_that_can_be_written(parts: list[tuple[str, str]]) -> None:
    state, _ = parse("&".join(f"{name}={value}" for name, value in parts), GRAPH, FALLBACK)
    assert parse(write(state), GRAPH, FALLBACK)[0] == state


@pytest.mark.parametrize(
    "query",
    [
        "",
        "&&&",
        "l=xx&a=",
        "a=../../etc",
        "a=MAIN&m=-1&s=1e9",
        "m=²&s=٣&p=1000",
        "k=choose.gone&h=9&o=no&c=fast",
        "x=+1&r=%",
        "a",
    ],
)
def test_damage_falls_back_to_safe_values(query: str) -> None:
    assert parse(query, GRAPH, FALLBACK) == (FALLBACK, False)


def test_a_missing_place_falls_back_to_the_given_state() -> None:
    fallback = State(Medium.VOICE, ES, "disease")
    assert parse("p=1", GRAPH, fallback)[0] == replace(fallback, page=1)


def test_a_place_that_is_gone_becomes_the_nearest_that_is_left() -> None:
    state = State(Medium.VOICE, ES, "tests", page=1, misses=1, pace=Pace.SLOW, asking=Choose(("main",)), revision="old")
    cursor = write(state, GRAPH)
    smaller = replace(GRAPH, topics={"what-it-is": GRAPH.topics["what-it-is"]})
    landed = State(Medium.VOICE, ES, "what-it-is", misses=1, pace=Pace.SLOW, revision="old")
    assert parse(cursor, smaller, FALLBACK) == (landed, True)
    assert parse(cursor, replace(GRAPH, topics={}), FALLBACK) == (replace(landed, at="disease"), True)
    bare = replace(GRAPH, topics={}, menus={"main": GRAPH.menus["main"]})
    assert parse(cursor, bare, FALLBACK) == (replace(landed, at="main"), True)


@pytest.mark.parametrize("asking", [Choose(("tests", "gone")), Choose(("word:gone",)), Consent("main"), Define("gone")])
def test_a_question_about_something_that_is_gone_is_forgotten(asking: Choose | Consent | Define) -> None:
    state = replace(FALLBACK, asking=asking)
    assert parse(write(state), GRAPH, FALLBACK)[0].asking is None


def test_a_cursor_that_was_read_before_is_read_the_same_and_forgotten_with_its_graph() -> None:
    cursors = Cursors()
    for _ in range(2):
        assert cursors.parse("l=es&a=tests", GRAPH, FALLBACK) == (State(Medium.VOICE, ES, "tests"), False)
    smaller = replace(GRAPH, topics={})
    assert cursors.parse("l=es&a=tests", smaller, FALLBACK) == (State(Medium.VOICE, ES, "main"), True)


def test_a_cursor_with_a_sealed_number_is_not_remembered() -> None:
    cursors = Cursors()
    cursors.parse("a=main&x=abc", GRAPH, FALLBACK)
    assert "abc" not in repr(vars(cursors)["_held"][1])


def test_a_language_that_the_line_has_not_falls_back() -> None:
    assert parse("l=es&a=main", graph(languages=(EN,)), FALLBACK)[0].language is EN


def test_a_number_in_clear_never_enters_a_cursor() -> None:
    assert "202" not in write(replace(FALLBACK, sealed="+12025550123"))


KEYS = (b"a" * 32, b"b" * 32)


def test_a_sealed_number_opens_only_in_its_call_and_with_our_key() -> None:
    sealed = seal("+12025550123", "CA1", KEYS)
    assert unseal(sealed, "CA1", KEYS) == "+12025550123"
    assert unseal(sealed, "CA2", KEYS) == ""
    assert unseal(sealed, "CA1", (b"c" * 32,)) == ""
    assert "202" not in sealed


def test_the_same_turn_gives_the_same_seal() -> None:
    assert seal("+12025550123", "CA1", KEYS) == seal("+12025550123", "CA1", KEYS)


def test_while_keys_rotate_the_older_one_still_opens() -> None:
    assert unseal(seal("+12025550123", "CA1", KEYS[1:]), "CA1", KEYS) == "+12025550123"


@given(st.text(max_size=60))
def test_rubbish_opens_to_nothing(rubbish: str) -> None:
    assert unseal(rubbish, "CA1", KEYS) == ""


def test_a_sealed_number_survives_the_cursor() -> None:
    state = replace(FALLBACK, sealed=seal("+12025550123", "CA1", KEYS), asking=Confirm("typed:callback"))
    assert parse(write(state), GRAPH, FALLBACK)[0] == state
