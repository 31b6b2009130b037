"""Opens SQLite or PostgreSQL with a limit on every wait, and hands out transactions; it knows no table but the version.

SQLite: WAL, synchronous FULL (a promise survives a power cut), one writer at a time by BEGIN IMMEDIATE.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from ivr.store.schema import HEAD
from ivr.store.trouble import StoreError, translated

BUSY_MILLISECONDS = 1000  # three waits of the library's default 5 s would be the carrier's whole 15 s (reliability F1)
BUDGET = 4.0  # seconds: no statement of a transaction starts later than this after the transaction was asked for
POOL_WAIT = 2.0
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 16777216",
)
_SERVER_LIMITS = "-c statement_timeout={statement} -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"


def database_url(setting: str) -> URL:
    """The URL as SQLAlchemy wants it; Heroku's `postgres://` is understood. Raises StoreError `store-missing`."""
    try:
        url = make_url(setting)
    except ArgumentError:
        raise StoreError("store-missing", "DATABASE_URL is not an address of a database.") from None
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and (not url.database or url.database == ":memory:"):
        raise StoreError("store-missing", "DATABASE_URL must name a file: a database in memory forgets who opted out.")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StoreError("store-missing", "DATABASE_URL must begin with sqlite:/// or postgresql://")
    return url


class Database:
    """One engine, and the two kinds of transaction the store uses."""

    def __init__(self, setting: str, *, create: bool = False, patient: bool = False) -> None:
        """`create` may make a new SQLite file; `patient` lifts the limits, for migrations. Opens nothing yet."""
        url = database_url(setting)
        self.path = Path(str(url.database)) if url.drivername == "sqlite" else None
        self.is_sqlite = self.path is not None
        self.budget = None if patient else BUDGET
        self._turnstile = threading.Lock()
        self.engine = _sqlite(url, create) if self.is_sqlite else _postgresql(url, patient)
        self._listen()
        self._readers = self.engine.execution_options(reading=True)
        _forget_connections_after_fork(self.engine)

    def _listen(self) -> None:
        if self.path is not None:
            path = self.path

            def prepare(connection: Any, record: Any) -> None:
                for pragma in PRAGMAS:
                    connection.execute(pragma)
                record.info["file"] = _identity(path)

            event.listen(self.engine, "connect", prepare)
            event.listen(self.engine, "begin", _begin)
        event.listen(self.engine, "before_cursor_execute", _keep_to_budget)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end, undone by any exception; raises StoreError only."""
        asked = time.monotonic()
        with translated(), self._one_writer(), self.engine.connect() as connection:
            self._still_there(connection)
            with self._limited(connection, asked), connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads; on SQLite it waits for no writer."""
        asked = time.monotonic()
        with translated(), self._readers.connect() as connection, self._limited(connection, asked), connection.begin():
            yield connection

    def _one_writer(self) -> AbstractContextManager[None]:
        return self._queue() if self.is_sqlite else nullcontext()

    @contextmanager
    def _queue(self) -> Iterator[None]:
        """Writers of this process wait in a fair queue here; SQLite's own waiting is polling."""
        if not self._turnstile.acquire(timeout=POOL_WAIT):
            raise StoreError("store-busy")
        try:
            yield
        finally:
            self._turnstile.release()

    def _still_there(self, connection: Connection) -> None:
        """A deleted file still takes writes through an open connection, and loses them: refuse, open anew next time."""
        if self.path is not None and connection.info.get("file") != _identity(self.path):
            connection.invalidate()
            raise StoreError("store-gone")

    @contextmanager
    def _limited(self, connection: Connection, asked: float) -> Iterator[None]:
        info = connection.info
        if self.budget is not None:
            info["deadline"] = asked + self.budget
        try:
            yield
        finally:
            info.pop("deadline", None)

    def scrub(self) -> bool:
        """Empty SQLite's WAL so that deleted things are in no file; False if readers were in the way, or it failed."""
        if not self.is_sqlite:
            return True
        try:
            with translated(), self._one_writer(), self.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None  # noqa: S101 - a fresh checkout has one
                return bool(raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        except StoreError:
            return False

    def version(self) -> str | None:
        """The migration the database is at; None if it never had one. Raises StoreError, `store-missing` too."""
        if self.path is not None and not self.path.exists():
            raise StoreError("store-missing")
        try:
            with self.reading() as connection:
                return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except StoreError as fault:
            if fault.code == "store-behind":
                return None
            raise

    def check(self) -> None:
        """Raise StoreError unless the tables are those this program knows, or newer (an older release still runs)."""
        version = self.version()
        if version is None:
            raise StoreError("store-missing", "The database holds no tables yet. Create them with: ivr db upgrade")
        if version < HEAD:
            raise StoreError("store-behind")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _sqlite(url: URL, create: bool) -> Engine:
    """SQLite itself must not make a file: an empty opt-out list would look like one where nobody ever opted out."""
    path = Path(str(url.database)).absolute()
    mode = "rwc" if create else "rw"

    def connect() -> Any:
        import sqlite3

        if create and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        return sqlite3.connect(
            f"{path.as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_MILLISECONDS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )

    return create_engine(url, creator=connect, pool_size=5, max_overflow=15, pool_timeout=POOL_WAIT, hide_parameters=True)


def _postgresql(url: URL, patient: bool) -> Engine:
    limits: dict[str, Any] = {
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,
        "keepalives_idle": 30,
        "application_name": "ivr",
        "options": _SERVER_LIMITS.format(statement=0 if patient else 3000),
    }
    if url.query.get("connect_timeout"):
        del limits["connect_timeout"]
    return create_engine(
        url, connect_args=limits, pool_size=5, max_overflow=5, pool_timeout=POOL_WAIT, pool_pre_ping=True,
        pool_recycle=1800, hide_parameters=True,
    )  # fmt: skip


def _begin(connection: Connection) -> None:
    # A plain BEGIN takes the write lock only at the first write, and fails at once if another writer came between.
    reading = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _keep_to_budget(connection: Connection, *_: object) -> None:
    deadline = connection.info.get("deadline")
    if deadline is not None and time.monotonic() > deadline:
        raise StoreError("store-slow")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _forget_connections_after_fork(engine: Engine) -> None:
    """A connection shared by two processes mixes up their answers."""
    kept = weakref.ref(engine)

    def in_child() -> None:
        engine = kept()
        if engine is not None:
            engine.dispose(close=False)

    os.register_at_fork(after_in_child=in_child)
