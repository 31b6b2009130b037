"""Real server processes to measure, started on a free loopback port and stopped again; it measures nothing itself."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from ivr.errors import LineError

GONE_WITHIN = 20.0  # seconds; a busy machine takes its time to clear away what was killed
READY_WITHIN = 20.0  # seconds; more than any of them may take, so that a slow one is told as a figure


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where it listens, how long it took to answer first (seconds), and its processes."""

    port: int
    ready_seconds: float
    process: subprocess.Popen[bytes]

    @property
    def pids(self) -> list[int]:
        """Its processes: the first one, which watches, and the others."""
        return [self.process.pid, *children(self.process.pid)]

    def megabytes(self) -> tuple[float, float]:
        """Resident memory of the worker, the largest process that was started, and of the first one, in 10^6 bytes."""
        first, *others = self.pids
        return max(map(resident, others), default=resident(first)) / 1e6, resident(first) / 1e6

    def processor_seconds(self) -> float:
        """What all its processes used of the processor since they began."""
        return sum(map(processor_seconds, self.pids))

    def kill(self) -> None:
        """As a crash does it: every process at once, nothing said."""
        kill(self.process)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(command: Sequence[str], environment: Mapping[str, str], port: int, path: str = "/healthz") -> Iterator[Served]:
    """Run a server while the block lasts; raises LineError `bench-server` with its last words if it does not come up."""
    server = start(command, environment, port, path)
    try:
        yield server
    finally:
        end(server.process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop, as a deploy does, and kill it if it takes longer than 10 seconds."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    if process.poll() is None:
        kill(process)


def start(command: Sequence[str], environment: Mapping[str, str], port: int, path: str = "/healthz") -> Served:
    """Start a server and wait until it answers."""
    began = time.monotonic()
    process, said = launch(command, environment)
    while time.monotonic() - began < READY_WITHIN:
        if process.poll() is not None:
            break
        with contextlib.suppress(URLError, ConnectionError, TimeoutError):
            urlopen(f"http://127.0.0.1:{port}{path}", timeout=1).close()
            return Served(port, time.monotonic() - began, process)
        time.sleep(0.01)
    process.kill()
    process.wait()
    words = last_words(said)
    raise LineError("bench-server", f"{command[0]} did not answer on port {port}. Its last words:\n{words}")


def _lives(pid: int) -> bool:
    """Whether a process still holds anything; one that nobody has asked about yet does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def launch(command: Sequence[str], environment: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """Start one of our own modules, and give back the process and the file that takes its last words."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 - a pipe that nobody reads would stop the process once it is full
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=said,
    )
    return process, said


def last_words(said: IO[bytes]) -> str:
    """The end of what a process said."""
    said.seek(0)
    return said.read().decode("utf-8", "replace")[-2000:]


def resident(pid: int) -> int:
    """Resident memory of one process in bytes; 0 when it is gone."""
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def processor_seconds(pid: int) -> float:
    """What one process used of the processor in seconds; 0 when it is gone."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def children(pid: int) -> list[int]:
    """The processes started by this one, and by them."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *children(child)]
    return found


def kill(process: subprocess.Popen[bytes]) -> None:
    """As a crash does it: a process with all that it started. It is stopped first, so that it starts no other meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGSTOP)
    started = children(process.pid)
    for pid in [process.pid, *started]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() + GONE_WITHIN
    while any(map(_lives, started)) and time.monotonic() < until:
        time.sleep(0.005)


def verdict(say: Callable[[str], None], figure: float, relation: str, limit: float, what: str) -> bool:
    """Print a figure with its limit, and give back whether it is held."""
    held = {"<": figure < limit, "<=": figure <= limit, ">=": figure >= limit}[relation]
    say(f"{'held  ' if held else 'MISSED'}  {figure:.4g} {what} (hold {relation} {limit:g})")
    return held


def machine() -> str:
    """This machine in one line, to stand beside every figure."""
    model = "unknown processor"
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    busy = os.getloadavg()[0]
    return f"{os.cpu_count()} cores ({model}), Python {sys.version.split()[0]}, load average {busy:.1f} before"
