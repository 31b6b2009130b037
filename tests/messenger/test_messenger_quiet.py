"""Nobody is disturbed at night; where the zone is not known, the day is short (R40)."""

from __future__ import annotations

import builtins
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialog.quiet import QuietHours
from ivr.messenger import zones

HOURS = QuietHours.of("21:00", "08:00")
EASTERN, PACIFIC = ("America/New_York",), ("America/Los_Angeles",)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "place", "allowed"),
    [
        ("2026-11-23T07:59:00-05:00", EASTERN, "2026-11-23T08:00:00-05:00"),
        ("2026-11-23T08:00:00-05:00", EASTERN, "2026-11-23T08:00:00-05:00"),
        ("2026-11-23T20:59:00-05:00", EASTERN, "2026-11-23T20:59:00-05:00"),
        ("2026-11-23T21:00:00-05:00", EASTERN, "2026-11-24T08:00:00-05:00"),
        ("2026-11-23T08:00:00-05:00", PACIFIC, "2026-11-23T11:00:00-05:00"),
        ("2026-11-23T21:30:00-05:00", PACIFIC, "2026-11-23T21:30:00-05:00"),
        ("2026-11-23T11:59:00-05:00", (), "2026-11-23T12:00:00-05:00"),
        ("2026-11-23T19:59:00-05:00", (), "2026-11-23T19:59:00-05:00"),
        ("2026-11-23T20:00:00-05:00", (), "2026-11-24T12:00:00-05:00"),
        ("2026-11-23T08:30:00-05:00", EASTERN + PACIFIC, "2026-11-23T11:00:00-05:00"),
        ("2026-11-23T20:00:00-05:00", ("Nowhere/At_All",), "2026-11-24T12:00:00-05:00"),
        ("2026-11-23T20:00:00-05:00", ("../etc/passwd",), "2026-11-24T12:00:00-05:00"),
    ],
)
def test_the_next_moment_that_is_not_quiet(now: str, place: tuple[str, ...], allowed: str) -> None:
    assert HOURS.next_moment(at(now), place) == at(allowed)


@given(st.integers(0, 60 * 24 * 366), st.sampled_from([EASTERN, PACIFIC, EASTERN + PACIFIC, ("Pacific/Honolulu",), ()]))
def test_every_minute_of_a_year_leads_to_daytime_within_a_day(minute: int, place: tuple[str, ...]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    moment = HOURS.next_moment(now, place)
    assert now <= moment <= now + timedelta(hours=25)
    assert HOURS.next_moment(moment, place) == moment


def test_without_time_zone_data_the_zone_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name == "phonenumbers.timezone":
            raise ModuleNotFoundError(name)
        return usual(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert zones.zones_of("+12025550143") == ()


def test_zones_come_from_the_area_code_where_the_data_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    answers = {"202": EASTERN, "206": PACIFIC, "850": ("America/Chicago", *EASTERN)}
    answers |= {"800": tuple("abcdef"), "700": ("Etc/Unknown",)}
    data = SimpleNamespace(time_zones_for_number=lambda number: answers[str(number.national_number)[:3]])
    monkeypatch.setitem(sys.modules, "phonenumbers.timezone", data)
    assert zones.zones_of("+12025550143") == EASTERN
    assert zones.zones_of("whatsapp:+12065550143") == PACIFIC
    assert zones.zones_of("+18505550143") == ("America/Chicago", *EASTERN)
    assert zones.zones_of("+18005550143") == ()
    assert zones.zones_of("+17005550143") == ()
    assert zones.zones_of("+442071838750") == ()
    assert zones.zones_of("anonymous") == ()


@pytest.mark.parametrize(
    ("number", "fine"),
    [
        ("+12025550143", True), ("+14165550143", True), ("+17875550143", True), ("whatsapp:+12025550143", True),
        ("+18765550143", False), ("+19005550143", False), ("+442071838750", False), ("+1911", False), ("", False),
        ("+12025550143;ext=9", False), ("+12025550143\n", True),
    ],
)  # fmt: skip
def test_only_ordinary_north_american_numbers_are_rung(number: str, fine: bool) -> None:
    assert zones.may_ring(number) is fine
