"""Finds opt-outs that reached the carrier and not the store, before anything else is sent; it sends nothing itself.

A STOP that came while the store was in trouble is lost to us and not to the carrier, who lists every text of the past.
A person's last word counts: a STOP followed by START is none. An opt-in is never recovered: whoever wants texts again
and got no answer says so again, while a text to somebody who said stop cannot be taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ivr.dialog.carriers import confirms_stop
from ivr.dialog.hearing import Listening, Meaning
from ivr.dialog.opt_outs import read_text
from ivr.dialog.types import Graph, Medium, NumberType, Text
from ivr.messenger.carrier import Carrier, Inbound
from ivr.messenger.standing import read_moment
from ivr.secrets import person
from ivr.store import Store

MARK = "reconciled"
FIRST_LOOK_BACK = timedelta(days=7)
OVERLAP = timedelta(minutes=10)  # the carrier's list can lag behind its webhooks, and clocks differ
# The store may have been in trouble in a web process, of which a worker knows nothing: so it looks again this often.
TRUSTED_FOR = timedelta(seconds=60)
# Reading the list takes a while, and somebody who is in it can write START meanwhile; then it is read again. After so many
# looks it is believed: rather no texts for somebody who wants them than one for somebody who does not.
LOOKS = 3
LAG = timedelta(minutes=2)
_BACK = frozenset({"START", "UNSTOP"})


class Wish(Enum):
    """What a text says about texts."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class _Missing:
    """A STOP that never reached us, and every text of the same person in the list."""

    message: Inbound
    listed: Sequence[str]


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
        recovered = 0
        for look in range(1, LOOKS + 1):
            known = [self._opt_out(missed, at, believe=look == LOOKS) for missed in self._missing(carrier, since)]
            recovered += sum(stored is True for stored in known)
            if None not in known:
                break
        self._store.set_mark(MARK, at.isoformat(), at)
        self._done_at = at
        return recovered

    def _missing(self, carrier: Carrier, since: datetime) -> list[_Missing]:
        """Whose last word in the carrier's list is a STOP that never reached us."""
        last: dict[str, tuple[Wish, Inbound]] = {}
        listed: defaultdict[str, list[str]] = defaultdict(list)
        # The list is newest first, and tells whole seconds: of two in one second, the one further up came later.
        oldest_first = list(carrier.inbound(since))[::-1]
        for message in sorted(oldest_first, key=lambda one: one.at):
            listed[person(message.sender)].append(message.sid)
            wish = self._wish(message)
            if wish is not None:
                last[message.sender] = wish, message
        wanted = [message for wish, message in last.values() if wish is Wish.OUT]
        unknown = set(self._store.unknown_messages([message.sid for message in wanted]))
        return [_Missing(message, listed[person(message.sender)]) for message in wanted if message.sid in unknown]

    def _opt_out(self, missing: _Missing, at: datetime, *, believe: bool) -> bool | None:
        """Whether it was stored now; None when somebody wrote meanwhile, perhaps START, and the list must be read again."""
        message = missing.message
        how = "carrier" if confirms_stop(self._text(message)) else "words"
        since = None if believe else at - LAG
        return self._store.recover_opt_out(message.sender, how, at, listed=missing.listed, heard_since=since)

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
