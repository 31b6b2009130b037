"""What a desk of one's own hears first: language, place, topics, slow or relay, a code; no number and no name."""

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
_CODE = re.compile(r"(?:\A|&)n=([0-9]{4})(?:&|\Z)")


def whisper(graph: Graph, form: Form, fallback: State, base_path: str) -> bytes | None:
    """The whisper for the desk and place that the URL names; None when there is nothing to say or it was accepted."""
    found = _DESK.search(form.query)
    desk = graph.handoffs.get(found[1]) if found else None
    if desk is None or not desk.whispers or form.get("Digits"):
        return None
    code = _CODE.search(form.query)
    said = _words(graph, desk, cursor.parse(form.query, graph, fallback)[0], code[1] if code else "")
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


def _words(graph: Graph, desk: Handoff, state: State, code: str) -> Say | None:
    """The prompts of the whisper that apply, in the first language of the desk (R28); nothing without the first of them."""
    language = desk.languages[0]
    prompts = graph.prompts.get((language, Medium.VOICE), {})

    def label(ref: str) -> str:
        return places.label(graph, ref, language, Medium.VOICE)

    topics = [label(ref) for ref in state.topics if ref != state.at]
    name = prompts.get(f"language_{state.language.value}", state.language.value)
    parts = {
        "whisper": True,
        "whisper_topics": bool(topics),
        "whisper_slow": state.pace is Pace.SLOW,
        "whisper_relay": state.relay,
        "whisper_code": bool(code),
        "whisper_accept": desk.press_to_accept,
    }
    blanks = {"label": label(state.at), "language": name, "topics": ", ".join(topics), "code": " ".join(code)}
    found = [prompts[key].format(**blanks) for key, applies in parts.items() if applies and prompts.get(key)]
    return Say(" ".join(found), language) if prompts.get("whisper") else None
