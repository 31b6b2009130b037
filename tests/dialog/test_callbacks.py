"""A call back in the person's own time: which phone, which zone, when, by when; by keys, one key, voice and text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivr.channels.voice import cursor
from ivr.dialog import zones
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    NOBODY,
    Caller,
    CallerKind,
    CancelCallback,
    Choose,
    Confirm,
    Digits,
    EffectEnded,
    Enter,
    Graph,
    Hours,
    Input,
    Language,
    Listen,
    Medium,
    Mode,
    NoInput,
    Pace,
    RequestCallback,
    Result,
    Say,
    Speech,
    State,
    Text,
    Turn,
)
from ivr.texting.bodies import body
from ivr.texting.segments import count
from tests.conftest import NOON

EASTERN = Caller(ending="43", zones=("America/New_York",))
NOBODY_KNOWS = Caller(ending="43", zones=())
OPEN = replace(EASTERN, open_callback=True)
WITHHELD = Caller(kind=CallerKind.WITHHELD, zones=())


@pytest.fixture(scope="module")
def offering(graph: Graph) -> Graph:
    """The shipped words on a line where somebody calls back."""
    who = {Language.EN: "A nurse of this line", Language.ES: "Una enfermera de esta línea"}
    return replace(graph, callbacks=replace(graph.callbacks, answered_by=who, within_hours=24, hours=Hours(always=True)))


def said(turn: Turn) -> str:
    return " ".join(part.text for part in turn.reply.says if isinstance(part, Say))


class Person:
    """Somebody in a conversation; effects that are asked for succeed and are kept."""

    def __init__(self, graph: Graph, caller: Caller, state: State) -> None:
        self.graph, self.caller, self.state = graph, caller, state
        self.effects: list[object] = []
        self.turn: Turn | None = None

    def does(self, *acts: str) -> str:
        """Presses a key, `says ...`, `texts ...` or is `silent`; what is answered to the last."""
        for act in acts:
            turn = take_turn(self.graph, self.state, self._heard(act))
            if turn.effect:
                self.effects.append(turn.effect)
                turn = take_turn(self.graph, turn.state, EffectEnded(turn.effect, Result.DONE, NOON, self.caller))
            self.turn, self.state = turn, turn.state
        assert self.turn
        return said(self.turn)

    def _heard(self, act: str) -> Input:
        verb, _, words = act.partition(" ")
        match verb:
            case "says":
                return Speech(words, 0.9, NOON, self.caller)
            case "texts":
                return Text(words, NOON, self.caller)
            case "silent":
                return NoInput(NOON, self.caller)
        return Digits(act, NOON, self.caller)


def a_caller(graph: Graph, caller: Caller = EASTERN, language: Language = Language.EN) -> Person:
    return Person(graph, caller, start(graph, Medium.VOICE, language))


def a_texter(graph: Graph, caller: Caller = EASTERN, language: Language = Language.EN) -> Person:
    return Person(graph, caller, start(graph, Medium.TEXT, language))


def wanted(person: Person) -> RequestCallback:
    (effect,) = person.effects
    assert isinstance(effect, RequestCallback)
    return effect


def test_the_zone_of_the_number_is_said_and_used(offering: Graph) -> None:
    person = a_caller(offering)
    assert "ending in 4 3" in person.does("says call me back")
    assert "I take it you are on Eastern time." in person.does("1")
    person.does("1", "1")
    assert (wanted(person).window, wanted(person).zone, wanted(person).may_text) == ("morning", "America/New_York", True)


def test_who_has_moved_with_the_old_number_corrects_the_zone(offering: Graph) -> None:
    person = a_caller(offering)
    assert "Which time zone" in person.does("says call me back", "1", "4")
    assert "I take it you are on Pacific time." in person.does("4")
    assert "Pacific time." in person.does("2", "2")
    assert (wanted(person).window, wanted(person).zone, wanted(person).may_text) == (
        "afternoon",
        "America/Los_Angeles",
        False,
    )


@pytest.mark.parametrize(
    "known",
    [(), None, ("America/Chicago", "America/New_York"), ("America/Boise", "America/Los_Angeles"), ("Pacific/Guam",)],
)
def test_a_number_that_does_not_tell_its_zone_is_asked(offering: Graph, known: tuple[str, ...] | None) -> None:
    person = a_caller(offering, Caller(ending="43", zones=known))
    assert "Which time zone" in person.does("says call me back", "1")
    person.does("3", "3", "2")
    assert wanted(person).zone == "America/Denver"


@pytest.mark.parametrize(
    ("iana", "name"),
    [("America/Toronto", "Eastern"), ("America/Phoenix", "Arizona"), ("Pacific/Honolulu", "Hawaii"),
     ("America/Juneau", "Alaska"), ("America/St_Thomas", "Puerto Rico")],
)  # fmt: skip
def test_every_zone_that_has_a_key_is_also_told_by_its_numbers(offering: Graph, iana: str, name: str) -> None:
    assert f"{name} time" in a_caller(offering, Caller(ending="43", zones=(iana,))).does("says call me back", "1")


@pytest.mark.parametrize(("key", "name"), [("1", "arizona"), ("2", "alaska"), ("3", "hawaii"), ("4", "puerto-rico")])
def test_somewhere_else_leads_to_the_other_zones(offering: Graph, key: str, name: str) -> None:
    person = a_caller(offering, NOBODY_KNOWS)
    person.does("says call me back", "1", "5", key, "3", "1")
    assert wanted(person).zone == zones.ZONES[name]


def test_in_no_such_zone_no_time_of_day_is_asked_and_the_promise_names_its_own(offering: Graph) -> None:
    person = a_caller(offering, NOBODY_KNOWS)
    assert "one text" in person.does("says call me back", "1", "5", "5")
    assert "Eastern time" in person.does("1")
    assert (wanted(person).window, wanted(person).zone) == ("any", "")


def test_a_withheld_number_is_typed_and_need_not_be_a_mobile(offering: Graph) -> None:
    person = a_caller(offering, WITHHELD)
    assert "mobile" not in person.does("says call me back")
    assert person.state.asking == Enter("callback")
    assert "+12065550144" in person.does("2065550144")
    person.does("1", "4", "3", "1")
    assert wanted(person).to_sealed


def test_a_number_typed_before_is_not_rung_when_the_own_one_is_confirmed(offering: Graph) -> None:
    """Left in the middle, for a person or the menu, the typed number is forgotten."""
    for way_out in ("0", "*", "#"):
        person = a_caller(offering)
        person.does("says call me back", "2", "2065550144", "1", way_out)
        person.state = replace(person.state, asking=Choose(("specialist", "callback", "number", "return")))
        person.does("2", "1", "3", "1")
        assert not wanted(person).to_sealed


def test_one_request_is_open_and_is_cancelled_by_keys(offering: Graph) -> None:
    person = a_caller(offering, OPEN)
    assert "already waiting" in person.does("says call me back")
    kept = a_caller(offering, OPEN)
    kept.does("says call me back", "2")
    assert kept.effects == []
    assert "cancelled" in person.does("1")
    assert person.effects == [CancelCallback()]


def test_without_a_number_nothing_is_said_to_be_erased_or_cancelled(offering: Graph) -> None:
    for words in ("forget me", "cancel my callback"):
        person = a_caller(offering, WITHHELD)
        assert "cannot see your number" in person.does(f"says {words}")
        assert person.effects == []


def test_the_cursor_keeps_the_zone_and_no_number(offering: Graph) -> None:
    person = a_caller(offering)
    person.does("says call me back", "1")
    query = cursor.write(person.state, offering)
    assert "z=eastern" in query
    begin = start(offering, Medium.VOICE)
    assert cursor.parse(query, offering, begin)[0] == person.state
    assert cursor.parse(query.replace("z=eastern", "z=moon"), offering, begin)[0].zone == ""


SPOKEN = {
    Language.EN: ("call me back", "yes", "another time zone", "central", "in the afternoon please", "no"),
    Language.ES: ("que me llamen", "sí", "otra zona horaria", "la hora del centro", "por la tarde", "no"),
}


@pytest.mark.parametrize("language", list(Language))
def test_every_question_can_be_answered_by_voice(offering: Graph, language: Language) -> None:
    person = a_caller(offering, language=language)
    person.does(*(f"says {words}" for words in SPOKEN[language]))
    assert (wanted(person).window, wanted(person).zone, wanted(person).may_text) == ("afternoon", "America/Chicago", False)


@pytest.mark.parametrize("language", list(Language))
def test_every_zone_and_time_is_understood_by_its_name(offering: Graph, language: Language) -> None:
    for refs in (zones.MAIN, zones.FURTHER, ("morning", "afternoon", "any", "zone")):
        for ref in refs:
            words = offering.prompts[(language, Medium.VOICE)]["label_" + ref.replace("-", "_")]
            heard = replace(start(offering, Medium.VOICE, language), asking=Choose(refs), zone="eastern")
            by_name = take_turn(offering, heard, Speech(words, 0.9, NOON))
            by_key = take_turn(offering, heard, Digits(str(refs.index(ref) + 1), NOON))
            assert (by_name.state.asking, by_name.state.zone) == (by_key.state.asking, by_key.state.zone), words


def test_danger_comes_before_any_answer(offering: Graph) -> None:
    person = a_caller(offering)
    person.does("says call me back", "1")
    assert "911" in person.does("says I cannot breathe this morning")


# --- one key


def _with_one_key(graph: Graph, language: Language, caller: Caller = EASTERN) -> Person:
    person = a_caller(graph, caller, language)
    person.state = replace(person.state, mode=Mode.ONE_KEY)
    return person


@pytest.mark.parametrize("language", list(Language))
def test_with_one_key_a_call_back_is_promised(offering: Graph, language: Language) -> None:
    """Any key takes what was just said: this phone, another zone, Central, the afternoon, no text."""
    person = _with_one_key(offering, language)
    person.does(f"says {SPOKEN[language][0]}")
    person.does("5", "silent", "silent", "silent", "9", "silent", "0", "silent", "#", "silent", "*")
    assert (wanted(person).window, wanted(person).zone, wanted(person).may_text) == ("afternoon", "America/Chicago", False)


QUESTIONS = [
    (Confirm("callback"), 2),
    (Confirm("no-callback"), 2),
    (Confirm("may-text:any"), 2),
    (Confirm("forget"), 2),
    (Confirm("forget-callback"), 2),
    (Confirm("text-me"), 1),
    (Confirm("transfer"), 1),
    (Choose(zones.MAIN), 5),
    (Choose(("specialist", "cancer-society", "callback", "number", "return")), 5),
]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("asking", "answers"), QUESTIONS, ids=lambda each: str(each))
def test_with_one_key_every_question_says_its_answers_one_by_one(
    offering: Graph, language: Language, asking: Confirm | Choose, answers: int
) -> None:
    """No answer names a digit, each can be taken by any key, and the person and the way back are among them."""
    any_key = offering.prompts[(language, Medium.VOICE)]["any_key_option"].partition("{label}, ")[2]
    person = _with_one_key(offering, language)
    person.state = replace(person.state, asking=asking)
    heard = [person.does("says hmm")]
    while len(heard) < answers and asking != Confirm("transfer"):
        heard.append(person.does("silent"))
    for words in heard:
        assert words.endswith(any_key)
        assert not any(digit in words.removesuffix(any_key) for digit in ("press 1", "press 2", "oprima 1", "oprima 2"))
    assert len(set(heard)) == answers


def test_with_one_key_nobody_is_stuck_in_a_question(offering: Graph) -> None:
    person = _with_one_key(offering, Language.EN)
    person.does("says call me back", "silent", "silent", "silent")
    assert "main" in person.does("5").lower(), "the place before"
    assert person.state.mode is Mode.ONE_KEY
    assert person.state.asking is None


def test_with_one_key_and_slow_pace_each_answer_waits_twice_as_long(offering: Graph) -> None:
    waits = []
    for pace in Pace:
        person = _with_one_key(offering, Language.EN)
        person.state = replace(person.state, pace=pace)
        person.does("says call me back")
        assert person.turn
        assert isinstance(person.turn.reply.then, Listen)
        waits.append(person.turn.reply.then.seconds)
    assert waits == [offering.limits.one_key, 2 * offering.limits.one_key]


def test_with_one_key_silence_after_the_offer_of_a_person_still_connects(offering: Graph) -> None:
    state = replace(start(offering, Medium.VOICE), mode=Mode.ONE_KEY, asking=Confirm("transfer"), misses=3)
    assert not isinstance(take_turn(offering, state, NoInput(NOON)).reply.then, Listen)
    assert isinstance(take_turn(offering, state, Digits("4", NOON)).reply.then, Listen)


# --- yes and no


@pytest.mark.parametrize(("words", "asking"), [("yes", None), ("no", None), ("yeah", None)])
def test_yes_and_no_answer_what_was_asked(offering: Graph, words: str, asking: None) -> None:
    state = replace(start(offering, Medium.VOICE), asking=Confirm("forget"))
    turn = take_turn(offering, state, Speech(words, 0.9, NOON))
    assert bool(turn.effect) is (words != "no")
    assert turn.state.asking is asking or turn.effect


def test_neither_is_plain_where_silence_connects(offering: Graph) -> None:
    state = replace(start(offering, Medium.VOICE), asking=Confirm("transfer"), misses=3)
    assert isinstance(take_turn(offering, state, Speech("yes", 0.9, NOON)).reply.then, Listen)


def test_no_to_a_text_sends_none(offering: Graph) -> None:
    person = a_caller(offering)
    person.does("7", "says no")
    assert person.effects == []
    assert person.state.asking is None


# --- by text


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(
    "caller", [EASTERN, NOBODY_KNOWS, replace(EASTERN, open_callback=True)], ids=["known", "not", "open"]
)
def test_every_reply_by_text_fits_even_as_the_first(offering: Graph, language: Language, caller: Caller) -> None:
    """Three segments at most, whatever is answered (R41)."""
    begin = {Language.EN: "texts call me back", Language.ES: "texts que me llamen"}[language]
    for answers in (["1", "3", "1"], ["1", "4", "5", "4", "2", "2"], ["1", "5", "5", "1"], ["2"], ["1", "blorp"]):
        person = a_texter(offering, caller, language)
        for act in [begin, *(f"texts {answer}" for answer in answers)]:
            person.does(act)
            assert person.turn
            text = body(person.turn.reply)
            assert count(text).segments <= 3, text


def test_a_line_that_does_not_say_when_offers_no_call_back(offering: Graph) -> None:
    for lacking in ({"hours": Hours()}, {"within_hours": 0}, {"answered_by": {}}):
        silent = replace(offering, callbacks=replace(offering.callbacks, **lacking))  # type: ignore[arg-type]
        assert "cannot call you back" in a_caller(silent).does("says call me back")
    assert NOBODY.zones is None
