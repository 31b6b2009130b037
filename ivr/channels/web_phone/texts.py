"""One practice text: the signed webhook, the replies with what they cost, and what the phone company does by itself."""

from __future__ import annotations

import secrets
from typing import Any

from ivr.channels.carrier import Carrier, PretendTexter, Received, Sent
from ivr.dialog.types import NumberType
from ivr.texting.segments import Count, count

# Area codes of many states; 555-0100 to 555-0199 are set aside for fiction, so no text can ever have a real reader.
_AREAS = ("202", "206", "212", "303", "305", "312", "404", "503", "512", "602", "612", "615", "702", "713", "804", "919")
MOST_NAMED = 5


def fictional_number() -> str:
    """A telephone number that belongs to nobody, E.164."""
    return f"+1{secrets.choice(_AREAS)}55501{secrets.randbelow(100):02}"


def send(carrier: Carrier, number: str, stopped: bool, number_type: NumberType, body: str) -> tuple[dict[str, Any], bool]:
    """Send a text from this number: what comes of it, and whether the number has now said STOP to the carrier."""
    texter = PretendTexter(carrier, number, number_type=number_type)
    texter.stopped = stopped
    sent = texter.send(body)
    shown = {
        "replies": [bubble(reply) for reply in sent.replies],
        "note": _note(sent, stopped, texter.stopped),
        "delivered": sent.delivered,
        "cost": _cost(count(body)),
    }
    return shown, texter.stopped


def _note(sent: Sent, before: bool, after: bool) -> str:
    """Which of the page's own sentences about the phone company fits; "" when it did nothing."""
    if not sent.note:
        return ""
    if after:
        return "carrier_stop"
    return "carrier_start" if before else "carrier_help"


def bubble(reply: Received) -> dict[str, Any]:
    """A reply as the page shows it."""
    return {"body": reply.body, "cost": _cost(reply.count)}


def delivered(body: str) -> dict[str, Any]:
    """A text that the line sent by itself, because of a call."""
    return {"body": body, "cost": _cost(count(body))}


def _cost(counted: Count) -> dict[str, Any]:
    return {
        "segments": counted.segments,
        "units": counted.units,
        "encoding": counted.encoding,
        "because": list(counted.offending[:MOST_NAMED]),
    }
