"""Writes events in batches from a thread of its own; best effort: nobody waits for it, and it counts what it lost."""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ivr.dialog.types import Event, Language, Medium
from ivr.secrets import Secrets
from ivr.store import keeping
from ivr.store.database import Database
from ivr.store.trouble import StoreError

WAITING_AT_MOST = 5000
BATCH = 200
EVERY = 1.0  # seconds
TRIES = 5


@dataclass(frozen=True, slots=True)
class _Question:
    question: str
    language: Language
    medium: Medium
    at: datetime


class EventWriter:
    """A bounded queue and the thread that empties it; `lost` counts what was given up, `waiting` what is queued."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self.lost = 0
        self._database = database
        self._secrets = secrets
        self._queue: deque[dict[str, object] | _Question] = deque()
        self._wanted = threading.Condition()
        self._writing = threading.Lock()
        self._stopped = False
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """How many rows are not written yet."""
        return len(self._queue)

    def put(self, call: str, turn: str, at: datetime, number: str | None, happened: Sequence[Event]) -> None:
        """Hand over the events of one turn of one call; the number is hashed here and now."""
        if happened:
            caller = self._secrets.caller_keys(number)
            call_key = self._secrets.digest("call", call)
            self._add(keeping.event_rows(call_key, turn, at, caller[0] if caller else None, happened))

    def put_unmatched(self, question: str, language: Language, medium: Medium, at: datetime) -> None:
        """Hand over a question that nothing answered; it is redacted before it is kept."""
        self._add([_Question(question, language, medium, at)])

    def _add(self, rows: Sequence[dict[str, object] | _Question]) -> None:
        with self._wanted:
            if self._stopped or len(self._queue) + len(rows) > WAITING_AT_MOST:
                self.lost += len(rows)
                return
            self._queue.extend(rows)
            if self._thread is None or not self._thread.is_alive():
                self._start()
            if len(self._queue) >= BATCH:
                self._wanted.notify()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="events", daemon=True)
        self._thread.start()
        atexit.register(self.stop)

    def _run(self) -> None:
        failures = 0
        while True:
            with self._wanted:
                if not self._stopped and len(self._queue) < BATCH:
                    self._wanted.wait(EVERY * (1 + failures))
                stopped = self._stopped
            failures = 0 if self.flush() else failures + 1
            if failures >= TRIES:
                failures = TRIES - 1
                self._give_up_some()
            if stopped:
                return

    def _give_up_some(self) -> None:
        with self._wanted:
            for _ in range(min(BATCH, len(self._queue))):
                self._queue.popleft()
                self.lost += 1

    def flush(self) -> bool:
        """Write what is waiting now; False if the store refused, and then it still waits.

        What comes meanwhile waits for the next time: under load, batches of what has just come would be of one or two.
        """
        with self._writing:
            left = len(self._queue)
            while left > 0:
                batch = [self._queue[place] for place in range(min(BATCH, left))]
                left -= len(batch)
                try:
                    with self._database.writing() as connection:
                        _write(connection, batch)
                except StoreError:
                    return False
                with self._wanted:
                    for _ in batch:
                        self._queue.popleft()
        return True

    def stop(self) -> None:
        """Write what is waiting and end the thread; what cannot be written now is lost and counted."""
        with self._wanted:
            thread, already = self._thread, self._stopped
            self._stopped = True
            self._wanted.notify_all()
        if already:
            return
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)
        self.flush()
        self.lost += len(self._queue)
        atexit.unregister(self.stop)


def _write(connection: Connection, batch: Sequence[dict[str, object] | _Question]) -> None:
    keeping.write_events(connection, [one for one in batch if isinstance(one, dict)])
    for one in batch:
        if isinstance(one, _Question):
            keeping.write_unmatched(connection, one.question, one.language, one.medium, one.at)
