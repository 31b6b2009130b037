"""Every wait has a limit, every failure a name, and a promise is on the disk before it is spoken."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ivr.secrets import Secrets
from ivr.store import Database, Store, StoreError, fresh_store, open_store
from ivr.store import database as limits
from ivr.store.database import database_url
from ivr.store.trouble import code_of

NUMBER = "+12025550143"
ON_A_SERVER = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


@pytest.fixture
def lite(tmp_path: Path, keyring: Secrets) -> Store:
    return fresh_store(f"sqlite:///{tmp_path}/line.db", keyring)


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_every_way_of_writing_postgresql_is_understood(url: str) -> None:
    assert database_url(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "nonsense", ""])
def test_what_cannot_keep_a_promise_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        database_url(url)


def test_every_connection_is_durable_and_wipes_what_it_deletes(lite: Store) -> None:
    wanted = {
        "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": limits.BUSY_MILLISECONDS,
        "journal_mode": "wal",
    }  # fmt: skip
    connections = [lite.database.engine.connect() for _ in range(4)]
    for connection in connections:
        assert {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
        connection.close()


def test_a_reader_waits_for_no_writer(lite: Store) -> None:
    with lite.database.writing():
        assert lite.opted_out(NUMBER) is False


def test_a_writer_of_another_process_is_waited_for_and_then_named(
    lite: Store, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PRAGMAS", ("PRAGMA busy_timeout = 1",))
    hurried = Store(Database(f"sqlite:///{lite.database.path}"), lite._secrets)
    other = sqlite3.connect(str(lite.database.path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError) as fault:
        hurried.opt_out(NUMBER, "words", "worker", at)
    assert (fault.value.code, hurried.trouble) == ("store-busy", "store-busy")
    assert hurried.facts(NUMBER) is not None, "reading goes on"
    with pytest.raises(StoreError):
        hurried.ready()
    other.execute("ROLLBACK")
    other.close()
    hurried.opt_out(NUMBER, "words", "worker", at)
    assert hurried.trouble == ""
    hurried.ready()
    hurried.close()


def test_writers_of_this_process_wait_in_a_queue_with_an_end(lite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "POOL_WAIT", 0.001)
    with pytest.raises(StoreError) as fault, lite.database.writing(), lite.database.writing():
        pass
    assert fault.value.code == "store-busy"


def test_a_transaction_that_takes_too_long_is_given_up(store: Store, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    store.database.budget = 0.0
    with pytest.raises(StoreError) as fault:
        store.opt_out(NUMBER, "words", "worker", at)
    assert fault.value.code == "store-slow"
    store.database.budget = limits.BUDGET
    store.opt_out(NUMBER, "words", "worker", at)


def test_a_deleted_file_is_noticed_before_a_promise_is_lost_in_it(lite: Store, at: datetime) -> None:
    lite.opt_out(NUMBER, "words", "worker", at)
    assert lite.database.path is not None
    lite.database.path.unlink()
    for _ in range(2):
        with pytest.raises(StoreError) as fault:
            lite.opt_out("+12025550177", "words", "worker", at)
        assert fault.value.code in ("store-gone", "store-missing")
    with pytest.raises(StoreError) as fault:
        lite.ready()
    assert fault.value.code == "store-missing"
    assert not lite.database.path.exists()
    lite.close()


def test_a_file_that_is_replaced_is_opened_anew(lite: Store, tmp_path: Path, at: datetime) -> None:
    other = fresh_store(f"sqlite:///{tmp_path}/other.db", lite._secrets)
    other.close()
    lite.opt_out("+12025550177", "words", "worker", at)
    assert lite.database.path is not None
    (tmp_path / "other.db").replace(lite.database.path)
    for leftover in tmp_path.glob("line.db-*"):
        leftover.unlink()
    with pytest.raises(StoreError):
        lite.opt_out(NUMBER, "words", "worker", at)
    lite.opt_out(NUMBER, "words", "worker", at)
    assert open_store(f"sqlite:///{lite.database.path}", lite._secrets).opted_out(NUMBER)


def test_a_full_disk_has_a_name_and_passes(lite: Store, at: datetime) -> None:
    with lite.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    lite.database.engine.dispose()
    too_small = (*limits.PRAGMAS, f"PRAGMA max_page_count = {pages}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PRAGMAS", too_small)
        with pytest.raises(StoreError) as fault:
            lite.set_mark("big", "x" * 100_000, at)
        assert fault.value.code == "store-full"
        assert lite.facts(NUMBER) is not None
        assert lite.trouble == "store-full"
    lite.database.engine.dispose()
    lite.ready()
    assert lite.trouble == "", "it looks again by itself"
    lite.set_mark("big", "x" * 100_000, at)
    with lite.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_a_read_only_database_has_a_name_and_can_be_read(lite: Store, at: datetime) -> None:
    lite.opt_out(NUMBER, "words", "worker", at)
    lite.database.engine.dispose()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PRAGMAS", (*limits.PRAGMAS, "PRAGMA query_only = ON"))
        with pytest.raises(StoreError) as fault:
            lite.opt_out("+12025550177", "words", "worker", at)
        assert fault.value.code == "store-readonly"
        assert lite.opted_out(NUMBER)


def test_a_damaged_file_has_a_name(tmp_path: Path, keyring: Secrets) -> None:
    (tmp_path / "line.db").write_bytes(b"this is no database at all, but long enough to be read as one" * 20)
    with pytest.raises(StoreError) as fault:
        open_store(f"sqlite:///{tmp_path}/line.db", keyring)
    assert fault.value.code == "store-broken"


def test_a_server_that_is_not_there_has_a_name(keyring: Secrets) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as fault:
        open_store("postgres://nobody@127.0.0.1:1/none", keyring)
    assert fault.value.code == "store-gone"


@ON_A_SERVER
def test_dead_connections_are_replaced(store: Store, at: datetime) -> None:
    store.opt_out(NUMBER, "words", "worker", at)
    killer = Database(store.database.engine.url.render_as_string(hide_password=False))
    with killer.writing() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    killer.close()
    assert store.opted_out(NUMBER)


@ON_A_SERVER
def test_a_statement_that_hangs_is_ended_by_the_server(store: Store, at: datetime) -> None:
    with pytest.raises(StoreError) as fault, store.database.writing() as connection:  # noqa: PT012
        connection.execute(text("SET LOCAL statement_timeout = 50"))
        connection.execute(text("SELECT pg_sleep(30)"))
    assert fault.value.code == "store-slow"
    with store.database.reading() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "3s"
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "2s"


def test_an_error_names_no_number_and_no_statement(store: Store, at: datetime) -> None:
    with pytest.raises(StoreError) as fault, store.turn(NUMBER, "SM1", at) as turn:  # noqa: PT012
        turn.save("{}")
        turn.connection.execute(text("INSERT INTO nowhere VALUES (:number)"), {"number": NUMBER})
    assert NUMBER not in f"{fault.value!r} {fault.value.sentence} {fault.value.__cause__!r}"
    assert fault.value.__suppress_context__


class _Refusal(Exception):
    def __init__(self, **told: str) -> None:
        super().__init__()
        self.__dict__.update(told)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"sqlite_errorname": "SQLITE_BUSY_SNAPSHOT"}, "store-busy"),
        ({"sqlite_errorname": "SQLITE_READONLY_DBMOVED"}, "store-gone"),
        ({"sqlite_errorname": "SQLITE_READONLY_DIRECTORY"}, "store-readonly"),
        ({"sqlite_errorname": "SQLITE_IOERR_WRITE"}, "store-gone"),
        ({"sqlite_errorname": "SQLITE_ERROR"}, "store-failed"),
        ({"sqlstate": "57014"}, "store-slow"),
        ({"sqlstate": "55P03"}, "store-busy"),
        ({"sqlstate": "40P01"}, "store-busy"),
        ({"sqlstate": "53100"}, "store-full"),
        ({"sqlstate": "25006"}, "store-readonly"),
        ({"sqlstate": "42601"}, "store-failed"),
    ],
)
def test_every_complaint_has_a_code(told: dict[str, str], code: str) -> None:
    assert code_of(DBAPIError("", None, _Refusal(**told))) == code


def test_the_pool_and_a_conflict_have_codes_too() -> None:
    assert code_of(PoolTimeout()) == "store-busy"
    assert code_of(IntegrityError("", None, _Refusal())) == "store-conflict"


def test_marks_and_audit_are_kept(store: Store, at: datetime) -> None:
    assert store.mark("reconciled") is None
    store.set_mark("reconciled", "1", at)
    store.set_mark("reconciled", "2", at)
    assert store.mark("reconciled") == "2"
    store.record_audit("ana", "signed-in", "", at)
    assert [(line.who, line.what, line.at) for line in store.audit_records()] == [("ana", "signed-in", at)]


def test_times_without_a_zone_are_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.set_mark("x", "1", datetime(2026, 1, 1))  # noqa: DTZ001
