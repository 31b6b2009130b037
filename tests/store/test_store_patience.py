"""While a database does not answer, few wait for it; the others are told so at once."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime

import pytest

from ivr.store import Store, StoreError, patience
from ivr.store.patience import FEW, Patience


def test_while_all_is_well_everybody_may_wait() -> None:
    waits = Patience()
    with ExitStack() as together:
        for _ in range(FEW * 5):
            together.enter_context(waits.waiting(""))


@pytest.mark.parametrize("trouble", patience.AWAY)
def test_in_trouble_a_few_try_and_the_others_hear_its_name(trouble: str) -> None:
    waits = Patience()
    with ExitStack() as together:
        for _ in range(FEW):
            together.enter_context(waits.waiting(trouble))
        for _ in range(3):
            with pytest.raises(StoreError) as fault, waits.waiting(trouble):
                pass
            assert fault.value.code == trouble
    with waits.waiting(trouble):
        pass


@pytest.mark.parametrize("trouble", ["store-full", "store-readonly", "store-conflict", "store-broken"])
def test_what_says_no_at_once_keeps_nobody_waiting_and_so_is_asked(trouble: str) -> None:
    waits = Patience()
    with ExitStack() as together:
        for _ in range(FEW * 2):
            together.enter_context(waits.waiting(trouble))


def test_somebody_who_waits_long_is_trouble_before_it_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose machine stands still refuses nothing, it only does not answer."""
    monkeypatch.setattr(patience, "SLOW_SECONDS", -1.0)
    waits = Patience()
    with ExitStack() as together:
        for _ in range(FEW):
            together.enter_context(waits.waiting(""))
        with pytest.raises(StoreError) as fault, waits.waiting(""):
            pass
        assert fault.value.code == "store-slow"
    with waits.waiting(""):
        pass


def test_one_who_gets_through_is_enough_for_all(store: Store, at: datetime) -> None:
    store.trouble = "store-gone"
    with ExitStack() as together:
        for place in range(FEW):
            together.enter_context(store._patience.waiting(""))
            if place == 0:
                store.set_mark("x", "1", at)
        assert store.trouble == ""
        store.set_mark("x", "2", at)
    assert store.mark("x") == "2"
