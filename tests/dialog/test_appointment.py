"""By when somebody calls back: soon enough, by day, at the time of day asked for, and while the desk is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog import transfers, zones
from ivr.dialog.appointment import WINDOWS, call_by
from ivr.dialog.quiet import QuietHours
from ivr.dialog.types import Callbacks, Hours, Language

OFFICE = Hours("America/New_York", tuple((day, 9 * 60, 17 * 60) for day in range(5)))
ALWAYS = Hours(always=True)
MONDAY = "2026-11-23"
QUIET = QuietHours.of("21:00", "08:00")


def a_promise(hours: Hours = ALWAYS, within: int = 24) -> Callbacks:
    return Callbacks({Language.EN: "A nurse"}, within, hours)


def at(text: str, zone: str = "eastern") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zones.ZONES[zone]))


@pytest.mark.parametrize(
    ("asked", "within", "window", "zone", "by"),
    [
        (f"{MONDAY} 12:07", 24, "any", "eastern", "2026-11-24 13:00"),  # a full hour, never less than was promised
        (f"{MONDAY} 12:00", 24, "any", "eastern", "2026-11-24 12:00"),
        (f"{MONDAY} 12:07", 24, "morning", "eastern", "2026-11-24 12:00"),
        (f"{MONDAY} 12:07", 24, "afternoon", "eastern", "2026-11-24 13:00"),
        (f"{MONDAY} 09:00", 4, "morning", "eastern", "2026-11-23 12:00"),
        (f"{MONDAY} 11:30", 4, "morning", "eastern", "2026-11-24 12:00"),  # too little of this morning is left
        (f"{MONDAY} 19:30", 4, "any", "eastern", "2026-11-23 21:00"),  # nobody is rung after nine
        (f"{MONDAY} 22:00", 4, "any", "eastern", "2026-11-24 12:00"),  # counted from the morning
        (f"{MONDAY} 22:00", 4, "any", "hawaii", "2026-11-24 12:00"),
    ],
)
def test_the_promise_is_a_full_hour_that_suits_the_person(asked: str, within: int, window: str, zone: str, by: str) -> None:
    """Asked at this time on the person's own clock."""
    assert call_by(a_promise(within=within), at(asked, zone), window, zones.ZONES[zone]) == at(by, zone)


@pytest.mark.parametrize(
    ("asked", "window", "zone", "by"),
    [
        ("2026-11-27 16:30", "any", "eastern", "2026-11-30 17:00"),  # Friday afternoon: the desk is back on Monday
        (f"{MONDAY} 12:00", "morning", "pacific", "2026-11-24 12:00"),
        (f"{MONDAY} 06:00", "morning", "hawaii", "2026-11-23 12:00"),
    ],
)
def test_the_hours_of_the_desk_count_too(asked: str, window: str, zone: str, by: str) -> None:
    assert call_by(a_promise(OFFICE), at(asked, zone), window, zones.ZONES[zone]) == at(by, zone)


def test_a_time_of_day_that_the_desk_never_has_gives_way() -> None:
    """Afternoons for a desk of early mornings: rather another time of day than no call."""
    early = Hours("America/New_York", ((0, 8 * 60, 10 * 60), (2, 8 * 60, 10 * 60)))
    assert call_by(a_promise(early), at(f"{MONDAY} 12:00"), "afternoon", zones.ZONES["eastern"]) == at("2026-11-25 10:00")


def test_where_nobody_knows_the_zone_the_day_is_short_and_eastern() -> None:
    """Noon to eight in the evening in the East, whatever time of day was wished (R40)."""
    assert call_by(a_promise(), at(f"{MONDAY} 08:00"), "morning", "") == at("2026-11-23 20:00")


moments = st.integers(0, 60 * 24 * 366).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))


@given(
    moments, st.sampled_from(sorted(WINDOWS)), st.sampled_from([*zones.ZONES.values(), ""]), st.integers(1, 72),
    st.sampled_from([OFFICE, ALWAYS]),
)  # fmt: skip
def test_no_promise_ends_at_night_or_while_nobody_is_at_the_desk(
    now: datetime, window: str, zone: str, within: int, hours: Hours
) -> None:
    """Every minute of a year, every zone: the hour before the promised moment is one in which somebody can call."""
    by = call_by(a_promise(hours, within), now, window, zone)
    assert by.minute == by.second == 0
    assert by >= now + timedelta(hours=1)
    for minutes in (1, 59):
        moment = by - timedelta(minutes=minutes)
        assert not QUIET.quiet(moment, (zone,))
        assert transfers.open_now(hours, moment)
