"""Real server processes to measure, started on a free loopback port and stopped again; it measures nothing itself."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

READY_WITHIN = 20.0  # seconds; more than any of them may take, so that a slow one is told as a figure


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: where it listens, how long it took to answer first (seconds), and its processes."""

    port: int
    ready_seconds: float
    process: subprocess.Popen[bytes]

    def worker_megabytes(self) -> float:
        """Resident memory of its largest process, in MB (10^6 bytes); the worker is the largest."""
        return max(resident(pid) for pid in [self.process.pid, *children(self.process.pid)]) / 1e6

    def kill(self) -> None:
        """As a crash does it: every process at once, nothing said."""
        for pid in [*children(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(command: Sequence[str], environment: Mapping[str, str], port: int, path: str = "/healthz") -> Iterator[Served]:
    """Run a server while the block lasts; raises RuntimeError with its last words if it does not come up."""
    server = start(command, environment, port, path)
    try:
        yield server
    finally:
        server.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.process.wait(10)
        if server.process.poll() is None:
            server.kill()


def start(command: Sequence[str], environment: Mapping[str, str], port: int, path: str = "/healthz") -> Served:
    """Start a server and wait until it answers."""
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while time.monotonic() - began < READY_WITHIN:
        if process.poll() is not None:
            break
        with contextlib.suppress(URLError, ConnectionError, TimeoutError):
            urlopen(f"http://127.0.0.1:{port}{path}", timeout=1).close()
            return Served(port, time.monotonic() - began, process)
        time.sleep(0.01)
    process.kill()
    words = process.stderr.read().decode("utf-8", "replace")[-2000:] if process.stderr else ""
    raise RuntimeError(f"{command[0]} did not answer on port {port}:\n{words}")


def resident(pid: int) -> int:
    """Resident memory of one process in bytes; 0 when it is gone."""
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def children(pid: int) -> list[int]:
    """The processes started by this one, and by them."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *children(child)]
    return found


def machine() -> str:
    """This machine in one line, to stand beside every figure."""
    model = "unknown processor"
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{os.cpu_count()} cores ({model}), Python {sys.version.split()[0]}"
