"""The text webhooks: one inbound text, one answer in the webhook's own reply; never a promise that was not stored."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from ivr.channels.line import Line, MessageFacts
from ivr.channels.sms import hear
from ivr.channels.sms.render import message, twiml
from ivr.channels.webhook import EMPTY, NOTED, Answer, Environ, Form, Webhook, document, noted, verified
from ivr.dialog import places
from ivr.dialog.types import Graph, Medium, Text
from ivr.texting.bodies import shown
from ivr.texting.clean import received
from ivr.waiting import WEBHOOK_SECONDS, within

# What carriers answer by themselves, in the languages of the line; only the whole message counts.
CARRIER_WORDS = frozenset(
    [
        "STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT",
        "ALTO", "PARAR", "BASTA", "CANCELAR", "START", "UNSTOP", "YES", "HELP", "INFO", "AYUDA",
    ]
)  # fmt: skip
NOT_STORED = Answer(503, b"Try again\n")  # the carrier then asks the fallback URL, and the fault shows in its log

log = logging.getLogger(__name__)


def now() -> datetime:
    """The time that goes in with the input."""
    return datetime.now(UTC)


class TextWebhooks:
    """The three text webhooks over the WSGI environment; `paths` names them."""

    def __init__(self, line: Line, clock: Callable[[], datetime] = now, seconds: float = WEBHOOK_SECONDS) -> None:
        """Makes the fixed message at once; `seconds` is the longest an answer may take."""
        self._line = line
        self._clock = clock
        self._seconds = seconds
        self._fixed = message(fixed_text(line.graph()))
        self.paths: Mapping[str, Webhook] = {
            "/sms/message": self.message,
            "/sms/status": self.status,
            "/sms/fallback": self.fallback,
        }

    def message(self, environ: Environ) -> Answer:
        """A text has come in."""
        form = verified(self._line.trust, environ)
        if isinstance(form, Answer):
            return form
        try:
            facts = hear.message_facts(form, self._line.number_type)
            heard = hear.hear(form, facts, self._line.graph().number, self._clock())
            return self._answered(heard, facts)
        except Exception as error:
            noted(log, "text turn", error)
            return NOT_STORED if _carrier_word(form) else document(self._fixed)

    def _answered(self, heard: Text, facts: MessageFacts) -> Answer:
        """The turn, given up after the limit: a texter then gets the fixed message, and the number in it."""
        return document(twiml(within(self._seconds, lambda: self._line.conversation.text(heard, facts))))

    def status(self, environ: Environ) -> Answer:
        """What became of a message of ours: an event, never a turn."""
        form = verified(self._line.trust, environ)
        if isinstance(form, Answer):
            return form
        sid = form.sid("MessageSid") or form.sid("SmsSid")
        status, code = form.get("MessageStatus")[:32], re.sub("[^0-9]", "", form.get("ErrorCode"))[:6]
        try:
            within(self._seconds, lambda: self._line.conversation.message_status(sid, status, code))
        except Exception as error:
            noted(log, "noting a message status", error)
        return NOTED

    def fallback(self, environ: Environ) -> Answer:
        """The number's fallback URL: carriers answer their own words, we everything else, with 911 and the number."""
        form = verified(self._line.trust, environ)
        if isinstance(form, Answer):
            return form
        log.error("the carrier asked for the text fallback: error %s", re.sub("[^0-9]", "", form.get("ErrorCode"))[:6])
        facts = hear.message_facts(form, self._line.number_type)
        quiet = _carrier_word(form) or hear.from_machine(facts, self._line.graph().number)
        return EMPTY if quiet else document(self._fixed)


def fixed_text(graph: Graph) -> str:
    """911 and the number, in every language of the line, one below the other."""
    desk = places.handoff(graph, places.SPECIALIST) or next(desk for desk in graph.handoffs.values() if desk.number)
    prompts = [graph.prompts.get((language, Medium.TEXT), {}).get("unavailable", "") for language in graph.languages]
    return "\n".join(shown(text.format(number=desk.number)) for text in prompts if text)


def _carrier_word(form: Form) -> bool:
    """Whether the whole message is such a word, punctuation aside, or the carrier says so."""
    word = re.sub(r"[^\w]", "", received(form.get("Body"), 40)).upper()
    return bool(form.get("OptOutType")) or word in CARRIER_WORDS
