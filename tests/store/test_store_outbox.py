"""What is to go out goes out at most once, in time or not at all, and never to somebody who said stop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from ivr.secrets import Secrets
from ivr.store import Outgoing, Store
from ivr.store.schema import outbox

NUMBER = "+12025550143"


def queue(store: Store, at: datetime, once: str = "CA1:1", kind: str = "text") -> None:
    with store.voice(NUMBER, once, at) as effect:
        effect.queue_text({"topic": "pain"}, "es", kind=kind, expires_at=at + timedelta(minutes=15))


def leased(store: Store, at: datetime) -> Outgoing:
    (letter,) = store.outbox.lease("w", at)
    return letter


def row(store: Store) -> tuple[str, str | None, str | None, str | None]:
    columns = outbox.c.state, outbox.c.number, outbox.c.delivery, outbox.c.error_code
    with store.database.reading() as connection:
        return tuple(connection.execute(select(*columns)).one())  # type: ignore[return-value]


def test_a_row_is_leased_sent_and_its_number_erased(store: Store, at: datetime) -> None:
    queue(store, at)
    assert store.outbox.lease("w", at - timedelta(seconds=1)) == []
    letter = leased(store, at)
    assert (letter.number, dict(letter.what), letter.language, letter.first, letter.attempts) == (
        NUMBER, {"topic": "pain"}, "es", True, 0,
    )  # fmt: skip
    assert store.outbox.lease("other", at) == []
    assert not store.outbox.sending(letter.id, "other", at)
    assert store.outbox.sending(letter.id, "w", at)
    assert store.outbox.sent(letter.id, "SM1", at)
    assert row(store) == ("sent", None, None, None)
    assert not store.outbox.sent(letter.id, "SM1", at)


def test_the_second_text_is_not_the_first(store: Store, at: datetime) -> None:
    queue(store, at, "CA1:1")
    queue(store, at, "CA1:2")
    assert [letter.first for letter in store.outbox.lease("w", at)] == [True, False]


def test_a_sid_found_in_the_carriers_list_settles_one_row_only(store: Store, at: datetime) -> None:
    """Two workers may look at the same doubtful rows at once, and both find the one text that arrived."""
    for once in ("CA1:1", "CA1:2"):
        queue(store, at, once)
    rows = store.outbox.lease("w", at)
    for letter in rows:
        store.outbox.sending(letter.id, "w", at)
        store.outbox.doubtful(letter.id, "cut-off")
    assert store.outbox.claimed(["SM1", "SM2"]) == set()
    assert [store.outbox.sent(letter.id, "SM1", at, listed=True) for letter in rows] == [True, False]
    assert store.outbox.claimed(["SM1", "SM2"]) == {"SM1"}
    assert store.outbox.backlog(at).counts == {"sent": 1, "doubtful": 1}


def test_a_row_that_is_to_wait_waits(store: Store, at: datetime) -> None:
    with store.voice(NUMBER, "CA1", at) as effect:
        morning = at + timedelta(hours=9)
        effect.queue_text({"topic": "pain"}, "en", due_at=morning, expires_at=morning + timedelta(hours=1))
    assert store.outbox.lease("w", at + timedelta(hours=8)) == []
    assert leased(store, morning)


def test_what_is_late_is_dropped_and_never_sent(store: Store, at: datetime) -> None:
    queue(store, at)
    (letter,) = store.outbox.lease("w", at, seconds=3600)
    assert not store.outbox.sending(letter.id, "w", at + timedelta(minutes=15))
    queue(store, at, "CA1:2")
    assert store.outbox.drop_expired(at + timedelta(minutes=16)) == 1
    assert store.outbox.lease("w", at + timedelta(hours=1)) == []
    assert store.outbox.backlog(at).counts == {"dropped": 2}


def test_a_row_whose_worker_vanished_before_sending_is_sent_by_another(store: Store, at: datetime) -> None:
    queue(store, at)
    store.outbox.lease("w", at, seconds=60)
    assert store.outbox.lease("other", at + timedelta(seconds=59)) == []
    (letter,) = store.outbox.lease("other", at + timedelta(seconds=60))
    assert store.outbox.sending(letter.id, "other", at + timedelta(seconds=61))
    assert not store.outbox.sending(letter.id, "w", at + timedelta(seconds=61))


def test_a_row_whose_worker_vanished_while_sending_is_doubtful_and_not_sent_again(store: Store, at: datetime) -> None:
    queue(store, at)
    letter = leased(store, at)
    assert store.outbox.sending(letter.id, "w", at)
    assert store.outbox.lease("other", at + timedelta(minutes=5)) == []
    assert row(store)[0] == "doubtful"
    (doubted,) = store.outbox.in_doubt(at)
    assert doubted.number == NUMBER
    assert store.outbox.sent(doubted.id, "SM1", at), "the carrier's list settles it"
    assert row(store)[:2] == ("sent", None)
    assert store.outbox.in_doubt(at) == []


def test_a_time_out_after_the_request_left_is_doubtful(store: Store, at: datetime) -> None:
    queue(store, at)
    letter = leased(store, at)
    assert not store.outbox.doubtful(letter.id, "timeout"), "nothing has left yet"
    store.outbox.sending(letter.id, "w", at)
    assert store.outbox.doubtful(letter.id, "timeout")
    assert store.outbox.lease("w", at + timedelta(minutes=2)) == []
    assert store.outbox.retry(letter.id, at, "not-found")
    assert leased(store, at).attempts == 1


def test_what_the_carrier_refused_for_now_is_tried_again_later(store: Store, at: datetime) -> None:
    queue(store, at)
    letter = leased(store, at)
    store.outbox.sending(letter.id, "w", at)
    assert store.outbox.retry(letter.id, at + timedelta(seconds=30), "20429")
    assert store.outbox.lease("w", at + timedelta(seconds=29)) == []
    again = leased(store, at + timedelta(seconds=30))
    assert (again.id, again.attempts) == (letter.id, 1)


def test_what_can_never_be_sent_is_done_with(store: Store, at: datetime) -> None:
    queue(store, at)
    letter = leased(store, at)
    store.outbox.sending(letter.id, "w", at)
    assert store.outbox.failed(letter.id, "21614", at)
    assert row(store) == ("failed", None, None, "21614")
    assert not store.opted_out(NUMBER)


def test_the_carriers_21610_is_an_opt_out(store: Store, at: datetime) -> None:
    queue(store, at, "CA1:1")
    letter = leased(store, at)
    queue(store, at, "CA1:2")
    store.outbox.sending(letter.id, "w", at)
    store.outbox.failed(letter.id, "21610", at)
    assert store.opted_out(NUMBER)
    assert store.outbox.backlog(at).counts == {"failed": 1, "dropped": 1}


def test_somebody_who_opts_out_after_the_lease_gets_nothing(store: Store, at: datetime) -> None:
    queue(store, at)
    letter = leased(store, at)
    store.opt_out(NUMBER, "words", "worker", at)
    assert not store.outbox.sending(letter.id, "w", at)


def test_a_row_that_is_forgotten_while_it_is_sent_does_not_come_back(store: Store, at: datetime) -> None:
    queue(store, at)
    letter = leased(store, at)
    store.outbox.sending(letter.id, "w", at)
    store.forget(NUMBER, at)
    assert not store.outbox.sent(letter.id, "SM1", at)
    assert store.outbox.backlog(at).counts == {}


def test_a_number_no_key_can_read_is_not_sent_to(store: Store, at: datetime) -> None:
    queue(store, at)
    with store.database.engine.begin() as connection:
        connection.execute(outbox.update().values(number="gAAAA"))
    assert store.outbox.lease("w", at) == []
    assert row(store) == ("failed", None, None, "unreadable")


ORDERS = [("sent", "delivered"), ("delivered", "sent"), ("delivered", "delivered", "queued")]


@pytest.mark.parametrize("statuses", ORDERS)
@pytest.mark.parametrize("early", [0, 1, 2])
def test_a_status_never_goes_back_and_may_come_before_the_commit(
    store: Store, at: datetime, statuses: tuple[str, ...], early: int
) -> None:
    queue(store, at)
    letter = leased(store, at)
    store.outbox.sending(letter.id, "w", at)
    for status in statuses[:early]:
        store.outbox.status("SM1", status, at)
    store.outbox.sent(letter.id, "SM1", at)
    for status in statuses[early:]:
        store.outbox.status("SM1", status, at)
    assert row(store)[2] == "delivered"
    assert not store.outbox.status("SM1", "delivered", at)


def test_a_status_that_says_stop_is_an_opt_out(store: Store, at: datetime) -> None:
    queue(store, at)
    letter = leased(store, at)
    store.outbox.sending(letter.id, "w", at)
    assert store.outbox.status("SM1", "undelivered", at, code="21610")
    store.outbox.sent(letter.id, "SM1", at)
    assert store.opted_out(NUMBER)
    assert row(store)[2:] == ("undelivered", "21610")


def test_the_backlog_tells_how_long_the_oldest_waits(store: Store, at: datetime) -> None:
    assert store.outbox.backlog(at).oldest_seconds == 0
    queue(store, at)
    assert store.outbox.backlog(at + timedelta(seconds=90)).oldest_seconds == 90


def test_an_empty_outbox_needs_no_write(store: Store, at: datetime, keyring: Secrets) -> None:
    with store.database.writing():
        if store.database.is_sqlite:
            assert store.outbox.lease("w", at) == [], "looking for work does not wait for a writer"
