"""One turn with its side effects: the one place where the pure core meets the world. It decides nothing about words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ivr import remembering
from ivr.channels.line import CallFacts, MessageFacts
from ivr.dialog import callbacks
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    NOBODY,
    Caller,
    CallerKind,
    CancelCallback,
    Confirm,
    Effect,
    EffectEnded,
    Enter,
    Event,
    Forget,
    Graph,
    Input,
    Language,
    Listen,
    Medium,
    OptIn,
    OptOut,
    Reply,
    RequestCallback,
    Result,
    RingBack,
    Say,
    SendText,
    State,
    Text,
    Turn,
)
from ivr.library.line_rules import TextingRules
from ivr.messenger import zones
from ivr.messenger.bodies import state_after
from ivr.store import Outcome, Store, StoreError, TextTurn, VoiceEffect
from ivr.texting.bodies import body

log = logging.getLogger(__name__)

SHORT_WINDOW_NOTE = 1  # the last reply of a window is the one that says so
ALWAYS_ANSWERED = frozenset({"emergency", "crisis", "opt-out", "opt-in"})
NOTHING_MATCHED = frozenset({"no-match", "outside"})
NEEDS_FACTS = frozenset({"text-me", "number", "callback", "forget"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns of calls and of texts. `graph` and `texting` give the words and limits that hold now."""

    graph: Callable[[], Graph]
    texting: Callable[[], TextingRules]
    store: Store
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    # --- calls

    def voice(self, state: State, heard: Input, call: CallFacts) -> Turn:
        """A turn of a call. It touches memory only, unless it asks for an effect or for what is known of the caller."""
        graph = self.graph()
        if heard.caller is NOBODY:
            heard = replace(heard, caller=_caller(call.number))
        turn = take_turn(graph, state, heard)
        if _asks_about_caller(turn, state) and call.number:
            heard = replace(heard, caller=self._known(heard.caller, call.number))
            turn = take_turn(graph, state, heard)
        heard, turn = _in_their_time(graph, state, heard, turn, call.number)
        if turn.effect is None:
            return turn
        outcome = self._voice_effect(turn, call, heard.at)
        return _after(graph, turn, turn.effect, outcome, heard)

    def _known(self, caller: Caller, number: str) -> Caller:
        """What the store knows, within its 200 ms; the core behaves well with nothing."""
        facts = self.store.facts(number)
        if facts is None:
            return caller
        return replace(caller, opted_out=facts.opted_out, open_callback=facts.open_callback, new=facts.new)

    def _voice_effect(self, turn: Turn, call: CallFacts, at: datetime) -> Outcome:
        """Perform the effect once, however often the webhook is delivered; a promise is committed before it is spoken."""
        once = f"{call.call_sid}:{call.token}"
        try:
            with self.store.voice(call.number, once, at) as effect:
                return effect.done or self._perform(effect, turn, at)
        except StoreError as fault:
            log.warning("voice effect failed: %s", fault.code)
            return Outcome(Result.FAILED, fault.code)

    def record(self, turn: Turn, call: CallFacts) -> None:
        """Hand the events over; nobody waits for them."""
        if turn.events:
            self.store.events.put(call.call_sid, call.token, self.now(), call.number, turn.events)

    # --- texts

    def text(self, heard: Text, message: MessageFacts) -> Reply:
        """A turn of a text conversation: read, decided, promised and answered in one transaction."""
        try:
            return self._stored_text(heard, message)
        except StoreError as fault:
            log.warning("text turn without store: %s", fault.code)
            return self._unstored_text(heard, fault)

    def _stored_text(self, heard: Text, message: MessageFacts) -> Reply:
        graph = self.graph()
        with self.store.turn(message.sender, message.message_sid, heard.at) as kept:
            if kept.duplicate_answer is not None:
                return _told(graph, kept.duplicate_answer)
            state = self._state(graph, kept, heard.at)
            heard = replace(heard, caller=_texter(kept), repeats=kept.same_unmatched_today(heard.body))
            told, turn = _in_their_time(graph, state, heard, take_turn(graph, state, heard), kept.number)
            reply = self._limited(graph, turn, kept)
            if reply is None:
                if turn.effect is not None:
                    turn = _after(graph, turn, turn.effect, self._perform(kept, turn, heard.at), told)
                reply = turn.reply
                kept.save(remembering.dumps(turn.state))
            kept.event(*turn.events)
            unmatched = heard.body if _unmatched(turn.events) else None
            kept.answer(body(reply), unmatched=unmatched, language=turn.state.language)
        return reply

    def _state(self, graph: Graph, kept: TextTurn, at: datetime) -> State:
        """Where the conversation stands; after a day it begins anew, in the language it had."""
        session, given = kept.session, kept.last_text
        state = remembering.loads(graph, session.state) if session else start(graph, Medium.TEXT)
        if session and session.age(at) > timedelta(hours=graph.limits.session_hours):
            state = start(graph, Medium.TEXT, state.language)
        if given and (session is None or session.updated_at < given.at):
            language = Language(given.language)
            segments = self.texting().segments
            return state_after(graph, given.kind, given.what, language, first=given.first, segments=segments)
        return state

    def _limited(self, graph: Graph, turn: Turn, kept: TextTurn) -> Reply | None:
        """At the limit one text says so; beyond it nothing but what is always answered (T10)."""
        limits, recent = self.texting(), kept.recent
        left = min(limits.replies_in_30_seconds - recent.in_30_seconds, limits.replies_a_day - recent.in_a_day)
        if left > SHORT_WINDOW_NOTE or _always_answered(turn.events):
            return None
        if left < SHORT_WINDOW_NOTE:
            return Reply((), Listen(speech=0))
        return _prompt_reply(graph, turn.state.language, "limit")

    def _unstored_text(self, heard: Text, fault: StoreError) -> Reply:
        """Without a store: danger is answered, an opt-out is never pretended, everything else gets an honest sentence."""
        graph = self.graph()
        turn = take_turn(graph, start(graph, Medium.TEXT), heard)
        if turn.effect is not None and not isinstance(turn.effect, SendText | RingBack):
            raise fault
        quiet = turn.effect is None and not turn.reply.says
        if quiet or _always_answered(turn.events):
            return turn.reply
        return _prompt_reply(graph, turn.state.language, "unavailable")

    # --- effects

    def _perform(self, kept: TextTurn | VoiceEffect, turn: Turn, at: datetime) -> Outcome:
        """One line an effect."""
        state = turn.state
        match turn.effect:
            case OptOut(confirm=confirm):
                return kept.opt_out("words" if confirm else "carrier")
            case OptIn():
                return kept.opt_in()
            case SendText(topic, language, to_sealed):
                return self._send_text(kept, topic, language, state.sealed if to_sealed else None, at)
            case RequestCallback(to_sealed=to_sealed) as wanted:
                return _request_callback(kept, wanted, state.sealed if to_sealed else None)
            case CancelCallback():
                return kept.cancel_callback()
            case Forget(callback_too):
                return kept.forget(callback_too)
            case RingBack(handoff, language):
                return self._ring_back(kept, handoff, language, at)
        return Outcome(Result.REFUSED, "unknown")

    def _send_text(
        self, kept: TextTurn | VoiceEffect, topic: str, language: Language, number: str | None, at: datetime
    ) -> Outcome:
        """One choice is one text; to a typed number it is only an offer."""
        if number is None and kept.opted_out:
            return Outcome(Result.REFUSED, "opted-out")
        expires = at + timedelta(minutes=self.texting().outbox_minutes)
        kind = "invite" if number else "text"
        return kept.queue_text({"topic": topic}, language, expires_at=expires, kind=kind, number=number)

    def _ring_back(self, kept: TextTurn | VoiceEffect, handoff: str, language: Language, at: datetime) -> Outcome:
        """Only the number that texted, at most twice a day."""
        if kept.calls_today >= self.texting().ring_backs_a_day:
            return Outcome(Result.REFUSED, "limit")
        expires = at + timedelta(minutes=self.texting().outbox_minutes)
        return kept.queue_text({"handoff": handoff}, language, expires_at=expires, kind="call")

    # --- what the carrier tells afterwards

    def call_status(self, call: CallFacts, status: str, seconds: int) -> None:
        """How a call ended, as an event."""
        graph = self.graph()
        ended = Event("call-status", graph.start, graph.languages[0], Medium.VOICE, f"{status[:20]}:{seconds}")
        self.store.events.put(call.call_sid, "status", self.now(), call.number, (ended,))

    def message_status(self, message_sid: str, status: str, error_code: str) -> None:
        """What became of a text of ours; never backwards, and early news is kept."""
        try:
            self.store.outbox.status(message_sid, status, self.now(), code=error_code)
        except StoreError as fault:
            log.warning("message status not stored: %s", fault.code)


