"""Shows that no promise is lost: a running line under load is killed again and again, and everything must still be there.

The real server and the real worker, on SQLite and on PostgreSQL. People text and call it over signed webhooks, which are
delivered late, twice and in any order; a Twilio on loopback takes what the worker sends, and fails now and then. Web,
worker and database server are killed at random moments, some of them just when a text was taken and not answered.
"""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from ivr.bench import afterwards, lines, postgres, promised, servers
from ivr.bench.errands import EVERYBODY, Errands, Words
from ivr.bench.killing import Part, Processes
from ivr.bench.mail import Counts
from ivr.bench.promised import Judged
from ivr.bench.twilio_api import Meets, TwilioApi
from ivr.errors import LineError

KILLS = 20
SECONDS = 2.0
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
WEB_PROCESSES = "2"
MOST_REMARKS = 10
HELD_WITHIN = 7.0  # seconds: after a refusal the worker rests for five or six
ENOUGH_KILLS = 10  # from here on some must have hit web and worker with a text in hand
_WEB, _WORKER, _SERVER = frozenset({Part.WEB}), frozenset({Part.WORKER}), frozenset({Part.SERVER})
TARGETS = {
    SQLITE: (_WEB, _WORKER, _WEB, _WORKER, _WEB | _WORKER),
    POSTGRESQL: (_WEB, _WORKER, _SERVER, _WEB | _WORKER, _SERVER, _WEB | _WORKER | _SERVER),
}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Strike:
    """One kill: how many seconds after everything was up again, what, and whether it waits until a text is in hand."""

    after: float
    parts: frozenset[Part]
    while_held: bool


@dataclass(slots=True)
class Outcome:
    """What was done to a line on one database, and what came of it."""

    database: str
    killed: Counter[Part] = field(default_factory=Counter)
    killed_held: Counter[Part] = field(default_factory=Counter)
    judged: Judged = field(default_factory=Judged)
    counts: Counts = field(default_factory=Counts)
    met: Counter[Meets] = field(default_factory=Counter)
    restarts: int = 0
    recovered: int = 0
    integrity: str = "-"


