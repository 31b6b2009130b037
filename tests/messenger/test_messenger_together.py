"""Several workers on one database, and status callbacks in any order."""

from __future__ import annotations

import itertools
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from pretend_twilio import NOON, NUMBER, Clock, FakeTwilio, Queue

from ivr.library.line_rules import Library
from ivr.messenger import Messenger, Rehearsal
from ivr.secrets import Secrets
from ivr.store import Store, fresh_store

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))

WORKERS = 2
ROWS = 40


@pytest.fixture(params=["sqlite", "postgresql"])
def setting(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shared.db"
        return
    import postgres

    url, reason = postgres.start()
    if not url:
        pytest.skip(f"two workers on PostgreSQL were left out: {reason}")
    yield postgres.new_database("line_messenger")
    postgres.drop_database("line_messenger")


def test_two_workers_on_one_database_send_every_text_once(setting: str, library: Library, keys: Secrets) -> None:
    stores = [fresh_store(setting, keys) for _ in range(WORKERS)]
    for number in range(ROWS):
        with stores[0].turn(f"+1202555{number:04d}", f"SM{number}", NOON) as turn:
            turn.queue_text({"topic": "pain"}, "en", expires_at=NOON + timedelta(minutes=15))
            turn.answer("ok")
    sent: Counter[str] = Counter()
    ready = threading.Barrier(WORKERS)

    def work(worker: Messenger) -> None:
        ready.wait(30)
        for _ in range(ROWS):
            if stores[0].outbox.backlog(NOON).counts.get("queued", 0) == 0:
                return
            worker.work_once()

    def carrier() -> Rehearsal:
        return Rehearsal(lambda to, body: sent.update([to]))

    workers = [
        Messenger(store, lambda: library, carrier, clock=Clock(NOON), dice=Random(n)) for n, store in enumerate(stores)
    ]
    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    states = stores[0].outbox.backlog(NOON).counts
    for store in stores:
        store.close()
    assert states == {"sent": ROWS}
    assert len(sent) == ROWS
    assert set(sent.values()) == {1}


@pytest.fixture
def keys() -> Secrets:
    """One key of each kind."""
    key = "A" * 42 + "E="
    return Secrets([key], [key])


def delivery(store: Store) -> str:
    from sqlalchemy import select

    from ivr.store.schema import outbox

    with store.database.reading() as connection:
        return str(connection.execute(select(outbox.c.delivery)).scalar_one())


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_the_last_word_about_a_text_does_not_depend_on_the_order_of_the_callbacks(
    order: tuple[str, ...], worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    worker.work_once()
    sid = twilio.listed[0]["sid"]
    for status in (*order, *order):
        store.outbox.status(sid, status, clock())
    assert delivery(store) == "delivered"


def test_a_callback_that_overtakes_our_own_record_is_kept(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    store.outbox.status("SM" + "0" * 32, "undelivered", clock(), code="30006")
    worker.work_once()
    assert delivery(store) == "undelivered"
    assert not store.opted_out(NUMBER)


def test_a_callback_with_21610_is_an_opt_out(
    worker: Messenger, twilio: FakeTwilio, queue: Queue, store: Store, clock: Clock
) -> None:
    queue()
    worker.work_once()
    store.outbox.status(twilio.listed[0]["sid"], "failed", clock(), code="21610")
    assert store.opted_out(NUMBER)


def test_the_worker_goes_on_after_a_bug_and_stops_when_told(
    hire: Callable[..., Messenger], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker = hire()
    stop = threading.Event()
    rounds = []

    def one_round(now: datetime | None = None) -> object:
        rounds.append(now)
        raise ZeroDivisionError("+12025550143")

    monkeypatch.setattr(worker, "work_once", one_round)
    monkeypatch.setattr(stop, "wait", lambda seconds: stop.set() if len(rounds) > 2 else None)
    worker.run(stop)
    assert len(rounds) == 3
    assert "ZeroDivisionError" in caplog.text
    assert NUMBER not in caplog.text


def test_a_rehearsal_shows_what_would_have_gone_out_and_keeps_nothing(
    store: Store, library: Library, clock: Clock, queue: Queue
) -> None:
    shown: list[tuple[str, str]] = []
    worker = Messenger(store, lambda: library, lambda: Rehearsal(lambda *what: shown.append(what)), clock=clock)
    queue()
    worker.work_once()
    [(to, body)] = shown
    assert to == NUMBER
    assert body.startswith("Info line: Msg & data rates") or body.startswith("Info line: here")


def test_a_report_tells_people_what_happened_and_what_is_wrong(worker: Messenger, twilio: FakeTwilio, queue: Queue) -> None:
    from pretend_twilio import says_no

    queue()
    assert worker.work_once().lines() == ["sent: 1"]
    queue("pain")
    twilio.next_sends = [says_no(429, 20429, Retry_After="40")]
    [later, resting] = worker.work_once().lines()
    assert later == "later: 1"
    assert resting.endswith("s: 20429")
