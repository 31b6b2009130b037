"""A thief of the files learns nothing: no number and no words of a message in any writing, and after FORGET no trace."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.dialog.types import Event, Language, Medium
from ivr.secrets import Secrets
from ivr.store import Database, Retention, Store, fresh_store
from ivr.store.schema import metadata, outbox
from ivr.store.store import SCRUB_WANTED

NUMBERS = [f"+1202555{place:04}" for place in range(100, 130)]
WORDS = "where does it usually spread to"
ANSWER = "It spreads most often to these places"


def writings(number: str) -> list[bytes]:
    """A number as +12025550143, 12025550143, (202) 555-0143 and 202-555-0143, and its ten digits."""
    area, office, line = number[2:5], number[5:8], number[8:]
    forms = (number, number[1:], f"({area}) {office}-{line}", f"{area}-{office}-{line}", number[2:])
    return [form.encode() for form in forms]


def a_busy_day(store: Store, at: datetime) -> None:
    dice = random.Random(7)
    for step in range(120):
        number, moment = dice.choice(NUMBERS), at + timedelta(minutes=step)
        with store.turn(number, f"SM{step}", moment) as turn:
            if step % 5 == 0:
                turn.queue_text({"topic": "pain"}, "en", expires_at=moment + timedelta(minutes=15))
            if step % 7 == 0:
                turn.request_callback("any", "en", promised_by=moment + timedelta(hours=3))
            if step % 11 == 0:
                turn.opt_out()
            turn.event(Event("topic", "pain", Language.EN, Medium.TEXT))
            turn.save('{"at": "pain"}')
            unmatched = f"{WORDS}? my number is {number}" if step % 3 == 0 else None
            turn.answer(ANSWER, unmatched=unmatched, language="en")
        store.events.put(f"CA{step}", "1", moment, number, [Event("topic", "pain", Language.EN, Medium.VOICE)])
        for letter in store.outbox.lease("w", moment):
            store.outbox.sending(letter.id, "w", moment)
            store.outbox.sent(letter.id, f"SMout{step}", moment)
    store.events.flush()


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for found in sorted(folder.iterdir()):
        yield found.name, found.read_bytes()


def held_in_tables(store: Store) -> bytes:
    with store.database.reading() as connection:
        return b"\n".join(repr(connection.execute(select(table)).all()).encode() for table in metadata.sorted_tables)


@pytest.fixture
def lite(tmp_path: Path, keyring: Secrets) -> Iterator[Store]:
    store = fresh_store(f"sqlite:///{tmp_path}/line.db", keyring)
    yield store
    store.close()


def test_no_file_holds_a_number_or_an_answer_while_the_line_is_busy(lite: Store, tmp_path: Path, at: datetime) -> None:
    a_busy_day(lite, at)
    names = []
    for name, content in files(tmp_path):
        names.append(name)
        assert not [form for number in NUMBERS for form in writings(number) if form in content], name
        assert ANSWER.encode() not in content
    assert names == ["line.db", "line.db-shm", "line.db-wal"]


def test_no_table_holds_a_number_or_an_answer(store: Store, at: datetime) -> None:
    a_busy_day(store, at)
    content = held_in_tables(store)
    assert not [form for number in NUMBERS for form in writings(number) if form in content]
    assert ANSWER.encode() not in content
    assert b"[number]" in content, "unmatched questions are there, redacted"


def test_no_hash_can_be_guessed_without_the_key(store: Store, at: datetime) -> None:
    a_busy_day(store, at)
    content = held_in_tables(store)
    for number in NUMBERS:
        raw = [hashlib.sha256(number.encode()).digest(), hashlib.md5(number.encode(), usedforsecurity=False).digest()]
        raw.append(hmac.digest(b"", number.encode(), "sha256"))
        for digest in raw:
            for form in (digest.hex().encode(), base64.b64encode(digest)[:20], base64.urlsafe_b64encode(digest)[:20]):
                assert form not in content


def test_after_forgetting_the_files_hold_nothing_that_leads_to_the_person(
    lite: Store, tmp_path: Path, at: datetime, keyring: Secrets
) -> None:
    a_busy_day(lite, at)
    numbers = [number for number in NUMBERS if not lite.opted_out(number)]
    keys = [keyring.caller_keys(number)[0].encode() for number in numbers]
    with lite.database.reading() as connection:
        wanted = select(outbox.c.number).where(outbox.c.number.is_not(None))
        tokens = [token.encode() for token in connection.execute(wanted).scalars()]
    assert [key for key in keys if any(key in content for _, content in files(tmp_path))]
    for place, number in enumerate(numbers):
        if place % 2:
            lite.forget(number, at, callback_too=True)
        else:
            with lite.turn(number, f"SMforget{place}", at) as turn:
                turn.forget(callback_too=True)
                turn.save("{}")
                turn.answer("forgotten")
    assert lite.mark(SCRUB_WANTED) is None
    for name, content in files(tmp_path):
        assert not [key for key in keys if key in content], name
        assert not [token for token in tokens if token in content], name


def test_a_forgetting_that_a_reader_hindered_is_finished_later(
    lite: Store, tmp_path: Path, at: datetime, keyring: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = NUMBERS[0]
    with lite.turn(number, "SM1", at) as turn:
        turn.save("{}")
    monkeypatch.setattr("ivr.store.database.PRAGMAS", ("PRAGMA busy_timeout = 1", "PRAGMA secure_delete = ON"))
    hurried = Store(Database(f"sqlite:///{tmp_path}/line.db"), keyring)
    with lite.database.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM sessions")
        hurried.forget(number, at)
        assert hurried.mark(SCRUB_WANTED) == "1"
        assert not hurried.scrub_if_wanted(at)
    assert hurried.scrub_if_wanted(at)
    assert hurried.scrub_if_wanted(at)
    key = keyring.caller_keys(number)[0].encode()
    assert not [name for name, content in files(tmp_path) if key in content]
    hurried.close()


def test_what_the_retention_deleted_is_in_no_file_either(
    lite: Store, tmp_path: Path, at: datetime, keyring: Secrets
) -> None:
    with lite.turn(NUMBERS[0], "SM1", at) as turn:
        turn.event(Event("topic", "pain", Language.EN, Medium.TEXT))
        turn.save("{}")
        turn.answer("x")
    lite.purge(Retention(), at + timedelta(days=60))
    key = keyring.caller_keys(NUMBERS[0])[0].encode()
    assert not [name for name, content in files(tmp_path) if key in content]


def test_a_stolen_copy_opens_without_the_keys_but_says_nothing(lite: Store, tmp_path: Path, at: datetime) -> None:
    a_busy_day(lite, at)
    lite.database.scrub()
    (tmp_path / "stolen").mkdir()
    shutil.copy(tmp_path / "line.db", tmp_path / "stolen" / "line.db")
    content = (tmp_path / "stolen" / "line.db").read_bytes()
    assert not [form for number in NUMBERS for form in writings(number) if form in content]
