"""The ring-back: who calls, without naming the illness, then a key, then a person; it leaves nothing on a machine (R73).

Whoever picks up hears a neutral sentence twice. Only the key 1 leads on, within the words or the seconds after them;
silence, any other key and a machine end the call. Pure: it dials nobody but a desk of line.toml.
"""

from __future__ import annotations

import re

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.channels.voice import cursor
from ivr.channels.voice.saying import say
from ivr.channels.webhook import Form
from ivr.dialog import places
from ivr.dialog.types import (
    Choose,
    Event,
    Graph,
    Handoff,
    HeardBefore,
    Language,
    Medium,
    Pause,
    Reply,
    Say,
    State,
    Transfer,
    Turn,
)

RING = "/voice/ring"
SECONDS_FOR_KEY = 6
PERSON_KEY = "1"

_MACHINES = ("machine", "fax")
_DESK = re.compile(r"(?:\A|&)d=([a-z0-9-]{1,64})(?:&|\Z)")


def ring(graph: Graph, form: Form, fallback: State, base_path: str) -> bytes | Turn:
    """What to do with the answered call: a document that asks or ends, or the turn that transfers, to be rendered."""
    language = cursor.parse(form.query, graph, fallback)[0].language
    desk = _desk(graph, form.query)
    if form.get("AnsweredBy").startswith(_MACHINES) or desk is None:
        return _end()
    digits = form.get("Digits")
    if not digits:
        return _gate(graph, language, f"{base_path}{RING}?{form.query}")
    return _to_person(graph, language, desk) if digits[:1] == PERSON_KEY else _end()


def _desk(graph: Graph, query: str) -> Handoff | None:
    found = _DESK.search(query)
    return places.handoff(graph, found[1] if found else "") or places.handoff(graph, places.SPECIALIST)


def _end() -> bytes:
    response = VoiceResponse()
    response.hangup()
    return str(response).encode()


def _gate(graph: Graph, language: Language, action: str) -> bytes:
    """The question, twice; without a key the document runs out into the hang-up, so silence asks us nothing."""
    text = graph.prompts[(language, Medium.VOICE)]["ring_back"]
    response = VoiceResponse()
    for seconds in (2, SECONDS_FOR_KEY):
        gather = Gather(
            input="dtmf", num_digits=1, timeout=seconds, finish_on_key="", action=action, method="POST",
            action_on_empty_result=False,
        )  # fmt: skip
        say(gather, [Pause(0.5), Say(text, language)], graph)
        response.append(gather)
    response.hangup()
    return str(response).encode()


def _to_person(graph: Graph, language: Language, desk: Handoff) -> Turn:
    """From here on it is a call like any other: when the transfer fails, the usual choices follow."""
    state = State(
        Medium.VOICE, language, graph.start, heard_before=HeardBefore.INPUT, asking=Choose((desk.ref,)),
        revision=graph.revision,
    )  # fmt: skip
    text = graph.prompts[(language, Medium.VOICE)]["transfer"].format(label=desk.labels[language])
    reply = Reply((Say(text, language),), Transfer(desk.ref, graph.limits.transfer))
    return Turn(reply, state, events=(Event("ring-back", graph.start, language, Medium.VOICE, desk.ref),))
