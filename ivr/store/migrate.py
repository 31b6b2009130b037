"""Brings a database to a version of the tables and back; only commands import this, never the web process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from ivr.store.database import Database
from ivr.store.schema import HEAD
from ivr.store.trouble import StoreError

_SCRIPTS = Path(__file__).with_name("migrations")
_LOCK = 7_105_119  # any fixed number: two releases at once follow one another


@dataclass(frozen=True, slots=True)
class Status:
    """Where a database is: `current` is None if it holds no tables; `pending` migrations are still to run, in order."""

    current: str | None
    head: str
    pending: tuple[str, ...]


def upgrade(setting: str, to: str = "head") -> Status:
    """Run the migrations up to `to`, all or none; a new SQLite file is made only here. Raises StoreError."""
    return _run(setting, to, up=True)


def downgrade(setting: str, to: str) -> Status:
    """Undo migrations down to `to` (`base` is empty, `-1` one step). Raises StoreError."""
    return _run(setting, to, up=False)


def status(setting: str) -> Status:
    """What is there and what is pending; raises StoreError `store-missing` if there is no database."""
    database = Database(setting, patient=True)
    try:
        return _status(database.version())
    finally:
        database.close()


def _status(current: str | None) -> Status:
    script = ScriptDirectory.from_config(_config())
    known = [one.revision for one in reversed(list(script.walk_revisions()))]
    pending = known if current is None else [one for one in known if one > current]
    return Status(current, HEAD, tuple(pending))


def _run(setting: str, to: str, *, up: bool) -> Status:
    database = Database(setting, create=up, patient=True)
    if not up:
        database.version()  # refuses a database that is not there
    try:
        with database.writing() as connection:
            _lock(connection)
            config = _config()
            config.attributes["connection"] = connection
            _migrate(config, to, up)
        return _status(database.version())
    finally:
        database.close()


def _migrate(config: Config, to: str, up: bool) -> None:
    """Raises StoreError `no-revision`: its own complaint would be a stack trace."""
    try:
        (command.upgrade if up else command.downgrade)(config, to)
    except CommandError:
        raise StoreError("no-revision", "There is no such step of the tables; `ivr db status` names them.") from None


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config


__all__ = ["Status", "StoreError", "downgrade", "status", "upgrade"]
