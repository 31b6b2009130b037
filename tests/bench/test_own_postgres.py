"""The PostgreSQL server that measurements and tests start for themselves."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.bench import postgres
from ivr.errors import LineError


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's account can reach, which pytest's own are not."""
    made = Path(tempfile.mkdtemp(prefix="line-own-postgresql-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[postgres.Running]:
    """A server of this test's own."""
    if postgres.why_not():
        pytest.skip(f"a PostgreSQL server of our own was left out: {postgres.why_not()}")
    running = postgres.start(folder)
    yield running
    running.stop()


def test_a_killed_server_starts_again_at_the_same_address_with_what_it_promised(server: postgres.Running) -> None:
    import psycopg

    address = postgres.new_database(server.url, "kept")
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE promises (word text)")
        connection.execute("INSERT INTO promises VALUES ('kept')")
    open_still = psycopg.connect(address)
    server.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address, connect_timeout=2)
    server.start_again()
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT word FROM promises").fetchall() == [("kept",)]
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    with pytest.raises(psycopg.OperationalError):
        open_still.execute("SELECT 1")


def test_a_stopped_server_leaves_no_files(server: postgres.Running, folder: Path) -> None:
    assert (folder / "data").exists()
    server.stop()
    assert not (folder / "data").exists()
    server.stop()


def test_a_machine_without_it_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_binaries", lambda: None)
    assert "apt-get install postgresql" in postgres.why_not()
    with pytest.raises(LineError, match="no PostgreSQL server"):
        postgres.start(folder)
