"""Turns a database's complaint into a code and a sentence; it never repeats the statement or its values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ivr.errors import LineError

SENTENCES = {
    "store-missing": "The database is not there. Create it with: ivr db upgrade",
    "store-behind": "The database is older than this program. Bring it up to date with: ivr db upgrade",
    "store-busy": "The database is busy: another writer kept it too long.",
    "store-full": "The database cannot grow: the disk is full.",
    "store-readonly": "The database cannot be written: its file or its server is read-only.",
    "store-gone": "The database cannot be reached.",
    "store-slow": "The database took too long to answer.",
    "store-broken": "The database is damaged. Restore it from a backup.",
    "store-conflict": "Something else wrote the same row first.",
    "store-failed": "The database refused a statement.",
}

_SQLITE = (
    ("SQLITE_READONLY_DBMOVED", "store-gone"),
    ("SQLITE_BUSY", "store-busy"),
    ("SQLITE_LOCKED", "store-busy"),
    ("SQLITE_FULL", "store-full"),
    ("SQLITE_READONLY", "store-readonly"),
    ("SQLITE_CANTOPEN", "store-gone"),
    ("SQLITE_IOERR", "store-gone"),
    ("SQLITE_CORRUPT", "store-broken"),
    ("SQLITE_NOTADB", "store-broken"),
)

# SQLSTATE, longest match first: https://www.postgresql.org/docs/15/errcodes-appendix.html
_POSTGRESQL = (
    ("57014", "store-slow"),
    ("55P03", "store-busy"),
    ("40", "store-busy"),
    ("53100", "store-full"),
    ("53", "store-busy"),
    ("25006", "store-readonly"),
    ("25P03", "store-slow"),
    ("3D000", "store-missing"),
    ("42P01", "store-behind"),
    ("XX001", "store-broken"),
    ("XX002", "store-broken"),
)


class StoreError(LineError):
    """The store could not do it; nothing was half done. `code` is a key of SENTENCES."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(code, sentence or SENTENCES[code])


@contextmanager
def translated() -> Iterator[None]:
    """Let no exception of the database library out: StoreError instead, without statement or values."""
    try:
        yield
    except SQLAlchemyError as fault:
        raise StoreError(code_of(fault)) from None


def code_of(fault: SQLAlchemyError) -> str:
    """The code that tells an operator what is wrong."""
    if isinstance(fault, PoolTimeout):
        return "store-busy"
    if isinstance(fault, IntegrityError):
        return "store-conflict"
    if not isinstance(fault, DBAPIError):
        return "store-failed"
    return _driver_code(fault)


def _driver_code(fault: DBAPIError) -> str:
    original = fault.orig
    name = getattr(original, "sqlite_errorname", None)
    state = getattr(original, "sqlstate", None)
    if name:
        if "no such table" in str(original):
            return "store-behind"
        return next((code for start, code in _SQLITE if str(name).startswith(start)), "store-failed")
    if state:
        return next((code for start, code in _POSTGRESQL if str(state).startswith(start)), _connection_code(fault))
    return _connection_code(fault)


def _connection_code(fault: DBAPIError) -> str:
    broken = fault.connection_invalidated or type(fault.orig).__name__ in ("OperationalError", "ConnectionTimeout")
    return "store-gone" if broken else "store-failed"
