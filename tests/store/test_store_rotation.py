"""Keys are rotated while the line runs: no opt-out, no session, no number is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from store_keys import a_key

from ivr.errors import LineError
from ivr.secrets import Secrets
from ivr.store import Database, Store, StoreError, fresh_store, open_store
from ivr.store.schema import opt_outs, sessions

NUMBER = "+12025550143"
OTHER = "+12025550177"
OLD, NEW = a_key("old"), a_key("new")
DATA_OLD, DATA_NEW = a_key("data old"), a_key("data new")


@pytest.fixture
def before(database_setting: str, at: datetime) -> str:
    """A database full of what the old keys wrote."""
    store = fresh_store(database_setting, Secrets([OLD], [DATA_OLD]))
    with store.turn(NUMBER, "SM1", at) as turn:
        turn.request_callback("any", "en", promised_by=at + timedelta(hours=1))
        turn.save("{}")
        turn.answer("the first answer")
    store.opt_out(OTHER, "words", "worker", at)
    with store.voice(NUMBER, "CA1", at) as effect:
        effect.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
    store.close()
    return database_setting


@pytest.fixture
def both(before: str) -> Store:
    """The same database, opened with the new keys first."""
    return open_store(before, Secrets([NEW, OLD], [DATA_NEW, DATA_OLD]))


def test_nothing_is_lost_while_both_keys_are_known(both: Store, at: datetime) -> None:
    assert both.opted_out(OTHER)
    assert both.facts(NUMBER) is not None
    with both.turn(NUMBER, "SM1", at) as turn:
        assert turn.duplicate_answer == "the first answer"
    with both.voice(NUMBER, "CA1", at) as effect:
        assert effect.done is not None
    with both.turn(NUMBER, "SM2", at) as turn:
        assert turn.session is not None
        assert turn.open_callback is not None
        assert turn.request_callback("any", "en", promised_by=at).reason == "open"
        turn.save("{}")
    both.close()


def test_a_touched_person_is_known_under_the_new_key_alone(both: Store, before: str, at: datetime) -> None:
    for number, message in ((NUMBER, "SM2"), (OTHER, "SM3")):
        with both.turn(number, message, at) as turn:
            turn.save("{}")
            turn.answer("ok")
    assert both.rotate() == {"rewritten": 5, "unreadable": 0}
    both.close()
    alone = open_store(before, Secrets([NEW], [DATA_NEW]))
    assert alone.opted_out(OTHER)
    with alone.turn(NUMBER, "SM4", at) as turn:
        assert turn.session is not None
        assert turn.session.turn == 2
        assert turn.open_callback is not None
        turn.answer("ok")
    (letter,) = alone.outbox.lease("w", at)
    assert letter.number == NUMBER
    assert alone.keys_in_use() == {Secrets([NEW], [DATA_NEW]).key_ids[0]: 1}
    alone.close()


def test_an_opt_out_of_somebody_who_never_came_back_survives_every_rotation(before: str, at: datetime) -> None:
    for keys in ([OLD, NEW], [NEW, OLD], [a_key("third"), NEW, OLD]):
        store = open_store(before, Secrets(keys, [DATA_OLD]))
        store.rotate()
        assert store.opted_out(OTHER), keys
        with store.voice(NUMBER, f"CA{keys[0]}", at) as effect:
            assert effect.queue_text({"topic": "pain"}, "en", number=OTHER, expires_at=at).reason == "opted-out"
        store.close()


def test_the_line_does_not_start_without_the_key_of_an_opt_out(before: str) -> None:
    with pytest.raises(StoreError) as fault:
        open_store(before, Secrets([NEW], [DATA_OLD]))
    assert fault.value.code == "store-key-missing"


def test_keys_in_use_tell_when_the_old_one_may_go(both: Store, at: datetime) -> None:
    new_id, old_id = Secrets([NEW, OLD], [DATA_NEW]).key_ids
    assert both.keys_in_use() == {new_id: 0, old_id: 1}
    both.opt_out(OTHER, "words", "worker", at)
    assert both.keys_in_use() == {new_id: 1, old_id: 0}
    both.close()


def test_a_worker_with_the_new_key_sees_an_opt_out_under_the_old_one(both: Store, at: datetime) -> None:
    (letter,) = both.outbox.lease("w", at)
    with both.database.writing() as connection:
        old = Secrets([OLD], [DATA_OLD]).caller_keys(NUMBER)[0]
        connection.execute(opt_outs.insert().values(caller_key=old, since=at, source="text", how="words"))
    assert not both.outbox.sending(letter.id, "w", at)
    both.close()


def test_two_rows_of_one_person_become_one(both: Store, at: datetime) -> None:
    keys = Secrets([NEW, OLD], [DATA_NEW]).caller_keys(OTHER)
    with both.database.writing() as connection:
        connection.execute(opt_outs.insert().values(caller_key=keys[0], since=at, source="text", how="words"))
        for key, state in zip(keys, ("new", "old"), strict=True):
            connection.execute(sessions.insert().values(caller_key=key, turn=1, state=state, updated_at=at))
    with both.turn(OTHER, "SM9", at) as turn:
        assert turn.session is not None
        assert turn.session.state == "new"
        assert turn.opted_out
    with both.database.reading() as connection:
        assert connection.execute(select(opt_outs.c.caller_key)).scalars().all() == [keys[0]]
    both.close()


def test_what_no_key_can_read_is_counted_and_has_no_second_effect(before: str, at: datetime) -> None:
    store = Store(Database(before), Secrets([OLD], [DATA_NEW]))
    assert store.rotate() == {"rewritten": 0, "unreadable": 3}
    with store.turn(NUMBER, "SM1", at) as turn:
        assert turn.duplicate_answer == ""
    (record,) = store.callbacks.listed()
    assert record.ending == "????"
    with pytest.raises(LineError) as fault:
        store.callbacks.number(record.id, "ana", at)
    assert fault.value.code == "unreadable"
    store.close()


def test_rotating_twice_changes_nothing_that_can_be_read(both: Store, at: datetime) -> None:
    assert both.rotate() == both.rotate() == {"rewritten": 3, "unreadable": 0}
    with both.turn(NUMBER, "SM1", at) as turn:
        assert turn.duplicate_answer == "the first answer"
    assert both.outbox.lease("w", at)[0].number == NUMBER
    both.close()
