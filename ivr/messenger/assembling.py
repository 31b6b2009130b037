"""Makes a worker from this process's settings, or runs one beside a demo's web server; it wires and decides nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ivr.messenger.carrier import Account, Carrier
from ivr.messenger.messenger import Messenger

if TYPE_CHECKING:
    from ivr.settings import Settings


def account_of(settings: Settings) -> Account:
    """Of several auth tokens the first is the one in force."""
    return Account(
        sid=settings.account_sid,
        token=settings.auth_tokens[0],
        number=settings.number,
        service=settings.messaging_service_sid,
        public_url=settings.public_url.rstrip("/"),
    )


def twilio_carrier(account: Account) -> Carrier:
    """The real carrier; imports its client, which takes a moment."""
    from ivr.messenger.twilio_carrier import TwilioCarrier

    return TwilioCarrier(account)


def messenger_for(settings: Settings) -> Messenger:
    """A worker with its own store, words and carrier. Raises LineError when one of them is not fit for it."""
    from ivr.library.loader import load
    from ivr.secrets import Secrets
    from ivr.store import open_store

    library = load(settings.content, specialist_number=settings.specialist_number or "", line_number=settings.number)
    store = open_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys))
    account = account_of(settings)
    return Messenger(store, lambda: library, lambda: twilio_carrier(account), number_type=settings.number_type)


def in_thread(messenger: Messenger) -> Callable[[], None]:
    """Let it work beside everything else in this process; what is returned stops it, a row in hand finished first."""
    stop = threading.Event()
    thread = threading.Thread(target=messenger.run, args=(stop,), name="messenger", daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(30)

    return end
