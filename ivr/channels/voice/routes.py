"""The voice webhooks: trust, locate, hear, answer, record, render; whatever fails, a caller hears words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from ivr.channels.line import CallFacts, Line
from ivr.channels.voice import cursor, hear
from ivr.channels.voice.fixed import Fixed
from ivr.channels.voice.render import Documents
from ivr.channels.voice.ringing import RING, ring
from ivr.channels.voice.sealing import seal, unseal
from ivr.channels.voice.whisper import whisper
from ivr.channels.webhook import EMPTY, NOTED, Answer, Environ, Form, Webhook, document, noted, verified
from ivr.dialog.types import Graph, Input, Medium, State, Transfer, Turn

HANG_UP = b'<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'
GONE = ""  # a place that does not exist: the dialog says so and goes to the nearest one, which is in the trail
_FAULTS = re.compile(r"(?:\A|&)e=([0-9])(?:&|\Z)")

log = logging.getLogger(__name__)


def now() -> datetime:
    """The time that goes in with the input."""
    return datetime.now(UTC)


class VoiceWebhooks:
    """The six voice webhooks over the WSGI environment; `paths` names them."""

    def __init__(self, line: Line, clock: Callable[[], datetime] = now) -> None:
        """Makes the fixed documents at once, so that a line that could not say its last resort does not start."""
        self._line = line
        self._clock = clock
        base_path = line.trust.base_path
        self._documents = Documents(base_path)
        self._cursors = cursor.Cursors()
        self._started = self._start(line.graph())
        self._fixed = Fixed(line.graph(), base_path)
        self.paths: Mapping[str, Webhook] = {
            "/voice/answer": self.answer,
            "/voice/turn": self.turn,
            "/voice/fallback": self.fallback,
            "/voice/status": self.status,
            "/voice/whisper": self.whisper,
            RING: self.ring,
        }

    def answer(self, environ: Environ) -> Answer:
        """The number's voice URL: a call has come in."""
        form = verified(self._line.trust, environ)
        return form if isinstance(form, Answer) else self._exchange(form, hear.arrival)

    def turn(self, environ: Environ) -> Answer:
        """Every action URL: keys, words, silence, or the end of a transfer."""
        form = verified(self._line.trust, environ)
        return form if isinstance(form, Answer) else self._exchange(form, hear.hear)

    def _exchange(self, form: Form, heard_in: Callable[[Form, datetime], Input]) -> Answer:
        """One turn. The request is the carrier's from here on, so even a fault is answered with words."""
        state = self._begin(self._line.graph())
        try:
            graph = self._line.graph()
            call = hear.call_facts(form)
            state = self.locate(form.query, call, graph)
            heard = heard_in(form, self._clock())
            turn = self._line.conversation.voice(state, heard, call)
            self.record(turn, call)
            return document(self.render(turn, call, graph))
        except Exception as error:
            noted(log, "voice turn", error)
            return self._last_resort(state, form.query)

    def _begin(self, graph: Graph) -> State:
        """Where every call begins; made once for each graph."""
        started = self._started
        if started.revision != graph.revision or started.at != graph.start:
            started = self._started = self._start(graph)
        return started

    def _start(self, graph: Graph) -> State:
        return State(Medium.VOICE, graph.languages[0], graph.start, revision=graph.revision)

    def locate(self, query: str, call: CallFacts, graph: Graph) -> State:
        """Where the caller is, from the cursor; a typed number is opened here and nowhere else."""
        if not query:
            return self._begin(graph)
        state, moved = self._cursors.parse(query, graph, self._begin(graph))
        if moved:
            return replace(state, at=GONE, trail=(state.at,))
        if state.sealed:
            number = unseal(state.sealed, call.call_sid, self._line.cursor_keys)
            state = replace(state, sealed=number, asking=state.asking if number else None)
        return state

    def record(self, turn: Turn, call: CallFacts) -> None:
        """Note what happened; a caller never waits for it and never hears of it."""
        try:
            self._line.conversation.record(turn, call)
        except Exception as error:
            noted(log, "recording a turn", error)

    def render(self, turn: Turn, call: CallFacts, graph: Graph) -> bytes:
        """The reply as TwiML, the state in its URLs; words that hold a typed number or a code are not remembered."""
        state, then = turn.state, turn.reply.then
        private = bool(state.sealed) or (isinstance(then, Transfer) and bool(then.code))
        if state.sealed:
            state = replace(state, sealed=seal(state.sealed, call.call_sid, self._line.cursor_keys))
        query = cursor.write(state, graph)
        return self._documents.twiml(turn.reply, query, graph, state.language, remember=not private)

    def _last_resort(self, state: State, query: str) -> Answer:
        faults = _FAULTS.search(query)
        kept = replace(state, sealed="", asking=None)
        return document(self._fixed.last_resort(kept, cursor.write(kept), int(faults[1]) if faults else 0))

    def fallback(self, environ: Environ) -> Answer:
        """The number's fallback URL: the carrier could not get an answer from us."""
        form = verified(self._line.trust, environ)
        if isinstance(form, Answer):
            return form
        log.error("the carrier asked for the voice fallback: error %s", re.sub("[^0-9]", "", form.get("ErrorCode"))[:6])
        return document(self._fixed.fallback)

    def status(self, environ: Environ) -> Answer:
        """How a call went on: an event, never a turn."""
        form = verified(self._line.trust, environ)
        if isinstance(form, Answer):
            return form
        try:
            status, duration = form.get("CallStatus")[:32], hear.seconds(form.get("CallDuration"))
            self._line.conversation.call_status(hear.call_facts(form), status, duration)
        except Exception as error:
            noted(log, "noting a call status", error)
        return NOTED

    def whisper(self, environ: Environ) -> Answer:
        """What the specialist hears before the caller is put through; nothing, where no whisper is configured."""
        form = verified(self._line.trust, environ)
        if isinstance(form, Answer):
            return form
        try:
            graph = self._line.graph()
            made = whisper(graph, form, self._start(graph), self._line.trust.base_path)
        except Exception as error:
            noted(log, "whispering", error)
            made = None
        return document(made) if made else EMPTY

    def ring(self, environ: Environ) -> Answer:
        """Somebody picked up a call that they had asked for by text: who calls, a key, a person."""
        form = verified(self._line.trust, environ)
        if isinstance(form, Answer):
            return form
        try:
            graph = self._line.graph()
            made = ring(graph, form, self._start(graph), self._line.trust.base_path)
            if isinstance(made, bytes):
                return document(made)
            call = hear.call_facts(form)
            self.record(made, call)
            return document(self.render(made, call, graph))
        except Exception as error:  # before the key it may be a machine that listens: leave nothing on it
            noted(log, "ringing back", error)
            return document(HANG_UP)
