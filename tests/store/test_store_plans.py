"""However much is stored, what a turn, a worker's round and the daily purge ask for is found by an index.

The plans of both databases say so; times would say it only on a machine that has nothing else to do (`ivr bench text`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from ivr.dialog.types import Event, Language, Medium
from ivr.secrets import Secrets
from ivr.store import Database, Retention, Store, fresh_store
from ivr.store.made_up import Filler

NUMBER = "+12025550143"
PEOPLE = 2000  # enough for PostgreSQL to know what a full table looks like
GROWING = (
    "sessions",
    "opt_outs",
    "inbound",
    "effects",
    "outbox",
    "statuses",
    "events",
)  # callbacks are few

Asked = dict[str, Any]  # statements, with parameters that they had


@pytest.fixture
def full(database_setting: str, keyring: Secrets, at: datetime) -> Iterator[Store]:
    """A store in which much has happened."""
    store = fresh_store(database_setting, keyring)
    filled = Database(database_setting, patient=True)
    Filler(keyring, PEOPLE, [NUMBER], at).fill(filled)
    filled.close()
    yield store
    store.close()


@contextmanager
def listened(store: Store) -> Iterator[Asked]:
    """Every statement of the block."""
    asked: Asked = {}

    def note(_: object, __: object, statement: str, parameters: Any, ___: object, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            asked[statement] = parameters[0] if many else parameters

    event.listen(store.database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(store.database.engine, "before_cursor_execute", note)


def read_through(store: Store, asked: Asked) -> list[str]:
    """The statements that read a growing table from one end to the other, with their plans."""
    with store.database.engine.connect() as connection:
        if not store.database.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))  # so that a small table does not excuse it
        plans = {statement: plan(connection, statement, parameters) for statement, parameters in asked.items()}
        connection.rollback()
    slow = _slow_on_sqlite if store.database.is_sqlite else _slow_on_a_server
    return [f"{statement}\n{found}" for statement, found in plans.items() if slow(found)]


def plan(connection: Connection, statement: str, parameters: Any) -> str:
    """How the database would go about it."""
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


def _slow_on_sqlite(found: str) -> bool:
    return bool(re.search(rf"SCAN ({'|'.join(GROWING)})\b", found))


def _slow_on_a_server(found: str) -> bool:
    """A scan of an index without a condition on it reads everything too."""
    tables = "|".join(GROWING)
    whole = re.search(rf"Seq Scan on ({tables})\b", found)
    indexed = re.findall(rf"Index (?:Only )?Scan (?:Backward )?using \w+ on (?:{tables})\b.*\n(.*)", found)
    return bool(whole) or any("Index Cond" not in condition for condition in indexed)


def test_a_text_turn(full: Store, at: datetime) -> None:
    with listened(full) as asked, full.turn(NUMBER, "SM1", at) as turn:
        assert turn.session is not None
        assert turn.last_text is None
        assert (turn.opted_out, turn.opted_out_how, turn.new, turn.open_callback) == (False, "", False, None)
        assert (turn.recent.in_a_day, turn.calls_today, turn.same_unmatched_today("x")) == (0, 0, 0)
        turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
        turn.request_callback("any", "en", promised_by=at + timedelta(hours=1))
        turn.cancel_callback()
        turn.opt_out()
        turn.opt_in()
        turn.event(Event("topic", "pain", Language.EN, Medium.TEXT))
        turn.save("{}")
        turn.answer("yes", unmatched="x", language="en")
    assert len(asked) > 15
    assert read_through(full, asked) == []


def test_a_message_that_is_delivered_again(full: Store, at: datetime) -> None:
    with full.turn(NUMBER, "SM1", at) as turn:
        turn.answer("yes")
    with listened(full) as asked, full.turn(NUMBER, "SM1", at) as turn:
        assert turn.duplicate_answer == "yes"
    assert read_through(full, asked) == []


def test_a_call_and_what_is_known_of_the_caller(full: Store, at: datetime) -> None:
    with listened(full) as asked:
        assert full.facts(NUMBER) is not None
        with full.voice(NUMBER, "CA1:1", at) as effect:
            effect.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
        full.events.put("CA1", "1", at, NUMBER, (Event("topic", "pain", Language.EN, Medium.VOICE),))
        full.events.flush()
    assert len(asked) > 5
    assert read_through(full, asked) == []


def test_everything_a_worker_does_with_a_text(full: Store, at: datetime) -> None:
    with full.voice(NUMBER, "CA1:1", at) as effect:
        effect.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
    with listened(full) as asked:
        (letter,) = full.outbox.lease("one", at, limit=1)
        assert full.outbox.sending(letter.id, "one", at)
        assert full.outbox.doubtful(letter.id, "timeout")
        assert len(full.outbox.in_doubt(at)) == 1
        assert full.outbox.sent(letter.id, "SM1", at)
        assert full.outbox.status("SM1", "delivered", at)
        assert full.outbox.status("SM2", "delivered", at)
        assert full.outbox.drop_expired(at) == 0
        assert full.unknown_messages(["SM1", "SM3"]) == ["SM1", "SM3"]
        full.opt_out(NUMBER, "carrier", "reconcile", at)
    assert len(asked) > 15
    assert read_through(full, asked) == []


def test_forgetting(full: Store, at: datetime) -> None:
    with listened(full) as asked:
        full.forget(NUMBER, at, callback_too=True)
    assert read_through(full, asked) == []


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=500)])
def test_the_daily_purge_whether_little_or_all_of_it_is_due(full: Store, at: datetime, later: timedelta) -> None:
    with listened(full) as asked:
        went = full.purge(Retention(), at + later)
    assert min(went[rule] for rule in ("sessions", "inbound", "events", "outbox")) > 0
    reads = {statement: parameters for statement, parameters in asked.items() if statement.startswith("SELECT")}
    assert read_through(full, reads) == []


def test_the_purge_finds_events_that_still_say_who_without_reading_the_others(full: Store, at: datetime) -> None:
    with listened(full) as asked:
        full.purge(Retention(), at)
    (looked,) = (one for one in asked if one.startswith("SELECT events.id") and "caller_key IS NOT NULL" in one)
    with full.database.engine.connect() as connection:
        if not full.database.is_sqlite:
            connection.execute(text("SET enable_seqscan = off"))
        assert re.search(r"\bevents_(with|by)_caller\b", plan(connection, looked, asked[looked]))
