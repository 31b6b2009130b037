"""Starts the line in its ways: for production, for a demo on this machine, for practice in this process; wires, never decides."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.errors import LineError

if TYPE_CHECKING:
    from flask import Flask

    from ivr.app import Line
    from ivr.channels.carrier import Carrier
    from ivr.config import Settings

DEMO_DIRECTORY = Path("var")


@dataclass(frozen=True, slots=True)
class Practice:
    """A whole line in this process, with a pretend carrier in front of it."""

    app: Flask
    line: Line
    carrier: Carrier


def _run_server(host: str, port: int, workers: int, threads: int = 4) -> None:
    """The production server: one process a worker, threads in it for whatever waits for the store."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "ivr.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        factory=True,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
    ).serve()


def serve(host: str, port: int, workers: int) -> None:
    """Check everything once, then serve; every fault is told before the line starts."""
    from ivr.config import load_settings
    from ivr.judging import fit_for_service

    settings = load_settings()
    fit_for_service(settings)
    _run_server(host, port, workers)


def demo(port: int) -> None:
    """The line on this machine: SQLite in var/, secrets of this machine, the browser phone; nothing is dialled or sent."""
    from ivr.config import demo_environment
    from ivr.store.migrate import upgrade

    for name, value in demo_environment(DEMO_DIRECTORY, port).items():
        os.environ[name] = value
    upgrade(os.environ["DATABASE_URL"])
    address = f"http://127.0.0.1:{port}"
    click.echo(f"The line is starting on {address}")
    click.echo(f"Call it and text it in the browser: {address}/try")
    click.echo("In this terminal instead: .venv/bin/ivr call   or   .venv/bin/ivr text")
    click.echo("Nothing is ever dialled or sent. Stop with Ctrl-C.")
    _run_server("127.0.0.1", port, 1)


def worker(*, once: bool) -> None:
    """Send what was promised, until told to stop."""
    from ivr.config import load_settings
    from ivr.messenger import messenger_for

    messenger = messenger_for(load_settings())
    if once:
        for line in messenger.work_once().lines():
            click.echo(line)
        return
    stopped = threading.Event()
    _stop_on_signals(stopped)
    messenger.run(stopped)


def _stop_on_signals(stopped: threading.Event) -> None:
    import signal

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())


def release() -> None:
    """Migrations and the judgement of the words; anything that must not go live stops it (STAGE=live) or is told (pilot)."""
    from ivr.config import load_settings
    from ivr.judging import fit_for_service
    from ivr.store.migrate import upgrade

    settings = load_settings()
    click.echo(upgrade(settings.database_url))
    fit_for_service(settings)
    click.echo("Ready for release.")


@contextlib.contextmanager
def practice() -> Iterator[Practice]:
    """A line of its own in this process, with a store that is thrown away afterwards."""
    from ivr.app import Line, assemble
    from ivr.channels.carrier import Carrier
    from ivr.config import practice_settings
    from ivr.library.loader import load
    from ivr.secrets import Secrets
    from ivr.store import fresh_store

    with tempfile.TemporaryDirectory() as folder:
        settings = practice_settings(Path(folder))
        library = load(settings.content, specialist_number=settings.specialist_number or "", line_number=settings.number)
        store = fresh_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys))
        try:
            line = Line(settings, library, store)
            app = assemble(line)
            yield Practice(app, line, carrier_for(app, settings))
        finally:
            store.close()


def carrier_for(app: Flask, settings: Settings) -> Carrier:
    """A pretend carrier that signs with the line's own token and never leaves this process."""
    from ivr.channels.carrier import Carrier

    return Carrier(app, settings.public_url, settings.auth_tokens[0], settings.number, settings.account_sid)


def fallback_documents() -> list[str]:
    """What to host at the carrier itself: spoken and texted words for when this whole program is gone."""
    from ivr.channels.sms.render import message
    from ivr.channels.sms.routes import fixed_text
    from ivr.channels.voice.fixed import Fixed
    from ivr.library.loader import load

    try:
        graph = load(os.environ.get("IVR_CONTENT") or None, line_number=os.environ.get("TWILIO_NUMBER", "")).graph
    except LineError:
        raise
    return [
        "<!-- voice: host this where the number's voice fallback URL points -->",
        Fixed(graph).fallback.decode(),
        "<!-- texts: host this where the number's text fallback URL points -->",
        message(fixed_text(graph)).decode(),
    ]
