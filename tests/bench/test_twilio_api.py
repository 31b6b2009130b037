"""The Twilio on loopback, asked by the official client as the worker asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from ivr.bench.twilio_api import Meets, Taken, TwilioApi
from ivr.bench.worker import OnLoopback
from ivr.messenger import Account
from ivr.messenger.carrier import Kind, Refused, Unsure
from ivr.messenger.official_client import TwilioCarrier

ACCOUNT = Account("AC" + "0" * 32, "token", "+12025550100", "", "https://line.example.org")
SOMEBODY = "+12025550143"


class Fate(Random):
    """Dice that fall as they are told."""

    def __init__(self) -> None:
        super().__init__(1)
        self.meets = Meets.TAKEN
        self.chance = 1.0

    def choices(self, population: Any, *_: Any, **__: Any) -> Any:
        return [self.meets]

    def random(self) -> float:
        return self.chance


@pytest.fixture
def dice() -> Fate:
    return Fate()


@pytest.fixture
def told() -> list[Taken]:
    """What somebody who waits for texts is told."""
    return []


@pytest.fixture
def api(dice: Fate, told: list[Taken]) -> TwilioApi:
    return TwilioApi(ACCOUNT.sid, ACCOUNT.token, ACCOUNT.number, dice, told.append)


@pytest.fixture
def port(api: TwilioApi) -> Iterator[int]:
    with api.listening() as port:
        yield port


@pytest.fixture
def carrier(port: int) -> TwilioCarrier:
    return TwilioCarrier(ACCOUNT, OnLoopback(port))


def sids(listed: Sequence[Any]) -> list[str]:
    return [one.sid for one in listed]


def test_a_text_is_taken_told_and_listed(carrier: TwilioCarrier, api: TwilioApi, told: list[Taken]) -> None:
    sid = carrier.text(SOMEBODY, "about pain", 60)
    assert [(one.sid, one.to, one.body) for one in api.taken] == [(sid, SOMEBODY, "about pain")]
    assert told == api.taken
    [listed] = carrier.texts_to(SOMEBODY)
    assert (listed.sid, listed.body) == (sid, "about pain")
    assert carrier.texts_to("+12025550144") == []


@pytest.mark.parametrize(("meets", "listed"), [(Meets.CUT_AFTER, 1), (Meets.CUT_BEFORE, 0)])
def test_a_cut_connection_leaves_the_worker_unsure(
    meets: Meets, listed: int, carrier: TwilioCarrier, dice: Fate, api: TwilioApi
) -> None:
    dice.meets = meets
    with pytest.raises(Unsure):
        carrier.text(SOMEBODY, "about pain", 60)
    assert len(carrier.texts_to(SOMEBODY)) == len(api.taken) == listed


@pytest.mark.parametrize(
    ("meets", "may_have_taken", "listed"), [(Meets.LATER, False, 0), (Meets.BUSY, False, 0), (Meets.FAILED, True, 1)]
)
def test_a_refusal_is_one_that_the_worker_knows(
    meets: Meets, may_have_taken: bool, listed: int, carrier: TwilioCarrier, dice: Fate
) -> None:
    dice.meets = meets
    with pytest.raises(Refused) as caught:
        carrier.text(SOMEBODY, "about pain", 60)
    assert (caught.value.kind, caught.value.may_have_taken) == (Kind.LATER, may_have_taken)
    assert len(carrier.texts_to(SOMEBODY)) == listed


def test_when_calm_it_fails_nobody(carrier: TwilioCarrier, dice: Fate, api: TwilioApi) -> None:
    dice.meets, dice.chance = Meets.BUSY, 0.0
    with pytest.raises(Refused):
        carrier.texts_to(SOMEBODY)
    api.calm = True
    assert carrier.text(SOMEBODY, "about pain", 60)
    assert carrier.texts_to(SOMEBODY)


def test_what_people_texted_is_listed_page_after_page_and_from_a_moment_on(carrier: TwilioCarrier, api: TwilioApi) -> None:
    carrier.text(SOMEBODY, "about pain", 60)
    for place in range(1100):
        api.received(f"SM{place}", SOMEBODY, "STOP")
    now = datetime.now(UTC)
    found = list(carrier.inbound(now - timedelta(minutes=1)))
    assert sids(found) == [f"SM{place}" for place in reversed(range(1100))]
    assert {(one.sender, one.body) for one in found} == {(SOMEBODY, "STOP")}
    assert list(carrier.inbound(now + timedelta(minutes=1))) == []


def test_a_held_text_is_taken_before_it_is_answered(carrier: TwilioCarrier, api: TwilioApi) -> None:
    import threading

    api.hold_next()
    answered: list[str] = []
    asking = threading.Thread(target=lambda: answered.append(carrier.text(SOMEBODY, "about pain", 60)))
    asking.start()
    assert api.holds(10)
    assert (len(api.taken), answered) == (1, [])
    api.let_go()
    asking.join(10)
    assert answered == [api.taken[0].sid]


def test_nobody_else_is_answered(port: int, api: TwilioApi) -> None:
    stranger = Account(ACCOUNT.sid, "guessed", ACCOUNT.number, "", ACCOUNT.public_url)
    with pytest.raises(Refused) as caught:
        TwilioCarrier(stranger, OnLoopback(port)).text(SOMEBODY, "about pain", 60)
    assert caught.value.kind is Kind.OURS
    assert api.taken == []


def test_only_what_is_meant_for_twilio_is_turned_away(port: int) -> None:
    with pytest.raises(ValueError, match="other than Twilio"):
        OnLoopback(port).request("GET", "https://api.twilio.com.example.org/2010-04-01/Accounts.json")
