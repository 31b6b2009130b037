"""Migrations run both ways on both databases, end at the tables the program knows, and only they make a database."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from ivr.secrets import Secrets
from ivr.store import Database, StoreError, migrate, open_store
from ivr.store.schema import HEAD, metadata


def test_up_down_and_up_again(database_setting: str, keyring: Secrets, at: datetime) -> None:
    assert migrate.upgrade(database_setting) == migrate.Status(HEAD, HEAD, ())
    store = open_store(database_setting, keyring)
    store.opt_out("+12025550143", "words", "worker", at)
    store.close()
    assert migrate.upgrade(database_setting).current == HEAD
    assert migrate.downgrade(database_setting, "base").current is None
    with pytest.raises(StoreError) as fault:
        open_store(database_setting, keyring)
    assert fault.value.code == "store-missing"
    status = migrate.upgrade(database_setting)
    assert (status.current, status.pending) == (HEAD, ())
    store = open_store(database_setting, keyring)
    assert store.opt_outs_count() == 0
    store.close()


def test_the_migrations_make_exactly_the_tables_of_the_program(database_setting: str) -> None:
    migrate.upgrade(database_setting)
    database = Database(database_setting)
    with database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        indexes = {one["name"]: bool(one["unique"]) for one in inspect(connection).get_indexes("callbacks")}
    database.close()
    assert differences == []
    assert indexes["callbacks_one_open"] is True


def test_the_constant_names_the_newest_migration() -> None:
    assert ScriptDirectory(str(Path(migrate.__file__).with_name("migrations"))).get_current_head() == HEAD


def test_a_status_tells_what_is_pending(database_setting: str) -> None:
    migrate.upgrade(database_setting)
    migrate.downgrade(database_setting, "-1")
    assert migrate.status(database_setting).pending == (HEAD,)
    migrate.downgrade(database_setting, "base")
    assert migrate.status(database_setting).pending == ("0001", HEAD)


def test_each_step_down_and_up_again_keeps_what_is_stored(database_setting: str, keyring: Secrets, at: datetime) -> None:
    migrate.upgrade(database_setting)
    store = open_store(database_setting, keyring)
    store.opt_out("+12025550143", "words", "worker", at)
    store.close()
    assert migrate.downgrade(database_setting, "0001").current == "0001"
    assert migrate.upgrade(database_setting).current == HEAD
    store = open_store(database_setting, keyring)
    assert store.opted_out("+12025550143")
    store.close()


def test_an_older_database_is_refused_and_a_newer_one_is_not(database_setting: str, keyring: Secrets) -> None:
    migrate.upgrade(database_setting)
    database = Database(database_setting)
    for version, code in (("0000", "store-behind"), ("9999", "")):
        with database.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        if code:
            with pytest.raises(StoreError) as fault:
                open_store(database_setting, keyring)
            assert fault.value.code == code
        else:
            open_store(database_setting, keyring).close()
    database.close()


def test_a_migration_that_fails_leaves_nothing_half_done(database_setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(database_setting)
    monkeypatch.undo()
    database = Database(database_setting)
    with database.reading() as connection:
        assert "sessions" not in inspect(connection).get_table_names()
    database.close()


def test_nothing_but_a_migration_makes_a_file(tmp_path: Path, keyring: Secrets) -> None:
    setting = f"sqlite:///{tmp_path}/deep/line.db"
    for attempt in (lambda: open_store(setting, keyring), lambda: migrate.status(setting)):
        with pytest.raises(StoreError) as fault:
            attempt()
        assert fault.value.code == "store-missing"
        assert "ivr db upgrade" in fault.value.sentence
    with pytest.raises(StoreError):
        migrate.downgrade(setting, "base")
    assert list(tmp_path.iterdir()) == []
    migrate.upgrade(setting)
    assert (tmp_path / "deep" / "line.db").stat().st_mode & 0o077 == 0, "nobody else may read it"


def test_an_empty_file_is_not_taken_for_a_database_where_nobody_opted_out(tmp_path: Path, keyring: Secrets) -> None:
    (tmp_path / "line.db").touch()
    with pytest.raises(StoreError) as fault:
        open_store(f"sqlite:///{tmp_path}/line.db", keyring)
    assert fault.value.code == "store-missing"


def test_the_web_process_does_not_load_the_migrations() -> None:
    told = "import sys, ivr.store; print([name for name in sys.modules if name in ('alembic', 'psycopg')])"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, cwd=_ROOT)
    assert said.stdout.strip() == "[]"


_ROOT = Path(__file__).parents[2]
