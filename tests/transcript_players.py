"""Three ways to play a golden transcript: core alone, signed webhooks, terminal phone; it asserts nothing."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ivr import transcripts
from ivr.app import Line, Webhooks, assemble
from ivr.channels.carrier import Carrier, RecordedCall, RecordedTexts
from ivr.channels.sms.routes import TextWebhooks
from ivr.channels.terminal_phone import run_call, run_texts
from ivr.channels.voice.routes import VoiceWebhooks
from ivr.config import practice_settings
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    Arrival,
    Caller,
    CallerKind,
    CancelCallback,
    Digits,
    Effect,
    EffectEnded,
    Forget,
    Graph,
    Hangup,
    Input,
    Listen,
    Medium,
    NoInput,
    OptIn,
    OptOut,
    RequestCallback,
    Result,
    RingBack,
    Say,
    SendText,
    Speech,
    State,
    Text,
    Transfer,
    TransferEnded,
    TransferOutcome,
    Turn,
)
from ivr.library.line_rules import Library
from ivr.messenger.zones import zones_of
from ivr.secrets import Secrets
from ivr.speech.pronunciation import spoken
from ivr.store import fresh_store
from ivr.texting.bodies import body
from ivr.texting.clean import received
from ivr.transcripts import Act, Note, Step, Transcript

CONTENT = Path(__file__).parent / "transcripts" / "content"
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
NUMBER = "+12025550100"

# --- the core alone


@dataclass
class World:
    """What the core is told about effects and about the person: as a store would, in memory."""

    opted_out: bool = False
    by_carrier: bool = False
    unmatched: Counter[str] = field(default_factory=Counter)
    texted: bool = False
    open_callback: bool = False

    def does(self, effect: Effect) -> tuple[Result, str]:
        """What becomes of an effect."""
        match effect:
            case OptOut(confirm=confirm):
                self.opted_out, self.by_carrier = True, not confirm
            case OptIn():
                self.opted_out = False
            case SendText(to_sealed=to_sealed):
                if self.opted_out and not to_sealed:
                    return Result.REFUSED, "opted-out"
                return Result.QUEUED, ""
            case RingBack():
                return Result.QUEUED, ""
            case RequestCallback(to_sealed=to_sealed):
                self.open_callback = self.open_callback or not to_sealed
            case CancelCallback():
                was, self.open_callback = self.open_callback, False
                return (Result.DONE, "") if was else (Result.REFUSED, "none")
        return Result.DONE, ""


class CoreAlone:
    """Takes turns of the pure core and nothing else, with a clock that stands still."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def play(self, written: Transcript) -> Transcript:
        """The same acts, with what came of them now."""
        play = self._call if written.medium == transcripts.CALL else self._texts
        return replace(written, steps=tuple(play(written)))

    def _call(self, written: Transcript) -> Iterator[Step]:
        world, state = World(), start(self.graph, Medium.VOICE)
        then: Listen | Transfer | Hangup = Hangup()
        for step in written.steps:
            came: list[transcripts.Line | Note] = []
            for heard in self._inputs(step.act, then, _caller(written.sender, world, state)):
                turn = self._turn(state, heard, world)
                state, then = turn.state, turn.reply.then
                came += self._heard(turn)
            yield Step(step.act, tuple(came))

    def _inputs(self, act: Act, then: Listen | Transfer | Hangup, who: Caller) -> Iterator[Input]:
        """What an act is for the core, while it waits like this."""
        match act:
            case transcripts.Call():
                yield Arrival(NOON, who)
            case transcripts.Press(keys) if isinstance(then, Listen):
                for part in _typed(keys, then):
                    yield Digits(part, NOON, who)
            case transcripts.Press():
                yield TransferEnded(TransferOutcome.COMPLETED, NOON, who, 1)
            case transcripts.SayWords(words, percent) if isinstance(then, Listen) and then.speech:
                yield Speech(words, percent / 100, NOON, who)
            case transcripts.SayWords() | transcripts.Silent():
                yield NoInput(NOON, who)
            case transcripts.Transferred(outcome, seconds):
                yield TransferEnded(outcome, NOON, who, seconds)

    def _heard(self, turn: Turn) -> tuple[transcripts.Line | Note, ...]:
        lines = transcripts.heard(
            (spoken(said.text, said.language, self.graph.pronunciations[said.language]), said.language)
            for said in turn.reply.says
            if isinstance(said, Say)
        )
        match turn.reply.then:
            case Transfer(handoff):
                return (*lines, transcripts.rings(self.graph.handoffs[handoff].number))
            case Hangup():
                return (*lines, Note(transcripts.CALL_OVER))
        return lines

    def _texts(self, written: Transcript) -> Iterator[Step]:
        world, state = World(), start(self.graph, Medium.TEXT)
        for step in written.steps:
            assert isinstance(step.act, transcripts.SendText)
            words = received(step.act.body, 1600)
            text = Text(
                words,
                NOON,
                _caller(written.sender, world, state, CallerKind.MOBILE),
                repeats=world.unmatched[words.lower()],
            )
            turn = self._turn(state, text, world)
            if {"no-match", "outside"} & {event.name for event in turn.events}:
                world.unmatched[words.lower()] += 1
            state = turn.state
            yield Step(step.act, transcripts.read(body(turn.reply)) or (Note(transcripts.NOTHING),))

    def _turn(self, state: State, heard: Input, world: World) -> Turn:
        turn = take_turn(self.graph, state, heard)
        if turn.effect is None:
            return turn
        result, reason = world.does(turn.effect)
        after = take_turn(self.graph, turn.state, EffectEnded(turn.effect, result, heard.at, heard.caller, reason=reason))
        forgotten = isinstance(turn.effect, Forget) and state.medium is Medium.TEXT
        kept = start(self.graph, Medium.TEXT) if forgotten else after.state
        return replace(after, state=kept, events=turn.events + after.events)


