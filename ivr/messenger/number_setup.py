"""Where the carrier sends the calls and texts of the line's number: compares that with what the line needs, and sets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.errors import LineError

# The carrier tries twice more when no connection, no answer or a server error came back (its own default: connections only).
RETRIES = "#rc=2&rp=5xx,ct,rt"


@dataclass(frozen=True, slots=True)
class Wiring:
    """One setting of the number: its name at the carrier, what is there, what should be there."""

    name: str
    found: str
    wanted: str

    @property
    def right(self) -> bool:
        """Whether nothing has to change; somebody's own retries in the fragment are fine."""
        return self.found == self.wanted or self.found.partition("#")[0] == self.wanted.partition("#")[0] != ""


def wanted(public_url: str, *, voice_fallback: str = "", sms_fallback: str = "") -> Mapping[str, str]:
    """What the number should be set to. A fallback that the carrier itself hosts outlives this whole program."""
    return {
        "voice_url": f"{public_url}/voice/answer{RETRIES}",
        "voice_method": "POST",
        "voice_fallback_url": voice_fallback or f"{public_url}/voice/fallback",
        "voice_fallback_method": "POST",
        "status_callback": f"{public_url}/voice/status",
        "status_callback_method": "POST",
        "sms_url": f"{public_url}/sms/message{RETRIES}",
        "sms_method": "POST",
        "sms_fallback_url": sms_fallback or f"{public_url}/sms/fallback",
        "sms_fallback_method": "POST",
    }


def compare(client: Any, number: str, should: Mapping[str, str]) -> list[Wiring]:
    """Each setting as it is and as it should be. Raises LineError `no-number` when the account does not have the number."""
    held = _held(client, number)
    return [Wiring(name, str(getattr(held, name) or ""), value) for name, value in should.items()]


def apply(client: Any, number: str, should: Mapping[str, str]) -> None:
    """Set them all. Raises LineError `no-number`."""
    _held(client, number).update(**should)


def _held(client: Any, number: str) -> Any:
    found = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    if not found:
        raise LineError(
            "no-number", "The account does not have the number of TWILIO_NUMBER: buy it, or correct the setting."
        )
    return found[0]
