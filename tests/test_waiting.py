"""Every wait has a limit."""

from __future__ import annotations

import threading

import pytest

from ivr.errors import LineError
from ivr.waiting import MOST_AT_ONCE, within


def test_work_that_ends_in_time_gives_its_result() -> None:
    assert within(5, lambda: 42) == 42


def test_an_exception_of_the_work_is_the_callers() -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        within(5, fail)


def test_work_that_hangs_is_given_up_and_too_much_of_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.waiting.PATIENCE", 0.0)
    go_on = threading.Event()
    try:
        for _ in range(MOST_AT_ONCE):
            with pytest.raises(LineError) as caught:
                within(0.001, lambda: go_on.wait(30))
            assert caught.value.code == "too-slow"
        with pytest.raises(LineError, match="hanging"):
            within(5, lambda: 1)
    finally:
        go_on.set()
        for thread in [one for one in threading.enumerate() if one.name == "bounded"]:
            thread.join(5)
