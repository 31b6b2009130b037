"""Asks something with a hard limit on the waiting: an answer in time or None, never what the question raised."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from ivr.errors import LineError

T = TypeVar("T")

SECONDS = 0.2  # design: facts at arrival
AT_ONCE = 4


class Brief:
    """A few threads that ask for us; while all of them hang, every further question is answered None at once."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._threads: ThreadPoolExecutor | None = None
        self._starting = threading.Lock()

    def ask(self, question: Callable[[], T]) -> T | None:
        """The answer, or None if it failed or came too late."""
        if not self._free.acquire(blocking=False):
            return None
        try:
            answer = self._pool().submit(question)
        except RuntimeError:  # closed
            self._free.release()
            return None
        answer.add_done_callback(self._release)
        try:
            return answer.result(self._seconds)
        except (LineError, TimeoutError):
            return None

    def _release(self, _: Future[T]) -> None:
        self._free.release()

    def _pool(self) -> ThreadPoolExecutor:
        """Made at the first question, so that a process that forks later makes its own."""
        with self._starting:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="facts")
            return self._threads

    def close(self) -> None:
        """No more questions; does not wait for those that hang."""
        with self._starting:
            if self._threads is not None:
                self._threads.shutdown(wait=False, cancel_futures=True)
