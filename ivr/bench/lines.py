"""Settings, databases and words of lines that live for the length of a measurement; it starts and measures nothing."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from ivr.config import new_key
from ivr.secrets import Secrets
from ivr.store import Store, fresh_store, open_store

PUBLIC_URL = "https://line.example.org"
ACCOUNT_SID = "AC" + "0" * 32
NUMBER = "+12025550100"

_OFFERED = """[callbacks]
within_hours = 24
answered_by = { en = "our nurses", es = "nuestras enfermeras" }
hours = { always = true }
"""


def environment(folder: Path, database_url: str = "") -> dict[str, str]:
    """The environment of such a line, with keys that nobody else has; SQLite in the folder unless told otherwise."""
    return {
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_NUMBER": NUMBER,
        "SECRET_KEY": new_key(),
        "CALLER_KEY": new_key(),
        "DATA_KEY": new_key(),
        "DATABASE_URL": database_url or f"sqlite:///{folder / 'bench.db'}",
        "WEB_CONCURRENCY": "1",
        "STAGE": "pilot",
    }


def keyring(settings: dict[str, str]) -> Secrets:
    """The keys of that line."""
    return Secrets(settings["CALLER_KEY"].split(","), settings["DATA_KEY"].split(","))


def made_store(settings: dict[str, str]) -> Store:
    """Its database, made new with every table."""
    return fresh_store(settings["DATABASE_URL"], keyring(settings))


def its_store(settings: dict[str, str]) -> Store:
    """Its database as it is now. Raises StoreError."""
    return open_store(settings["DATABASE_URL"], keyring(settings))


def content_with_callbacks(folder: Path) -> Path:
    """A copy of the line's words in which somebody answers callbacks."""
    import os

    from ivr.library.files import find_content

    copy = folder / "content"
    shutil.copytree(find_content(os.environ.get("IVR_CONTENT") or None), copy)
    line = copy / "line.toml"
    before, _, rest = line.read_text(encoding="utf-8").partition("[callbacks]")
    after = rest.partition("\n[")
    line.write_text(f"{before}{_OFFERED}\n[{after[2]}", encoding="utf-8")
    return copy
