"""What the carrier answers by itself, so that nobody is told the same thing twice (R34, R36)."""

from __future__ import annotations

from ivr.dialog.types import Keyword, NumberType, Text

ANY_NUMBER = NumberType.LONG_CODE

# The whole body, in any case, and nothing else: what Twilio itself acts on and answers.
_STOPS = {
    NumberType.LONG_CODE: frozenset(["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"]),
    NumberType.TOLL_FREE: frozenset(["STOP"]),
}
_STARTS = {
    NumberType.LONG_CODE: frozenset(["START", "YES", "UNSTOP"]),
    NumberType.TOLL_FREE: frozenset(["START", "UNSTOP"]),
}


def confirms_stop(text: Text) -> bool:
    """Whether the carrier has already confirmed this opt-out."""
    return text.carrier_said is Keyword.STOP or _word(text) in _STOPS.get(text.number_type, ())


def confirms_start(text: Text) -> bool:
    """Whether the carrier has already confirmed this opt-in: only where it was the carrier that blocked the number."""
    if text.carrier_said is Keyword.START:
        return True
    return text.caller.blocked_by_carrier is not False and _word(text) in _STARTS.get(text.number_type, ())


def answered_help(text: Text) -> bool:
    """Whether the carrier sent our own help text itself; its plain default is too little, so that one we still answer."""
    return text.carrier_said is Keyword.HELP


def _word(text: Text) -> str:
    return text.body.strip().upper()
