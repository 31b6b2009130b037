"""What becomes of one leased outbox row: put off, given up, or handed to the carrier at most once.

When it cannot be known whether the carrier took a request (a time-out or a cut connection after it left, or a worker
killed between the request and the record of it), the row is NOT sent again. It stays doubtful, is counted, and is looked
up in the carrier's own list: somebody who misses a text can press 7 again, but the same text twice, on a phone that
others may see, or two calls in a row, cannot be taken back. A refusal (429, 503) or a connection that was never made is
certain, so these are tried again; after any other server error the list is looked at before the next try.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Protocol
from urllib.parse import urlencode

from ivr.dialog.quiet import QuietHours
from ivr.dialog.types import Graph, Language
from ivr.messenger import bodies, refusals, zones
from ivr.messenger.carrier import Carrier, CarrierError, Kind, Listed, NotReached, Refused, Unsure
from ivr.store import Outgoing, Retention, Store, StoreError

MARGIN = timedelta(minutes=1)  # between our clock and the carrier's


class Texting(Protocol):
    """The part of line.toml's [texting] that matters here."""

    @property
    def segments(self) -> int: ...
    @property
    def quiet_from(self) -> str: ...
    @property
    def quiet_until(self) -> str: ...


class Library(Protocol):
    """The content that holds now."""

    @property
    def graph(self) -> Graph: ...
    @property
    def texting(self) -> Texting: ...
    @property
    def retention(self) -> RetentionRules: ...


class RetentionRules(Protocol):
    """Has the fields of Retention; see there."""

    @property
    def session_hours(self) -> int: ...


class Fate(StrEnum):
    """What became of a row this time."""

    SENT = "sent"
    FAILED = "failed"
    LATER = "later"  # put off: the carrier's wish, or quiet hours
    DOUBTFUL = "doubtful"
    WITHHELD = "withheld"  # opted out, too late, forgotten, or another worker has it