def _caller(number: str | None) -> Caller:
    if number is None:
        return Caller(kind=CallerKind.WITHHELD)
    return Caller(ending=number[-2:])


def _texter(kept: TextTurn) -> Caller:
    how = kept.opted_out_how
    return Caller(
        kind=CallerKind.MOBILE,
        ending=(kept.number or "")[-2:],
        new=kept.new,
        opted_out=bool(how),
        blocked_by_carrier=how in ("carrier", "21610") if how else None,
        open_callback=kept.open_callback is not None,
    )


def _asks_about_caller(turn: Turn, before: State) -> bool:
    """Whether this turn began a question, or wants an effect, that depends on who is calling."""
    if turn.effect is not None:
        return isinstance(turn.effect, Forget)
    asking = turn.state.asking
    if asking == before.asking or not isinstance(asking, Confirm | Enter):
        return False
    return asking.purpose.partition(":")[0] in NEEDS_FACTS


def _in_their_time(graph: Graph, state: State, heard: Input, turn: Turn, number: str | None) -> tuple[Input, Turn]:
    """The turn again with the time zones of the number in question, if it would ask for the zone."""
    if not callbacks.asks_zone(turn) or heard.caller.zones is not None:
        return heard, turn
    heard = replace(heard, caller=replace(heard.caller, zones=zones.zones_of(turn.state.sealed or number or "")))
    return heard, take_turn(graph, state, heard)


