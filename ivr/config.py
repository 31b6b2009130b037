"""Where the settings come from: the environment, and for demo and practice what this machine makes for itself."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from ivr.settings import KEYS, Environment, Fault, Reader, Settings, SettingsError

__all__ = [
    "Fault", "Settings", "SettingsError", "demo_environment", "demo_settings", "load_settings", "new_key",
    "practice_settings",
]  # fmt: skip

DEMO_NUMBER = "+12025550100"


def load_settings(environ: Environment | None = None) -> Settings:
    """The settings of this process. Raises SettingsError with every fault; what only warns in a pilot is one in live."""
    return Reader(os.environ if environ is None else environ).settings()


def new_key() -> str:
    """A key as the settings want it."""
    return secrets.token_urlsafe(32)


def demo_environment(directory: Path, port: int, environ: Environment | None = None) -> dict[str, str]:
    """What the demo adds to the environment: secrets of this machine, kept in `directory`; what is given wins."""
    given = os.environ if environ is None else environ
    made = {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{directory / 'demo.db'}",
        "BROWSER_PHONE": "yes",
        **_machine_secrets(directory),
    }
    if given.get("TWILIO_MESSAGING_SERVICE_SID"):
        made.pop("TWILIO_NUMBER")
    return {name: given.get(name) or value for name, value in made.items()}


def demo_settings(directory: Path, port: int = 8080, environ: Environment | None = None) -> Settings:
    """The settings of the demo."""
    given = dict(os.environ if environ is None else environ)
    return load_settings(given | demo_environment(directory, port, given))


def practice_settings(directory: Path, environ: Environment | None = None) -> Settings:
    """Settings of a line that lives in one process and one folder, with keys that nobody else has."""
    given = os.environ if environ is None else environ
    kept = {name: given[name] for name in ("IVR_CONTENT", "SPECIALIST_NUMBER") if given.get(name)}
    database = {"DATABASE_URL": f"sqlite:///{directory / 'practice.db'}"}
    return load_settings({"PUBLIC_URL": "http://127.0.0.1:8080", **_new_secrets(), **database, **kept})


def _new_secrets() -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_NUMBER": DEMO_NUMBER,
        **{name: new_key() for name in KEYS},
    }


def _machine_secrets(directory: Path) -> dict[str, str]:
    """The secrets of this machine: made once, readable by their owner only, mended where a part is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "demo-secrets.json"
    try:
        kept = json.loads(path.read_text())
    except (OSError, ValueError):
        kept = {}
    known = kept if isinstance(kept, dict) else {}
    merged = {name: str(known.get(name) or value) for name, value in _new_secrets().items()}
    if merged != kept:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(merged, file, indent=1)
    return merged
