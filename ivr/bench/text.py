"""Measures one signed text through the real server process while few and while many conversations are stored.

The same people text two servers, one whose store is nearly empty and one whose store is full: the times of both are
compared, and the answers too. Then the full store is purged while people go on texting.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

from ivr.bench import alone, lines, load, postgres, servers
from ivr.bench.alone import Answer
from ivr.bench.relay import Relay
from ivr.bench.scripts import Script, scripts
from ivr.channels.carrier import Carrier, PretendTexter
from ivr.config import load_settings
from ivr.store import Database
from ivr.store.made_up import Filler

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
FEW = 10
MANY = {SQLITE: 1_000_000, POSTGRESQL: 100_000}
PEOPLE = 40  # who text first; FEW of them have a stored conversation, the others are new
MORE_PEOPLE = 3000  # who text during the purge, as many as there is time for
TOLD_EVERY = 2000  # texts
LEASES = 15
HEAD = (
    "| database   |    stored | texts | median ms | p99 ms | lease ms | readyz ms "
    "| purge s | rows gone | median ms | p99 ms |",
    "|------------|----------:|------:|----------:|-------:|---------:|----------:"
    "|--------:|----------:|----------:|-------:|",
)
TIMES, LEASE_MILLISECONDS, P99_MILLISECONDS = 1.5, 100, 2000


@dataclass(slots=True)
class Side:
    """One server and its store, and what was measured of it in seconds."""

    kind: str
    stored: int
    settings: dict[str, str]
    port: int
    carrier: Carrier
    relay: Relay
    texts: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)  # texts during the purge
    lease: float = 0.0
    ready: float = 0.0
    purge: float = 0.0
    purged: int = 0

    def text(self, number: str, body: str, times: list[float]) -> Answer:
        """One text, timed; the answer is taken for none when it is not a good one."""
        self.relay.delivered.clear()
        answer = alone.text(PretendTexter(self.carrier, number), body)
        first = self.relay.delivered[0]
        times.append(first.seconds)
        return answer if first.status == 200 else (str(first.status),)

    def row(self) -> str:
        """Its line of the table, in milliseconds."""
        texts = f"{len(self.texts):5} | {_middle(self.texts):9.2f} | {_worst(self.texts):6.1f}"
        upkeep = f"{self.lease * 1000:8.2f} | {self.ready * 1000:9.2f}"
        purge = f"{self.purge:7.1f} | {self.purged:9} | {_middle(self.meanwhile):9.2f} | {_worst(self.meanwhile):6.1f}"
        return f"| {self.kind:10} | {self.stored:9} | {texts} | {upkeep} | {purge} |"


def _middle(seconds: Sequence[float]) -> float:
    return statistics.median(seconds or [0.0]) * 1000


def _worst(seconds: Sequence[float]) -> float:
    return load.at_share(sorted(seconds) or [0.0], 0.99) * 1000


def run(say: Callable[[str], None], sizes: Mapping[str, int] = MANY, server_url: str = "") -> bool:
    """Measure on each database, print the table, and say whether every figure is held.

    `sizes`: how many conversations are stored, by database; `server_url`: a PostgreSQL server, instead of one of our own.
    """
    from ivr.judging import load_found

    say(f"Machine: {servers.machine()}.")
    people = scripts(load_found().graph, PEOPLE + MORE_PEOPLE)
    measured: list[tuple[Side, Side, int]] = []
    for kind, many in sizes.items():
        with contextlib.ExitStack() as lasting:
            if kind == POSTGRESQL and not server_url:
                if postgres.why_not():
                    say(f"Left out: {postgres.why_not()}.")
                    continue
                server_url = lasting.enter_context(postgres.borrowed()).url
            folder = Path(lasting.enter_context(tempfile.TemporaryDirectory()))
            address = f"sqlite:///{folder}/bench.db" if kind == SQLITE else server_url
            few, full = (_side(kind, stored, address, people, lasting, say) for stored in (FEW, many))
            measured.append((few, full, _measured(few, full, people, say)))
    return _told(measured, say)


def _side(
    kind: str, stored: int, address: str, people: Sequence[Script], lasting: contextlib.ExitStack, say: Callable[[str], None]
) -> Side:
    """A store filled with so many conversations, and a server on it for as long as the stack lasts."""
    if kind == SQLITE:
        address = address.replace("bench.db", f"{stored}.db")
    else:
        name = f"line_bench_{stored}"
        lasting.callback(postgres.drop_database, address, name)
        address = postgres.new_database(address, name)
    settings = lines.environment(Path(), address)
    lines.made_store(settings).close()
    began = time.monotonic()
    database = Database(address, patient=True)
    numbers = [person.number for person in people[:FEW]]
    Filler(lines.keyring(settings), stored, numbers, datetime.now(UTC)).fill(database)
    database.close()
    say(f"  {kind}: {stored} conversations and what goes with them, filled in {time.monotonic() - began:.0f} s")
    port = servers.free_port()
    command = ("ivr.cli", "serve", "--host", "127.0.0.1", "--port", str(port))
    lasting.enter_context(servers.served(command, settings, port))
    relay = Relay([port])
    return Side(kind, stored, settings, port, Carrier.for_line(relay, load_settings(settings)), relay)


def _measured(few: Side, full: Side, people: Sequence[Script], say: Callable[[str], None]) -> int:
    """Everything about one database; gives back how many answers differ between the two."""
    differ = _texted(few, full, people[:PEOPLE], lambda side: side.texts)
    say(f"  {full.kind}: {len(full.texts)} texts to each")
    for side in few, full:
        _look_after(side)
    began = time.monotonic()
    command = [sys.executable, "-m", "ivr.cli", "purge"]
    with subprocess.Popen(command, env=os.environ | full.settings, stdout=subprocess.PIPE) as purging:  # noqa: S603
        going = (person for person in people[PEOPLE:] if purging.poll() is None)
        differ += _texted(few, full, going, lambda side: side.meanwhile, lambda count: say(f"  purging, {count} texts"))
        said, _ = purging.communicate()
    full.purge = time.monotonic() - began
    full.purged = sum(map(int, re.findall(rb": ([0-9]+) deleted", said)))
    say(f"  {full.kind}: purged {full.purged} rows, {len(full.meanwhile)} texts meanwhile")
    return differ


def _texted(
    few: Side, full: Side, people: Iterable[Script], times: Callable[[Side], list[float]],
    tell: Callable[[int], None] = lambda count: None,
) -> int:  # fmt: skip
    """Everybody texts both; how many answers differ. `tell` hears now and then how many texts there were."""
    differ = count = 0
    for person in people:
        for body in person.texts:
            differ += few.text(person.number, body, times(few)) != full.text(person.number, body, times(full))
            count += 1
            if count % TOLD_EVERY == 0:
                tell(count)
    return differ


def _look_after(side: Side) -> None:
    """What a worker and whoever watches the line do all day: lease what is due, and ask how everything stands."""
    store, took = lines.its_store(side.settings), []
    try:
        for place in range(LEASES):
            at = datetime.now(UTC)
            with store.voice("+12125550143", f"CA{place}", at) as asked:
                asked.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(minutes=15))
            began = time.perf_counter()
            (letter,) = store.outbox.lease("bench", at + timedelta(seconds=1), limit=1)
            took.append(time.perf_counter() - began)
            store.outbox.failed(letter.id, "bench", at)
    finally:
        store.close()
    began = time.perf_counter()
    urlopen(f"http://127.0.0.1:{side.port}/readyz", timeout=20).close()
    side.ready, side.lease = time.perf_counter() - began, statistics.median(took)


def _told(measured: Sequence[tuple[Side, Side, int]], say: Callable[[str], None]) -> bool:
    say("")
    for line in HEAD:
        say(line)
    for few, full, _ in measured:
        say(few.row())
        say(full.row())
    say("")
    say("The last two columns are texts while the full store is purged by another process.")
    held = []
    for few, full, differ in measured:
        where = f"on {full.kind} with {full.stored} stored"
        verdicts = (
            (_middle(full.texts) / _middle(few.texts), "<=", TIMES, f"times the median with {few.stored}, {where}"),
            (differ, "<=", 0, f"answers that differ from those with {few.stored}, {where}"),
            (full.lease * 1000, "<", LEASE_MILLISECONDS, f"ms for a worker's lease, {where}"),
            (_worst(full.meanwhile), "<", P99_MILLISECONDS, f"ms p99 during the purge, {where}"),
        )
        held += [servers.verdict(say, *verdict) for verdict in verdicts]
    return all(held)
