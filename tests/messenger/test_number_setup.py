"""The number at the carrier is compared with what the line needs, and set; by the official client, never the network."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
import responses
from twilio.rest import Client

from ivr.errors import LineError
from ivr.messenger import number_setup

BASE = "https://api.twilio.com/2010-04-01/Accounts/ACtest/IncomingPhoneNumbers"
NUMBER = "+12025550100"
URL = "https://line.example.org"


def _number(**more: str) -> dict[str, str]:
    return {"sid": "PN1", "account_sid": "ACtest", "phone_number": NUMBER, **more}


def _listed(mock: responses.RequestsMock, *numbers: dict[str, str]) -> None:
    page = {"incoming_phone_numbers": list(numbers), "page": 0, "page_size": 50, "next_page_uri": None}
    mock.get(f"{BASE}.json", json=page)


def test_a_number_that_points_elsewhere_is_told_setting_by_setting() -> None:
    with responses.RequestsMock() as mock:
        _listed(
            mock, _number(voice_url=f"{URL}/voice/answer#rc=1", voice_method="POST", sms_url="https://elsewhere.example")
        )
        found = number_setup.compare(Client("ACtest", "token"), NUMBER, number_setup.wanted(URL))
    wrong = {one.name for one in found if not one.right}
    assert "voice_url" not in wrong
    assert {"sms_url", "voice_fallback_url", "status_callback"} <= wrong


def test_setting_it_writes_every_webhook_at_once() -> None:
    with responses.RequestsMock() as mock:
        _listed(mock, _number())
        mock.post(f"{BASE}/PN1.json", json=_number())
        number_setup.apply(
            Client("ACtest", "token"), NUMBER, number_setup.wanted(URL, voice_fallback="https://bin.example/v")
        )
        sent = parse_qs(mock.calls[-1].request.body)
    assert sent["VoiceUrl"] == [f"{URL}/voice/answer{number_setup.RETRIES}"]
    assert sent["VoiceFallbackUrl"] == ["https://bin.example/v"]
    assert sent["SmsUrl"] == [f"{URL}/sms/message{number_setup.RETRIES}"]


def test_a_number_the_account_does_not_have_is_an_error_with_a_remedy() -> None:
    with responses.RequestsMock() as mock:
        _listed(mock)
        with pytest.raises(LineError, match="buy it, or correct"):
            number_setup.compare(Client("ACtest", "token"), NUMBER, number_setup.wanted(URL))
