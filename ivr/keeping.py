"""What the commands `ivr db`, `ivr purge` and `ivr report` do: open the store, ask it, and put the answer in lines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.config import Settings, load_settings
from ivr.errors import LineError
from ivr.library.line_rules import Library
from ivr.library.loader import load
from ivr.messenger.standing import lines, standing
from ivr.secrets import Secrets
from ivr.store import CallbackRecord, Retention, Store, migrate, open_store


@contextlib.contextmanager
def _store() -> Iterator[tuple[Settings, Store]]:
    settings = load_settings()
    store = open_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys))
    try:
        yield settings, store
    finally:
        store.close()


def _words(settings: Settings) -> Library:
    return load(settings.content, specialist_number=settings.specialist_number or "", line_number=settings.number)


def _stands(status: migrate.Status) -> str:
    pending = f", to come: {', '.join(status.pending)}" if status.pending else ", nothing to come"
    return f"database at {status.current or 'nothing'}, program at {status.head}{pending}"


def upgrade(revision: str) -> str:
    """Migrate up; says where the database stands."""
    return _stands(migrate.upgrade(load_settings().database_url, revision))


def downgrade(revision: str) -> str:
    """Migrate down; says where the database stands."""
    return _stands(migrate.downgrade(load_settings().database_url, revision))


def status() -> Iterator[str]:
    """Where the database stands, and whether promises can be kept now."""
    settings = load_settings()
    yield _stands(migrate.status(settings.database_url))
    with _store() as (_, store):
        store.ready()
        yield f"ready; {store.opt_outs_count()} numbers have opted out"


def rotate() -> Iterator[str]:
    """Encrypt anew with the first keys."""
    with _store() as (_, store):
        for what, count in store.rotate().items():
            yield f"{what}: {count}"
        for place, (key, count) in enumerate(store.keys_in_use().items()):
            old = ", can be taken out of the list" if place and not count else ""
            yield f"CALLER_KEY {key}: {count} opt-outs{old}"


def purge() -> Iterator[str]:
    """Carry out the retention of line.toml."""
    with _store() as (settings, store):
        rules = _words(settings).retention
        kept = Retention(**{name: getattr(rules, name) for name in Retention.__slots__})
        for what, count in store.purge(kept, datetime.now(UTC)).items():
            yield f"{what}: {count} deleted"


def report(days: int) -> Iterator[str]:
    """Counts of what happened, how the outbox stands, and what waits for somebody."""
    with _store() as (_, store):
        now = datetime.now(UTC)
        yield f"The last {days} days"
        for (name, medium), count in sorted(store.event_counts(now - timedelta(days=days), now).items()):
            yield f"  {medium:5}  {name:16} {count}"
        yield from lines(standing(store, now))
        asked = store.unmatched_questions(now - timedelta(days=days), limit=20)
        yield f"Questions that nothing answered (latest {len(asked)}, redacted):"
        for one in asked:
            yield f"  [{one.language}] {one.question}"


def callbacks(claim: str | None, close: str | None, who: str) -> Iterator[str]:
    """Open requests; claim one (its number is shown once, and noted in the audit), or close one."""
    with _store() as (_, store):
        now = datetime.now(UTC)
        if claim or close:
            yield _claimed(store, claim, who, now) if claim else _closed(store, str(close), who, now)
            return
        found = store.callbacks.listed()
        for one in found:
            state = "late" if one.promised_by < now else one.state
            promised = f"{one.promised_by:%Y-%m-%d %H:%M} UTC"
            yield f"{one.reference}  {one.language}  {one.window:9}  {_there(one)}  promised by {promised}  {state}"
        if not found:
            yield "Nobody waits for a call."


def _there(one: CallbackRecord) -> str:
    """The zone of the person, and the promised time on their clock."""
    if not one.zone:
        return "zone not known"
    return f"{one.zone} ({one.promised_by.astimezone(ZoneInfo(one.zone)):%a %H:%M} there)"


def _named(store: Store, reference: str, who: str) -> CallbackRecord:
    if not who:
        raise LineError("who-is-missing", "Say who you are with --who NAME: claims and closings are written down.")
    found = next((one for one in store.callbacks.listed() if one.reference == reference.upper()), None)
    if found is None:
        raise LineError("no-callback", f"There is no open request {reference}: see `ivr report callbacks`.")
    return found


def _claimed(store: Store, reference: str, who: str, now: datetime) -> str:
    found = _named(store, reference, who)
    if not store.callbacks.claim(found.id, who, now):
        raise LineError("callback-taken", f"{reference} was claimed by somebody else.")
    number = store.callbacks.number(found.id, who, now)
    return f"{found.reference}: {number}  ({found.language}, {found.window}, {_there(found)})"


def _closed(store: Store, reference: str, who: str, now: datetime) -> str:
    found = _named(store, reference, who)
    store.callbacks.close(found.id, who, now)
    return f"{found.reference} is closed; its number is erased."
