"""Measures many text conversations at once: two real web processes and two workers on one PostgreSQL.

Each conversation is another number with a script of its own; its texts go to the two processes at random, and some are
delivered twice. Every answer, everything stored and everything sent is compared with what the same conversation gives
alone, so that a lost turn, an answer of somebody else's or a second effect is seen.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from ivr.bench import alone, lines, load, postgres, servers
from ivr.bench.alone import Alone
from ivr.bench.rehearsing import Given, given, working
from ivr.bench.relay import Relay
from ivr.bench.scripts import Script, scripts
from ivr.bench.senders import Crowd, Person, Sender, Tally
from ivr.channels.carrier import Carrier
from ivr.config import load_settings
from ivr.store.comparing import differing, held

CONVERSATIONS = 1000
WEB, WORKERS = 2, 2  # processes
SENDERS = 16  # texts under way at once; every conversation is open all the time
P99_MILLISECONDS = 2000  # R31 asks it of the 95th percentile
SENT_WITHIN = 60.0  # seconds for the workers to send what the last conversations asked for


def run(say: Callable[[str], None], conversations: int = CONVERSATIONS, database_url: str = "") -> bool:
    """Let the crowd text, print the table, and say whether everything is held.

    On an empty database at `database_url`; otherwise on a PostgreSQL server of our own, or on SQLite where there is none.
    """
    say(f"Machine: {servers.machine()}. {conversations} conversations, {WEB} web processes, {WORKERS} workers.")
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as lasting:
        if not database_url and postgres.why_not():
            say(f"Left out: {postgres.why_not()}. The same on SQLite:")
        elif not database_url:
            database_url = lasting.enter_context(postgres.borrowed()).url
        settings = lines.environment(Path(folder), database_url)
        lines.made_store(settings).close()
        own = settings | {"DATABASE_URL": f"sqlite:///{folder}/alone.db"}
        lines.made_store(own).close()
        made, oracle = alone.lived_alone(own, lambda graph: scripts(graph, conversations), _progress(say, "alone"))
        return Measurement(settings, Path(folder), made, oracle, say).run()


def _progress(say: Callable[[str], None], what: str) -> Callable[[int, int], None]:
    """Tells five times how far it is."""

    def tell(done: int, of: int) -> None:
        if done * 5 // of > (done - 1) * 5 // of:
            say(f"  {what}: {done} of {of}")

    return tell


class Measurement:
    """One crowd on one database, beside what the same people get alone."""

    def __init__(
        self, settings: dict[str, str], folder: Path, made: Sequence[Script], oracle: Alone, say: Callable[[str], None]
    ) -> None:
        self._settings, self._folder, self._say = settings, folder, say
        self._oracle = oracle
        self.people = [Person(script) for script in made]
        self._tally = Tally()
        self._took = 0.0

    def run(self) -> bool:
        with contextlib.ExitStack() as running:
            ports = [self._serve(running) for _ in range(WEB)]
            written = [self._folder / f"worker-{place}" for place in range(WORKERS)]
            for path in written:
                running.enter_context(working(self._settings, path))
            self._call_first(ports)
            self._text(ports)
            self._wait_for_workers()
        by_worker = [given(path) for path in written]
        self._say(f"  the workers handed over {' and '.join(str(one.total()) for one in by_worker)} texts and calls")
        return self._told(sum(by_worker, Counter()))

    def _serve(self, running: contextlib.ExitStack) -> int:
        port = servers.free_port()
        command = ("ivr.cli", "serve", "--host", "127.0.0.1", "--port", str(port))
        return running.enter_context(servers.served(command, self._settings, port)).port

    def _call_first(self, ports: Sequence[int]) -> None:
        """Those who ask for a text by phone, one after the other; they text back once they have got it."""
        relay = Relay(ports)
        carrier = Carrier.for_line(relay, load_settings(self._settings))
        callers = [person for person in self.people if person.script.calls]
        for person in callers:
            person.answers += alone.call(carrier, person.script.number)
        relay.close()
        self._tally.faults += sum(one.status >= 500 for one in relay.delivered)
        self._wait_for_workers()
        self._say(f"  {len(callers)} asked for a text by phone and got it")

    def _text(self, ports: Sequence[int]) -> None:
        crowd = Crowd(self.people, _progress(self._say, "together"))
        senders = [Sender(crowd, self._settings, ports, seed) for seed in range(SENDERS)]
        began = time.monotonic()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        self._took = time.monotonic() - began
        for sender in senders:
            self._tally.add(sender.tally)

    def _wait_for_workers(self) -> None:
        """Until nothing is left in the outbox, or the time is over: then what was not sent shows in the comparison."""
        store, until = lines.its_store(self._settings), time.monotonic() + SENT_WITHIN
        try:
            while time.monotonic() < until:
                counts = store.outbox.backlog(datetime.now(UTC)).counts
                if not any(counts.get(state) for state in ("queued", "leased", "sending")):
                    return
                time.sleep(0.1)
        finally:
            store.close()

    # --- what came of it

    def _told(self, handed_over: Given) -> bool:
        tally, times = self._tally, sorted(self._tally.seconds) or [0.0]
        turns = sum(person.said for person in self.people)
        differ = self.answers_that_differ()
        p50, p99 = load.at_share(times, 0.5) * 1000, load.at_share(times, 0.99) * 1000
        self._say("")
        self._say("| conversations | texts | texts/s | p50 ms | p99 ms | differ | lost | 5xx | twice | not alike |")
        self._say("|--------------:|------:|--------:|-------:|-------:|-------:|-----:|----:|------:|----------:|")
        self._say(
            f"| {len(self.people):13} | {turns:5} | {turns / self._took:7.0f} | {p50:6.1f} | {p99:6.1f} | {differ:6} "
            f"| {tally.lost:4} | {tally.faults:3} | {tally.repeated:5} | {tally.otherwise:9} |"
        )
        self._say("")
        verdicts = (
            (differ, "<=", 0, "answers that differ from those of the same conversation alone"),
            (tally.lost, "<=", 0, "texts that got no answer"),
            (tally.faults, "<=", 0, "answers of 500 and above"),
            (tally.otherwise, "<=", 0, "repeated deliveries that were not answered alike"),
            (self._stored_otherwise(), "<=", 0, "numbers about whom something else is stored than alone"),
            (
                self._handed_over_otherwise(handed_over),
                "<=",
                0,
                "numbers that were texted or rung otherwise than alone",
            ),
            (p99, "<", P99_MILLISECONDS, "ms p99"),
        )
        held_all = [servers.verdict(self._say, *verdict) for verdict in verdicts]
        return all(held_all)

    def answers_that_differ(self) -> int:
        """How many answers are not those of the same conversation alone; a text that was never sent counts too."""
        pairs = zip(self.people, self._oracle.answers, strict=True)
        return sum(mine != theirs for person, expected in pairs for mine, theirs in zip_longest(person.answers, expected))

    def _stored_otherwise(self) -> int:
        store = lines.its_store(self._settings)
        try:
            return len(differing(held(store), self._oracle.held))
        finally:
            store.close()

    def _handed_over_otherwise(self, handed_over: Given) -> int:
        known = handed_over.keys() | self._oracle.given.keys()
        return len({to for kind, to in known if handed_over[kind, to] != self._oracle.given[kind, to]})
