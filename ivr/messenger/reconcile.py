"""Finds opt-outs that reached the carrier and not the store, before anything else is sent; it sends nothing itself.

A STOP that came while the store was in trouble is lost to us and not to the carrier, who lists every text of the past.
A person's last word counts: a STOP followed by START is none. An opt-in is never recovered: whoever wants texts again
and got no answer says so again, while a text to somebody who said stop cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from ivr.dialog.carriers import confirms_stop
from ivr.dialog.hearing import Listening, Meaning
from ivr.dialog.opt_outs import read_text
from ivr.dialog.types import Graph, Medium, NumberType, Text
from ivr.messenger.carrier import Carrier, Inbound
from ivr.messenger.standing import read_moment
from ivr.store import Store

MARK = "reconciled"
FIRST_LOOK_BACK = timedelta(days=7)
OVERLAP = timedelta(minutes=10)  # the carrier's list can lag behind its webhooks, and clocks differ
# The store may have been in trouble in a web process, of which a worker knows nothing: so it looks again this often.
TRUSTED_FOR = timedelta(seconds=60)
_BACK = frozenset({"START", "UNSTOP"})


class Wish(Enum):
    """What a text says about texts."""

    OUT = "out"
    IN = "in"


class Reconciler:
    """Not yet done at the start; never done again after trouble until it is."""

    def __init__(self, store: Store, graph: Callable[[], Graph], number_type: NumberType) -> None:
        self._store = store
        self._graph = graph
        self._number_type = number_type
        self._done_at: datetime | None = None

    def distrust(self) -> None:
        """The store had trouble: what it holds may lack something."""
        self._done_at = None

    @property
    def never(self) -> bool:
        """Whether nothing is known since the start or the last trouble."""
        return self._done_at is None

    def due(self, at: datetime) -> bool:
        """Whether it must be done before something is sent."""
        return self._done_at is None or not timedelta(0) <= at - self._done_at < TRUSTED_FOR

    def run(self, carrier: Carrier, at: datetime) -> int:
        """Store the opt-outs that are missing, and say how many. Raises CarrierError or StoreError: then send nothing."""
        since = (read_moment(self._store.mark(MARK)) or at - FIRST_LOOK_BACK) - OVERLAP
        inbound = sorted(carrier.inbound(since), key=lambda one: one.at)
        last: dict[str, tuple[Wish, Inbound]] = {}
        for message in inbound:
            wish = self._wish(message)
            if wish is not None:
                last[message.sender] = wish, message
        wanted = [message for wish, message in last.values() if wish is Wish.OUT]
        unknown = set(self._store.unknown_messages([message.sid for message in wanted]))
        recovered = sum(self._opt_out(message, at) for message in wanted if message.sid in unknown)
        self._store.set_mark(MARK, at.isoformat(), at)
        self._done_at = at
        return recovered

    def _opt_out(self, message: Inbound, at: datetime) -> bool:
        if self._store.opted_out(message.sender):
            return False
        how = "carrier" if confirms_stop(self._text(message)) else "words"
        self._store.opt_out(message.sender, how, "reconcile", at)
        return True

    def _wish(self, message: Inbound) -> Wish | None:
        """The carrier's own words first, then whatever else the line understands as such."""
        text = self._text(message)
        if confirms_stop(text):
            return Wish.OUT
        if text.body.strip().upper() in _BACK:
            return Wish.IN
        graph = self._graph()
        listening = Listening(Medium.TEXT, graph.languages[0], number_type=text.number_type)
        reading = read_text(graph.hearing, message.body, listening)
        if reading.opt_out or reading.meaning is Meaning.OPT_OUT:
            return Wish.OUT
        return Wish.IN if reading.meaning is Meaning.OPT_IN else None

    def _text(self, message: Inbound) -> Text:
        rich = ":" in message.sender
        return Text(message.body, message.at, number_type=NumberType.RICH if rich else self._number_type)
