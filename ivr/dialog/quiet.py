"""When nobody is to be disturbed with something that is no immediate reply (R40); it looks at no clock itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EASTERN = "America/New_York"
WINTER = timezone(timedelta(hours=-5))  # for a machine without time zone data
# Where the zone is not known: noon to eight in the evening Eastern is at least eight in the morning as far as Alaska.
UNKNOWN_FROM, UNKNOWN_UNTIL = time(20, 0), time(12, 0)
STEP = timedelta(minutes=15)
FURTHEST = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From the evening until the morning, in the person's own time."""

    starts: time
    ends: time

    @classmethod
    def of(cls, starts: str, ends: str) -> QuietHours:
        """From "HH:MM" as in line.toml; raises ValueError for anything else."""
        return cls(time.fromisoformat(starts), time.fromisoformat(ends))

    def quiet(self, at: datetime, zones: Sequence[str]) -> bool:
        """Whether it is quiet in any of these zones (IANA names) at this moment; in none known, outside the short day."""
        return any(_quiet(at, *span) for span in self._spans(zones))

    def _spans(self, zones: Sequence[str]) -> list[tuple[tzinfo, time, time]]:
        known = [zone for zone in map(_zone, zones) if zone is not None]
        spans: list[tuple[tzinfo, time, time]] = [(zone, self.starts, self.ends) for zone in known]
        return spans or [(_zone(EASTERN) or WINTER, UNKNOWN_FROM, UNKNOWN_UNTIL)]

    def next_moment(self, at: datetime, zones: Sequence[str]) -> datetime:
        """`at` itself when it is not quiet in any of these zones, otherwise the next quarter of an hour that is not."""
        spans = self._spans(zones)
        if not any(_quiet(at, *span) for span in spans):
            return at
        moment = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
        while moment < at + FURTHEST:
            moment += STEP
            if not any(_quiet(moment, *span) for span in spans):
                return moment
        return moment


def _quiet(at: datetime, zone: tzinfo, starts: time, ends: time) -> bool:
    now = at.astimezone(zone).time()
    if starts <= ends:
        return starts <= now < ends
    return now >= starts or now < ends


def _zone(name: str) -> ZoneInfo | None:
    """The zone of this name; None for a name that is none, which must not keep a text from going or let it go at night."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