def _caller(sender: str, world: World, state: State, kind: CallerKind = CallerKind.UNKNOWN) -> Caller:
    zones = zones_of(state.sealed or sender)
    if sender == transcripts.WITHHELD:
        return Caller(kind=CallerKind.WITHHELD, zones=zones)
    return Caller(
        kind=kind,
        ending=sender[-2:],
        opted_out=world.opted_out,
        blocked_by_carrier=world.by_carrier if world.opted_out else None,
        open_callback=world.open_callback,
        zones=zones,
    )


def _typed(keys: str, listen: Listen) -> list[str]:
    """One key a turn; while a number is typed, all keys until # in one."""
    return list(keys) if listen.digits == 1 else [keys.removesuffix("#")]


# --- the webhooks, in front of the whole line and a store of its own


@contextmanager
def carrier(library: Library, folder: Path) -> Iterator[Carrier]:
    """A pretend carrier in front of the application, put together as for practice; its clock stands still at NOON."""
    settings = practice_settings(folder, {})
    store = fresh_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys))
    try:
        line = Line(settings, library, store)
        timed = {**VoiceWebhooks(line, lambda: NOON).paths, **TextWebhooks(line, lambda: NOON).paths}
        yield Carrier.for_line(Webhooks(timed, assemble(line), line.trust.base_path), settings)
    finally:
        store.close()


@dataclass(frozen=True)
class Signed:
    """Plays through signed requests and executes the documents."""

    carrier: Carrier

    def play(self, written: Transcript) -> tuple[Transcript, list[str]]:
        """The same acts with what came of them, and what the carrier would complain of."""
        if written.medium == transcripts.CALL:
            call = RecordedCall(self.carrier, written.sender)
            steps = [call.do(step.act) for step in written.steps]
            return replace(written, steps=tuple(steps)), call.call.faults
        texts = RecordedTexts(self.carrier, written.sender)
        for step in written.steps:
            assert isinstance(step.act, transcripts.SendText)
            texts.send(step.act.body)
        return replace(written, steps=tuple(texts.steps)), texts.texter.faults


# --- the terminal phone


@dataclass(frozen=True)
class Terminal:
    """Types what a person would type and reads the transcript that `--save` writes."""

    carrier: Carrier
    folder: Path

    def play(self, written: Transcript) -> tuple[Transcript, str]:
        """The same acts with what came of them, and all that the terminal showed."""
        saved, shown = self.folder / "saved.txt", io.StringIO()
        if written.medium == transcripts.CALL:
            typed = "".join(_line(step.act) + "\n" for step in written.steps[1:])
            run_call(
                self.carrier, save=saved, title=written.title, sender=written.sender, stdin=io.StringIO(typed), stdout=shown
            )
        else:
            bodies = [step.act.body for step in written.steps if isinstance(step.act, transcripts.SendText)]
            typed = "".join(text + "\n" for text in bodies)
            run_texts(
                self.carrier, save=saved, title=written.title, sender=written.sender, stdin=io.StringIO(typed), stdout=shown
            )
        return transcripts.loads(saved.read_text(encoding="utf-8")), shown.getvalue()


def _line(act: Act) -> str:
    """What somebody types for this act."""
    match act:
        case transcripts.Silent():
            return ""
        case transcripts.Press(keys):
            return keys
        case transcripts.Transferred():
            return transcripts.act_text(act).replace("transfer", "dial", 1)
    return transcripts.act_text(act)
