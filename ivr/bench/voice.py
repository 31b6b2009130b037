"""Measures signed voice turns through the real server process, beside a bare view and the tutorial shape."""

from __future__ import annotations

import random
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

from ivr.bench import load, servers
from ivr.bench.load import Measured

PUBLIC_URL = "https://line.example.org"
TURNS = 600  # different signed requests, from random walks through the whole line
CONNECTIONS = 4


def environment(folder: Path) -> dict[str, str]:
    """Settings of a line that lives for the length of a measurement."""
    from ivr.config import new_key

    return {
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_NUMBER": "+12025550100",
        "SECRET_KEY": new_key(),
        "CALLER_KEY": new_key(),
        "DATA_KEY": new_key(),
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "WEB_CONCURRENCY": "1",
        "STAGE": "pilot",
    }


def walk(token: str, turns: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Requests as the carrier would send them on random walks: path with cursor, and form."""
    from ivr.serving import practice

    chance = random.Random(1)  # noqa: S311 - a walk, not a secret
    with practice() as line:
        done = 0
        while done < turns:
            call, path, form = f"CA{chance.getrandbits(128):032x}", "/voice/answer", dict[str, str]()
            for _ in range(chance.randint(3, 12)):
                parameters = {
                    "CallSid": call, "AccountSid": "AC" + "0" * 32, "From": "+12025550143", "To": "+12025550100",
                    "CallStatus": "in-progress", "Direction": "inbound", "ApiVersion": "2010-04-01", **form,
                }  # fmt: skip
                yield path, parameters
                done += 1
                action = line.next_action(path, parameters)
                if not action:
                    break
                path, form = action, {"Digits": chance.choice("12345112345689*#")}


def signed(port: int, token: str, path: str, form: dict[str, str]) -> bytes:
    """The request with the carrier's signature, ready for the wire."""
    from twilio.request_validator import RequestValidator

    signature = RequestValidator(token).compute_signature(PUBLIC_URL + path, form)
    headers = (("X-Twilio-Signature", signature), ("I-Twilio-Idempotency-Token", secrets.token_hex(16)))
    return load.request_bytes(port, path, urlencode(form).encode(), headers)


def run(seconds: float, say: Callable[[str], None]) -> None:
    """Measure the three one after the other, twice, keep the better run of each, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        settings = environment(Path(folder))
        say(f"Machine: {servers.machine()}. {CONNECTIONS} kept connections, {seconds:g} s each, one worker each.")
        line, memory, ready = _line(settings, seconds)
        bare, tutorial = _rivals(settings, seconds)
    say("")
    say("| what                        | turns/s |  p50 ms |  p99 ms | not 200 |")
    say("|-----------------------------|--------:|--------:|--------:|--------:|")
    for name, result in (("this line, every turn signed", line), ("bare Flask view", bare), ("tutorial shape", tutorial)):
        say(f"| {name:27} | {result.per_second:7.0f} | {result.p50:7.2f} | {result.p99:7.2f} | {result.bad:7} |")
    say("")
    say(f"Against the bare view: {line.per_second / bare.per_second:.2f} (hold 0.9)")
    say(f"Against the tutorial shape: {line.per_second / tutorial.per_second:.2f} (hold 1.8)")
    say(f"p99: {line.p99:.1f} ms (hold 20). Worker memory: {memory:.0f} MB (hold 100). Ready in {ready:.1f} s (hold 3).")


def _line(settings: dict[str, str], seconds: float) -> tuple[Measured, float, float]:
    port = servers.free_port()
    turns = list(walk(settings["TWILIO_AUTH_TOKEN"], TURNS))
    requests = [signed(port, settings["TWILIO_AUTH_TOKEN"], path, form) for path, form in turns]
    _migrate(settings)
    command = ["ivr.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with servers.served(command, settings, port) as server:
        result = max((load.measure(port, requests, seconds, CONNECTIONS) for _ in range(2)), key=_rate)
        return result, server.worker_megabytes(), server.ready_seconds


def _rivals(settings: dict[str, str], seconds: float) -> tuple[Measured, Measured]:
    port = servers.free_port()
    form = {"CallSid": "CA" + "1" * 32, "From": "+12025550143", "To": "+12025550100", "Digits": "1"}
    command = ["gunicorn", "-k", "gthread", "-w", "1", "--threads", "4", "-b", f"127.0.0.1:{port}", "ivr.bench.rivals:app"]
    with servers.served(command, settings, port):
        rates = [
            max((load.measure(port, [request], seconds, CONNECTIONS) for _ in range(2)), key=_rate)
            for request in (signed(port, settings["TWILIO_AUTH_TOKEN"], path, form) for path in ("/bare", "/tutorial"))
        ]
    return rates[0], rates[1]


def _migrate(settings: dict[str, str]) -> None:
    import os
    import subprocess
    import sys

    command = [sys.executable, "-m", "ivr.cli", "db", "upgrade"]
    subprocess.run(command, env={**os.environ, **settings}, check=True, capture_output=True)  # noqa: S603 - our own


def _rate(result: Measured) -> float:
    return result.per_second
