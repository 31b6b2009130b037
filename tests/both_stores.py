"""An empty store on SQLite and, where this machine has it, on PostgreSQL; tests import the fixtures by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.secrets import Secrets
from ivr.store import Database, Store, fresh_store
from ivr.store.schema import metadata

sys.path.insert(0, str(Path(__file__).parent / "store"))
import postgres
from store_keys import a_key

KEYRING = Secrets([a_key("caller")], [a_key("data")])
_NAME = "line_test_whole"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database; skipped, with the reason, where there is no PostgreSQL."""
    if request.param == "postgresql" and not postgres.start()[0]:
        pytest.skip(f"the PostgreSQL half of the conversation tests was left out: {postgres.start()[1]}")
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store; on PostgreSQL the tables are emptied, which is quicker than making them."""
    if kind == "sqlite":
        made = fresh_store(f"sqlite:///{tmp_path}/line.db", KEYRING)
    else:
        made = Store(Database(request.getfixturevalue("server_database")), KEYRING)
        with made.database.engine.begin() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete())
    yield made
    made.close()


@pytest.fixture(scope="session")
def server_database() -> Iterator[str]:
    """The address of a database with tables on the server of the tests."""
    setting = postgres.new_database(_NAME)
    fresh_store(setting, KEYRING).close()
    yield setting
    postgres.drop_database(_NAME)
