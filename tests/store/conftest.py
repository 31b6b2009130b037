"""The store on both databases: each test that takes `store` runs on SQLite and, where it can, on PostgreSQL."""

from __future__ import annotations

import base64
import hashlib
import itertools
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from ivr.secrets import Secrets
from ivr.store import Store, fresh_store
from ivr.store.database import database_url

sys.path.insert(0, str(Path(__file__).parent))
import postgres

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
_names = itertools.count()


def a_key(name: str) -> str:
    """A key that is the same at every run."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()


@pytest.fixture
def at() -> datetime:
    """A moment to work at."""
    return NOW


@pytest.fixture
def keyring() -> Secrets:
    """One key of each kind."""
    return Secrets([a_key("caller")], [a_key("data")])


@pytest.fixture(params=["sqlite", "postgresql"])
def database_setting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database that no other test uses."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/line.db"
        return
    url, reason = postgres.start()
    if not url:
        pytest.skip(f"the PostgreSQL half of the store tests was left out: {reason}")
    name = f"line_test_{next(_names)}"
    server = create_engine(database_url(url), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def store(database_setting: str, keyring: Secrets) -> Iterator[Store]:
    """An empty store."""
    made = fresh_store(database_setting, keyring)
    yield made
    made.close()
