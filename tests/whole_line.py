"""A whole line for the tests of the system: real webhooks, words and store, a clock that a test moves, nothing sent."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from ivr.app import Line, Webhooks, assemble
from ivr.channels.carrier import Carrier, PretendCall, PretendTexter, Say
from ivr.channels.sms.routes import TextWebhooks
from ivr.channels.voice.routes import VoiceWebhooks
from ivr.config import Settings, practice_settings
from ivr.conversation import Conversation
from ivr.dialog.types import NumberType
from ivr.library.line_rules import Library
from ivr.library.loader import load
from ivr.messenger import Messenger, Rehearsal, Report
from ivr.secrets import Secrets
from ivr.store import Store, fresh_store

CONTENT = Path(__file__).parent.parent / "content"
MORNING = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # a Monday, noon in New York
LINE = "+12025550100"
PERSON, OTHER = "+12025550143", "+12025550144"  # 555-0100 to 555-0199 belong to nobody


@dataclass
class Clock:
    """Stands still until a test moves it."""

    moment: datetime = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def later(self, **more: float) -> datetime:
        """So much later."""
        self.moment += timedelta(**more)
        return self.moment


@dataclass
class WholeLine:
    """The line, the pretend carrier in front of it, a worker behind it, and what would have left this machine."""

    line: Line
    app: Flask
    carrier: Carrier
    clock: Clock
    worker: Messenger
    texted: list[tuple[str, str]] = field(default_factory=list)
    rung: list[tuple[str, str]] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """Its memory."""
        return self.line.store

    def texter(self, number: str = PERSON, number_type: NumberType | None = None) -> PretendTexter:
        """Somebody who texts."""
        return PretendTexter(self.carrier, number, number_type=number_type)

    def call(self, number: str = PERSON) -> PretendCall:
        """A call that the line has picked up."""
        begun = PretendCall(self.carrier, number)
        begun.start()
        return begun

    def work(self) -> Report:
        """One round of the worker, far enough from the last for its upkeep."""
        self.clock.later(seconds=16)
        return self.worker.work_once(self.clock())


def replies(texter: PretendTexter, body: str, **more: str) -> str:
    """What the line answers to this text, "" for nothing; whatever the carrier would complain of fails the test."""
    sent = texter.send(body, **more)
    assert texter.faults == []
    return "\n".join(reply.body for reply in sent.replies)


def words(call: PretendCall) -> str:
    """What was heard last in a call."""
    assert call.faults == []
    return " ".join(sound.text for sound in call.heard if isinstance(sound, Say))


@contextmanager
def a_line(
    library: Library,
    folder: Path,
    *,
    store: Store | None = None,
    settings: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
) -> Iterator[WholeLine]:
    """A line put together as in production; `settings` replace some of practice's, `store` the one it would make."""
    made = replace(practice_settings(folder, {}), **(settings or {}))
    given = store or fresh_store(made.database_url, Secrets(made.caller_keys, made.data_keys))
    try:
        yield _put_together(library, made, given, clock or Clock())
    finally:
        if store is None:
            given.close()


def _put_together(library: Library, settings: Settings, store: Store, clock: Clock) -> WholeLine:
    line = Line(settings, library, store)
    line.conversation = Conversation(line.graph, lambda: line.library.texting, store, clock)
    app = assemble(line)
    timed = {**VoiceWebhooks(line, clock).paths, **TextWebhooks(line, clock).paths}
    carrier = Carrier.for_line(Webhooks(timed, app, line.trust.base_path), settings)
    texted: list[tuple[str, str]] = []
    rung: list[tuple[str, str]] = []
    rehearsal = Rehearsal(lambda to, body: texted.append((to, body)), lambda to, path: rung.append((to, path)))
    worker = Messenger(
        store, lambda: library, lambda: rehearsal, number_type=settings.number_type, clock=clock, dice=Random(1), name="one"
    )
    return WholeLine(line, app, carrier, clock, worker, texted, rung)


def changed_library(folder: Path, change: Callable[[Path], None]) -> Library:
    """The shipped words, copied and changed."""
    copied = folder / "content"
    shutil.copytree(CONTENT, copied)
    change(copied)
    return load(copied, line_number=LINE)


def offering_callbacks(content: Path) -> None:
    """A line whose line.toml says who rings people back, and how soon."""
    path = content / "line.toml"
    text = path.read_text(encoding="utf-8")
    named = (
        "within_hours = 24\nhours = { always = true }\n"
        'answered_by = { en = "A nurse of this line", es = "Una enfermera de esta línea" }'
    )
    assert "within_hours = 0\nanswered_by = { }" in text
    path.write_text(text.replace("within_hours = 0\nanswered_by = { }", named), encoding="utf-8")
