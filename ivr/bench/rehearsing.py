"""A worker of a measurement, in a process of its own: the real one before a carrier that only writes down what it is given.

One JSON object a line on the standard output: `kind` (text, call) and `to`, a number that nobody has.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ivr.bench import servers
from ivr.errors import LineError
from ivr.messenger import Rehearsal

Given = Counter[tuple[str, str]]  # how often the carrier was given something of this kind for this number


def rehearsal(note: Callable[[str, str], None]) -> Rehearsal:
    """A carrier that sends nothing and notes the kind and the number of what it is given."""
    return Rehearsal(lambda to, _: note("text", to), lambda to, _: note("call", to))


def given(written: Path) -> Given:
    """What such a worker was seen to hand over; a line that is not finished yet does not count."""
    lines = written.read_text(encoding="utf-8").split("\n")[:-1]
    found = (json.loads(line) for line in lines)
    return Counter((one["kind"], one["to"]) for one in found)


@contextlib.contextmanager
def working(settings: Mapping[str, str], written: Path) -> Iterator[None]:
    """Run such a worker while the block lasts; raises LineError `bench-worker` with its last words if it ended before."""
    with written.open("wb") as noted, tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "ivr.bench.rehearsing"]
        process = subprocess.Popen(  # noqa: S603 - our own module
            command, env={**os.environ, **settings}, stdout=noted, stderr=said
        )
        try:
            yield
        finally:
            ended = process.poll() is not None
            servers.end(process)
        if ended:
            said.seek(0)
            words = said.read().decode("utf-8", "replace")[-2000:]
            raise LineError("bench-worker", f"A worker stopped by itself. Its last words:\n{words}")


def _write_down(kind: str, to: str) -> None:
    sys.stdout.write(json.dumps({"kind": kind, "to": to}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    from ivr import serving

    serving.work(lambda _: rehearsal(_write_down), once=False)
