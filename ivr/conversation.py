"""One turn with its side effects: the one place where the pure core meets the world. It decides nothing about words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ivr import caller_facts, remembering
from ivr.channels.line import CallFacts, MessageFacts
from ivr.dialog.engine import start, take_turn
from ivr.dialog.types import (
    NOBODY,
    CancelCallback,
    Effect,
    EffectEnded,
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
from ivr.errors import LineError
from ivr.library.line_rules import TextingRules
from ivr.messenger import zones
from ivr.messenger.bodies import state_after
from ivr.store import Outcome, Store, StoreError, TextTurn, VoiceEffect
from ivr.texting.bodies import body
from ivr.waiting import EFFECT_SECONDS, within

log = logging.getLogger(__name__)

SHORT_WINDOW_NOTE = 1  # the last reply of a window is the one that says so
ALWAYS_ANSWERED = frozenset({"emergency", "crisis", "opt-out", "opt-in"})
NOTHING_MATCHED = frozenset({"no-match", "outside"})


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
            heard = replace(heard, caller=caller_facts.of_call(call.number))
        turn = take_turn(graph, state, heard)
        if caller_facts.asks_about_caller(turn, state) and call.number:
            known = caller_facts.known(heard.caller, self.store.facts(call.number))
            heard, turn = caller_facts.again(graph, state, heard, known)
        heard, turn = caller_facts.in_their_time(graph, state, heard, turn, call.number)
        if caller_facts.needs_code(graph, turn, heard):
            coded = replace(heard.caller, reference=self.store.code_of(call.call_sid))
            heard, turn = caller_facts.again(graph, state, heard, coded)
        if turn.effect is None:
            return turn
        outcome = self._voice_effect(turn, call, heard.at)
        return _after(graph, turn, turn.effect, outcome, heard)

    def _voice_effect(self, turn: Turn, call: CallFacts, at: datetime) -> Outcome:
        """Perform the effect once, however often the webhook is delivered; a promise is committed before it is spoken.

        A caller who hears nothing hangs up: after EFFECT_SECONDS the promise is not made, even if it comes true later.
        """
        once = f"{call.call_sid}:{call.token}"

        def perform() -> Outcome:
            with self.store.voice(call.number, once, at) as effect:
                return effect.done or self._perform(effect, turn, at)

        try:
            return within(EFFECT_SECONDS, perform)
        except LineError as fault:
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
            heard = replace(heard, caller=caller_facts.of_text(kept), repeats=kept.same_unmatched_today(heard.body))
            told, turn = caller_facts.in_their_time(graph, state, heard, take_turn(graph, state, heard), kept.number)
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
        """One choice is one text; to a typed number it is only an offer, and few of them a day."""
        limits, recent, what = self.texting(), kept.recent_to(number), {"topic": topic}
        if number is None and kept.opted_out:
            return Outcome(Result.REFUSED, "opted-out")
        minutes = timedelta(minutes=limits.outbox_minutes)
        if kept.texted_since(what, number, at - minutes):
            return Outcome(Result.REFUSED, "twice")
        many = recent.in_30_seconds >= limits.replies_in_30_seconds or recent.in_a_day >= limits.replies_a_day
        if many or (number and recent.invites >= limits.invites_a_day):
            return Outcome(Result.REFUSED, "limit")
        kind = "invite" if number else "text"
        return kept.queue_text(what, language, expires_at=at + minutes, kind=kind, number=number)

    def _ring_back(self, kept: TextTurn | VoiceEffect, handoff: str, language: Language, at: datetime) -> Outcome:
        """Only the number that texted, at most twice a day, and none that the worker would not ring."""
        if not zones.may_ring(kept.number or ""):
            return Outcome(Result.REFUSED, "not-ringable")
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
