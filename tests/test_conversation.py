"""Whole conversations on both databases: what a person gets, what is promised, and what is done once, however it arrives."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from both_stores import KEYRING, kind, server_database, store
from sqlalchemy import func, select
from whole_line import LINE, OTHER, PERSON, WholeLine, a_line, changed_library, offering_callbacks, replies, words

from ivr.channels.carrier import ANONYMOUS, PretendCall
from ivr.dialog.types import Language, NumberType
from ivr.library.line_rules import Library
from ivr.messenger.sending import Fate
from ivr.store import Database, Store
from ivr.store.schema import callbacks, effects, inbound, metadata, opt_outs, outbox, sessions

__all__ = ["kind", "server_database", "store"]

Lines = Callable[..., AbstractContextManager[WholeLine]]

OWN_WORDS = "please stop texting me"
NUMBER_SHOWN = "1-888-552-6760"
CARRIER_STOPS = ["STOP", "stop", "Stopall", "UNSUBSCRIBE", "END", "Quit", "CANCEL", "REVOKE", "OPTOUT"]
LIMIT = "many texts in a short time"


@pytest.fixture
def line(library: Library, store: Store, tmp_path: Path) -> Iterator[WholeLine]:
    """The shipped line on a long code."""
    with a_line(library, tmp_path, store=store) as made:
        yield made


@pytest.fixture(scope="module")
def with_callbacks(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped words, with somebody who rings people back."""
    return changed_library(tmp_path_factory.mktemp("callbacks"), offering_callbacks)


@pytest.fixture
def calling_back(with_callbacks: Library, store: Store, tmp_path: Path) -> Iterator[WholeLine]:
    """A line that offers callbacks."""
    with a_line(with_callbacks, tmp_path, store=store) as made:
        yield made


def rows(line: WholeLine, table: Any, *where: Any) -> int:
    """How many rows of a table."""
    with line.store.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


def held(line: WholeLine) -> str:
    """Everything in the tables, as text."""
    with line.store.database.reading() as connection:
        return "\n".join(repr(connection.execute(select(table)).all()) for table in metadata.sorted_tables)


# --- opting out and in


@pytest.mark.parametrize("word", CARRIER_STOPS)
def test_a_stop_that_the_carrier_confirms_is_kept_and_not_confirmed_again(line: WholeLine, word: str) -> None:
    assert replies(line.texter(), word) == ""
    assert line.store.opted_out(PERSON)


@pytest.mark.parametrize("word", ["ALTO", "PARAR", "BASTA", "CANCELAR"])
def test_a_spanish_stop_is_confirmed_by_us_once(line: WholeLine, word: str) -> None:
    texter = line.texter()
    assert "START" in replies(texter, word)
    assert line.store.opted_out(PERSON)
    assert replies(texter, word) == ""


@pytest.mark.parametrize(
    ("number_type", "word", "confirmed_by_us"),
    [
        (NumberType.TOLL_FREE, "STOP", False),
        (NumberType.TOLL_FREE, "UNSUBSCRIBE", True),
        (NumberType.SHORT_CODE, "STOP", True),
        (NumberType.LONG_CODE, "STOP", False),
    ],
)
def test_who_confirms_a_stop_depends_on_the_kind_of_number(
    library: Library, store: Store, tmp_path: Path, number_type: NumberType, word: str, confirmed_by_us: bool
) -> None:
    with a_line(library, tmp_path, store=store, settings={"number_type": number_type}) as line:
        answer = replies(line.texter(), word)
        assert bool(answer) is confirmed_by_us
        assert line.store.opted_out(PERSON)


def test_what_the_carrier_says_it_answered_is_not_answered_again(line: WholeLine) -> None:
    assert replies(line.texter(), "please end these messages now", OptOutType="STOP") == ""
    assert line.store.opted_out(PERSON)


def test_own_words_opt_out_and_are_confirmed_once(line: WholeLine) -> None:
    texter = line.texter()
    answer = replies(texter, OWN_WORDS)
    assert "no more texts" in answer
    assert "START" in answer
    assert line.store.opted_out(PERSON)
    assert replies(texter, OWN_WORDS) == ""


