"""Copies a SQLite store while the line runs, and looks whether the copy is whole; it never copies the file itself.

The file alone lacks what is still in the WAL: such a copy can be without any table (reliability F28).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from ivr.store.database import Database
from ivr.store.schema import opt_outs
from ivr.store.trouble import StoreError, translated


@dataclass(frozen=True, slots=True)
class Copied:
    """What is in the copy."""

    version: str
    opt_outs: int


def copy(setting: str, to: Path) -> Copied:
    """Write a copy that only its owner can read, and open it. Raises StoreError, `store-exists` too."""
    source = Database(setting)
    try:
        if not source.is_sqlite:
            raise StoreError("store-backup", "PostgreSQL has its own way: pg_dump, with the address in DATABASE_URL.")
        source.check()
        _write(source, to)
    finally:
        source.close()
    return _look_at(to)


def _write(source: Database, to: Path) -> None:
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise StoreError("store-exists", "There is a file of this name already; a backup replaces nothing.") from None
    except OSError:
        raise StoreError("store-backup", "The copy cannot be written there; look at the folder and at the disk.") from None
    try:
        with translated(), source.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None  # noqa: S101 - a fresh checkout has one
            raw.cursor().execute("VACUUM INTO ?", (str(to),))
    except StoreError:
        to.unlink()
        raise


def _look_at(copied: Path) -> Copied:
    made = Database(f"sqlite:///{copied.absolute()}")
    try:
        with made.reading() as connection:
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                raise StoreError("store-broken")
            count = connection.execute(select(func.count()).select_from(opt_outs)).scalar_one()
        return Copied(str(made.version()), int(count))
    finally:
        made.close()
