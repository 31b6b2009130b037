"""The memory of the line: sessions, opt-outs, outbox, callbacks, events, audit. Only this package knows SQL."""

from __future__ import annotations

from ivr.store.database import Database
from ivr.store.records import (
    AuditRecord,
    Backlog,
    CallbackRecord,
    Facts,
    LastText,
    Outcome,
    Outgoing,
    Recent,
    Retention,
    Session,
    UnmatchedRecord,
)
from ivr.store.store import Store, fresh_store, open_store
from ivr.store.trouble import StoreError
from ivr.store.turns import TextTurn, VoiceEffect

__all__ = [
    "AuditRecord",
    "Backlog",
    "CallbackRecord",
    "Database",
    "Facts",
    "LastText",
    "Outcome",
    "Outgoing",
    "Recent",
    "Retention",
    "Session",
    "Store",
    "StoreError",
    "TextTurn",
    "UnmatchedRecord",
    "VoiceEffect",
    "fresh_store",
    "open_store",
]