def test_despair_is_no_opt_out(line: WholeLine) -> None:
    for number, body in (("+12025550151", "make it stop"), ("+12025550152", "I can't do this anymore, end it")):
        answer = replies(line.texter(number), body)
        assert "988" in answer or "1" in answer, "asked, or helped"
        assert not line.store.opted_out(number)


def test_danger_and_opt_out_in_one_text_get_both(line: WholeLine) -> None:
    answer = replies(line.texter(), "stop texting me I want to kill myself")
    assert "988" in answer
    assert line.store.opted_out(PERSON)


def test_an_opted_out_number_gets_nothing_but_what_is_always_answered(line: WholeLine) -> None:
    texter = line.texter()
    replies(texter, OWN_WORDS)
    for body in ("hi", "what is immunotherapy", "1", "MENU", "PERSON", "CALL", "asdf", OWN_WORDS, "STOP", "8"):
        assert replies(texter, body) == "", body
    assert NUMBER_SHOWN in replies(texter, "HELP")
    assert "911" in replies(texter, "I cannot breathe and my lips are blue")
    assert "988" in replies(texter, "I want to kill myself")
    assert line.store.opted_out(PERSON), "none of these is an opt-in"
    assert rows(line, outbox) == 0
    assert "texts again" in replies(texter, "START")
    assert replies(texter, "hi") != ""


def test_a_start_after_our_own_confirmation_is_confirmed_by_us(line: WholeLine) -> None:
    texter = line.texter()
    replies(texter, OWN_WORDS)
    assert "texts again" in replies(texter, "START")
    assert not line.store.opted_out(PERSON)


def test_a_start_after_the_carriers_block_is_confirmed_by_the_carrier(line: WholeLine) -> None:
    texter = line.texter()
    replies(texter, "STOP")
    assert replies(texter, "START") == ""
    assert not line.store.opted_out(PERSON)
    assert "menu" in replies(texter, "hi").lower()


def test_yes_is_an_opt_in_from_an_opted_out_number_only(line: WholeLine) -> None:
    texter = line.texter()
    first = replies(texter, "YES")
    assert first
    assert "texts again" not in first
    replies(texter, "STOP")
    replies(texter, "YES")
    assert not line.store.opted_out(PERSON)


def test_a_stop_drops_what_waits_to_be_sent(line: WholeLine) -> None:
    call = line.call()
    for key in "1", "1", "7", "7":
        call.press(key)
    assert rows(line, outbox, outbox.c.state == "queued") == 1
    replies(line.texter(), "STOP")
    assert rows(line, outbox, outbox.c.state == "queued") == 0
    line.work()
    assert line.texted == []


# --- delivered twice, or too often


def test_a_text_that_is_delivered_again_gets_the_same_reply_and_has_one_effect(line: WholeLine) -> None:
    texter = line.texter()
    for body in ("hi", "what is immunotherapy", "MORE", "asdf qwer", "CALL", OWN_WORDS, "HELP", "START"):
        first = replies(texter, body)
        before = rows(line, outbox), rows(line, opt_outs), rows(line, inbound)
        for _ in range(3):
            assert "\n".join(reply.body for reply in texter.deliver_again()) == first, body
        assert (rows(line, outbox), rows(line, opt_outs), rows(line, inbound)) == before
    assert rows(line, outbox) == 1


def test_a_repeated_delivery_does_not_move_the_conversation(line: WholeLine) -> None:
    texter = line.texter()
    replies(texter, "what is immunotherapy")
    second = replies(texter, "MORE")
    texter.deliver_again()
    third = replies(texter, "MORE")
    assert "2/" in second
    assert "3/" in third


