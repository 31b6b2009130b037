"""A worker on a store of its own, a carrier that is not there, and a clock that stands still."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import responses

from ivr.library.line_rules import Library
from ivr.messenger import Messenger, twilio_carrier
from ivr.secrets import Secrets
from ivr.store import Outcome, Store, fresh_store

sys.path.insert(0, str(Path(__file__).parent))
from pretend_twilio import ACCOUNT, NOON, NUMBER, Clock, FakeTwilio, Queue


def a_key(name: str) -> str:
    """A key that is the same at every run."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = fresh_store(f"sqlite:///{tmp_path}/line.db", Secrets([a_key("caller")], [a_key("data")]))
    yield made
    made.close()


@pytest.fixture
def twilio(clock: Clock) -> Iterator[FakeTwilio]:
    """The official client's requests are answered here; any other request fails."""
    fake = FakeTwilio(clock)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        fake.mount(mock)
        yield fake


@pytest.fixture
def hire(store: Store, library: Library, clock: Clock, twilio: FakeTwilio) -> Callable[..., Messenger]:
    """Makes workers."""

    def hired(name: str = "one", on: Store | None = None) -> Messenger:
        carrier = twilio_carrier(ACCOUNT)
        return Messenger(on or store, lambda: library, lambda: carrier, clock=clock, dice=Random(1), name=name)

    return hired


@pytest.fixture
def worker(hire: Callable[..., Messenger]) -> Messenger:
    return hire()


@pytest.fixture
def queue(store: Store, clock: Clock) -> Queue:
    """Queues a row as a turn does."""
    turns = iter(range(1_000_000))

    def queued(topic: str = "what-it-is", *, number: str = NUMBER, minutes: int = 15, language: str = "en",
               kind: str = "text", **what: str) -> Outcome:  # fmt: skip
        with store.turn(number, f"SMin{next(turns)}", clock()) as turn:
            named = {"topic": topic, **what} if kind != "call" else what
            outcome = turn.queue_text(named, language, expires_at=clock() + timedelta(minutes=minutes), kind=kind)
            turn.answer("ok")
        return outcome

    return queued
