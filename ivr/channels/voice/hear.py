"""What a voice request says, as an input of the dialog; it reads verified parameters only and repeats none of them."""

from __future__ import annotations

import math
import re
from datetime import datetime
from hashlib import blake2b

from ivr.channels.line import CallFacts
from ivr.channels.webhook import Form
from ivr.dialog.types import (
    Arrival,
    Caller,
    CallerKind,
    Digits,
    Input,
    NoInput,
    Speech,
    TransferEnded,
    TransferOutcome,
)
from ivr.texting.clean import received

MOST_DIGITS = 48
LONGEST_SPEECH = 500  # characters
LONGEST_CALL = 86_400  # seconds

# `\d` and isdigit() also take digits of other scripts; these do not.
_OTHER_THAN_KEYS = re.compile("[^0-9*#]")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
# How the carrier writes ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE as keys of a telephone.
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253", "+464"})

_OUTCOMES = {outcome.value: outcome for outcome in TransferOutcome} | {"answered": TransferOutcome.COMPLETED}


def caller_number(form: Form) -> str | None:
    """The caller's number in E.164; None when it is withheld, a name, a SIP or client address, or no number at all."""
    number = form.get("From").strip()
    if form.get("Direction").startswith("outbound"):
        number = form.get("To").strip()  # we rang them back
    return number if _E164.match(number) and number not in _WITHHELD else None


def call_facts(form: Form) -> CallFacts:
    """Which call this is, for everything that is done around a turn."""
    direction, to = form.get("Direction")[:32], form.get("To")[:64]
    return CallFacts(form.sid("CallSid"), caller_number(form), form.token or _step(form), direction, to)


def _step(form: Form) -> str:
    """What tells one step of a call from the next where the carrier sends no token; it holds no typed number and no word."""
    keys, said = form.get("Digits"), form.get("SpeechResult")
    heard = keys if len(keys) == 1 else str(len(keys)), str(len(said)), form.get("DialCallStatus")
    return blake2b("\0".join((form.query, *heard)).encode("utf-8", "replace"), digest_size=16).hexdigest()


def caller(number: str | None) -> Caller:
    """What the request alone knows of the caller."""
    return Caller(ending=number[-2:]) if number else Caller(kind=CallerKind.WITHHELD)


def arrival(form: Form, at: datetime) -> Arrival:
    """The first request of a call, whatever else it carries."""
    return Arrival(at, caller(caller_number(form)))


def hear(form: Form, at: datetime) -> Input:
    """Any later request: the end of a transfer, keys, words, or nothing. Keys count before words."""
    who = caller(caller_number(form))
    ended = form.get("DialCallStatus")
    if ended:
        outcome = _OUTCOMES.get(ended, TransferOutcome.FAILED)
        return TransferEnded(outcome, at, who, seconds(form.get("DialCallDuration")))
    digits = _OTHER_THAN_KEYS.sub("", form.get("Digits"))[:MOST_DIGITS]
    if digits:
        return Digits(digits, at, who)
    words = received(form.get("SpeechResult"), LONGEST_SPEECH)
    if words:
        return Speech(words, confidence(form.get("Confidence")), at, who)
    return NoInput(at, who)


def confidence(text: str) -> float | None:
    """How sure the recogniser is, 0 to 1; None when it did not say or said something impossible."""
    try:
        value = float(text[:32])
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= 1 else None


def seconds(text: str) -> int:
    """A duration of the carrier in whole seconds, 0 to a day; 0 when it is missing or strange."""
    return min(int(text), LONGEST_CALL) if re.fullmatch("[0-9]{1,9}", text) else 0