def test_deliveries_at_the_same_moment_agree(line: WholeLine) -> None:
    """The carrier may ask twice at once, and somebody may send two texts within a second."""
    texters = [line.texter() for _ in range(4)]
    replies(texters[0], "hi")
    answers: list[tuple[str, ...]] = []

    def again() -> None:
        answers.append(tuple(reply.body for reply in texters[0].deliver_again()))

    def other(number: int) -> None:
        answers.append((replies(texters[number], "menu"),))

    together = [threading.Thread(target=again) for _ in range(3)]
    together += [threading.Thread(target=other, args=(number,)) for number in (1, 2, 3)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert len(answers) == 6
    assert all(answer and answer[0] for answer in answers)
    assert rows(line, sessions) == 1
    assert rows(line, inbound) == 4


def _fast_texts(line: WholeLine, number: int, seconds: float = 0.5) -> list[str]:
    texter, said = line.texter(), []
    for _ in range(number):
        line.clock.later(seconds=seconds)
        said.append(replies(texter, "menu"))
    return said


def test_at_the_limit_one_text_says_so_and_then_there_is_silence(line: WholeLine) -> None:
    said = _fast_texts(line, 20)
    assert all(said[:14])
    assert not [text for text in said[:14] if LIMIT in text]
    assert LIMIT in said[14]
    assert NUMBER_SHOWN in said[14]
    assert said[15:] == [""] * 5


def test_beyond_the_limit_what_matters_is_still_answered(line: WholeLine) -> None:
    _fast_texts(line, 17)
    texter = line.texter()
    assert NUMBER_SHOWN in replies(texter, "HELP")
    assert "911" in replies(texter, "my chest hurts and I cannot breathe")
    assert "988" in replies(texter, "I want to kill myself")
    assert "no more texts" in replies(texter, OWN_WORDS)
    assert line.store.opted_out(PERSON)


def test_after_the_rush_the_line_talks_again(line: WholeLine) -> None:
    _fast_texts(line, 17)
    line.clock.later(seconds=31)
    assert "1 " in replies(line.texter(), "menu")
    assert replies(line.texter(OTHER), "menu"), "somebody else's texts never count"


def test_two_hundred_replies_a_day_are_the_most(library: Library, tmp_path: Path) -> None:
    with a_line(library, tmp_path) as line:
        said = _fast_texts(line, 203, seconds=40)
        assert all(said[:199])
        assert LIMIT in said[199]
        assert said[200:] == [""] * 3
        line.clock.later(hours=24)
        assert replies(line.texter(), "menu")


def test_a_machine_that_repeats_itself_gets_a_word_and_then_silence(line: WholeLine) -> None:
    texter = line.texter()
    first, second, third, *rest = [replies(texter, "Your  appointment CODE is xyzzy") for _ in range(6)]
    assert first != second != third
    assert NUMBER_SHOWN in second
    assert "three times" in third
    assert rest == ["", "", ""]
    assert replies(texter, "menu"), "the person behind it is still heard"
    assert replies(line.texter(OTHER), "your appointment code is xyzzy")


def test_short_codes_and_our_own_number_are_not_answered(line: WholeLine) -> None:
    for sender in ("72345", LINE, "+22395"):
        assert replies(line.texter(sender), "hi") == ""


# --- the length of a conversation


def test_a_conversation_goes_on_after_23_hours(line: WholeLine) -> None:
    texter = line.texter()
    replies(texter, "what is immunotherapy")
    line.clock.later(hours=23)
    assert "2/" in replies(texter, "MORE")


def test_after_25_hours_it_begins_anew_in_the_same_language(line: WholeLine) -> None:
    texter = line.texter()
    assert "English: 8" in replies(texter, "8")
    replies(texter, "MENU")
    topic = replies(texter, "1")
    line.clock.later(hours=25)
    again = replies(texter, "2")
    assert again != topic
    assert "consejo" in again or "MENÚ" in again, "the first-text line of a new conversation, in Spanish"
    assert "2/" not in again


def test_it_survives_a_restart(line: WholeLine, library: Library, tmp_path: Path) -> None:
    replies(line.texter(), "what is immunotherapy")
    with a_line(library, tmp_path, store=line.store, clock=line.clock) as restarted:
        assert "2/" in replies(restarted.texter(), "MORE")


def test_a_topic_that_was_taken_out_meanwhile_is_explained(line: WholeLine, library: Library) -> None:
    texter = line.texter()
    replies(texter, "what is immunotherapy")
    graph = library.graph
    fewer = {ref: topic for ref, topic in graph.topics.items() if ref != "immunotherapy"}
    line.line.library = replace(library, graph=replace(graph, topics=fewer, revision="next"))
    answer = replies(texter, "MORE")
    assert "updated" in answer
    assert replies(texter, "MENU")


def test_a_choice_between_topics_that_were_taken_out_is_forgotten(line: WholeLine, library: Library) -> None:
    """What the digits meant is gone, so they mean the options of the place again."""
    texter = line.texter()
    with line.store.turn(PERSON, "SM-before", line.clock()) as turn:
        turn.save('{"language":"en","at":"main","asking":["Choose",["gone","also-gone"]],"heard_before":2}')
        turn.answer("x")
    assert replies(texter, "1")
    assert texter.last is not None
    assert texter.last.status == 200


# --- text me this


def _offered_text(line: WholeLine, number: str = PERSON) -> PretendCall:
    """A call that has asked for a text and has not yet said yes."""
    call = line.call(number)
    for key in "1", "1", "7":
        call.press(key)
    return call


def test_one_choice_is_one_text(line: WholeLine) -> None:
    call = _offered_text(line)
    assert "press seven again" in words(call)
    assert rows(line, outbox) == 0
    call.press("7")
    assert "on its way" in words(call)
    assert rows(line, outbox) == 1
    line.work()
    ((to, body),) = line.texted
    assert to == PERSON
    assert "cancer" not in body[:30].lower()
    assert "STOP" in body
    assert rows(line, outbox, outbox.c.number.is_not(None)) == 0, "the number is erased when the text is on its way"


def test_a_webhook_that_is_delivered_again_sends_no_second_text(line: WholeLine) -> None:
    call = _offered_text(line)
    call.press("7")
    first = call.last
    for _ in range(3):
        assert first is not None
        assert call.deliver_again().body == first.body
    assert rows(line, outbox) == 1
    assert rows(line, effects) == 1
    line.work()
    line.work()
    assert len(line.texted) == 1


def test_any_other_key_sends_nothing(line: WholeLine) -> None:
    for key in ("1", "9", "*", "#", "8"):
        _offered_text(line).press(key)
    assert rows(line, outbox) == 0


def test_an_opted_out_caller_hears_how_to_opt_in(line: WholeLine) -> None:
    replies(line.texter(), OWN_WORDS)
    call = _offered_text(line)
    assert "START" in words(call) or "start" in words(call).lower()
    call.press("7")
    assert rows(line, outbox, outbox.c.state == "queued") == 0


def _typed(line: WholeLine, digits: str) -> PretendCall:
    call = _offered_text(line, ANONYMOUS)
    assert "mobile phone number" in words(call)
    call.press(digits + "#")
    return call


def test_a_typed_number_is_read_back_and_asked_by_text_first(line: WholeLine) -> None:
    call = _typed(line, "2025550144")
    assert "two zero two" in words(call)
    assert OTHER not in str(call.last), "the typed number travels sealed"
    assert "2025550144" not in (call.last.url if call.last else "")
    call.press("1")
    assert "It must answer" in words(call)
    line.work()
    ((to, invitation),) = line.texted
    assert to == OTHER
    assert invitation == ("Info line: someone asked us to send you information. Reply 1 to get it, STOP to stop."), (
        "nothing about the illness to somebody who did not ask"
    )
    answer = replies(line.texter(OTHER), "1")
    assert "spread" in answer
    assert "2/" in replies(line.texter(OTHER), "MORE")


def test_somebody_who_does_not_want_the_typed_text_says_stop(line: WholeLine) -> None:
    _typed(line, "2025550144").press("1")
    line.work()
    assert replies(line.texter(OTHER), "STOP") == ""
    assert line.store.opted_out(OTHER)
    _typed(line, "2025550144").press("1")
    line.work()
    assert len(line.texted) == 1, "nobody can be texted again by somebody else's keys"


def test_a_number_that_is_typed_again_is_the_one_that_counts(line: WholeLine) -> None:
    call = _typed(line, "2025550149")
    call.press("2")
    call.press("9*12025550144#")
    call.press("1")
    line.work()
    assert [to for to, _ in line.texted] == [OTHER]


def test_more_after_a_text_from_a_call_goes_on_where_it_ended(line: WholeLine) -> None:
    _offered_text(line).press("7")
    line.work()
    ((_, body),) = line.texted
    ended = re.search(r"\((\d)/(\d)\)", body)
    assert ended is not None
    assert f"({int(ended[1]) + 1}/{ended[2]})" in replies(line.texter(), "MORE")


def test_what_was_not_sent_in_fifteen_minutes_is_never_sent(line: WholeLine) -> None:
    _offered_text(line).press("7")
    line.clock.later(minutes=16)
    report = line.work()
    assert line.texted == []
    assert report.dropped == 1


# --- a person rings back


def test_call_rings_the_number_that_texted_and_at_most_twice_a_day(line: WholeLine) -> None:
    texter = line.texter()
    assert "CALL" in replies(texter, "PERSON")
    assert "ring you" in replies(texter, "CALL")
    assert "ring you" in replies(texter, "call me")
    refused = replies(texter, "CALL")
    assert NUMBER_SHOWN in refused
    line.work()
    assert [to for to, _ in line.rung] == [PERSON, PERSON]
    line.clock.later(hours=24)
    assert "ring you" in replies(texter, "CALL")


def test_the_ring_back_names_no_illness_and_connects_at_a_key(line: WholeLine) -> None:
    replies(line.texter(), "CALL")
    line.work()
    ((to, path),) = line.rung
    call = PretendCall(line.carrier, LINE, to=to, direction="outbound-api")
    call.start(path)
    assert "cancer" not in words(call).lower()
    assert call.dial is None
    call.press("1")
    assert call.dial is not None
    assert call.dial.numbers == ("+18885526760",)
    quiet = PretendCall(line.carrier, LINE, to=to, direction="outbound-api")
    quiet.start(path)
    quiet.silence()
    assert quiet.faults == []
    assert quiet.dial is None


# --- forgetting


def test_forget_erases_what_is_held_and_keeps_the_opt_out(line: WholeLine, kind: str, tmp_path: Path) -> None:
    texter = line.texter()
    for body in ("what is immunotherapy", "zebra crossing lemon", "CALL"):
        replies(texter, body)
    line.work()
    assert "erased" in replies(texter, "FORGET")
    replies(line.texter(OTHER), "hi")
    replies(line.texter(OTHER), OWN_WORDS)
    assert replies(line.texter(OTHER), "FORGET") == "", "done without a word: this number wants no texts"
    assert line.store.opted_out(OTHER), "an opt-out is kept, as a hash"
    key = KEYRING.caller_keys(PERSON)[0]
    line.store.events.flush()
    assert key not in held(line)
    assert rows(line, sessions) == 0
    assert rows(line, outbox) == 0
    if kind == "sqlite":
        for name in ("line.db", "line.db-wal", "line.db-shm"):
            assert key.encode() not in (tmp_path / name).read_bytes()
    assert "2/" not in replies(texter, "MORE")


def test_forget_by_phone_is_asked_once_and_erases_the_same(line: WholeLine) -> None:
    replies(line.texter(), "what is immunotherapy")
    call = line.call()
    call.say("forget me")
    assert "press one" in words(call)
    assert rows(line, sessions) == 1
    call.press("1")
    assert "erased" in words(call)
    assert rows(line, sessions) == 0


def test_borrar_is_forget_in_spanish(line: WholeLine) -> None:
    texter = line.texter()
    replies(texter, "ESPANOL")
    assert "borr" in replies(texter, "BORRAR").lower()
    assert rows(line, sessions) == 0


# --- callbacks

ASKING_BACK = ("call me back", "1", "3", "1")  # to this number, at any time, and a text may be sent if it is late


def test_a_line_that_names_nobody_offers_no_callback(line: WholeLine) -> None:
    assert "cannot call back" in replies(line.texter(), "call me back")
    call = line.call()
    call.press("0")
    call.transfer_ended("busy")
    assert "call back" not in words(call)


def test_a_callback_is_asked_for_by_text_promised_and_one_only(calling_back: WholeLine) -> None:
    texter = calling_back.texter()
    assert "43" in replies(texter, "call me back"), "the number is confirmed by its ending"
    assert "Eastern time" in replies(texter, "1")
    assert "one text" in replies(texter, "2")
    promised = replies(texter, "1")
    assert promised.startswith("A nurse of this line will call you by Monday at 6 in the evening, Eastern time.")
    (one,) = calling_back.store.callbacks.listed()
    assert (one.window, one.zone, one.language, one.may_text) == ("afternoon", "America/New_York", Language.EN, True)
    assert "already" in replies(texter, "call me back")
    assert len(calling_back.store.callbacks.listed()) == 1
    assert replies(texter, "NO CALLBACK")
    assert calling_back.store.callbacks.listed() == []
    assert "No call back" in replies(texter, "cancel my callback")
    assert rows(calling_back, callbacks, callbacks.c.number.is_not(None)) == 0


def _after_busy(line: WholeLine, number: str = PERSON) -> PretendCall:
    call = line.call(number)
    call.press("0")
    call.transfer_ended("busy")
    heard = words(call)
    key = re.search(r"For a call back, press (\w+)", heard)
    assert key is not None, heard
    call.press({"two": "2", "three": "3", "four": "4"}[key[1]])
    return call


def test_a_callback_after_a_busy_desk_by_voice(calling_back: WholeLine) -> None:
    call = _after_busy(calling_back)
    assert "four three" in words(call) or "four, three" in words(call)
    call.press("1")
    call.press("1")
    call.press("2")
    assert "by Tuesday at noon, Eastern time" in words(call)
    (one,) = calling_back.store.callbacks.listed()
    assert (one.window, one.zone, one.may_text) == ("morning", "America/New_York", False)
    assert one.promised_by == calling_back.clock() + timedelta(hours=24)
    again = _after_busy(calling_back)
    assert "already" in words(again)
    assert len(calling_back.store.callbacks.listed()) == 1


def test_a_withheld_number_types_where_to_call(calling_back: WholeLine) -> None:
    call = _after_busy(calling_back, ANONYMOUS)
    assert "mobile phone number" in words(call) or "phone number" in words(call)
    call.press("2065550144#")
    call.press("1")
    assert "Pacific time" in words(call), "the zone of the phone that will ring"
    call.press("3")
    call.press("1")
    assert "by Tuesday at nine in the morning, Pacific time" in words(call)
    (one,) = calling_back.store.callbacks.listed()
    assert one.zone == "America/Los_Angeles"
    assert calling_back.store.callbacks.claim(one.id, "ana", calling_back.clock())
    assert calling_back.store.callbacks.number(one.id, "ana", calling_back.clock()) == "+12065550144"


@pytest.mark.parametrize(("digit", "left"), [("1", 0), ("2", 1)])
def test_forget_with_an_open_callback_asks_first(calling_back: WholeLine, digit: str, left: int) -> None:
    texter = calling_back.texter()
    for body in ASKING_BACK:
        replies(texter, body)
    asked = replies(texter, "FORGET")
    assert "1" in asked
    assert "2" in asked
    assert rows(calling_back, sessions) == 1
    assert "erased" in replies(texter, digit)
    assert len(calling_back.store.callbacks.listed()) == left
    assert rows(calling_back, sessions) == 0


def test_a_late_callback_rings_an_alarm_and_tells_the_person_once(calling_back: WholeLine) -> None:
    texter = calling_back.texter()
    for body in ASKING_BACK:
        replies(texter, body)
    client = calling_back.app.test_client()
    assert client.get("/readyz").get_json()["alarms"] == []
    calling_back.clock.later(hours=13)
    calling_back.line.conversation = replace(calling_back.line.conversation, now=calling_back.clock)
    assert "callback-due" in client.get("/readyz").get_json()["alarms"]
    calling_back.clock.later(hours=12)
    assert "callback-late" in client.get("/readyz").get_json()["alarms"]
    for _ in range(3):
        calling_back.work()
    ((to, body),) = calling_back.texted
    assert to == PERSON
    assert NUMBER_SHOWN in body
    assert "cancer" not in body


# --- other senders


@pytest.mark.parametrize("prefix", ["whatsapp:", "rcs:"])
def test_another_kind_of_sender_is_the_same_person(line: WholeLine, prefix: str) -> None:
    replies(line.texter(prefix + PERSON), "what is immunotherapy")
    assert "2/" in replies(line.texter(), "MORE")
    assert rows(line, sessions) == 1


@pytest.mark.parametrize("prefix", ["whatsapp:", "rcs:"])
def test_a_stop_there_is_confirmed_by_us(line: WholeLine, prefix: str) -> None:
    assert "no more texts" in replies(line.texter(prefix + PERSON), "STOP")
    assert line.store.opted_out(prefix + PERSON)
    assert replies(line.texter(), "hi") == "", "who does not want texts does not want them on any way"


def test_a_ring_back_from_there_rings_the_telephone(line: WholeLine) -> None:
    assert "ring you" in replies(line.texter("whatsapp:" + PERSON), "CALL")
    report = line.work()
    assert report.count(Fate.SENT) == 1
    assert [to for to, _ in line.rung] == [PERSON]


# --- without a store


@pytest.fixture
def cut_off(kind: str, library: Library, store: Store, tmp_path: Path) -> Iterator[WholeLine]:
    """A line whose database has gone away after the start."""
    if kind == "sqlite":
        with a_line(library, tmp_path, store=store) as line:
            line.call().hang_up()
            store.events.flush()
            (tmp_path / "line.db").rename(tmp_path / "elsewhere.db")
            yield line
        return
    gone = Store(Database("postgresql://line@127.0.0.1:1/nowhere"), KEYRING)
    with a_line(library, tmp_path, store=gone) as line:
        yield line
    gone.close()


def test_without_a_store_a_call_reaches_everything(cut_off: WholeLine) -> None:
    call = cut_off.call()
    assert "press one" in words(call)
    for key in ("1", "1", "1", "#", "8", "8", "9", "6", "*"):
        call.press(key)
        assert words(call)
    call.say("what is immunotherapy")
    assert "immunotherapy" in words(call).lower()
    call.silence()
    assert words(call)
    call.press("0")
    assert call.dial is not None
    assert call.faults == []


def test_without_a_store_a_text_is_not_promised(cut_off: WholeLine) -> None:
    call = _offered_text(cut_off)
    call.press("7")
    heard = words(call)
    assert "could not" in heard
    assert "text the word" in heard
    assert cut_off.work().trouble.startswith("store-")


@pytest.mark.parametrize("body", ["STOP", "stop texting me", "START", "FORGET"])
def test_without_a_store_no_promise_is_pretended(cut_off: WholeLine, body: str) -> None:
    answer = cut_off.carrier.post(
        "/sms/message", {"MessageSid": "SM1", "From": PERSON, "To": LINE, "Body": body, "NumMedia": "0"}
    )
    if body == "STOP":
        assert answer.status == 503, "the carrier shows the fault and asks the fallback"
    else:
        assert answer.status in (200, 503)
        assert not [said for said in (b"no more texts", b"texts again", b"is erased") if said in answer.body]


@pytest.mark.parametrize(
    ("body", "said"),
    [("hi", NUMBER_SHOWN), ("what is immunotherapy", NUMBER_SHOWN), ("HELP", NUMBER_SHOWN),
     ("I cannot breathe", "911"), ("I want to kill myself", "988"), ("CALL", NUMBER_SHOWN)],
)  # fmt: skip
def test_without_a_store_a_texter_gets_an_honest_sentence_or_help(cut_off: WholeLine, body: str, said: str) -> None:
    assert said in replies(cut_off.texter(), body)


def test_without_a_store_readyz_says_so_and_healthz_does_not(cut_off: WholeLine) -> None:
    client = cut_off.app.test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["faults"][0]["code"] in ("store-gone", "store-missing")
    assert client.get("/healthz").status_code == 200
