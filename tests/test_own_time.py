"""Call backs of the whole line: whose time is promised, what staff see, whom the line would never ring, what it costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from whole_line import WholeLine, a_line, changed_library, offering_callbacks, words

from ivr.channels.carrier import ANONYMOUS, PretendCall
from ivr.keeping import callbacks
from ivr.library.line_rules import Library

HONOLULU, MIAMI, TOLL_FREE = "+18085550143", "+13055550143", "+18005550143"


@pytest.fixture(scope="module")
def words_with_callbacks(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped words, with somebody who rings people back."""
    return changed_library(tmp_path_factory.mktemp("words"), offering_callbacks)


@pytest.fixture
def line(words_with_callbacks: Library, tmp_path: Path) -> Iterator[WholeLine]:
    """A line that offers call backs, at noon in New York."""
    with a_line(words_with_callbacks, tmp_path) as made:
        yield made


def asked(line: WholeLine, number: str, *keys: str) -> PretendCall:
    """A call that has asked for a call back and pressed these keys."""
    call = line.call(number)
    call.say("call me back")
    for key in keys:
        call.press(key)
    return call


def test_each_person_hears_the_promise_in_their_own_time(line: WholeLine) -> None:
    assert "by Tuesday at seven in the morning" not in words(asked(line, HONOLULU, "1", "3", "1")), "nobody is rung at night"
    assert "Hawaii time" in words(asked(line, "+18085550144", "1"))
    assert "by Tuesday at noon, Eastern time" in words(asked(line, MIAMI, "1", "1", "2"))
    assert [one.zone for one in line.store.callbacks.listed()] == ["Pacific/Honolulu", "America/New_York"]


def test_a_toll_free_number_is_asked_for_its_zone(line: WholeLine) -> None:
    assert "Which time zone" in words(asked(line, TOLL_FREE, "1"))


def test_the_late_note_waits_for_the_morning_of_the_zone_that_was_said(line: WholeLine) -> None:
    """A phone from Miami whose owner now lives in Hawaii, where it is six in the morning when the call is late."""
    asked(line, MIAMI, "1", "4", "5", "3", "3", "1")
    (one,) = line.store.callbacks.listed()
    line.clock.moment = one.promised_by
    line.clock.later(hours=12)
    while line.clock().hour != 16:  # UTC: six in Honolulu, eleven in Miami
        line.clock.later(hours=1)
    line.work()
    assert line.texted == []
    line.clock.later(hours=2, minutes=15)
    line.work()
    assert len(line.texted) == 1


def test_staff_see_the_time_of_day_the_zone_and_the_hour_there(line: WholeLine, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def here() -> Iterator[object]:
        yield None, line.store

    monkeypatch.setattr("ivr.keeping._store", here)
    asked(line, HONOLULU, "1", "1", "1")
    asked(line, TOLL_FREE, "1", "5", "5", "2")
    shown = list(callbacks(None, None, ""))
    assert any("morning" in one and "Pacific/Honolulu (Mon 12:00 there)" in one for one in shown)
    assert any("any" in one and "zone not known" in one for one in shown)
    reference = next(one for one in shown if "Honolulu" in one).split()[0]
    (claimed,) = callbacks(reference, None, "ana")
    assert HONOLULU in claimed
    assert "morning, Pacific/Honolulu" in claimed
    assert "0143" not in "\n".join(shown)


@pytest.mark.parametrize("digits", ["9005550143", "8765550143"])
def test_nobody_can_have_a_number_of_premium_rates_rung(line: WholeLine, digits: str) -> None:
    """Typed by somebody who hides their own number (T8)."""
    call = asked(line, ANONYMOUS, digits + "#", "1", "1", "3", "2")
    assert "could not save" in words(call)
    assert line.store.callbacks.listed() == []


def test_a_call_back_is_asked_and_answered_with_one_key(line: WholeLine) -> None:
    call = line.call(MIAMI)
    call.say("one key")
    call.say("call me back")
    assert "press any key now" in words(call)
    for _ in range(3):
        call.press("5")
    assert "Eastern time" in words(call)
    (one,) = line.store.callbacks.listed()
    assert (one.window, one.may_text) == ("morning", True)


def test_the_data_of_area_codes_is_not_loaded_before_somebody_asks() -> None:
    """It costs memory and time that most calls never need."""
    code = (
        "import sys, tempfile, pathlib\n"
        "from ivr.app import Line, assemble\n"
        "from ivr.config import practice_settings\n"
        "from ivr.library.loader import load\n"
        "from ivr.secrets import Secrets\n"
        "from ivr.store import fresh_store\n"
        "settings = practice_settings(pathlib.Path(tempfile.mkdtemp()), {})\n"
        "store = fresh_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys))\n"
        "assemble(Line(settings, load(), store))\n"
        "assert not [name for name in sys.modules if name.startswith('phonenumbers')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
