"""Somebody who texts: each message goes through the signed webhook, and nothing is ever sent to a telephone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ivr.channels.carrier.markup import Message, read_document
from ivr.channels.carrier.posting import MESSAGE_PATH, SMS_FALLBACK_PATH, Answer, Carrier
from ivr.dialog.types import NumberType
from ivr.errors import LineError
from ivr.texting.segments import Count, count

LONGEST_BODY = 1600  # characters

# What the carrier understands by itself: the whole body, in any case.
_STOPS = {
    NumberType.LONG_CODE: frozenset(["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"]),
    NumberType.TOLL_FREE: frozenset({"STOP"}),
}
_STARTS = {
    NumberType.LONG_CODE: frozenset(["START", "YES", "UNSTOP"]),
    NumberType.TOLL_FREE: frozenset(["START", "UNSTOP"]),
}
_HELPS = {NumberType.LONG_CODE: frozenset(["HELP", "INFO"])}
_NOTES = {
    "stop": "The carrier itself answers this word: it says that you will get no more messages, and how to start again.",
    "start": "The carrier itself answers this word: it says that you will get messages again.",
    "help": "The carrier itself also answers this word, with one plain sentence of its own.",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One message that the line answered, and what it costs."""

    body: str
    count: Count


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one text: the line's replies, what the carrier says beside them, whether replies get through."""

    replies: tuple[Received, ...]
    note: str = ""
    delivered: bool = True


def message_form(carrier: Carrier, sender: str, to: str, body: str) -> dict[str, str]:
    """What the carrier posts about one new text."""
    sid = "SM" + secrets.token_hex(16)
    return {
        "AccountSid": carrier.account_sid, "ApiVersion": "2010-04-01", "MessageSid": sid, "SmsSid": sid,
        "SmsMessageSid": sid, "From": sender, "To": to, "Body": body, "NumMedia": "0",
        "NumSegments": str(max(1, count(body).segments)), "SmsStatus": "received",
    }  # fmt: skip


class PretendTexter:
    """A conversation by text from one number; it keeps what the carrier keeps: whether this number said STOP."""

    def __init__(
        self,
        carrier: Carrier,
        from_number: str,
        *,
        to: str = "",
        number_type: NumberType | None = None,
    ) -> None:
        self.carrier = carrier
        self.from_number, self.to = from_number, to or carrier.line_number
        self.number_type = number_type or carrier.number_type
        self.stopped = False
        self.faults: list[str] = []
        self.last: Answer | None = None
        self._request: tuple[str, dict[str, str], str] | None = None

    def send(self, body: str, **more: str) -> Sent:
        """Text these words; `more` are further parameters, such as OptOutType. Raises LineError `too-long`."""
        if len(body) > LONGEST_BODY:
            raise LineError("too-long", f"A text has at most {LONGEST_BODY} characters; this one has {len(body)}.")
        note = self._carrier_answers(body)
        params = message_form(self.carrier, self.from_number, self.to, body)
        self._request = (self.carrier.url(MESSAGE_PATH), params | more, secrets.token_hex(16))
        return Sent(self._replies(), note, not self.stopped)

    def deliver_again(self) -> tuple[Received, ...]:
        """The last text once more, as the carrier does after a lost answer."""
        return self._replies()

    def _replies(self) -> tuple[Received, ...]:
        if self._request is None:
            raise LineError("not-texted", "There is no text yet that could be delivered again.")
        try:
            return self._asked(*self._request)
        except LineError as fault:
            self.faults.append(f"{fault.code} {MESSAGE_PATH}: {fault.sentence}")
        _, params, token = self._request
        failed = params | {"ErrorCode": "11200", "ErrorUrl": self.carrier.url(MESSAGE_PATH)}
        try:
            return self._asked(self.carrier.url(SMS_FALLBACK_PATH), failed, token)
        except LineError as fault:
            self.faults.append(f"{fault.code} {SMS_FALLBACK_PATH}: {fault.sentence}")
            return ()

    def _asked(self, url: str, params: dict[str, str], token: str) -> tuple[Received, ...]:
        self.last = self.carrier.post(url, params, token)
        if not self.last.good:
            raise LineError("11200", f"The line answered with status {self.last.status}.")
        bodies = [step.body for step in read_document(self.last.body) if isinstance(step, Message)]
        for body in bodies:
            if not 0 < len(body) <= LONGEST_BODY:
                raise LineError("14103", f"A reply must have 1 to {LONGEST_BODY} characters; it has {len(body)}.")
        return tuple(Received(body, count(body)) for body in bodies)

    def _carrier_answers(self, body: str) -> str:
        """What the carrier does by itself with this text, in our words; "" when nothing."""
        word = body.strip().upper()
        if word in _STOPS.get(self.number_type, ()):
            self.stopped = True
            return _NOTES["stop"]
        if self.stopped and word in _STARTS.get(self.number_type, ()):
            self.stopped = False
            return _NOTES["start"]
        return _NOTES["help"] if word in _HELPS.get(self.number_type, ()) else ""
