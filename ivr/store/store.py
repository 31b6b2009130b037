"""The store as the rest of the program sees it: turns, facts, opt-outs, forgetting, upkeep; no SQL leaves it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import func, select, text, update

from ivr.secrets import Secrets
from ivr.store import keeping, people, retention
from ivr.store.brief import Brief
from ivr.store.callbacks import Callbacks
from ivr.store.database import Database
from ivr.store.outbox import Outbox
from ivr.store.patience import AWAY, Patience
from ivr.store.records import AuditRecord, Facts, Retention, UnmatchedRecord
from ivr.store.schema import HEAD, audit, events, inbound, metadata, opt_outs, unmatched
from ivr.store.trouble import StoreError
from ivr.store.turns import TextTurn, VoiceEffect
from ivr.store.writer import EventWriter

SCRUB_WANTED = "scrub-wanted"
SCRUB_TRIES = 3
PURGE_SECONDS = 0.5  # at a stretch: half of what another writer waits for on SQLite, and a worker has texts to send
PURGE_REST = 0.25


class Store:
    """Everything that is remembered. Methods raise StoreError (a LineError) when the database cannot do it."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self.database = database
        self.outbox = Outbox(database, secrets)
        self.callbacks = Callbacks(database, secrets)
        self.events = EventWriter(database, secrets)
        self.trouble = ""  # the code of the last write that failed, until one succeeds
        self._secrets = secrets
        self._brief = Brief()
        self._patience = Patience()

    # --- turns ---

    @contextmanager
    def turn(self, number: str, message_id: str, at: datetime) -> Iterator[TextTurn]:
        """One inbound text as one transaction, one after another for a number; committed when the block ends well.

        If `duplicate_answer` is not None the message was answered before: send that again ("" is nothing), no more.
        """
        with self._noticing(), self.database.writing() as connection:
            turn = TextTurn(connection, self._secrets, number, message_id, at)
            yield turn
            turn.finish()
        if turn.forgotten:
            self._scrub_or_remember(at)

    @contextmanager
    def voice(self, number: str | None, once: str, at: datetime) -> Iterator[VoiceEffect]:
        """One effect of one voice turn; `once` names it (call SID and step), so that a retried webhook finds `done`."""
        with self._noticing(), self.database.writing() as connection:
            effect = VoiceEffect(connection, self._secrets, number, once, at)
            yield effect
            effect.finish()
        if effect.forgotten:
            self._scrub_or_remember(at)

    def facts(self, number: str | None) -> Facts | None:
        """What is known of a caller, within 200 ms or not at all: None when withheld, failed or slow."""
        if not number:
            return None
        keys = self._secrets.caller_keys(number)

        def look() -> Facts:
            with self.database.reading() as connection:
                return people.facts(connection, keys)

        return self._brief.ask(look)

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        with self._patience.waiting(self.trouble):
            try:
                yield
            except StoreError as fault:
                self.trouble = fault.code
                raise
            self.trouble = ""

    # --- opt-outs and forgetting, outside a turn ---

    def opted_out(self, number: str) -> bool:
        """Whether this number must get no texts."""
        with self.database.reading() as connection:
            return people.opted_out(connection, self._secrets.caller_keys(number))

    def opt_out(self, number: str, how: str, source: str, at: datetime) -> None:
        """Never text this number again; how: carrier, words or 21610; source: worker, reconcile, staff."""
        keys = self._secrets.caller_keys(number)
        with self._noticing(), self.database.writing() as connection:
            people.serialise(connection, keys)
            people.adopt(connection, keys)
            people.store_opt_out(connection, keys[0], how, source, at)

    def recover_opt_out(
        self, number: str, how: str, at: datetime, *, listed: Sequence[str], heard_since: datetime | None
    ) -> bool | None:
        """Keep an opt-out that was found in the carrier's list; False if it is kept already.

        `listed` are the message ids of this number in that list. None, and nothing is kept, if the number has sent us
        something since `heard_since` that is not among them: it may have been the opposite.
        """
        keys = self._secrets.caller_keys(number)
        if not keys:
            return False
        known = {digest for one in listed for digest in self._secrets.digests("message", one)}
        with self._noticing(), self.database.writing() as connection:
            people.serialise(connection, keys)
            if people.opted_out(connection, keys):
                return False
            if heard_since is not None and people.heard_since(connection, keys, heard_since) - known:
                return None
            people.adopt(connection, keys)
            people.store_opt_out(connection, keys[0], how, "reconcile", at)
            return True

    def opt_in(self, number: str) -> bool:
        """This number wants texts again; False if it had not opted out."""
        keys = self._secrets.caller_keys(number)
        with self._noticing(), self.database.writing() as connection:
            people.serialise(connection, keys)
            return people.remove_opt_out(connection, keys)

    def opt_outs_count(self) -> int:
        """How many numbers must get no texts."""
        with self.database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(opt_outs)).scalar_one())

    def forget(self, number: str, at: datetime, *, callback_too: bool = False) -> None:
        """Delete what is held about this number, from the files too; the opt-out stays, as a hash."""
        keys = self._secrets.caller_keys(number)
        with self._noticing(), self.database.writing() as connection:
            people.serialise(connection, keys)
            people.forget(connection, keys, callback_too=callback_too)
        self._scrub_or_remember(at)

    def _scrub_or_remember(self, at: datetime) -> None:
        """What was deleted is still in SQLite's WAL until it is emptied; long readers can be in the way."""
        if any(self.database.scrub() for _ in range(SCRUB_TRIES)):
            return
        try:
            self.set_mark(SCRUB_WANTED, "1", at)
        except StoreError:
            self.trouble = "store-busy"

    def scrub_if_wanted(self, at: datetime) -> bool:
        """Finish a forgetting whose files could not be emptied at once, at every round of the worker. True if clean."""
        if self.mark(SCRUB_WANTED) != "1":
            return True
        self.set_mark(SCRUB_WANTED, "0", at)
        if self.database.scrub():
            return True
        self.set_mark(SCRUB_WANTED, "1", at)
        return False

    def unknown_messages(self, message_ids: Sequence[str]) -> list[str]:
        """Those of the carrier's message ids that never reached us, in the order given."""
        hashes = {one: self._secrets.digests("message", one) for one in message_ids}
        every = [digest for digests in hashes.values() for digest in digests]
        found: set[str] = set()
        with self.database.reading() as connection:
            for start in range(0, len(every), 500):
                some = inbound.c.message_key.in_(every[start : start + 500])
                found.update(connection.execute(select(inbound.c.message_key).where(some)).scalars())
        return [one for one in message_ids if found.isdisjoint(hashes[one])]

    # --- marks, audit, questions ---

    def mark(self, name: str) -> str | None:
        """A remembered value, such as when messages were last reconciled."""
        with self.database.reading() as connection:
            return keeping.read_mark(connection, name)

    def set_mark(self, name: str, value: str, at: datetime) -> None:
        """Remember a value under a name."""
        with self._noticing(), self.database.writing() as connection:
            keeping.write_mark(connection, name, value, at)

    def record_audit(self, who: str, what: str, detail: str, at: datetime) -> None:
        """Write down who did what; `detail` never holds a number."""
        with self._noticing(), self.database.writing() as connection:
            keeping.write_audit(connection, at, who, what, detail)

    def audit_records(self, limit: int = 200) -> list[AuditRecord]:
        """The latest lines of the audit, newest first."""
        wanted = select(audit.c.at, audit.c.who, audit.c.what, audit.c.detail).order_by(audit.c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return [AuditRecord(*row) for row in connection.execute(wanted).all()]

    def unmatched_questions(self, since: datetime, limit: int = 500) -> list[UnmatchedRecord]:
        """Questions nothing answered since then, newest first."""
        columns = unmatched.c.question, unmatched.c.language, unmatched.c.medium, unmatched.c.at
        wanted = select(*columns).where(unmatched.c.at >= since).order_by(unmatched.c.id.desc()).limit(limit)
        with self.database.reading() as connection:
            return [UnmatchedRecord(*row) for row in connection.execute(wanted).all()]

    def event_counts(self, since: datetime, until: datetime) -> dict[tuple[str, str], int]:
        """How often each event happened on each medium between two moments."""
        between = events.c.at >= since, events.c.at < until
        counted = select(events.c.name, events.c.medium, func.count()).where(*between)
        with self.database.reading() as connection:
            rows = connection.execute(counted.group_by(events.c.name, events.c.medium)).all()
        return {(str(row[0]), str(row[1])): int(row[2]) for row in rows}

    def code_of(self, call_sid: str) -> str:
        """Four digits that stand for this call, always the same; nothing is stored, and nobody else can work them out."""
        number = int.from_bytes(self._secrets.digest("code", call_sid).encode(), "big")
        return str(1000 + number % 9000)

    # --- upkeep ---

    def purge(self, kept: Retention, at: datetime) -> dict[str, int]:
        """Carry out the whole retention, with rests in which others write; says how many rows went, by rule."""
        total: Counter[str] = Counter()
        while True:
            went, all_of_it = self.purge_some(kept, at)
            total.update(went)
            if all_of_it:
                return dict(total)
            time.sleep(PURGE_REST)

    def purge_some(self, kept: Retention, at: datetime) -> tuple[dict[str, int], bool]:
        """So much of the retention as others can wait for: how many rows went, by rule, and whether that was all."""
        went, all_of_it = retention.purge(self.database, kept, at, PURGE_SECONDS)
        if all_of_it:
            self._scrub_or_remember(at)
        return went, all_of_it

    def rotate(self) -> dict[str, int]:
        """Write what is encrypted with the first keys; counts `rewritten` and `unreadable`."""
        return retention.rotate(self.database, self._secrets)

    def keys_in_use(self) -> dict[str, int]:
        """How many opt-outs are known under each CALLER_KEY, in the order of the setting; 0: it may be taken out."""
        return retention.keys_in_use(self.database, self._secrets)

    def check(self) -> None:
        """Before the line starts: tables current, no opt-out under a key that is not configured. Raises StoreError."""
        self.database.check()
        missing = sum(retention.keys_missing(self.database, self._secrets).values())
        if missing:
            raise StoreError(
                "store-key-missing",
                f"{missing} opt-outs are stored under a CALLER_KEY that is not in the list: put it back, last.",
            )

    def ready(self) -> None:
        """Whether promises can be kept now: reachable, current, writable. Raises StoreError: its code says why."""
        self.database.check()
        with self.database.writing() as connection:
            connection.execute(update(opt_outs).where(opt_outs.c.caller_key == "").values(how=""))
        if self.trouble == "store-full":
            self.set_mark("probe", "1", datetime.now(UTC))  # a statement that changes nothing finds no full disk

    def close(self) -> None:
        """Write the events that wait, and close every connection."""
        self.events.stop()
        self._brief.close()
        self.database.close()


def open_store(setting: str, secrets: Secrets, *, even_away: bool = False) -> Store:
    """The store behind DATABASE_URL, checked; raises StoreError, and never makes a database of its own.

    `even_away`: a server that does not answer just now is no reason not to start, since a call needs no store.
    """
    store = Store(Database(setting), secrets)
    try:
        store.check()
    except StoreError as fault:
        if even_away and not store.database.is_sqlite and fault.code in AWAY:
            store.trouble = fault.code
            return store
        store.close()
        raise
    return store


def fresh_store(setting: str, secrets: Secrets) -> Store:
    """A new, empty store without migrations, for simulators and tests: the tables as this program knows them."""
    maker = Database(setting, create=True, patient=True)
    with maker.writing() as connection:
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    maker.close()
    return Store(Database(setting), secrets)
