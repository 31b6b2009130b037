"""What the specialist hears first: the caller's language and topic, and a key to accept if so configured; no more."""

from __future__ import annotations

import re

from twilio.twiml.voice_response import Gather, VoiceResponse

from ivr.channels.voice import cursor
from ivr.channels.voice.render import WHISPER
from ivr.channels.voice.saying import say
from ivr.channels.webhook import Form
from ivr.dialog import places
from ivr.dialog.types import Graph, Handoff, Medium, Pace, Say, State

SECONDS_TO_ACCEPT = 10
_DESK = re.compile(r"(?:\A|&)d=([a-z0-9-]{1,64})(?:&|\Z)")


def whisper(graph: Graph, form: Form, fallback: State, base_path: str) -> bytes | None:
    """The whisper for the desk and place that the URL names; None when there is nothing to say or it was accepted."""
    found = _DESK.search(form.query)
    desk = graph.handoffs.get(found[1]) if found else None
    if desk is None or not desk.whispers or form.get("Digits"):
        return None
    said = _words(graph, desk, cursor.parse(form.query, graph, fallback)[0])
    if said is None:
        return None
    response = VoiceResponse()
    if not desk.press_to_accept:
        say(response, [said], graph)
        return str(response).encode()
    gather = Gather(
        input="dtmf", num_digits=1, timeout=SECONDS_TO_ACCEPT, finish_on_key="", method="POST",
        action=f"{base_path}{WHISPER}?{form.query}", action_on_empty_result=False,
    )  # fmt: skip
    say(gather, [said], graph)
    response.append(gather)
    response.hangup()  # nobody accepted, an answering machine for example: the caller is told that nobody answered
    return str(response).encode()


def _words(graph: Graph, desk: Handoff, state: State) -> Say | None:
    """The prompt `whisper`, in the first language of the desk, with the caller's language and place (R28)."""
    language = desk.languages[0]
    prompts = graph.prompts.get((language, Medium.VOICE), {})
    text = prompts.get("whisper_accept" if desk.press_to_accept else "whisper", "")
    if not text:
        return None
    place = places.label(graph, state.at, language, Medium.VOICE)
    name = prompts.get(f"language_{state.language.value}", state.language.value)
    slow = prompts.get("whisper_slow", "") if state.pace is Pace.SLOW else ""
    return Say(f"{text.format(label=place, language=name)} {slow}".strip(), language)