class Sender:
    """One worker's hands. `missed` are rows the carrier took whose record the store would not keep just then."""

    def __init__(
        self, store: Store, library: Callable[[], Library], worker: str, clock: Callable[[], datetime], dice: Random
    ) -> None:
        self._store = store
        self._library = library
        self._worker = worker
        self._clock = clock
        self._dice = dice
        self.missed: dict[int, str] = {}
        self.fault: CarrierError | None = None  # the last one, for the worker to rest
        self.rest: float = 0.0  # seconds that all rows should wait, because the fault was not this row's

    def send(self, carrier: Carrier, letter: Outgoing) -> Fate:
        """Deal with a leased row. Raises StoreError; the lease then runs out and the row is found again."""
        self.fault, self.rest = None, 0.0
        why_not = self._why_not(letter)
        if why_not:
            self._store.outbox.failed(letter.id, why_not, self._clock())
            return Fate.FAILED
        if self._put_off(letter):
            return Fate.LATER
        try:
            found = self.look_up(carrier, letter) if letter.attempts else None
        except CarrierError as fault:
            return self._later(letter, fault)
        if not self._store.outbox.sending(letter.id, self._worker, self._clock()):
            return Fate.WITHHELD
        if found is not None:
            return self._took(letter, found.sid)
        return self._hand_over(carrier, letter)

    # --- before anything leaves

    def _why_not(self, letter: Outgoing) -> str:
        """Why this can never be sent, or ""."""
        if letter.kind == bodies.CALL:
            return "" if zones.may_ring(letter.number) else "not-ringable"
        if not zones.may_text(letter.number):
            return "not-textable"
        if letter.kind == bodies.NUDGE and self._nudged_zone(letter) is None:
            return "not-needed"
        return "" if self._body(letter) else "gone"

    def _put_off(self, letter: Outgoing) -> bool:
        """A nudge is no immediate reply, so it waits for the morning; everything else was asked for just now (R39, R40)."""
        if letter.kind != bodies.NUDGE:
            return False
        asked, rules, at = self._nudged_zone(letter), self._library().texting, self._clock()
        zones_known = (asked,) if asked else zones.zones_of(letter.number)
        moment = QuietHours.of(rules.quiet_from, rules.quiet_until).next_moment(at, zones_known)
        if moment <= at:
            return False
        self._store.outbox.retry(letter.id, moment, "quiet-hours")
        return True

    def _nudged_zone(self, letter: Outgoing) -> str | None:
        """The zone the person told us ("" if none); None when the request is not open any more."""
        reference = letter.what.get("reference")
        held = self._store.callbacks.listed(limit=10_000)
        return next((one.zone for one in held if one.reference == reference), None)

    def _body(self, letter: Outgoing) -> str | None:
        library = self._library()
        language = Language(letter.language) if letter.language in set(Language) else library.graph.languages[0]
        return bodies.body(
            library.graph, letter.kind, letter.what, language, first=letter.first, segments=library.texting.segments
        )

    # --- the carrier

    def look_up(self, carrier: Carrier, letter: Outgoing) -> Listed | None:
        """This row in the carrier's list, by number, time and words. Raises CarrierError."""
        since = letter.created_at - MARGIN
        if letter.kind == bodies.CALL:
            return next((one for one in carrier.calls_to(zones.plain(letter.number)) if one.at >= since), None)
        body = _plain(self._body(letter) or "")
        listed = (one for one in carrier.texts_to(letter.number) if one.at >= since)
        return next((one for one in listed if body and _plain(one.body).endswith(body)), None)

    def _hand_over(self, carrier: Carrier, letter: Outgoing) -> Fate:
        try:
            sid = self._request(carrier, letter)
        except Refused as fault:
            return self._answered_no(letter, fault)
        except NotReached as fault:
            return self._later(letter, fault)
        except Unsure as fault:
            self.fault = fault
            self._store.outbox.doubtful(letter.id, fault.code)
            return Fate.DOUBTFUL
        return self._took(letter, sid)

    def _request(self, carrier: Carrier, letter: Outgoing) -> str:
        if letter.kind == bodies.CALL:
            asked = urlencode({"l": letter.language, "d": letter.what.get("handoff", "")})
            return carrier.call(zones.plain(letter.number), f"/voice/ring?{asked}")
        left = int((letter.expires_at - self._clock()).total_seconds())
        return carrier.text(letter.number, self._body(letter) or "", left)

    def _took(self, letter: Outgoing, sid: str) -> Fate:
        """Write it down; if the store cannot, the SID is kept here and tried again every round."""
        try:
            self._store.outbox.sent(letter.id, sid, self._clock())
        except StoreError:
            self.missed[letter.id] = sid
            raise
        return Fate.SENT

    def write_missed(self) -> None:
        """Write down what the carrier took while the store was in trouble. Raises StoreError."""
        for row_id, sid in list(self.missed.items()):
            self._store.outbox.sent(row_id, sid, self._clock())
            del self.missed[row_id]

    def _answered_no(self, letter: Outgoing, fault: Refused) -> Fate:
        if fault.kind is not Kind.NEVER:
            return self._later(letter, fault)
        self.fault = fault
        self._store.outbox.failed(letter.id, fault.code, self._clock())
        return Fate.FAILED

    def _later(self, letter: Outgoing, fault: CarrierError) -> Fate:
        """It certainly was not sent, or will be looked up first: again, after a while, if its time is not over."""
        refused = fault if isinstance(fault, Refused) else None
        wait = refusals.wait_for(refused, letter.attempts, self._dice)
        self.fault, self.rest = fault, wait
        due = self._clock() + timedelta(seconds=wait)
        whole = due if due.microsecond == 0 else due.replace(microsecond=0) + timedelta(seconds=1)
        self._store.outbox.retry(letter.id, whole, fault.code)
        return Fate.LATER


def retention_of(rules: RetentionRules) -> Retention:
    """The rules of line.toml as the store takes them."""
    names = Retention.__dataclass_fields__
    return Retention(**{name: getattr(rules, name) for name in names})


def _plain(body: str) -> str:
    return " ".join(body.split())
