"""What the carrier's error codes mean for a row, and how long to wait; figures and codes only, no network."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

from ivr.messenger.carrier import Kind, Refused
from ivr.store.people import NO_TEXTS

OPTED_OUT = "21610"

# This text or call will never go, whoever tries.
_NEVER = frozenset(
    {
        OPTED_OUT, *NO_TEXTS,
        "21211", "21214", "21217", "21401", "21421", "21604", "13224",  # no such number
        "21408", "21215", "21216", "21612", "13227",  # not from here to there
        "21602", "21617", "21619", "14103",  # empty or too long
        "21219", "21608",  # a trial account and a number it has not verified
        "30003", "30004", "30005", "30007", "30008", "30034", "63016", "63024",  # known from status callbacks
    }
)  # fmt: skip
# Nothing is wrong with the row: our account, our number or our settings are.
_OURS = frozenset(
    {
        "20003", "20005", "20006", "20008", "20010", "20404", "21212", "21213", "21603", "21606", "21659", "21660",
        "21701", "21703", "21210", "30002", "30010",
    }
)  # fmt: skip
_LATER = frozenset({"20429", "429", "21611", "14107", "30001", "30022", "20503"})

FIRST_WAIT = 5.0  # seconds
LONGEST_WAIT = 240.0
LOOK_FIRST_WAIT = 30.0  # a row that may have been taken is looked up before it is tried again, so the list must be fresh
OURS_WAIT = 120.0
JITTER = 0.25  # of the wait, added at random so that workers do not come back together


def refused(status: int, code: str, wait: float | None) -> Refused:
    """The refusal behind an HTTP status and the carrier's code."""
    code = code or f"http-{status}"
    if code in _LATER or status == 429:
        return Refused(code, Kind.LATER, wait)
    if status >= 500:
        return Refused(code, Kind.LATER, wait, may_have_taken=status != 503)
    if code in _OURS or status in (401, 403, 404):
        return Refused(code, Kind.NEVER if code in _NEVER else Kind.OURS, wait)
    return Refused(code, Kind.NEVER)


def wait_for(fault: Refused | None, attempts: int, dice: Random) -> float:
    """Seconds until the next try: doubling, at least what the carrier asked for, and a little more at random."""
    wait = min(FIRST_WAIT * float(2 ** min(attempts, 10)), LONGEST_WAIT)
    if fault is not None:
        if fault.may_have_taken:
            wait = max(wait, LOOK_FIRST_WAIT)
        if fault.kind is Kind.OURS:
            wait = OURS_WAIT
        wait = max(wait, fault.wait or 0.0)
    return wait * (1 + JITTER * dice.random())


def retry_after(header: str | None, at: datetime) -> float | None:
    """The seconds of a Retry-After header, given as seconds or as a date; None when it is missing or unreadable."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), 86_400))
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - at).total_seconds(), 0.0), 86_400.0)
