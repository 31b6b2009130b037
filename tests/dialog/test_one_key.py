"""With one key, whatever it is: every choice and every question, one answer at a time, on the shipped words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ivr.channels.voice import cursor
from ivr.dialog import going, one_key, places
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    Caller,
    CallerKind,
    Choose,
    Confirm,
    Consent,
    Define,
    Digits,
    Enter,
    Graph,
    HeardBefore,
    Language,
    Listen,
    Medium,
    Mode,
    NoInput,
    Say,
    Speech,
    State,
    Transfer,
    TransferEnded,
    TransferOutcome,
    Turn,
)
from tests.conftest import NOON
from tests.dialog.test_every_place import every_state, settled

ROUND = 20  # more than any place or question has choices
NAMES_A_KEY = re.compile(r"(press|oprima) [0-9*#]|(press|oprima) (star|pound|asterisco|numeral)")
MOBILE = Caller(kind=CallerKind.MOBILE, ending="43", zones=("America/New_York",))
LANDLINE = replace(MOBILE, kind=CallerKind.LANDLINE)


def said(turn: Turn) -> str:
    return " ".join(part.text for part in turn.reply.says if isinstance(part, Say))


def with_one_key(graph: Graph, at: str = "main", language: Language = Language.EN, **more: object) -> State:
    state = start(graph, Medium.VOICE, language)
    return replace(state, at=at, mode=Mode.ONE_KEY, heard_before=HeardBefore.TOPIC, **more)  # type: ignore[arg-type]


def press(graph: Graph, state: State, caller: Caller = MOBILE, key: str = "5") -> Turn:
    return settled(graph, take_turn(graph, state, Digits(key, NOON, caller)))


def one_round(graph: Graph, turn: Turn, caller: Caller = MOBILE) -> list[Turn]:
    """Every choice that is offered from here on until they begin again, each with its words."""
    turns = [turn]
    for _ in range(ROUND):
        turn = take_turn(graph, turn.state, NoInput(NOON, caller))
        now, first = turn.state, turns[0].state
        if not isinstance(turn.reply.then, Listen) or now.silences > first.silences or now.asking != first.asking:
            break
        turns.append(turn)
    return turns


def questions(graph: Graph) -> list[State]:
    """Every kind of question that a caller can be asked."""
    term = next(iter(graph.glossary))
    purposes = ["text-me", "number:specialist", "forget", "forget-callback", "callback", "no-callback", "may-text:any"]
    asked = [Consent("outlook"), Define(term), Choose(("pain", "breathing")), Choose(("specialist", "number", "return"))]
    asked += [Choose((places.WORD + term, "person")), *map(Confirm, purposes)]
    return [
        with_one_key(graph, "outlook" if isinstance(asking, Consent) else "pain", language, asking=asking)
        for language in graph.languages
        for asking in asked
    ]


def test_every_question_says_its_answers_one_at_a_time_and_names_no_other_key(graph: Graph) -> None:
    for state in questions(graph):
        asked = take_turn(graph, state, Speech("again", 0.9, NOON, MOBILE))
        for turn in one_round(graph, asked):
            assert len(re.findall("any key now|cualquier tecla ahora", said(turn))) == 1, said(turn)
            assert not NAMES_A_KEY.search(said(turn)), said(turn)
            assert isinstance(turn.reply.then, Listen)
            assert turn.reply.then.any_key


def test_any_key_takes_the_answer_just_said(graph: Graph) -> None:
    """Whichever key it is, star and pound too; and one key mode goes on afterwards."""
    for state in questions(graph):
        asked = take_turn(graph, state, Speech("again", 0.9, NOON, MOBILE))
        for turn in one_round(graph, asked):
            after = {str(press(graph, turn.state, key=key).state) for key in "05*#"}
            assert len(after) == 1
            assert press(graph, turn.state).state.mode is Mode.ONE_KEY


def test_a_person_is_among_the_choices_of_every_question_and_place(graph: Graph) -> None:
    """Asked for from everywhere (R1); what silence answers by itself needs no more."""
    states = [state for state in questions(graph) if not isinstance(state.asking, Define)]
    states += [replace(state, mode=Mode.ONE_KEY) for state in every_state(graph, Medium.VOICE)]
    for state in states:
        shown = take_turn(graph, state, Speech("again", 0.9, NOON, MOBILE))
        reached = [press(graph, turn.state) for turn in one_round(graph, shown)]
        desks = [turn for turn in reached if isinstance(turn.reply.then, Transfer) or _offers_desks(graph, turn)]
        assert desks, state


def _offers_desks(graph: Graph, turn: Turn) -> bool:
    asking = turn.state.asking
    return isinstance(asking, Choose) and asking.refs[0] in graph.handoffs


def test_after_a_transfer_the_choices_come_one_at_a_time(graph: Graph) -> None:
    ringing = take_turn(graph, with_one_key(graph, "pain", asking=None), Speech("person", 0.9, NOON, MOBILE))
    assert isinstance(ringing.reply.then, Transfer)
    ended = take_turn(graph, ringing.state, TransferEnded(TransferOutcome.BUSY, NOON, MOBILE))
    offered = [said(turn) for turn in one_round(graph, ended)]
    assert "busy" in offered[0]
    assert any(graph.handoffs["cancer-society"].labels[Language.EN] in words for words in offered)
    back = next(turn for turn in one_round(graph, ended) if "the place you were at" in said(turn))
    assert (press(graph, back.state).state.at, press(graph, back.state).state.asking) == ("pain", None)


def test_the_gate_opens_only_by_the_answer_that_opens_it(graph: Graph) -> None:
    """Silence goes from answer to answer and opens nothing (R58)."""
    gate = press(graph, _at_choice(graph, "living", "outlook"))
    assert gate.state.asking == Consent("outlook")
    hear, back = one_round(graph, gate)[:2]
    assert press(graph, hear.state).state.asking is None
    assert press(graph, hear.state).state.at == "outlook"
    assert press(graph, back.state).state.at == "living"
    opened = press(graph, hear.state)
    assert places.gate_open(opened.state)
    assert all(places.gate_open(turn.state) for turn in one_round(graph, opened))


def _at_choice(graph: Graph, place: str, ref: str) -> State:
    """The moment at which this choice has just been said."""
    label = places.label(graph, ref, Language.EN, Medium.VOICE)
    shown = take_turn(graph, with_one_key(graph, place), Speech("again", 0.9, NOON, MOBILE))
    return next(turn.state for turn in one_round(graph, shown) if label in said(turn))


@pytest.mark.parametrize("purpose", ["text-me", "callback"])
def test_typing_a_number_is_out_of_reach_and_what_works_is_said(graph: Graph, purpose: str) -> None:
    """Kindly, and never a question that nobody with one key can answer."""
    state = with_one_key(graph, "pain", asking=Confirm("callback") if purpose == "callback" else None)
    if purpose == "callback":
        state = one_round(graph, take_turn(graph, state, Speech("again", 0.9, NOON, MOBILE)))[1].state
        turn = press(graph, state)
    else:
        turn = take_turn(graph, state, Speech("text me", 0.9, NOON, LANDLINE))
    assert not isinstance(turn.state.asking, Enter)
    assert said(turn).startswith("A phone number takes all the keys")
    assert "a person" in said(turn)
    assert turn.state.mode is Mode.ONE_KEY


def test_a_text_of_what_was_heard_can_be_chosen(graph: Graph) -> None:
    state = _at_choice(graph, "pain", "text-me")
    asked = press(graph, state)
    assert asked.state.asking == Confirm("text-me")
    sent = take_turn(graph, asked.state, Digits("3", NOON, MOBILE))
    assert sent.effect is not None


DANGERS = ["i cant breathe", "i want to kill myself", "i have a fever of 102 today", "my chest feels tight now"]


@pytest.mark.parametrize("words", DANGERS)
def test_one_key_still_works_in_danger(graph: Graph, words: str) -> None:
    """The words about 911 or 988 come first; then a person is chosen with the one key there is."""
    turn = take_turn(graph, with_one_key(graph), Speech(words, 0.9, NOON, MOBILE))
    assert turn.state.mode is Mode.ONE_KEY
    assert "911" in said(turn)
    person = next(turn for turn in one_round(graph, turn) if "For a person" in said(turn))
    assert isinstance(press(graph, person.state).reply.then, Transfer)


def test_in_an_emergency_every_choice_is_said_after_911(graph: Graph) -> None:
    turn = take_turn(graph, with_one_key(graph), Speech("i cant breathe", 0.9, NOON, MOBILE))
    for each in one_round(graph, turn):
        assert said(each).startswith("Hang up and call 911 now.")
        first = next(part for part in each.reply.says if isinstance(part, Say))
        assert not first.interruptible


def test_the_line_waits_and_then_goes_on_with_one_key(graph: Graph) -> None:
    held = take_turn(graph, with_one_key(graph, "pain"), Speech("hold", 0.9, NOON, MOBILE))
    assert held.state.mode is Mode.ONE_KEY_HOLD
    assert cursor.parse(cursor.write(held.state), graph, held.state)[0].mode is Mode.ONE_KEY_HOLD
    assert take_turn(graph, held.state, NoInput(NOON, MOBILE)).state.mode is Mode.ONE_KEY_HOLD
    assert press(graph, held.state).state.mode is Mode.ONE_KEY
    for _ in range(graph.limits.extensions + 1):
        held = take_turn(graph, held.state, NoInput(NOON, MOBILE))
    assert held.state.mode is Mode.ONE_KEY


def test_the_first_topic_still_says_that_this_is_general_information(graph: Graph) -> None:
    """R60 holds for everybody."""
    arrived = replace(with_one_key(graph, "symptoms"), heard_before=HeardBefore.INPUT)
    first = take_turn(graph, arrived, Speech("pain", 0.9, NOON, MOBILE))
    assert "not medical advice" in said(first)
    assert first.state.heard_before is HeardBefore.TOPIC
    assert "not medical advice" not in said(take_turn(graph, first.state, Speech("breathing", 0.9, NOON, MOBILE)))


def test_saying_it_again_begins_from_the_start_of_the_place(graph: Graph) -> None:
    shown = take_turn(graph, with_one_key(graph, "pain"), Speech("again", 0.9, NOON, MOBILE))
    later = take_turn(graph, shown.state, NoInput(NOON, MOBILE))
    assert said(later) != said(shown)
    assert said(take_turn(graph, later.state, Speech("again", 0.9, NOON, MOBILE))) == said(shown)


def test_no_turn_at_a_place_names_a_key_that_means_nothing(graph: Graph) -> None:
    """Help, a subject that is not ours, the other language: none of them says "press 0" to who has one key."""
    for words in ("help", "what is the weather", "español", "slower", "blorp", "thank you", "yes", "no"):
        turn = take_turn(graph, with_one_key(graph, "pain"), Speech(words, 0.9, NOON, MOBILE))
        assert not NAMES_A_KEY.search(said(turn)), (words, said(turn))


def test_every_question_that_a_caller_can_be_asked_has_its_keys_checked() -> None:
    """`ivr check` looks at the very prompts that the dialog asks with."""
    asked = set(going.QUESTIONS.values()) | {*going.BY_PREFIX.values(), "gate_option", "define_end"}
    assert asked - {"stop_unsure"} == set(one_key.QUESTIONS)  # that one is asked by text only
