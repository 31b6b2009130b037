"""Measures signed voice turns through the real server process, beside a bare view and the tutorial shape."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from ivr.bench import lines, load, servers
from ivr.bench.load import Measured
from ivr.bench.servers import Served
from ivr.bench.walks import Asked, walked

TURNS = 3000  # different signed requests, from calls through the whole line
CONNECTIONS = 4
ROUNDS = 3  # one after the other for each, so that whatever else the machine does meets all of them
THREADS = "4"
HOLD = {"bare": 0.9, "tutorial": 1.8}
P99_MILLISECONDS, MEGABYTES, READY_SECONDS = 20, 100, 3
GTHREAD = ("gunicorn", "-k", "gthread", "-w", "1", "--threads", THREADS, "--keep-alive", "30", "-b")


@dataclass(slots=True)
class Rival:
    """One thing to measure: a running server, what it is asked, and the best round so far."""

    name: str
    server: Served
    requests: Sequence[bytes]
    best: Measured | None = None
    microseconds: float = 0.0  # of processor for one answer, in the best round

    def measure(self, seconds: float) -> None:
        """One more round; the one with the most answers a second is kept."""
        before = self.server.processor_seconds()
        result = load.measure(self.server.port, self.requests, seconds, CONNECTIONS)
        used = (self.server.processor_seconds() - before) / max(result.sent, 1) * 1e6
        if self.best is None or result.per_second > self.best.per_second:
            self.best, self.microseconds = result, used

    def row(self) -> str:
        """Its line of the table."""
        best = self.best or Measured(0, 0, 0, 0, 0, 0)
        figures = f"{best.per_second:7.0f} | {best.p50:6.2f} | {best.p99:6.2f} | {self.microseconds:6.0f}"
        return f"| {self.name:36} | {figures} | {best.bad:7} |"


def signed(port: int, token: str, asked: Asked) -> bytes:
    """The request with the carrier's signature, ready for the wire; each time it is sent it is another delivery."""
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(token).compute_signature(lines.PUBLIC_URL + asked.path, asked.form)
    headers = (("X-Twilio-Signature", signature), ("I-Twilio-Idempotency-Token", load.ANEW))
    return load.request_bytes(port, asked.path, urlencode(asked.form).encode(), headers)


def run(seconds: float, say: Callable[[str], None], *, also_on_gunicorn: bool = False, turns: int = TURNS) -> bool:
    """Measure all of them round by round, print the table, and say whether every figure is held."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as running:
        settings = lines.environment(Path(folder))
        lines.made_store(settings).close()
        asked = [one for one in walked(settings, turns) if one.path.startswith(("/voice/answer", "/voice/turn"))]
        what = f"{len(asked)} different turns over {CONNECTIONS} kept connections, best of {ROUNDS} rounds of {seconds:g} s"
        say(f"Machine: {servers.machine()}. {what}, one worker each.")
        rivals = _started(settings, asked, running, also_on_gunicorn)
        for _ in range(ROUNDS):
            for rival in rivals:
                rival.measure(seconds)
        return _told(rivals, say)


def _started(
    settings: dict[str, str], asked: Sequence[Asked], running: contextlib.ExitStack, also_on_gunicorn: bool
) -> list[Rival]:
    """The line first, the bare view and the tutorial shape after it."""
    token = settings["TWILIO_AUTH_TOKEN"]

    def start(name: str, command: tuple[str, ...], its: Sequence[Asked], *after: str) -> Rival:
        port = servers.free_port()
        where = (f"127.0.0.1:{port}",) if command is GTHREAD else (str(port),)
        server = running.enter_context(servers.served([*command, *where, *after], settings, port))
        return Rival(name, server, [signed(port, token, one) for one in its])

    serve = ("ivr.cli", "serve", "--host", "127.0.0.1", "--port")
    rivals = [start("this line, every turn signed", serve, asked)]
    form = {"CallSid": "CA" + "1" * 32, "From": "+12025550143", "To": lines.NUMBER, "Digits": "1"}
    for name, path in (("bare Flask view (gunicorn gthread)", "/bare"), ("tutorial shape (gunicorn gthread)", "/tutorial")):
        rivals.append(start(name, GTHREAD, [Asked(path, form)], "ivr.bench.rivals:app"))
    if also_on_gunicorn:
        rivals.append(start("this line on gunicorn gthread", GTHREAD, asked, "ivr.app:create_app()"))
    return rivals


def _told(rivals: Sequence[Rival], say: Callable[[str], None]) -> bool:
    say("")
    say(f"| {'what':36} | turns/s | p50 ms | p99 ms | CPU us | not 200 |")
    say(f"|{'-' * 38}|--------:|-------:|-------:|-------:|--------:|")
    for rival in rivals:
        say(rival.row())
    line, bare, tutorial = (rival.best or Measured(0, 0, 0, 0, 0, 0) for rival in rivals[:3])
    worker, first = rivals[0].server.megabytes()
    ready = rivals[0].server.ready_seconds
    verdicts = (
        (line.per_second / max(bare.per_second, 1), ">=", HOLD["bare"], "times the bare view"),
        (line.per_second / max(tutorial.per_second, 1), ">=", HOLD["tutorial"], "times the tutorial shape"),
        (line.p99, "<", P99_MILLISECONDS, "ms p99"),
        (worker, "<=", MEGABYTES, f"MB in the worker (the process that watches it has {first:.0f} MB)"),
        (ready, "<=", READY_SECONDS, "s until it answers"),
        (line.bad, "<=", 0, "answers that were not 200"),
    )
    say("")
    held = [servers.verdict(say, *verdict) for verdict in verdicts]
    return all(held)
