"""One inbound text is one transaction, and a second delivery of it is none."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from ivr.dialog.types import Event, Language, Medium, Result
from ivr.store import Store, StoreError
from ivr.store.schema import events, inbound, outbox, sessions, unmatched

NUMBER = "+12025550143"
OTHER = "+12025550177"


def count(store: Store, table: object) -> int:
    with store.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def say(store: Store, message: str, at: datetime, *, number: str = NUMBER, body: str = "an answer") -> None:
    with store.turn(number, message, at) as turn:
        turn.save("{}")
        turn.answer(body)


def test_a_first_text_finds_nothing_and_is_new(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM1", at) as turn:
        assert turn.session is None
        assert turn.duplicate_answer is None
        assert turn.new
        assert not turn.opted_out
        assert turn.open_callback is None
        assert (turn.recent.in_30_seconds, turn.recent.in_a_day) == (0, 0)
        turn.answer("hello")


def test_the_state_of_the_last_turn_is_found_again(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM1", at) as turn:
        turn.save('{"at": "main"}')
        turn.answer("one")
    with store.turn(NUMBER, "SM2", at + timedelta(hours=1)) as turn:
        assert turn.session is not None
        assert (turn.session.state, turn.session.turn) == ('{"at": "main"}', 1)
        assert turn.session.age(at + timedelta(hours=1)) == timedelta(hours=1)
        assert not turn.new
        turn.save('{"at": "pain"}')
        turn.answer("two")
    with store.turn(NUMBER, "SM3", at) as turn:
        assert turn.session is not None
        assert (turn.session.state, turn.session.turn) == ('{"at": "pain"}', 2)
        assert turn.session.age(at) == timedelta(0), "a clock that goes back never makes an age negative"
        turn.answer("three")


def test_a_second_delivery_gets_the_same_reply_and_has_no_effect(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM1", at) as turn:
        turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
        turn.save("{}")
        turn.answer("El mismo señor \U0001f600")
    with store.turn(NUMBER, "SM1", at + timedelta(days=1)) as turn:
        assert turn.duplicate_answer == "El mismo señor \U0001f600"
        with pytest.raises(RuntimeError):
            turn.queue_text({"topic": "pain"}, "en", expires_at=at)
    assert count(store, outbox) == 1
    assert count(store, inbound) == 1


def test_a_turn_without_a_reply_is_still_known(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM1", at):
        pass
    with store.turn(NUMBER, "SM1", at) as turn:
        assert turn.duplicate_answer == ""


def test_a_turn_that_fails_leaves_nothing_behind(store: Store, at: datetime) -> None:
    with pytest.raises(ZeroDivisionError), store.turn(NUMBER, "SM1", at) as turn:  # noqa: PT012 - the block is the turn
        turn.opt_out()
        turn.queue_text({"topic": "pain"}, "en", kind="call", expires_at=at)
        turn.save("{}")
        turn.answer("never sent")
        raise ZeroDivisionError
    assert [count(store, table) for table in (sessions, inbound, outbox)] == [0, 0, 0]
    assert not store.opted_out(NUMBER)


def test_a_turn_that_somebody_else_overtook_is_refused(store: Store, at: datetime) -> None:
    say(store, "SM1", at)
    with pytest.raises(StoreError) as fault, store.turn(NUMBER, "SM2", at) as turn:  # noqa: PT012
        turn.connection.execute(sessions.update().values(turn=7))
        turn.save("{}")
    assert fault.value.code == "store-conflict"


def test_opting_out_is_stored_and_opting_in_undoes_it(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM1", at) as turn:
        assert turn.opt_out("carrier").result is Result.DONE
        turn.answer("")
    assert store.opted_out(NUMBER)
    assert not store.opted_out(OTHER)
    with store.turn(NUMBER, "SM2", at) as turn:
        assert turn.opted_out
        assert turn.opted_out_how == "carrier"
        turn.opt_in()
        assert turn.opted_out_how == ""
        turn.answer("welcome back")
    assert not store.opted_out(NUMBER)
    assert store.opt_in(NUMBER) is False


def test_opting_out_drops_what_was_to_be_sent_but_not_a_call_asked_for(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM1", at) as turn:
        turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
        turn.queue_text({"handoff": "specialist"}, "en", kind="call", expires_at=at + timedelta(minutes=15))
        turn.opt_out()
        refused = turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
        assert (refused.result, refused.reason) == (Result.REFUSED, "opted-out")
        assert turn.calls_today == 1
    assert store.outbox.backlog(at).counts == {"dropped": 1, "queued": 1}
    assert [one.kind for one in store.outbox.lease("w", at)] == ["call"]


def test_one_person_is_one_person_on_whatsapp_too(store: Store, at: datetime) -> None:
    with store.turn("whatsapp:" + NUMBER, "SM1", at) as turn:
        turn.opt_out()
    assert store.opted_out(NUMBER)


def test_a_callback_is_one_a_number(store: Store, at: datetime) -> None:
    by = at + timedelta(hours=4)
    with store.turn(NUMBER, "SM1", at) as turn:
        first = turn.request_callback("morning", "en", promised_by=by, zone="America/New_York", may_text=True)
        again = turn.request_callback("any", "en", promised_by=by)
        assert first.result is Result.DONE
        assert (again.result, again.reason, again.reference) == (Result.REFUSED, "open", first.reference)
        held = turn.open_callback
        assert held is not None
        assert (held.ending, held.window, held.zone) == ("0143", "morning", "America/New_York")
    with store.turn(NUMBER, "SM2", at) as turn:
        assert turn.cancel_callback().result is Result.DONE
        assert turn.cancel_callback().reason == "none"
        assert turn.open_callback is None
        assert turn.request_callback("any", "es", promised_by=by).result is Result.DONE


def test_forgetting_deletes_everything_but_the_opt_out_and_an_open_callback(store: Store, at: datetime) -> None:
    later = at + timedelta(minutes=15)
    with store.turn(NUMBER, "SM1", at) as turn:
        turn.queue_text({"topic": "pain"}, "en", expires_at=later)
        turn.request_callback("any", "en", promised_by=later)
        turn.event(Event("topic", "pain", Language.EN, Medium.TEXT))
        turn.opt_out()
        turn.save("{}")
        turn.answer("one", unmatched="gibberish")
    with store.turn(NUMBER, "SM2", at) as turn:
        turn.forget()
        assert turn.open_callback is not None
        assert turn.new
        turn.event(Event("forgotten", "main", Language.EN, Medium.TEXT))
        turn.save('{"at": "main"}')
        turn.answer("gone")
    assert count(store, sessions) == 0
    assert count(store, outbox) == 0
    with store.database.reading() as connection:
        assert set(connection.execute(select(inbound.c.caller_key)).scalars()) == {None}
        assert set(connection.execute(select(events.c.caller_key)).scalars()) == {None}
    assert store.opted_out(NUMBER)
    with store.turn(NUMBER, "SM2", at) as turn:
        assert turn.duplicate_answer == "gone", "the forgetting itself is not done twice"
    with store.turn(NUMBER, "SM1", at) as turn:
        assert turn.duplicate_answer == "", "an old message that comes again has no effect, and its answer is forgotten"
    store.forget(NUMBER, at, callback_too=True)
    assert store.callbacks.listed() == []


def test_replies_are_counted_for_the_limits(store: Store, at: datetime) -> None:
    say(store, "SM1", at - timedelta(days=2))
    say(store, "SM2", at - timedelta(hours=5))
    say(store, "SM3", at - timedelta(seconds=20))
    say(store, "SM4", at - timedelta(seconds=10), body="")
    say(store, "SM5", at, number=OTHER)
    with store.turn(NUMBER, "SM6", at) as turn:
        assert (turn.recent.in_30_seconds, turn.recent.in_a_day) == (1, 2)


def test_the_same_unmatched_words_are_counted_within_a_day(store: Store, at: datetime) -> None:
    for name, ago in (("SM1", 30), ("SM2", 3), ("SM3", 2)):
        with store.turn(NUMBER, name, at - timedelta(hours=ago)) as turn:
            turn.answer("I do not know", unmatched="  Auto  reply ", language="en")
    with store.turn(NUMBER, "SM4", at) as turn:
        assert turn.same_unmatched_today("auto reply") == 2
        assert turn.same_unmatched_today("something else") == 0


def test_an_unmatched_question_is_kept_without_who_asked(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM1", at) as turn:
        turn.answer("?", unmatched="my name is Ada Byron, call (202) 555-0143 or ada@example.org", language="en")
    (kept,) = store.unmatched_questions(at)
    assert kept.question == "my name is [name], call [number] or [address]"
    assert count(store, unmatched) == 1


def test_what_cannot_be_stored_everywhere_is_left_out(store: Store, at: datetime) -> None:
    with store.turn(NUMBER, "SM\x00\ud800", at) as turn:
        turn.save('{"at": "a\x00b\ud83d"}')
        turn.event(Event("na\x00me", "pl\udfffce", Language.EN, Medium.TEXT, "d\x00"))
        turn.answer("an\x00swer \ud83d", unmatched="wh\x00at \udc00?")
    with store.turn(NUMBER, "SM2", at) as turn:
        assert turn.session is not None
        assert turn.session.state == '{"at": "ab"}'


def test_the_last_text_is_found_by_the_number_it_went_to(store: Store, at: datetime) -> None:
    with store.voice(None, "CA1:3", at) as effect:
        effect.queue_text({"topic": "pain"}, "es", kind="invite", number=NUMBER, expires_at=at + timedelta(minutes=15))
    with store.turn(NUMBER, "SM0", at) as turn:
        assert turn.last_text is None, "it was not sent yet"
    (letter,) = store.outbox.lease("w", at)
    assert store.outbox.sending(letter.id, "w", at)
    assert store.outbox.sent(letter.id, "SMout", at)
    with store.turn(NUMBER, "SM1", at + timedelta(hours=1)) as turn:
        assert turn.last_text is not None
        assert (dict(turn.last_text.what), turn.last_text.language) == ({"topic": "pain"}, "es")
    with store.turn(NUMBER, "SM2", at + timedelta(days=3)) as turn:
        assert turn.last_text is None


def test_a_text_without_a_sender_does_no_harm(store: Store, at: datetime) -> None:
    for _ in range(2):
        with store.turn("", "SM1", at) as turn:
            if turn.duplicate_answer is None:
                assert turn.session is None
                assert turn.opt_out().reason == "withheld"
                turn.save("{}")
                turn.answer("hello", unmatched="x")
    assert [count(store, table) for table in (sessions, inbound)] == [0, 1]


def test_messages_that_never_reached_us_are_told_apart(store: Store, at: datetime) -> None:
    say(store, "SM1", at)
    assert store.unknown_messages(["SM2", "SM1", "SM3"]) == ["SM2", "SM3"]


def test_an_opt_out_of_the_carriers_list_is_kept_once(store: Store, at: datetime) -> None:
    assert store.recover_opt_out(NUMBER, "carrier", at, listed=["SMmissed"], heard_since=at)
    assert store.opted_out(NUMBER)
    assert store.recover_opt_out(NUMBER, "carrier", at, listed=["SMmissed"], heard_since=at) is False
    assert store.recover_opt_out("", "carrier", at, listed=["SMother"], heard_since=at) is False


@pytest.mark.parametrize("number", [NUMBER, f"whatsapp:{NUMBER}"])
def test_it_is_not_kept_while_something_newer_of_the_same_person_is_not_in_the_list(
    number: str, store: Store, at: datetime
) -> None:
    say(store, "SMnewer", at, number=number)
    lately = at - timedelta(minutes=2)
    assert store.recover_opt_out(NUMBER, "words", at, listed=["SMmissed"], heard_since=lately) is None
    assert not store.opted_out(NUMBER)
    assert store.recover_opt_out(OTHER, "words", at, listed=["SMmissed"], heard_since=lately)
    assert store.recover_opt_out(NUMBER, "words", at, listed=["SMmissed", "SMnewer"], heard_since=lately)


def test_what_was_heard_long_ago_or_is_to_be_believed_keeps_no_opt_out_away(store: Store, at: datetime) -> None:
    say(store, "SMolder", at)
    later = at + timedelta(minutes=5)
    assert store.recover_opt_out(NUMBER, "words", later, listed=["SMmissed"], heard_since=later - timedelta(minutes=2))
    say(store, "SMother", later, number=OTHER)
    assert store.recover_opt_out(OTHER, "words", later, listed=["SMmissed"], heard_since=None)
