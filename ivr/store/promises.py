"""The effects a turn may have on one number, inside one transaction; it never decides what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.dialog.types import Result
from ivr.secrets import Secrets
from ivr.store import callbacks, outbox, people
from ivr.store.records import CallbackRecord, Facts, LastText, Outcome, Recent

NOBODY = Outcome(Result.REFUSED, "withheld")


class Promises:
    """The effects a turn may have on one number; all of them are committed together, or none."""

    source = ""

    def __init__(self, connection: Connection, secrets: Secrets, number: str | None, once: str, at: datetime) -> None:
        self.connection = connection
        self.at = at
        self.number = number
        self.keys = secrets.caller_keys(number)
        self.forgotten = False
        self.outcome: Outcome | None = None
        self._secrets = secrets
        self._once = once
        self._queued = 0
        self._facts: Facts | None = None

    @property
    def opted_out(self) -> bool:
        """Whether this number must get no texts."""
        return self._known().opted_out

    @property
    def opted_out_how(self) -> str:
        """What made the opt-out (carrier, words, 21610), or ""."""
        return people.opted_out_how(self.connection, self.keys)

    @property
    def open_callback(self) -> CallbackRecord | None:
        """The open request of this number to be rung back."""
        if not self._known().open_callback:
            return None
        return callbacks.open_record(self.connection, self._secrets, self.keys)

    @property
    def new(self) -> bool:
        """Whether no text is known to have come from or gone to this number."""
        return self._known().new

    @property
    def calls_today(self) -> int:
        """How many calls this number asked for in the last 24 hours."""
        return outbox.calls_since(self.connection, self.keys, self.at - timedelta(days=1))

    def recent_to(self, number: str | None) -> Recent:
        """How many replies and texts this number got lately; None is the number of this turn."""
        return people.recent_texts(self.connection, self._keys_of(number), self.at)

    def texted_since(self, what: Mapping[str, str], number: str | None, since: datetime) -> bool:
        """Whether this very text is on its way to the number, or was sent, since then."""
        return outbox.texted_since(self.connection, self._keys_of(number), what, since)

    @property
    def last_text(self) -> LastText | None:
        """What this number was texted or offered ("reply 1 to get it") in the last two days."""
        return outbox.last_text(self.connection, self.keys, self.at - timedelta(days=2), self.at)

    def opt_out(self, how: str = "words") -> Outcome:
        """Never text this number again; `how` is carrier, words or 21610."""
        self._open()
        if not self.keys:
            return self._ended(NOBODY)
        people.store_opt_out(self.connection, self.keys[0], how, self.source, self.at)
        return self._ended(Outcome(Result.DONE))

    def opt_in(self) -> Outcome:
        """This number wants texts again."""
        self._open()
        if not self.keys:
            return self._ended(NOBODY)
        people.remove_opt_out(self.connection, self.keys)
        return self._ended(Outcome(Result.DONE))

    def queue_text(
        self, what: Mapping[str, str], language: str, *, expires_at: datetime, kind: str = "text",
        number: str | None = None, due_at: datetime | None = None,
    ) -> Outcome:  # fmt: skip
        """Queue a text (or kind `call`: a ring-back) to this number, or to another one typed by this caller.

        QUEUED, or REFUSED `opted-out` or `withheld`. `what` holds names of content, never words or numbers.
        """
        self._open()
        to = number or self.number
        if not to:
            return self._ended(NOBODY)
        self._queued += 1
        outcome = outbox.queue(
            self.connection, self._secrets, to, kind=kind, what=what, language=language,
            once=f"{self._once}:{self._queued}", at=self.at, due_at=due_at, expires_at=expires_at,
        )  # fmt: skip
        return self._ended(outcome)

    def request_callback(
        self, window: str, language: str, *, promised_by: datetime, zone: str = "", may_text: bool = False,
        number: str | None = None,
    ) -> Outcome:  # fmt: skip
        """Ask for a call to this number, or the one typed: DONE or REFUSED `open`, with a reference; or `withheld`."""
        self._open()
        to = number or self.number
        if not to:
            return self._ended(NOBODY)
        outcome = callbacks.request(
            self.connection, self._secrets, to, window=window, zone=zone, language=language, may_text=may_text,
            at=self.at, promised_by=promised_by,
        )  # fmt: skip
        return self._ended(outcome)

    def cancel_callback(self) -> Outcome:
        """The request is not wanted any more: DONE, or REFUSED `none` if nothing was open."""
        self._open()
        if callbacks.cancel(self.connection, self.keys, self.at):
            return self._ended(Outcome(Result.DONE))
        return self._ended(Outcome(Result.REFUSED, "none"))

    def forget(self, callback_too: bool = False) -> Outcome:
        """Delete what is held about this number; after it, this turn keeps nothing that leads back to it."""
        self._open()
        if self.keys:
            people.forget(self.connection, self.keys, callback_too=callback_too)
            self.forgotten = True
        return self._ended(Outcome(Result.DONE))

    def _keys_of(self, number: str | None) -> people.Keys:
        return self._secrets.caller_keys(number) if number else self.keys

    def _ended(self, outcome: Outcome) -> Outcome:
        self.outcome = outcome
        self._facts = None
        return outcome

    def _known(self) -> Facts:
        """One look for all three, until an effect changes something."""
        if self._facts is None:
            self._facts = people.facts(self.connection, self.keys)
        return self._facts

    def _open(self) -> None:
        """An effect of a delivery that was answered before would happen twice."""
