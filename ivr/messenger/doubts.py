"""Settles doubtful rows by the carrier's own list, once it answers again; it never sends one of them a second time."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.messenger.carrier import Carrier
from ivr.messenger.sending import Sender
from ivr.store import Store

EVERY = timedelta(seconds=30)
GRACE = timedelta(minutes=2)  # after its time is over, a row that the carrier does not list is given up
UNCONFIRMED = "unconfirmed"


class Doubts:
    """Looks at most every 30 seconds."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender
        self._last: datetime | None = None

    def run(self, carrier: Carrier, at: datetime) -> tuple[int, int]:
        """How many were found to have gone, and how many were given up. Raises CarrierError or StoreError."""
        if self._last is not None and timedelta(0) <= at - self._last < EVERY:
            return 0, 0
        self._last = at
        found = given_up = 0
        for letter in self._store.outbox.in_doubt(at):
            listed = self._sender.look_up(carrier, letter)
            if listed is not None:
                found += self._store.outbox.sent(letter.id, listed.sid, at, listed=True)
            elif at >= letter.expires_at + GRACE:
                given_up += self._store.outbox.failed(letter.id, UNCONFIRMED, at)
        return found, given_up