def _request_callback(kept: TextTurn | VoiceEffect, wanted: RequestCallback, number: str | None) -> Outcome:
    """The promise, to the number typed or else their own: only to one that costs what an ordinary call costs (T8)."""
    to = number or kept.number
    if to and not zones.may_ring(to):
        return Outcome(Result.REFUSED, "not-ringable")
    return kept.request_callback(
        wanted.window, wanted.language, promised_by=wanted.by, zone=wanted.zone, may_text=wanted.may_text, number=number
    )


def _after(graph: Graph, turn: Turn, effect: Effect, outcome: Outcome, heard: Input) -> Turn:
    """The second half of a turn with an effect: the words for what became of it."""
    ended = EffectEnded(effect, outcome.result, heard.at, heard.caller, outcome.reason, outcome.reference)
    second = take_turn(graph, turn.state, ended)
    return replace(second, events=turn.events + second.events)


def _told(graph: Graph, answer: str) -> Reply:
    """A reply that was given before, word for word."""
    says = (Say(answer, graph.languages[0]),) if answer else ()
    return Reply(says, Listen(speech=0))


def _prompt_reply(graph: Graph, language: Language, key: str) -> Reply:
    desks = [desk for desk in graph.handoffs.values() if desk.number]
    desk = next((desk for desk in desks if language in desk.languages), desks[0])
    text = graph.prompts[(language, Medium.TEXT)][key].format(number=desk.number)
    return Reply((Say(text, language),), Listen(speech=0))


def _always_answered(events: tuple[Event, ...]) -> bool:
    return any(event.name in ALWAYS_ANSWERED or (event.name == "text" and event.detail == "help") for event in events)


def _unmatched(events: tuple[Event, ...]) -> bool:
    return any(event.name in NOTHING_MATCHED for event in events)
