"""Outbound texts and calls: a worker that sends what turns have queued, at most once; it knows no SQL and no web.

`Messenger(store, library, carrier).run(stop)` is the worker; `standing` is for everybody who watches.
"""

from ivr.messenger.carrier import Account, Carrier
from ivr.messenger.counters import Counters
from ivr.messenger.messenger import Messenger, Report
from ivr.messenger.rehearsal import Rehearsal
from ivr.messenger.standing import Standing, lines, standing

__all__ = [
    "Account", "Carrier", "Counters", "Messenger", "Rehearsal", "Report", "Standing", "lines", "standing", "twilio_carrier",
]  # fmt: skip


def twilio_carrier(account: Account) -> Carrier:
    """The real carrier; imports its client, which takes a moment."""
    from ivr.messenger.official_client import TwilioCarrier

    return TwilioCarrier(account)
