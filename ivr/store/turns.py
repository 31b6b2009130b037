"""One text turn, or one voice effect, as one transaction: what it reads and records; it never decides what is said."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select, update

from ivr.dialog.types import Event, Medium, Result
from ivr.errors import LineError
from ivr.secrets import Secrets
from ivr.store import keeping, people
from ivr.store.promises import Promises
from ivr.store.records import Outcome, Recent, Session
from ivr.store.schema import effects, inbound, sessions
from ivr.store.trouble import StoreError

# Statements of every turn are built once: building one costs more than running it.
_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_ANSWERED = select(inbound.c.answer).where(inbound.c.message_key.in_(_KEYS))
_HELD = select(sessions.c.state, sessions.c.turn, sessions.c.updated_at).where(sessions.c.caller_key.in_(_KEYS))
_BEGIN = insert(sessions)
_GO_ON = (
    update(sessions)
    .where(sessions.c.caller_key == bindparam("mine"), sessions.c.turn == bindparam("seen"))
    .values(turn=bindparam("next"), state=bindparam("now"), updated_at=bindparam("then"))
)
_RECEIVED = insert(inbound)


class TextTurn(Promises):
    """One inbound text; commits its answer with everything it did, so that a second delivery gets the same reply."""

    source = "text"

    def __init__(self, connection: Connection, secrets: Secrets, number: str, message_id: str, at: datetime) -> None:
        super().__init__(connection, secrets, number, message_id, at)
        self._message_keys = secrets.digests("message", message_id)
        people.serialise(connection, (*self.keys, *self._message_keys))
        self.duplicate_answer = self._answered()
        self.session: Session | None = None
        self._state: str | None = None
        self._answer = ""
        self._unmatched: tuple[str, str] | None = None
        self._events: list[Event] = []
        if self.duplicate_answer is None:
            people.adopt(connection, self.keys)
            self.session = self._held()

    def _answered(self) -> str | None:
        row = self.connection.execute(_ANSWERED, {"keys": self._message_keys}).first()
        if row is None:
            return None
        try:
            return self._secrets.decrypt(row.answer) if row.answer else ""
        except LineError:
            return ""  # its key is gone: silence, rather than the effect a second time

    def _held(self) -> Session | None:
        row = self.connection.execute(_HELD, {"keys": self.keys}).first()
        return Session(row.state, row.turn, row.updated_at) if row else None

    def _open(self) -> None:
        if self.duplicate_answer is not None:
            raise RuntimeError("this message was answered before: give duplicate_answer and do nothing else")

    @property
    def recent(self) -> Recent:
        """How many replies and texts this number got in the last 30 seconds and the last day."""
        return self.recent_to(None)

    def same_unmatched_today(self, body: str) -> int:
        """How often this number sent these same unmatched words in the last 24 hours, this time not counted."""
        counted = select(func.count()).where(
            inbound.c.caller_key.in_(self.keys), inbound.c.received_at > self.at - timedelta(days=1),
            inbound.c.body_key.in_(self._secrets.digests("body", _plain(body))),
        )  # fmt: skip
        return int(self.connection.execute(counted).scalar_one())

    def save(self, state: str) -> None:
        """Where the conversation is now, as JSON; kept with the answer; not at all once the number was forgotten."""
        self._open()
        self._state = state

    def event(self, *happened: Event) -> None:
        """What is worth counting about this turn."""
        self._open()
        self._events.extend(happened)

    def answer(self, body: str, *, unmatched: str | None = None, language: str = "") -> None:
        """The reply ("" for none), and the words that matched nothing if that is why; the last call counts."""
        self._open()
        self._answer = body
        self._unmatched = None if unmatched is None else (unmatched, language)

    def finish(self) -> None:
        """Write everything down; the store calls it at the end of the turn."""
        if self.duplicate_answer is not None:
            return
        caller_key = self.keys[0] if self.keys and not self.forgotten else None
        if self._state is not None and caller_key:
            self._write_session(caller_key, self._state)
        self._write_inbound(caller_key)
        if self._unmatched is not None:
            question, language = self._unmatched
            keeping.write_unmatched(self.connection, question, language, Medium.TEXT, self.at)
        call_key = self._secrets.digest("call", self._once)
        keeping.write_events(self.connection, keeping.event_rows(call_key, "0", self.at, caller_key, self._events))

    def _write_session(self, caller_key: str, state: str) -> None:
        if self.session is None:
            values = {"caller_key": caller_key, "turn": 1, "state": state, "updated_at": self.at}
            self.connection.execute(_BEGIN, values)
            return
        seen = self.session.turn
        values = {"mine": caller_key, "seen": seen, "next": seen + 1, "now": state, "then": self.at}
        if self.connection.execute(_GO_ON, values).rowcount != 1:
            raise StoreError("store-conflict")

    def _write_inbound(self, caller_key: str | None) -> None:
        body_key = None
        if self._unmatched is not None and caller_key:
            body_key = self._secrets.digest("body", _plain(self._unmatched[0]))
        values = {
            "message_key": self._message_keys[0], "caller_key": caller_key, "received_at": self.at,
            "replied": bool(self._answer), "body_key": body_key,
            "answer": self._secrets.encrypt(self._answer) if self._answer else None,
        }  # fmt: skip
        self.connection.execute(_RECEIVED, values)


class VoiceEffect(Promises):
    """One effect of one voice turn; a webhook that is delivered again finds `outcome` set and does nothing."""

    source = "voice"

    def __init__(self, connection: Connection, secrets: Secrets, number: str | None, once: str, at: datetime) -> None:
        super().__init__(connection, secrets, number, once, at)
        self._effect_keys = secrets.digests("effect", once)
        people.serialise(connection, (*self.keys, *self._effect_keys))
        done = people.effect_done(connection, self._effect_keys)
        self.done = None if done is None else Outcome(Result(done[0]), done[1], done[2])
        self.outcome = self.done
        if self.done is None:
            people.adopt(connection, self.keys)

    def _open(self) -> None:
        if self.done is not None:
            raise RuntimeError("this effect was performed before: its outcome is in `done`")

    def refuse(self, reason: str) -> Outcome:
        """Nothing is done, and a second delivery hears the same reason."""
        self._open()
        return self._ended(Outcome(Result.REFUSED, reason))

    def finish(self) -> None:
        """Remember the outcome; the store calls it at the end of the turn."""
        if self.done is not None or self.outcome is None:
            return
        values = {
            "once": self._effect_keys[0], "at": self.at, "result": str(self.outcome.result),
            "reason": self.outcome.reason, "reference": self.outcome.reference,
        }  # fmt: skip
        self.connection.execute(insert(effects).values(values))


def _plain(body: str) -> str:
    return " ".join(body.casefold().split())
