"""Webhooks on their way to a line: delivered late, again and in any order, as carriers may; it judges nothing."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from ivr.bench.promised import Wish
from ivr.bench.wire import Exchange, OnTheWire

THREADS = 4
NEXT_TRY = (0.2, 1.0)  # seconds
GIVEN_UP = 0.12  # of the deliveries that were not answered are never tried again
REPEATED = 0.25  # of those that were are delivered again, up to so many seconds later
REPEATED_WITHIN = 6.0
MOST_TRIES = 50  # when nothing is killed any more, every delivery must be answered long before


@dataclass(slots=True)
class Delivery:
    """One webhook. `confirms` tells the answer that keeps or refuses a promise from one that only apologizes."""

    path: str
    form: Mapping[str, str]
    token: str
    confirms: Callable[[bytes], bool]
    wish: Wish | None = None
    said: bytes | None = None  # the first such answer, which every other delivery must get too
    tries: int = 0  # since the last kill


@dataclass(slots=True)
class Counts:
    """What became of all deliveries."""

    answered: int = 0
    unanswered: int = 0
    repeated: int = 0
    answered_otherwise: int = 0
    never_answered: int = 0


@dataclass(order=True, slots=True)
class _Waiting:
    due: float
    number: int
    delivery: Delivery = field(compare=False)


class Mail:
    """Some threads that deliver what is due, each over its own connection."""

    def __init__(self, line: Callable[[], OnTheWire], seed: str) -> None:
        self.counts = Counts()
        self._line = line
        self._dice = Random(f"{seed} mail")  # noqa: S311 - choices of a measurement
        self._waiting: list[_Waiting] = []
        self._answered: list[Delivery] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._faults: list[Exception] = []
        self._in_hand = 0
        self._hurry = self._closed = False
        self._threads = [threading.Thread(target=self._run, name=f"mail {n}", daemon=True) for n in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def put(self, delivery: Delivery, after: float = 0.0) -> None:
        """Deliver it so many seconds from now."""
        with self._changed:
            heapq.heappush(self._waiting, _Waiting(time.monotonic() + after, next(self._numbers), delivery))
            self._changed.notify()

    def count(self, answered: bool) -> None:
        """Count what somebody else delivered."""
        with self._changed:
            self._count(answered)

    def deliver_all(self) -> None:
        """With nothing killed any more: deliver what waits, and until it is answered; returns when nothing is left.

        Raises what went wrong with an answer, such as LineError for one that cannot be read.
        """
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._waiting and not self._in_hand)
            self._hurry = False
        if self._faults:
            raise self._faults[0]

    def repeat(self, count: int) -> None:
        """So many of those that were answered once more, from the first to the last."""
        for delivery in self._dice.sample(self._answered, min(count, len(self._answered))):
            self.put(delivery)
        self.deliver_all()

    def close(self) -> None:
        """Deliver nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        line = self._line()
        while (delivery := self._next()) is not None:
            try:
                self._came_back(delivery, line.deliver(delivery.path, delivery.form, delivery.token))
            except Exception as fault:
                self._faults.append(fault)
            finally:
                with self._changed:
                    self._in_hand -= 1
                    self._changed.notify_all()

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._closed:
                wait = self._waiting[0].due - time.monotonic() if self._waiting else None
                if wait is not None and (wait <= 0 or (self._hurry and not self._waiting[0].delivery.tries)):
                    self._in_hand += 1
                    return heapq.heappop(self._waiting).delivery
                self._changed.wait(wait)
        return None

    def _came_back(self, delivery: Delivery, exchange: Exchange) -> None:
        answer = exchange.answer
        fine = answer.good and delivery.confirms(answer.body)
        with self._changed:
            self._count(fine)
            wish = delivery.wish
            if wish is not None:
                wish.tried = max(wish.tried, exchange.ended)
            if fine and delivery.said is not None:
                self.counts.repeated += 1
                self.counts.answered_otherwise += answer.body != delivery.said
            if fine and delivery.said is None:
                delivery.said = answer.body
                self._answered.append(delivery)
                if wish is not None:
                    wish.answered = exchange.ended
            after = self._after(delivery, fine)
        if after is not None:
            self.put(delivery, after)

    def _after(self, delivery: Delivery, fine: bool) -> float | None:
        """In how many seconds it is delivered again, if it is."""
        if self._hurry:
            delivery.tries += 1
            self.counts.never_answered += not fine and delivery.tries >= MOST_TRIES
            return None if fine or delivery.tries >= MOST_TRIES else NEXT_TRY[0]
        if fine:
            return self._dice.uniform(0, REPEATED_WITHIN) if self._dice.random() < REPEATED else None
        return self._dice.uniform(*NEXT_TRY) if self._dice.random() >= GIVEN_UP else None

    def _count(self, answered: bool) -> None:
        self.counts.answered += answered
        self.counts.unanswered += not answered