def strikes(database: str, kills: int, seconds: float, dice: Random) -> list[Strike]:
    """Every target in turn, half of them while a text is taken and not answered, in any order and at random moments."""
    targets = TARGETS[database]
    deck = [(targets[n % len(targets)], n // len(targets) % 2 == 0) for n in range(kills)]
    dice.shuffle(deck)
    return [Strike(dice.uniform(0, seconds), parts, held) for parts, held in deck]


def run(say: Say, database: str = "both", kills: int = KILLS, seconds: float = SECONDS, seed: str = "") -> bool:
    """Measure on one database or both, print the table, and say whether every figure is held. Raises LineError."""
    seed = seed or secrets.token_hex(4)
    say(f"Machine: {servers.machine()}. {kills} kills of each line, --seed {seed}.")
    outcomes = []
    if database in ("both", "sqlite"):
        outcomes.append(_measured(SQLITE, None, say, kills, seconds, seed))
    if database in ("both", "postgresql"):
        reason = postgres.why_not()
        if reason and database == "postgresql":
            raise LineError("bench-postgresql", f"There is nothing to measure: {reason}.")
        if reason:
            say(f"PostgreSQL was left out: {reason}.")
        else:
            with tempfile.TemporaryDirectory(prefix="line-postgresql-") as folder:
                outcomes.append(_on_a_server(Path(folder), say, kills, seconds, seed))
    return _told(outcomes, kills, say)


def _on_a_server(folder: Path, say: Say, kills: int, seconds: float, seed: str) -> Outcome:
    server = postgres.start(folder)
    try:
        return _measured(POSTGRESQL, server, say, kills, seconds, seed)
    finally:
        server.stop()


def _measured(
    database: str, server: postgres.Running | None, say: Say, kills: int, seconds: float, seed: str
) -> Outcome:  # fmt: skip
    """One line on one database: made, put under load, killed, and looked at in the end."""
    seed = f"{seed} {database}"
    planned = strikes(database, kills, seconds, Random(f"{seed} strikes"))  # noqa: S311 - choices of a measurement
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as running:
        scene = _Scene(database, Path(name), server, seed, running)
        scene.load(planned, seconds, say)
        scene.settle(say)
        return scene.outcome()


class _Scene:
    """A line, the people, and the Twilio between them."""

    def __init__(
        self, database: str, folder: Path, server: postgres.Running | None, seed: str, running: contextlib.ExitStack
    ) -> None:  # fmt: skip
        from ivr.library.loader import load

        address = postgres.new_database(server.url, "line") if server else ""
        self.settings = lines.environment(folder, address) | {"WEB_CONCURRENCY": WEB_PROCESSES}
        self.settings["IVR_CONTENT"] = str(lines.content_with_callbacks(folder))
        lines.made_store(self.settings).close()
        library = load(Path(self.settings["IVR_CONTENT"]), line_number=self.settings["TWILIO_NUMBER"])
        self.words = Words(library.graph, library.texting.segments)
        account, token, number = (self.settings[f"TWILIO_{name}"] for name in ("ACCOUNT_SID", "AUTH_TOKEN", "NUMBER"))
        dice = Random(f"{seed} twilio")  # noqa: S311 - choices of a measurement
        self.twilio = TwilioApi(account, token, number, dice, lambda text: self.errands.taken(text))
        self.processes = Processes(self.settings, running.enter_context(self.twilio.listening()), server)
        running.callback(self.processes.close)
        self.errands = Errands(seed, self.words, self.twilio, self.processes.port, self.settings)
        running.callback(self.errands.close)
        self.found = Outcome(database)
        self._began = time.monotonic()

    def load(self, planned: Sequence[Strike], seconds: float, say: Say) -> None:
        """The load, and in it every kill at its moment."""
        self.errands.begin()
        for place, strike in enumerate(planned, start=1):
            self.processes.watch(strike.after)
            held = self._struck(strike)
            what = " and ".join(part for part in Part if part in strike.parts) + held * ", a text in hand"
            so_far = f"{self.errands.mail.counts.answered} answers and {len(self.twilio.taken)} texts so far"
            say(f"{self._clock()} kill {place} of {len(planned)}: {what} ({so_far})")
        self.processes.watch(seconds)
        self.errands.end()

    def _clock(self) -> str:
        return f"  {self.found.database} {time.monotonic() - self._began:4.0f} s "

    def _struck(self, strike: Strike) -> bool:
        """One kill, and everything up again; whether a text was taken and not answered at that moment."""
        if strike.while_held:
            self.twilio.hold_next()
        held = strike.while_held and self.twilio.holds(HELD_WITHIN)
        self.processes.kill(strike.parts)
        self.twilio.let_go()
        self.processes.start_again(strike.parts)
        self.found.killed.update(strike.parts)
        self.found.killed_held.update(strike.parts if held else ())
        return held

    def settle(self, say: Say) -> None:
        """No more faults: what was left is done by a worker of two minutes later, and deliveries are repeated long after."""
        say(f"{self._clock()} no more kills: what is left is done, and deliveries are repeated")
        self.twilio.calm = True
        self.processes.finish()
        self.errands.repeat()

    def outcome(self) -> Outcome:
        """What lies in the database, against what was promised."""
        held, noted, judged = afterwards.read(self.settings, EVERYBODY), self.errands.noted, self.found.judged
        promised.judge_wishes(judged, noted.wishes, held.opted_out)
        promised.judge_callbacks(judged, noted.callbacks, held.waiting)
        promised.judge_texts(judged, noted.texts, held.rows, self.twilio.taken, self.words.topics, noted.wishes)
        promised.judge_after_opt_out(judged, noted.wishes, self.twilio.taken)
        promised.judge_statuses(judged, held.rows, noted.last_words)
        self.found.counts, self.found.met = self.errands.mail.counts, self.twilio.met
        self.found.restarts, self.found.recovered = self.processes.restarts, held.recovered
        if self.found.database == SQLITE:
            self.found.integrity = afterwards.integrity(Path(self.settings["DATABASE_URL"].removeprefix("sqlite:///")))
        return self.found


# --- what is told


def _told(outcomes: Sequence[Outcome], kills: int, say: Say) -> bool:
    say("")
    say("| " + " | ".join([f"{'what':54}", *(f"{one.database:>12}" for one in outcomes)]) + " |")
    say(f"|{'-' * 56}|" + f"{'-' * 13}:|" * len(outcomes))
    for name, figure in ROWS:
        say("| " + " | ".join([f"{name:54}", *(f"{figure(one):>12}" for one in outcomes)]) + " |")
    say("")
    held = [servers.verdict(say, sum(figure(one) for one in outcomes), "<=", 0, what) for figure, what in NONE_OF]
    in_hand = [one.killed_held[part] for one in outcomes for part in (Part.WEB, Part.WORKER)]
    least = 1 if kills >= ENOUGH_KILLS else 0
    held.append(servers.verdict(say, min(in_hand), ">=", least, "kills or more of web and of worker with a text in hand"))
    for one in outcomes:
        for remark in one.judged.remarks[:MOST_REMARKS]:
            say(f"        {one.database}: {remark}")
    return all(held)


def _each(counted: Counter[Part]) -> str:
    return " ".join(str(counted[part]) for part in Part)


ROWS: tuple[tuple[str, Callable[[Outcome], object]], ...] = (
    ("kills of web, worker, database server", lambda one: _each(one.killed)),
    ("of these, a text taken and not answered", lambda one: _each(one.killed_held)),
    ("workers that ended without a kill, database away", lambda one: one.restarts),
    ("deliveries answered", lambda one: one.counts.answered),
    ("deliveries not answered, or with an excuse", lambda one: one.counts.unanswered),
    ("deliveries repeated", lambda one: one.counts.repeated),
    ("texts cut off or refused by the carrier", lambda one: _refused(one.met)),
    ("opt-outs answered", lambda one: one.judged.opt_outs),
    ("opt-outs not answered, found in the carrier's list", lambda one: one.recovered),
    ("opt-ins answered", lambda one: one.judged.opt_ins),
    ("callbacks promised", lambda one: one.judged.callbacks),
    ("texts promised", lambda one: one.judged.texts),
    ("texts sent once", lambda one: one.judged.sent),
    ("texts withheld after an opt-out", lambda one: one.judged.withheld),
    ("texts doubtful, and told so", lambda one: one.judged.doubtful),
    ("PRAGMA integrity_check", lambda one: one.integrity),
)


def _refused(met: Counter[Meets]) -> int:
    return sum(count for meets, count in met.items() if meets not in (Meets.TAKEN, Meets.LATE, Meets.HELD))


NONE_OF: tuple[tuple[Callable[[Outcome], int], str], ...] = (
    (lambda one: one.judged.opt_outs_lost, "opt-outs lost"),
    (lambda one: one.judged.opt_ins_lost, "opt-ins lost"),
    (lambda one: one.judged.texted_after_opt_out, "texts to somebody who had opted out"),
    (lambda one: one.judged.callbacks_lost, "callbacks lost"),
    (lambda one: one.judged.callbacks_twice, "callbacks kept twice"),
    (lambda one: one.judged.texts_lost, "texts lost and not told"),
    (lambda one: one.judged.texts_queued_twice, "texts queued twice"),
    (lambda one: one.judged.texts_sent_twice, "texts sent twice"),
    (lambda one: one.judged.not_found, "doubtful texts that the carrier lists"),
    (lambda one: one.counts.answered_otherwise, "repeated deliveries with another answer"),
    (lambda one: one.counts.never_answered, "deliveries not answered with everything up"),
    (lambda one: one.judged.statuses_wrong, "texts without the carrier's last word"),
    (lambda one: one.integrity not in ("ok", "-"), "damaged databases"),
)
