"""The worker: round after round of upkeep, reconciling and sending; it must not stop for any fault, nor log a number."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from ivr.dialog.types import NumberType
from ivr.messenger.carrier import Carrier, CarrierError
from ivr.messenger.counters import Counters
from ivr.messenger.doubts import Doubts
from ivr.messenger.reconcile import Reconciler
from ivr.messenger.refusals import wait_for
from ivr.messenger.sending import Fate, Library, Sender
from ivr.messenger.upkeep import Upkeep
from ivr.store import Outgoing, Store, StoreError

ROWS = 20  # in one round
LEASE = 90  # seconds: more than a request can take together with looking things up before it
IDLE = 1.0  # seconds between rounds with nothing to do
LONGEST_REST = 60.0  # seconds

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Report:
    """What one round did. `trouble` is the code of what stopped it, `resting` how many seconds nothing is sent."""

    fates: dict[Fate, int] = field(default_factory=dict)
    dropped: int = 0
    nudged: int = 0
    recovered: int = 0
    settled: int = 0
    given_up: int = 0
    purged: int | None = None
    trouble: str = ""
    resting: float = 0.0

    def count(self, fate: Fate) -> int:
        """How many rows had this fate."""
        return self.fates.get(fate, 0)

    def lines(self) -> list[str]:
        """The same for people: only what happened."""
        told = {str(fate): count for fate, count in self.fates.items()}
        told |= {"dropped as late": self.dropped, "late callbacks told": self.nudged, "opt-outs recovered": self.recovered}
        told |= {"doubts settled": self.settled, "doubts given up": self.given_up, "rows purged": self.purged or 0}
        said = [f"{name}: {count}" for name, count in told.items() if count] or ["nothing to do"]
        return [*said, f"resting {self.resting:.0f} s: {self.trouble}"] if self.trouble else said

    @property
    def busy(self) -> bool:
        """Whether there may be more to do at once."""
        return not self.trouble and sum(self.fates.values()) >= ROWS


class Messenger:
    """One worker. Several may run on one database; each row is leased by one of them."""

    def __init__(
        self,
        store: Store,
        library: Callable[[], Library],
        carrier: Callable[[], Carrier],
        *,
        number_type: NumberType = NumberType.LONG_CODE,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        dice: Random | None = None,
        counters: Counters | None = None,
        name: str = "",
    ) -> None:
        """`carrier` is called once, at the first round that needs it: the official client is slow to import."""
        self._store = store
        self._make_carrier = carrier
        self._carrier: Carrier | None = None
        self._clock = clock
        self._dice = dice or Random(secrets.randbits(64))  # noqa: S311 - jitter, not a secret
        self._name = name or f"worker-{secrets.token_hex(4)}"
        self.counters = counters or Counters()
        self._sender = Sender(store, library, self._name, clock, self._dice)
        self._doubts = Doubts(store, self._sender)
        self._reconciler = Reconciler(store, lambda: library().graph, number_type)
        self._upkeep = Upkeep(store, library, self.counters)
        self._rest_until: datetime | None = None
        self._failures = 0
        self._trouble = ""

    # --- one round

    def work_once(self, now: datetime | None = None) -> Report:
        """One round. It raises nothing that the store or the carrier can cause: the report tells."""
        at = now or self._clock()
        report = Report(trouble=self._trouble)
        try:
            self._keep(at, report)
            if self._resting(at):
                report.resting = self._seconds_left(at)
                return report
            report.trouble = ""
            self._reach_out(report)
        except StoreError as fault:
            self._reconciler.distrust()
            self._stumble(fault.code, report)
        except CarrierError as fault:
            self.counters.refused(fault.code)
            self._stumble(fault.code, report, fault)
        else:
            if not report.resting:
                self._failures, self._trouble = 0, ""
        return report

    def _keep(self, at: datetime, report: Report) -> None:
        self._sender.write_missed()
        kept = self._upkeep.run(at, self._trouble)
        report.dropped, report.nudged, report.purged = kept.dropped, kept.nudged, kept.purged

    def _reach_out(self, report: Report) -> None:
        """Everything that needs the carrier, in the one safe order: opt-outs, doubts, sending."""
        if self._reconciler.never:
            self._reconcile(report)
        report.settled, report.given_up = self._doubts.run(self._reached(), self._clock())
        for _ in range(ROWS):
            leased = self._store.outbox.lease(self._name, self._clock(), limit=1, seconds=LEASE)
            if not leased:
                return
            self._send(leased[0], report)
            if report.resting:
                return

    def _send(self, letter: Outgoing, report: Report) -> None:
        if self._reconciler.due(self._clock()):
            self._reconcile_or_put_back(letter, report)
        fate = self._sender.send(self._reached(), letter)
        report.fates[fate] = report.count(fate) + 1
        self.counters.dealt(letter.kind, fate)
        fault = self._sender.fault
        if fault is not None:
            self.counters.refused(fault.code)
            log.warning("outbox row %d: %s (%s)", letter.id, fate, fault.code)
        if self._sender.rest:
            self._rest(self._sender.rest, fault.code if fault else "")
            report.resting, report.trouble = self._sender.rest, self._trouble

    def _reconcile(self, report: Report) -> None:
        recovered = self._reconciler.run(self._reached(), self._clock())
        report.recovered += recovered
        self.counters.recovered(recovered)
        if recovered:
            log.warning("%d opt-outs were at the carrier only, and are stored now", recovered)

    def _reconcile_or_put_back(self, letter: Outgoing, report: Report) -> None:
        """A row in hand while the carrier is silent goes back at once, so that it is not kept by our lease."""
        try:
            self._reconcile(report)
        except CarrierError as fault:
            due = self._clock() + timedelta(seconds=wait_for(None, self._failures, self._dice) + 1)
            self._store.outbox.retry(letter.id, due, fault.code)
            self._reconciler.distrust()
            raise

    def _reached(self) -> Carrier:
        if self._carrier is None:
            self._carrier = self._make_carrier()
        return self._carrier

    # --- resting after a fault

    def _stumble(self, code: str, report: Report, fault: CarrierError | None = None) -> None:
        """Something that concerns every row: rest a while, longer each time."""
        wait = min(wait_for(None, self._failures, self._dice), LONGEST_REST)
        self._failures += 1
        log.warning("the worker rests %.0f s: %s", wait, code)
        self._rest(max(wait, getattr(fault, "wait", None) or 0.0), code)
        report.trouble, report.resting = code, wait

    def _rest(self, seconds: float, code: str) -> None:
        self._rest_until = self._clock() + timedelta(seconds=seconds)
        self._trouble = code

    def _resting(self, at: datetime) -> bool:
        return self._rest_until is not None and at < self._rest_until

    def _seconds_left(self, at: datetime) -> float:
        return max((self._rest_until - at).total_seconds(), 0.0) if self._rest_until else 0.0

    # --- for ever

    def run(self, stop: threading.Event) -> None:
        """Round after round until told to stop; a row in hand is finished first."""
        log.info("the worker starts")
        while not stop.is_set():
            try:
                report = self.work_once()
            except Exception as fault:  # a bug must not end the worker; its words could hold a number, so only its kind
                log.error("a round failed: %s", type(fault).__name__)
                self._reconciler.distrust()
                report = Report(trouble="bug", resting=LONGEST_REST)
            stop.wait(self._pause(report))
        log.info("the worker stops")

    def _pause(self, report: Report) -> float:
        if report.busy:
            return 0.0
        rest = min(report.resting, LONGEST_REST) if report.trouble else 0.0
        return max(IDLE, min(rest, 5.0)) * (1 + self._dice.random() / 4)
