"""What a text webhook says, as an input of the dialog; it reads verified parameters only and repeats none of them."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import uuid4

from ivr.channels.line import MessageFacts
from ivr.channels.webhook import Form
from ivr.dialog.types import Keyword, NumberType, Text
from ivr.texting.clean import received

LONGEST_BODY = 1600  # characters
LONGEST_ADDRESS = 64

_RICH = ("whatsapp:", "rcs:")
_SHORT_CODE = re.compile(r"\+?[0-9]{3,8}\Z")
_KEYWORDS = {keyword.value: keyword for keyword in Keyword}


def message_facts(form: Form, number_type: NumberType) -> MessageFacts:
    """Which message this is and where an answer goes; without a SID it is taken for a message of its own."""
    sender = form.get("From").strip()[:LONGEST_ADDRESS]
    sid = form.sid("MessageSid") or form.sid("SmsMessageSid") or form.sid("SmsSid") or f"none-{uuid4().hex}"
    kind = NumberType.RICH if sender.startswith(_RICH) else number_type
    return MessageFacts(sid, sender, form.get("To").strip()[:LONGEST_ADDRESS], kind, form.token)


def hear(form: Form, message: MessageFacts, own_number: str, at: datetime) -> Text:
    """The text, cleaned and cut; what the carrier said of it counts only in its own few words."""
    return Text(
        body=_lines_as_sentences(form.get("Body"))[:LONGEST_BODY].rstrip(),
        at=at,
        carrier_said=_KEYWORDS.get(form.get("OptOutType").strip().upper()),
        number_type=message.number_type,
        from_machine=from_machine(message, own_number),
    )


def _lines_as_sentences(body: str) -> str:
    """The text cleaned; lines of several words end as sentences do, so that "STOP" above or below them stands alone."""
    joined = ""
    for line in filter(None, (received(line, LONGEST_BODY) for line in body.splitlines())):
        stop = ". " if " " in line or " " in joined else " "
        joined += stop * bool(joined) + line
    return joined


def from_machine(message: MessageFacts, own_number: str) -> bool:
    """A short code, or one of our own numbers: answering these makes machines talk to each other."""
    sender = message.sender
    return bool(_SHORT_CODE.match(sender)) or (bool(sender) and sender in (message.to, own_number))
