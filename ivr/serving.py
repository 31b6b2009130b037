"""Starts the line in its ways: in production, as a demo on this machine, for practice in this process."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ivr.incoming import Incoming

if TYPE_CHECKING:
    from flask import Flask

    from ivr.app import Line
    from ivr.channels.carrier import Carrier
    from ivr.config import Settings
    from ivr.messenger import Account
    from ivr.messenger import Carrier as MessageCarrier

DEMO_DIRECTORY = Path("var")
PLACES = (
    64  # requests answered at once: 48 at most wait for the store (ivr/waiting.py), and a call must not wait behind them
)
CONNECTIONS = 512  # each with a thread of its own while it speaks; the next ones wait to be let in
HEAD_SECONDS = 30  # for the head of a request, and for a kept connection to speak again
LARGEST_HEAD = 32 * 1024  # bytes; the carrier sends about one thousand


@dataclass(frozen=True, slots=True)
class Practice:
    """A whole line in this process, with a pretend carrier in front of it."""

    app: Flask
    line: Line
    carrier: Carrier


def _run_server(host: str, port: int, workers: int, make: Callable[[], Flask]) -> None:
    """The production server: one process a worker, in it a thread for each connection that speaks, and places to answer.

    Workers are copies of this process where the system can do that: a new one is there at once.
    """
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.server import Server

    server = Server(
        "ivr.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=CONNECTIONS,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,  # with several requests on one connection, threads could run out
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_SECONDS * 1000, max_buffer_size=LARGEST_HEAD),
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
    )
    # It warns of more threads than processors could use; ours are for waiting.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    gc.freeze()
    server.serve(target_loader=partial(_behind_incoming, make, port), wrap_loader=False)


def _behind_incoming(make: Callable[[], Flask], port: int) -> Incoming:
    """What the server calls: it gets whole requests only."""
    return Incoming(make(), port, PLACES)


def serve(host: str, port: int, workers: int) -> None:
    """Check everything once, then serve; every fault is told before the line starts."""
    from ivr import judged
    from ivr.config import load_settings

    settings = load_settings()
    with judged.elsewhere() as words:
        # Meanwhile, what the workers need is loaded here, once for all of them.
        import ivr.app  # noqa: F401
        from ivr.secrets import Secrets
        from ivr.store import open_store

        open_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys), even_away=True).close()
        handed_over = words()
    _run_server(host, port, workers, partial(_app_with, handed_over))


def _app_with(handed_over: bytes) -> Flask:
    """What a worker serves: the words that were judged."""
    from ivr import judged
    from ivr.app import create_app

    return create_app(words=judged.read(handed_over))


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
    _run_server("127.0.0.1", port, 1, demo_app)


class PracticeTexts:
    """What a practice worker would have sent, by number, until the browser phone has shown it; kept in memory only."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def put(self, to: str, body: str) -> None:
        """Keep a text for this fictional number."""
        with self._lock:
            self._waiting.setdefault(to, []).append(body)

    def take(self, number: str) -> list[str]:
        """Hand over, once, what was sent to this number."""
        with self._lock:
            return self._waiting.pop(number, [])


def demo_app() -> Flask:
    """The line of the demo, with a worker in a thread of its own; what it would send is shown, never sent."""
    from ivr.app import assemble, put_together
    from ivr.config import load_settings
    from ivr.messenger import Messenger, Rehearsal

    line = put_together(load_settings())
    texts = PracticeTexts()
    rehearsal = Rehearsal(on_text=texts.put)
    messenger = Messenger(line.store, lambda: line.library, lambda: rehearsal, number_type=line.number_type)
    threading.Thread(target=messenger.run, args=(threading.Event(),), name="messenger", daemon=True).start()
    return assemble(line, texts.take)


def worker(*, once: bool) -> None:
    """Send what was promised, until told to stop."""
    from ivr.messenger import twilio_carrier

    work(twilio_carrier, once=once)


def work(
    reach: Callable[[Account], MessageCarrier],
    *,
    once: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """The worker behind the settings, with the carrier that `reach` finds for the account."""
    from ivr.config import load_settings
    from ivr.library.loader import load
    from ivr.messenger import Account, Messenger
    from ivr.secrets import Secrets
    from ivr.store import open_store

    settings = load_settings()
    library = load(settings.content, specialist_number=settings.specialist_number or "", line_number=settings.number)
    store = open_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys))
    account = Account(
        sid=settings.account_sid, token=settings.auth_tokens[0], public_url=settings.public_url,
        number=settings.number, service=settings.messaging_service_sid,
    )  # fmt: skip
    messenger = Messenger(store, lambda: library, lambda: reach(account), number_type=settings.number_type, clock=clock)
    try:
        if once:
            for line in messenger.work_once().lines():
                click.echo(line)
        else:
            stopped = threading.Event()
            _stop_on_signals(stopped)
            messenger.run(stopped)
    finally:
        store.close()


def _stop_on_signals(stopped: threading.Event) -> None:
    import signal

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())


def wire_number(*, write: bool, voice_fallback: str, sms_fallback: str) -> int:
    """Show, or set, where the carrier sends calls and texts; the exit status is 1 while something is not right."""
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    from ivr.config import load_settings
    from ivr.messenger import number_setup

    settings = load_settings()
    client = Client(settings.account_sid, settings.auth_tokens[0], http_client=TwilioHttpClient(timeout=10))
    should = number_setup.wanted(settings.public_url, voice_fallback=voice_fallback, sms_fallback=sms_fallback)
    if write:
        number_setup.apply(client, settings.number, should)
    found = number_setup.compare(client, settings.number, should)
    for one in found:
        click.echo(f"{'right' if one.right else 'WRONG'}  {one.name}: {one.found or '(nothing)'}")
        if not one.right:
            click.echo(f"       should be {one.wanted}")
    return 0 if all(one.right for one in found) else 1


def release() -> None:
    """Migrations and the judgement of the words; anything that must not go live stops it (STAGE=live) or is told (pilot)."""
    from ivr.config import load_settings
    from ivr.judging import fit_for_service
    from ivr.store.migrate import upgrade

    settings = load_settings()
    stands = upgrade(settings.database_url)
    click.echo(f"database at {stands.current}")
    fit_for_service(settings)
    click.echo("Ready for release.")


@contextlib.contextmanager
def practice(*, browser_phone: bool = False) -> Iterator[Practice]:
    """A line of its own in this process, with a store that is thrown away afterwards."""
    from ivr.app import Line, assemble
    from ivr.config import practice_settings
    from ivr.library.loader import load
    from ivr.secrets import Secrets
    from ivr.store import fresh_store

    with tempfile.TemporaryDirectory() as folder:
        settings = replace(practice_settings(Path(folder)), browser_phone=browser_phone)
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

    return Carrier.for_line(app, settings)


def fallback_documents() -> list[str]:
    """What to host at the carrier itself: spoken and texted words for when this whole program is gone."""
    from ivr.channels.sms.render import message
    from ivr.channels.sms.routes import fixed_text
    from ivr.channels.voice.fixed import Fixed
    from ivr.judging import load_found

    graph = load_found().graph
    return [
        "<!-- voice: host this where the number's voice fallback URL points -->",
        Fixed(graph).fallback.decode(),
        "<!-- texts: host this where the number's text fallback URL points -->",
        message(fixed_text(graph)).decode(),
    ]
