"""Ways to bring a database of our own into trouble for as long as a block lasts; it looks at nothing that comes of it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.bench.postgres import Running

if TYPE_CHECKING:
    import psycopg

Harm = Callable[[str, Running | None], AbstractContextManager[None]]


def _file(address: str) -> Path:
    return Path(address.removeprefix("sqlite:///"))


@contextlib.contextmanager
def _file_locked(address: str, _: object) -> Iterator[None]:
    """Another process writes and does not come to an end."""
    with contextlib.closing(sqlite3.connect(_file(address), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")  # it ends with the connection
        yield


@contextlib.contextmanager
def _file_gone(address: str, _: object) -> Iterator[None]:
    """The disk is not there for a while."""
    kept = _file(address)
    names = [path.name for path in kept.parent.glob(f"{kept.name}*")]
    away = kept.parent / "away"
    away.mkdir()
    for name in names:
        (kept.parent / name).rename(away / name)
    try:
        yield
    finally:
        for name in names:
            (away / name).rename(kept.parent / name)
        away.rmdir()


@contextlib.contextmanager
def _tables_locked(address: str, _: object) -> Iterator[None]:
    """Somebody changes tables by hand and goes to lunch."""
    with _connected(address) as other:
        other.execute("BEGIN")
        other.execute("LOCK TABLE sessions, inbound, opt_outs, outbox, effects IN ACCESS EXCLUSIVE MODE")
        yield


@contextlib.contextmanager
def _server_read_only(address: str, _: object) -> Iterator[None]:
    """A replica has taken over that is not the primary yet."""
    _set_everywhere(address, "SET default_transaction_read_only = on")
    try:
        yield
    finally:
        _set_everywhere(address, "RESET default_transaction_read_only")


def _set_everywhere(address: str, what: str) -> None:
    """For every new connection, and nobody keeps an old one."""
    with _connected(address) as other:
        name = other.info.dbname
        other.execute("SET default_transaction_read_only = off")
        other.execute(f"ALTER DATABASE {name} {what}".encode())
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s", [name]
        )


@contextlib.contextmanager
def _server_hanging(_: str, server: Running | None) -> Iterator[None]:
    """Its machine stands still: connections stay open, and nothing comes back."""
    assert server is not None  # noqa: S101 - a server's own trouble
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@contextlib.contextmanager
def _server_gone(_: str, server: Running | None) -> Iterator[None]:
    """It is killed, and starts again at the end."""
    assert server is not None  # noqa: S101 - a server's own trouble
    server.kill()
    try:
        yield
    finally:
        server.start_again()


def _connected(address: str) -> psycopg.Connection[tuple[object, ...]]:
    import psycopg

    return psycopg.connect(address, autocommit=True)


TO_A_FILE: Mapping[str, Harm] = {"locked": _file_locked, "gone": _file_gone}
TO_A_SERVER: Mapping[str, Harm] = {
    "locked": _tables_locked, "read-only": _server_read_only, "hanging": _server_hanging, "gone": _server_gone,
}  # fmt: skip
