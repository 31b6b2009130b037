"""From any place any input leads on: an answer, a person, or a goodbye that the rules allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog import acts, places
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    Arrival,
    Choose,
    Confirm,
    Consent,
    Digits,
    EffectEnded,
    Enter,
    Graph,
    Hangup,
    HeardBefore,
    Input,
    Language,
    Listen,
    Medium,
    Mode,
    NoInput,
    Pace,
    Result,
    Say,
    Speech,
    State,
    Text,
    Transfer,
    TransferEnded,
    TransferOutcome,
    Turn,
)
from tests.conftest import NOON

KEYS = "0123456789*#"
WORDS = ["menu", "back", "person", "what is chemotherapy", "blorp", "i cant breathe", "español", "more", "2", "¿qué?", ""]
voice_inputs = st.one_of(
    st.sampled_from(KEYS).map(lambda key: Digits(key, NOON)),
    st.just(NoInput(NOON)),
    st.sampled_from(WORDS).map(lambda words: Speech(words, 0.8, NOON)),
    st.text(max_size=40).map(lambda words: Speech(words, None, NOON)),
    st.text(alphabet=KEYS + "٣²x", max_size=50).map(lambda keys: Digits(keys, NOON)),
    st.sampled_from(list(TransferOutcome)).map(lambda outcome: TransferEnded(outcome, NOON, seconds=3)),
)
text_inputs = st.one_of(
    st.sampled_from([*WORDS, *KEYS, "STOP", "START", "HELP", "FORGET", "hola", "AYUDA", "CALL", "YES"]),
    st.text(max_size=200),
).map(lambda body: Text(body, NOON))


def settled(graph: Graph, turn: Turn, result: Result = Result.DONE) -> Turn:
    """The turn after the world has answered its effect."""
    if turn.effect is None:
        return turn
    return take_turn(graph, turn.state, EffectEnded(turn.effect, result, NOON))


def play(graph: Graph, state: State, inputs: list[Input]) -> Turn:
    """Take these turns one after the other."""
    turn = settled(graph, take_turn(graph, state, inputs[0]))
    for heard in inputs[1:]:
        turn = settled(graph, take_turn(graph, turn.state, heard))
    return turn


def spoken(turn: Turn) -> str:
    return " ".join(part.text for part in turn.reply.says if isinstance(part, Say))


def every_state(graph: Graph, medium: Medium) -> list[State]:
    """Every place and page in every language."""
    found = []
    for language in graph.languages:
        base = replace(start(graph, medium, language), heard_before=HeardBefore.INPUT)
        found += [replace(base, at=ref) for ref in graph.menus]
        for ref, topic in graph.topics.items():
            found += [replace(base, at=ref, page=page) for page in range(len(topic.pages[(language, medium)]))]
    return found


@given(inputs=st.lists(voice_inputs, min_size=1, max_size=25))
def test_a_call_always_listens_transfers_or_says_goodbye(graph: Graph, inputs: list[Input]) -> None:
    """Whatever is pressed, said or left out, there is a reply with words, and only allowed endings."""
    turn = take_turn(graph, start(graph, Medium.VOICE), Arrival(NOON))
    for heard in inputs:
        turn = settled(graph, take_turn(graph, turn.state, heard))
        assert spoken(turn).strip()
        assert isinstance(turn.reply.then, Listen | Transfer | Hangup)
        if isinstance(turn.reply.then, Hangup):
            break


@given(inputs=st.lists(text_inputs, min_size=1, max_size=15))
def test_a_text_gets_at_most_one_reply_and_never_an_error(graph: Graph, inputs: list[Input]) -> None:
    """Any text in any state gives a turn that waits for the next text."""
    turn = play(graph, start(graph, Medium.TEXT), inputs)
    assert isinstance(turn.reply.then, Listen)
    assert all(isinstance(part, Say) for part in turn.reply.says if not hasattr(part, "seconds"))


@given(heard=voice_inputs, junk=st.text(max_size=30), misses=st.integers(0, 999), page=st.integers(0, 999))
def test_a_state_from_another_version_never_raises(graph: Graph, heard: Input, junk: str, misses: int, page: int) -> None:
    """A place that is gone, a page past the end, odd counters: there is still a reply."""
    for at in (junk, "what-it-is", "main"):
        state = State(Medium.VOICE, Language.EN, at, page=page, misses=misses, silences=misses)
        assert spoken(settled(graph, take_turn(graph, state, heard)))


def test_the_same_three_arguments_always_give_the_same_turn(graph: Graph) -> None:
    state = start(graph, Medium.VOICE)
    heard = Speech("what helps with pain", 0.7, NOON)
    assert take_turn(graph, state, heard) == take_turn(graph, state, heard)


def test_zero_leads_to_a_person_from_every_place(graph: Graph) -> None:
    """One key, everywhere (R1); a Spanish speaker may first choose a desk that speaks Spanish."""
    for state in every_state(graph, Medium.VOICE):
        turn = take_turn(graph, state, Digits("0", NOON))
        offered = isinstance(turn.state.asking, Choose) and all(r in graph.handoffs for r in turn.state.asking.refs)
        assert isinstance(turn.reply.then, Transfer) or offered, state


def test_star_and_pound_lead_up_and_home_from_every_place(graph: Graph) -> None:
    for state in every_state(graph, Medium.VOICE):
        assert take_turn(graph, state, Digits("#", NOON)).state.at == graph.start
        assert take_turn(graph, state, Digits("*", NOON)).state.at == places.parent(graph, state.at)


def test_again_repeats_without_counting(graph: Graph) -> None:
    """Twenty repeats say the same and leave both ladders where they were (R11)."""
    for state in every_state(graph, Medium.VOICE):
        heard = replace(state, misses=1, silences=2, heard_before=HeardBefore.TOPIC)
        first = take_turn(graph, heard, Digits("9", NOON))
        turn = first
        for _ in range(20):
            turn = take_turn(graph, turn.state, Digits("9", NOON))
        assert spoken(turn) == spoken(first)
        assert (turn.state.misses, turn.state.silences) == (1, 2)


def test_eight_changes_the_language_here_and_for_good(graph: Graph) -> None:
    for state in every_state(graph, Medium.VOICE):
        turn = take_turn(graph, state, Digits("8", NOON))
        assert turn.state.language is not state.language
        assert turn.state.at == state.at
        after = take_turn(graph, turn.state, Digits("#", NOON))
        assert after.state.language is turn.state.language


def test_six_changes_the_pace_and_every_word_after_it(graph: Graph) -> None:
    turn = take_turn(graph, start(graph, Medium.VOICE), Digits("6", NOON))
    assert turn.state.pace is Pace.SLOW
    assert all(part.pace is Pace.SLOW for part in turn.reply.says if isinstance(part, Say))
    assert isinstance(turn.reply.then, Listen)
    assert turn.reply.then.seconds == graph.limits.slow_listen


def test_three_wrong_keys_always_lead_to_the_offer_of_a_person(graph: Graph) -> None:
    """Short re-ask, fewer words, then a person unless 1 is pressed within six seconds (R14)."""
    for state in every_state(graph, Medium.VOICE):
        wrong = _wrong_key(graph, state)
        if wrong is None or state.at == places.EMERGENCY:
            continue
        turns = [take_turn(graph, state, Digits(wrong, NOON))]
        for _ in range(2):
            turns.append(take_turn(graph, turns[-1].state, Digits(wrong, NOON)))
        assert turns[2].state.asking == Confirm("transfer")
        assert len(spoken(turns[1]).split()) < len(spoken(turns[0]).split()) or len(spoken(turns[1]).split()) <= 13
        assert isinstance(take_turn(graph, turns[2].state, NoInput(NOON)).reply.then, Transfer)
        stayed = take_turn(graph, turns[2].state, Digits("1", NOON))
        assert stayed.state.asking in (None, Consent("outlook"))  # the gate stays shut
        assert stayed.state.misses == 0


def _wrong_key(graph: Graph, state: State) -> str | None:
    taken = {str(option.digit) for option in places.options(graph, state)} | set(acts.KEYS)
    if state.at in graph.topics:
        taken.add("1")
    return next((key for key in "12345" if key not in taken), None)


@pytest.mark.parametrize("ever_pressed", [False, True])
def test_silence_is_never_punished(graph: Graph, ever_pressed: bool) -> None:
    """Ten extensions of twenty seconds; then a person for who once pressed, and a goodbye for who never did (R13)."""
    turn = take_turn(graph, start(graph, Medium.VOICE), Arrival(NOON))
    if ever_pressed:
        turn = take_turn(graph, turn.state, Digits("1", NOON))
    offered, waited = [], 0
    for _ in range(graph.limits.extensions):
        turn = take_turn(graph, turn.state, NoInput(NOON))
        assert isinstance(turn.reply.then, Listen)
        waited += turn.reply.then.seconds
        offered.append("0" in spoken(turn))
    assert waited >= 200
    assert any(offered[:3])
    last = take_turn(graph, turn.state, NoInput(NOON)).reply.then
    assert isinstance(last, Transfer if ever_pressed else Hangup)


def test_silence_reads_a_topic_to_its_end_and_is_no_miss(graph: Graph) -> None:
    state = replace(start(graph, Medium.VOICE), at="what-it-is", heard_before=HeardBefore.TOPIC)
    pages = len(graph.topics["what-it-is"].pages[(Language.EN, Medium.VOICE)])
    for page in range(1, pages):
        state = take_turn(graph, state, NoInput(NOON)).state
        assert (state.page, state.silences) == (page, 0)


@pytest.mark.parametrize("outcome", list(TransferOutcome))
def test_every_end_of_a_transfer_offers_choices_and_a_way_back(graph: Graph, outcome: TransferOutcome) -> None:
    """Try again, the other line, the number twice, the place before; then ten silences, then goodbye (R27)."""
    here = replace(start(graph, Medium.VOICE), at="pain", heard_before=HeardBefore.TOPIC)
    ringing = take_turn(graph, here, Digits("0", NOON))
    ended = take_turn(graph, ringing.state, TransferEnded(outcome, NOON, seconds=60))
    assert isinstance(ended.state.asking, Choose)
    refs = ended.state.asking.refs
    assert {"number", "return", "specialist", "cancer-society"} <= set(refs)
    number = take_turn(graph, ended.state, Digits(str(refs.index("number") + 1), NOON))
    desk = graph.handoffs["specialist"].number
    assert spoken(number).count(desk) == 2
    back = take_turn(graph, ended.state, Digits(str(refs.index("return") + 1), NOON))
    assert (back.state.at, back.state.asking) == ("pain", None)
    turn = ended
    for _ in range(graph.limits.extensions):
        turn = take_turn(graph, turn.state, NoInput(NOON))
        assert isinstance(turn.reply.then, Listen)
    assert isinstance(take_turn(graph, turn.state, NoInput(NOON)).reply.then, Hangup)


def test_a_sensitive_topic_asks_once_and_silence_does_not_open_it(graph: Graph) -> None:
    """One warning, an explicit choice, one gate and not two (R58)."""
    for medium in Medium:
        state = replace(start(graph, medium), at="living", heard_before=HeardBefore.TOPIC)
        heard = Digits("5", NOON) if medium is Medium.VOICE else Text("5", NOON)
        gate = take_turn(graph, state, heard)
        topic = graph.topics["outlook"].pages[(Language.EN, medium)]
        assert topic[0].text.split("\n")[0] not in spoken(gate)
        go = Digits("1", NOON) if medium is Medium.VOICE else Text("1", NOON)
        page = take_turn(graph, gate.state, go)
        for number in range(len(topic)):
            assert (page.state.page, page.state.asking) == (number, None)
            page = take_turn(graph, page.state, go)
    silent = take_turn(graph, replace(start(graph, Medium.VOICE), at="living"), Digits("5", NOON))
    for _ in range(5):
        silent = take_turn(graph, silent.state, NoInput(NOON))
        assert silent.state.asking is not None


def test_a_typed_number_is_read_back_before_it_is_used(graph: Graph, now: datetime) -> None:
    state = replace(start(graph, Medium.VOICE), at="pain", asking=Enter("text-me"))
    read_back = take_turn(graph, state, Digits("555*2025550143", now))
    assert read_back.state.asking == Confirm("typed:text-me")
    assert "+12025550143" in spoken(read_back)
    sent = take_turn(graph, read_back.state, Digits("1", now))
    assert sent.effect is not None
    assert take_turn(graph, sent.state, EffectEnded(sent.effect, Result.QUEUED, now)).state.sealed == ""
    left = take_turn(graph, state, NoInput(now))
    assert left.state.asking is None


def test_one_key_mode_reaches_every_choice_with_any_key(graph: Graph) -> None:
    """Each choice waits alone; any key takes it; the person is among them."""
    state = replace(start(graph, Medium.VOICE), mode=Mode.ONE_KEY)
    turn = take_turn(graph, state, Digits("9", NOON))
    assert turn.state.at == "disease"
    turn = take_turn(graph, state, NoInput(NOON))
    for _ in range(20):
        if "person" in spoken(turn):
            break
        turn = take_turn(graph, turn.state, NoInput(NOON))
    assert isinstance(take_turn(graph, turn.state, Digits("4", NOON)).reply.then, Transfer)


def test_a_held_line_waits_minutes_for_a_relay_operator(graph: Graph) -> None:
    """Two minutes at a time, again and again, and any key goes on (R22)."""
    state = replace(start(graph, Medium.VOICE), at="using-this-line", page=2, mode=Mode.HOLD)
    turn = take_turn(graph, state, NoInput(NOON))
    assert isinstance(turn.reply.then, Listen)
    assert turn.reply.then.seconds >= 120
    assert take_turn(graph, turn.state, Digits("3", NOON)).state.mode is Mode.KEYS


SHORTCUTS = [
    ["7", "7", "silence"],
    ["3", "silence"],
    ["9"],
    ["6"],
    ["8"],
    ["say next"],
    ["say hold", "5"],
    ["say word biopsy", "1"],
]


@pytest.mark.parametrize("keys", SHORTCUTS)
def test_no_way_around_the_gate(graph: Graph, keys: list[str]) -> None:
    """Whatever is done at the gate, its pages are heard only after 1 (R58)."""
    behind = {page.text for pages in graph.topics["outlook"].pages.values() for page in pages}
    turn = take_turn(graph, replace(start(graph, Medium.VOICE), at="living"), Digits("5", NOON))
    for key in keys:
        heard: Input = Speech(key[4:], 0.9, NOON) if key.startswith("say ") else Digits(key, NOON)
        turn = settled(graph, take_turn(graph, turn.state, NoInput(NOON) if key == "silence" else heard))
        assert not any(text.split("\n")[0] in spoken(turn) for text in behind)


def test_an_emergency_is_never_ended_or_transferred_by_us(graph: Graph) -> None:
    """Silence, wrong keys and every mode lead back to 911; only the caller's 0 connects (design: safety)."""
    for mode in Mode:
        state = replace(start(graph, Medium.VOICE), mode=mode)
        turn = take_turn(graph, state, Speech("i cant breathe", 0.3, NOON))
        for _ in range(40):
            turn = take_turn(graph, turn.state, NoInput(NOON))
            assert isinstance(turn.reply.then, Listen)
            assert spoken(turn).startswith("Hang up and call 911")


def test_somebody_in_crisis_is_never_taken_for_an_empty_line(graph: Graph) -> None:
    """After ten silences they are connected, not told goodbye."""
    turn = take_turn(graph, start(graph, Medium.VOICE), Speech("i want to kill myself", 0.5, NOON))
    for _ in range(graph.limits.extensions):
        assert isinstance(turn.reply.then, Listen)
        turn = take_turn(graph, turn.state, NoInput(NOON))
    for _ in range(2):
        if isinstance(turn.reply.then, Listen):
            turn = take_turn(graph, turn.state, NoInput(NOON))
    assert isinstance(turn.reply.then, Transfer)
