"""Measures what callers and texters get while the database is in trouble: locked, read-only, hanging, gone.

People go on calling and texting the real server process, some ask for a text by phone and some say STOP. Every key must
be answered soon, every text with what was asked or an honest sentence with the number, and whoever was told that nothing
more comes must be stored as such.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from ivr.bench import harm, lines, postgres, scripts, servers
from ivr.bench.relay import Delivered, Relay
from ivr.channels.carrier import Carrier, Message, PretendCall, PretendTexter, read_document
from ivr.channels.sms.routes import fixed_text
from ivr.config import load_settings
from ivr.errors import LineError
from ivr.judging import load_found
from ivr.store.comparing import held

SECONDS = 30.0
CALLERS, TEXTERS = 4, 16
WELL = 1.0  # seconds before and after the trouble
PAUSE = 0.25  # seconds between two texts of one sender
KEYS = "1177#2198"  # a topic, asked for as a text, and on
ASKED = 4  # after so many keys a caller knows whether the text is promised
QUESTION, STOP = "what is immunotherapy", "STOP"
STOPS = 4  # one of so many texts
VOICE_MILLISECONDS = 2000
BACK_WITHIN = 30.0  # seconds


@dataclass(slots=True)
class Met:
    """What people met during one trouble."""

    database: str
    trouble: str
    ready: str = ""  # what /readyz says
    keys: list[float] = field(default_factory=list)  # seconds until a caller heard something
    silent: int = 0  # requests of calls that got no words
    texts: Counter[str] = field(default_factory=Counter)
    stopped: list[str] = field(default_factory=list)  # numbers whose STOP was accepted
    promised: list[str] = field(default_factory=list)  # numbers that were told by phone that a text is on its way
    forgotten: int = 0  # of both
    back: float = 0.0  # seconds after the trouble until a text is answered as usual

    def row(self) -> str:
        """Its line of the table."""
        calls = f"{len(self.keys):5} | {max(self.keys, default=0) * 1000:10.0f} | {self.silent:6}"
        texts = " | ".join(f"{self.texts[kind]:{len(kind)}}" for kind in KINDS)
        return f"| {self.database:10} | {self.trouble:9} | {self.ready:14} | {calls} | {texts} | {self.back:6.1f} |"


USUAL, HONEST, REFUSED, NEITHER = "as usual", "honest", "STOP refused", "neither"
KINDS = (USUAL, HONEST, REFUSED, NEITHER)
STOPPED, PROMISED = "opt-out", "promised"  # what is held then
HEAD = (
    "| database   | trouble   | readyz         |  keys | longest ms | silent "
    "| as usual | honest | STOP refused | neither | back s |",
    "|------------|-----------|----------------|------:|-----------:|-------:"
    "|---------:|-------:|-------------:|--------:|-------:|",
)


def run(say: Callable[[str], None], seconds: float = SECONDS, server: postgres.Running | None = None) -> bool:
    """Go through every trouble for so many seconds each, print the table, and say whether everything is held.

    `server`: a PostgreSQL server that may be harmed, instead of one of our own.
    """
    say(f"Machine: {servers.machine()}. {CALLERS} callers and {TEXTERS} texters, {seconds:g} s of each trouble.")
    met = []
    with contextlib.ExitStack() as lasting:
        for kind, troubles in (("SQLite", harm.TO_A_FILE), ("PostgreSQL", harm.TO_A_SERVER)):
            if kind == "PostgreSQL" and server is None:
                if postgres.why_not():
                    say(f"Left out: {postgres.why_not()}.")
                    continue
                server = lasting.enter_context(postgres.borrowed())
            for name, do_harm in troubles.items():
                say(f"  {kind}, {name}")
                met.append(_lived_through(kind, name, do_harm, server, seconds))
    return _told(met, say)


def _lived_through(kind: str, name: str, do_harm: harm.Harm, server: postgres.Running | None, seconds: float) -> Met:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        address = "" if kind == "SQLite" or server is None else postgres.new_database(server.url, "line_trouble")
        settings = lines.environment(Path(folder), address)
        lines.made_store(settings).close()
        port = servers.free_port()
        command = ("ivr.cli", "serve", "--host", "127.0.0.1", "--port", str(port))
        running.enter_context(servers.served(command, settings, port))
        met = Met(kind, name)
        people = _People(settings, port, met)
        people.begin()
        with do_harm(settings["DATABASE_URL"], server):
            people.go_on_for(seconds)
        people.end()
        met.forgotten = not_stored(settings, met)
    return met


def not_stored(settings: dict[str, str], met: Met) -> int:
    """How many of those to whom something was promised are not stored with it."""
    store, keyring = lines.its_store(settings), lines.keyring(settings)
    try:
        everything = held(store)
    finally:
        store.close()
    wanted = ((STOPPED, met.stopped), (PROMISED, met.promised))
    return sum(
        kind not in everything.get(keyring.caller_keys(number)[0], {}) for kind, numbers in wanted for number in numbers
    )


class _People:
    """Callers and texters of one line."""

    def __init__(self, settings: dict[str, str], port: int, met: Met) -> None:
        self._settings, self._port, self._met = load_settings(settings), port, met
        self._lock = threading.Lock()
        self._number = 0
        self._over = threading.Event()
        carrier, _ = self._carrier()
        self._usual = self._text(carrier, QUESTION)
        self._on_its_way = self._called(carrier, self._somebody())
        self._honest = fixed_text(load_found().graph).splitlines()
        self._threads = [threading.Thread(target=self._call_on, daemon=True) for _ in range(CALLERS)]
        self._threads += [threading.Thread(target=self._text_on, daemon=True) for _ in range(TEXTERS)]

    def begin(self) -> None:
        """Everybody calls and texts, and all is well for a moment."""
        for thread in self._threads:
            thread.start()
        time.sleep(WELL)

    def go_on_for(self, seconds: float) -> None:
        """In the middle of the trouble somebody looks at /readyz."""
        time.sleep(seconds / 2)
        self._met.ready = self._ready()
        time.sleep(seconds / 2)

    def end(self) -> None:
        """Wait until a text is answered as usual, let everybody go on for a moment, and hang up."""
        carrier, _ = self._carrier()
        began = time.monotonic()
        while self._text(carrier, QUESTION) != self._usual and time.monotonic() - began < BACK_WITHIN:
            time.sleep(0.1)
        self._met.back = time.monotonic() - began
        time.sleep(WELL)
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _carrier(self) -> tuple[Carrier, Relay]:
        relay = Relay([self._port])
        return Carrier.for_line(relay, self._settings), relay

    def _somebody(self) -> str:
        with self._lock:
            self._number += 1
            return scripts.number(self._number)

    def _ready(self) -> str:
        try:
            urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=20).close()
        except HTTPError as answer:
            return str(json.load(answer)["faults"][0]["code"])
        return "ready"

    def _call_on(self) -> None:
        carrier, relay = self._carrier()
        while not self._over.is_set():
            number = self._somebody()
            promised = self._called(carrier, number) == self._on_its_way
            with self._lock:
                self._met.keys += [one.seconds for one in relay.delivered]
                self._met.silent += sum(one.status not in (200, 204) for one in relay.delivered)
                self._met.promised += [number] * promised
            relay.delivered.clear()

    def _called(self, carrier: Carrier, number: str) -> tuple[object, ...]:
        """A whole call; gives back what was heard when a text had been asked for."""
        call = PretendCall(carrier, number)
        call.start()
        heard = [call.press(key) for key in KEYS]
        call.hang_up()
        return heard[ASKED - 1]

    def _text_on(self) -> None:
        carrier, relay = self._carrier()
        for place in iter(range(1_000_000)):
            if self._over.wait(PAUSE):
                return
            relay.delivered.clear()
            number = self._somebody()
            body = STOP if place % STOPS == STOPS - 1 else QUESTION
            PretendTexter(carrier, number).send(body)
            self._note_text(number, body, relay.delivered[0])

    def _note_text(self, number: str, body: str, answer: Delivered) -> None:
        kind = self._kind(body, answer)
        with self._lock:
            self._met.texts[kind] += 1
            if body == STOP and kind == USUAL:
                self._met.stopped.append(number)

    def _kind(self, body: str, answer: Delivered) -> str:
        if body == STOP:
            return USUAL if answer.status == 200 else REFUSED if answer.status == 503 else NEITHER
        said = _said(answer)
        if said == self._usual:
            return USUAL
        return HONEST if said and all(line in self._honest for line in said.splitlines()) else NEITHER

    def _text(self, carrier: Carrier, body: str) -> str:
        return "\n".join(reply.body for reply in PretendTexter(carrier, self._somebody()).send(body).replies)


def _said(answer: Delivered) -> str:
    try:
        return "\n".join(step.body for step in read_document(answer.body) if isinstance(step, Message))
    except LineError:
        return ""


def _told(met: Sequence[Met], say: Callable[[str], None]) -> bool:
    say("")
    kept = sum(len(one.stopped) + len(one.promised) for one in met)
    say(f"{kept} promises were made: texts asked for by phone, and STOP.")
    say("")
    for line in HEAD:
        say(line)
    for one in met:
        say(one.row())
    say("")
    verdicts = (
        (max(max(one.keys, default=0) for one in met) * 1000, "<", VOICE_MILLISECONDS, "ms until a caller heard something"),
        (sum(one.silent for one in met), "<=", 0, "times a caller heard nothing of the line"),
        (sum(one.texts[NEITHER] for one in met), "<=", 0, "texts answered neither as usual nor honestly"),
        (sum(one.forgotten for one in met), "<=", 0, "promises that are not stored"),
        (sum(one.ready in ("", "ready") for one in met), "<=", 0, "troubles that /readyz did not name"),
        (max(one.back for one in met), "<", BACK_WITHIN, "s until everything is as usual again, the longest"),
    )  # fmt: skip
    held_all = [servers.verdict(say, *verdict) for verdict in verdicts]
    return all(held_all)
