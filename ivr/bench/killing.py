"""A whole line as processes of this machine, web, worker and database server, to be killed and started; no judgement."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Mapping
from enum import StrEnum

from ivr.bench import afterwards, lines, postgres, servers
from ivr.messenger.messenger import LEASE

AHEAD = LEASE + 30  # seconds: what a killed worker had in hand is free by then, and what was to be tried again is due
DONE_WITHIN = 120.0  # seconds


class Part(StrEnum):
    """What can be killed."""

    WEB = "web"
    WORKER = "worker"
    SERVER = "server"


class Processes:
    """One line. It starts when it is made; `close` ends everything but the database server."""

    def __init__(self, settings: Mapping[str, str], twilio_port: int, server: postgres.Running | None) -> None:
        self.port = servers.free_port()
        self.restarts = 0  # of a worker that ended by itself, as the platform would start it again
        self._settings = dict(settings)
        # Whatever this machine uses to reach the world, nothing of this goes there.
        self._for_worker = {**settings, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        self._twilio_port, self._server = twilio_port, server
        self._web = self._serve()
        self._worker = self._work()

    def kill(self, parts: frozenset[Part]) -> None:
        """All of these at once, with every process of theirs."""
        if Part.WEB in parts:
            self._web.kill()
        if Part.WORKER in parts:
            servers.kill(self._worker)
        if Part.SERVER in parts and self._server is not None:
            self._server.kill()

    def start_again(self, parts: frozenset[Part]) -> None:
        """What was killed. Raises LineError when one of them does not come up."""
        if Part.SERVER in parts and self._server is not None:
            self._server.start_again()
        if Part.WORKER in parts:
            self._worker = self._work()
        if Part.WEB in parts:
            self._web = self._serve()

    def watch(self, seconds: float) -> None:
        """So many seconds, in which a worker that gave up is started again: it does so when its database is away."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._worker.poll() is not None:
                self._worker = self._work()
                self.restarts += 1
            time.sleep(min(0.05, max(until - time.monotonic(), 0)))

    def finish(self) -> None:
        """Let a worker of two minutes later do all that is left; what it has not done in as long again stays undone."""
        self._end_worker()
        self._worker = self._work(str(AHEAD))
        store = lines.its_store(self._settings)
        try:
            until = time.monotonic() + DONE_WITHIN
            while afterwards.still_to_do(store)[0]:
                if time.monotonic() > until:
                    return
                time.sleep(0.1)
            self._end_worker()
            before = None
            while (doubtful := afterwards.still_to_do(store)[1]) and doubtful != before:
                before = doubtful
                self._work(str(AHEAD), "once").wait(DONE_WITHIN)
        finally:
            store.close()

    def close(self) -> None:
        """End what runs."""
        self._end_worker()
        self._web.kill()

    def _end_worker(self) -> None:
        self._worker.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._worker.wait(30)
        servers.kill(self._worker)

    def _serve(self) -> servers.Served:
        command = ("ivr.cli", "serve", "--host", "127.0.0.1", "--port", str(self.port))
        return servers.start(command, self._settings, self.port)

    def _work(self, *more: str) -> subprocess.Popen[bytes]:
        return servers.launch(("ivr.bench.worker", str(self._twilio_port), *more), self._for_worker)[0]
