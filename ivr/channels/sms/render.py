"""A reply as messaging TwiML: one message or none; a pure function. It pages nothing and sends nothing."""

from __future__ import annotations

from twilio.twiml.messaging_response import MessagingResponse

from ivr.channels.webhook import EMPTY
from ivr.dialog.types import Reply
from ivr.texting.bodies import body
from ivr.texting.clean import printable

LONGEST_MESSAGE = 1600  # characters; a longer one is refused by the carrier, and nothing would arrive


def twiml(reply: Reply) -> bytes:
    """The document that answers a text."""
    return message(body(reply))


def message(text: str) -> bytes:
    """The document with this one message; an empty text is no message at all."""
    if not text.strip():
        return EMPTY.body
    response = MessagingResponse()
    response.message(printable(text)[:LONGEST_MESSAGE])
    return str(response).encode()
