"""What the messenger counts, for the page that Prometheus reads; no label ever holds a number, a SID or a word of a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_CODE_LENGTH = 24


class Counters:
    """Made at first use, so that importing the messenger costs nothing; a registry of its own unless one is given."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self._given = registry
        self._made: dict[str, Any] = {}

    @property
    def registry(self) -> CollectorRegistry:
        """Where the figures are."""
        if self._given is None:
            from prometheus_client import CollectorRegistry

            self._given = CollectorRegistry()
        return self._given

    def dealt(self, kind: str, fate: str) -> None:
        """One outbox row was dealt with, or put off."""
        self._counter("ivr_outbound", "Outbox rows dealt with, by kind and fate.", ("kind", "fate")).labels(kind, fate).inc()

    def refused(self, code: str) -> None:
        """The carrier refused something, or could not be reached."""
        counter = self._counter("ivr_carrier_refusals", "Refusals of the carrier, by its code.", ("code",))
        counter.labels(code[:_CODE_LENGTH]).inc()

    def recovered(self, opt_outs: int) -> None:
        """Opt-outs that were found at the carrier and not in the store."""
        if opt_outs:
            self._counter("ivr_opt_outs_recovered", "Opt-outs found at the carrier only.", ()).inc(opt_outs)

    def dropped(self, rows: int) -> None:
        """Rows that were not sent in time."""
        if rows:
            self._counter("ivr_outbound_late", "Outbox rows dropped because their time was over.", ()).inc(rows)

    def purged(self, went: Mapping[str, int]) -> None:
        """What retention removed, by rule."""
        counter = self._counter("ivr_purged_rows", "Rows removed or blanked by retention, by rule.", ("rule",))
        for rule, rows in went.items():
            counter.labels(rule).inc(rows)

    def stands(self, outbox: Mapping[str, int], oldest_seconds: int, callbacks: Mapping[str, int]) -> None:
        """How everything stands now."""
        rows = self._gauge("ivr_outbox_rows", "Outbox rows by state.", ("state",))
        for state, count in outbox.items():
            rows.labels(state).set(count)
        self._gauge("ivr_outbox_oldest_seconds", "Age of the oldest row that is due.", ()).set(oldest_seconds)
        waiting = self._gauge("ivr_callbacks", "Requests to be rung back: open, past half the time, late.", ("state",))
        for state, count in callbacks.items():
            waiting.labels(state).set(count)

    def _counter(self, name: str, help_text: str, labels: tuple[str, ...]) -> Any:
        from prometheus_client import Counter

        if name not in self._made:
            self._made[name] = Counter(name, help_text, labels, registry=self.registry)
        return self._made[name]

    def _gauge(self, name: str, help_text: str, labels: tuple[str, ...]) -> Any:
        from prometheus_client import Gauge

        if name not in self._made:
            self._made[name] = Gauge(name, help_text, labels, registry=self.registry)
        return self._made[name]
