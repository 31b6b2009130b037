"""The store on both databases: each test that takes `store` runs on SQLite and, where it can, on PostgreSQL."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.secrets import Secrets
from ivr.store import Database, Store, fresh_store
from ivr.store.schema import metadata

sys.path.insert(0, str(Path(__file__).parent))
import postgres
from store_keys import a_key

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
_names = itertools.count()


@pytest.fixture
def at() -> datetime:
    """A moment to work at."""
    return NOW


@pytest.fixture
def keyring() -> Secrets:
    """One key of each kind."""
    return Secrets([a_key("caller")], [a_key("data")])


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database; skipped, with the reason, where there is no PostgreSQL."""
    if request.param == "postgresql" and not postgres.start()[0]:
        pytest.skip(f"the PostgreSQL half of the store tests was left out: {postgres.start()[1]}")
    return str(request.param)


@pytest.fixture
def database_setting(kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, without tables, that no other test uses."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/line.db"
        return
    name = f"line_test_{next(_names)}"
    yield postgres.new_database(name)
    postgres.drop_database(name)


@pytest.fixture
def store(kind: str, tmp_path: Path, keyring: Secrets, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store; on PostgreSQL the tables are emptied, which is quicker than making them."""
    if kind == "sqlite":
        made = fresh_store(f"sqlite:///{tmp_path}/line.db", keyring)
    else:
        made = Store(Database(request.getfixturevalue("shared_server")), keyring)
        with made.database.engine.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete())
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_server() -> Iterator[str]:
    """The address of a database with tables, for all tests that leave them as they are."""
    setting = postgres.new_database("line_test_shared")
    fresh_store(setting, Secrets([a_key("caller")], [a_key("data")])).close()
    yield setting
    postgres.drop_database("line_test_shared")
