"""By when somebody calls back: hours that suit the person, the desk and the night (R40); it looks at no clock itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.dialog import transfers, zones
from ivr.dialog.quiet import QuietHours
from ivr.dialog.types import Callbacks

HOUR = timedelta(hours=1)
FURTHEST = 24 * 14  # hours looked at: a desk that is open once a week is still found
ANY = "any"
WINDOWS: Mapping[str, tuple[int, int]] = {"morning": (8, 12), "afternoon": (12, 18), ANY: (0, 24)}  # in the person's time


def call_by(promise: Callbacks, at: datetime, window: str, zone: str) -> datetime:
    """The full hour (UTC) by which the call comes: the end of the last hour within the promised time that suits.

    `at` has a zone; `zone` is an IANA name or "" when nobody knows it: then the time of day cannot count, and the quiet
    hours are the long ones. When nothing suits soon enough, it is counted from the first hour that does.
    """
    within = timedelta(hours=promise.within_hours)
    begins, ends = _full_hour(at), _full_hour(at + within)
    for wished in (window, ANY):
        suits = list(_suitable(promise, begins, wished, zone))
        if suits:
            in_time = [hour for hour in suits if hour + HOUR <= ends]
            return in_time[-1] + HOUR if in_time else _from_first(suits, within)
    return ends


def _full_hour(at: datetime) -> datetime:
    """This full hour, or the next one: easy to say, and never less time than was promised."""
    whole = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return whole if whole == at else whole + HOUR


def _suitable(promise: Callbacks, begins: datetime, window: str, zone: str) -> Iterator[datetime]:
    """The starts of the hours in which the desk is open, the person awake, and the time of day as wished."""
    quiet = QuietHours.of(*promise.quiet)
    here = ZoneInfo(zone or zones.ZONES[zones.EASTERN])
    first, last = WINDOWS[window if zone else ANY]
    for number in range(FURTHEST):
        hour = begins + number * HOUR
        if not first <= hour.astimezone(here).hour < last:
            continue
        edges = (hour, hour + HOUR - timedelta(minutes=1))
        if all(transfers.open_now(promise.hours, edge) and not quiet.quiet(edge, (zone,)) for edge in edges):
            yield hour


def _from_first(suits: list[datetime], within: timedelta) -> datetime:
    """The end of the first stretch of hours, cut to the promised time."""
    until = suits[0] + HOUR
    while until in suits and until < suits[0] + within:
        until += HOUR
    return until
