"""Outbound texts and calls: a worker that sends what turns have queued, at most once; it knows no SQL and no web.

`messenger_for(settings).run(stop)` is the worker, `in_thread(Messenger(..., Rehearsal))` the demo's; `standing` is for
everybody who watches.
"""

from ivr.messenger.assembling import account_of, in_thread, messenger_for, twilio_carrier
from ivr.messenger.carrier import Account, Carrier
from ivr.messenger.counters import Counters
from ivr.messenger.messenger import Messenger, Report
from ivr.messenger.rehearsal import Rehearsal
from ivr.messenger.standing import Standing, lines, standing

__all__ = [
    "Account", "Carrier", "Counters", "Messenger", "Rehearsal", "Report", "Standing", "account_of", "in_thread", "lines",
    "messenger_for", "standing", "twilio_carrier",
]  # fmt: skip
