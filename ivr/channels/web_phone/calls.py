"""One step of a practice call: a signed webhook request, and its document as steps for the browser. It keeps nothing.

The browser executes the steps, because only it knows when words end and keys come; it brings back a signed ticket that
says where each step leads, so that it can never make the server sign a request to anywhere else.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from ivr.channels.carrier import (
    Answer,
    Carrier,
    Dial,
    Gather,
    Hangup,
    Message,
    Pause,
    Play,
    Redirect,
    Say,
    Step,
    read_document,
)
from ivr.channels.carrier.posting import ANSWER_PATH, VOICE_FALLBACK_PATH, VOICE_STATUS_PATH
from ivr.channels.web_phone import places_list
from ivr.dialog.types import Graph, Pace, TransferOutcome
from ivr.errors import LineError
from ivr.texting.bodies import shown

WITHHELD = "anonymous"  # how the carrier names a caller whose number is not shown
MOST_WORDS = 500  # characters
LONGEST_TALK = 14_400  # seconds
USUAL_WORDS_PER_MINUTE = 150
TYPED_CONFIDENCE = 0.9
PASSING = 1  # seconds: a Gather this short only lets keys interrupt the words in it

_KEYS = re.compile(r"[0-9*#]{1,20}\Z")
_FAILED = Say("We are sorry, an application error has occurred. Goodbye.")
_ENDING = (_FAILED, Hangup())


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the browser keeps of a call: who calls, and where each step of the last document leads."""

    sid: str
    number: str
    exits: tuple[tuple[str, str], ...] = ()  # kind of step and address, "" for steps that lead nowhere


@dataclass(frozen=True, slots=True)
class Heard:
    """What one request brought."""

    ticket: Ticket
    steps: tuple[Step, ...]
    answer: Answer | None
    params: Mapping[str, str]
    faults: tuple[str, ...] = ()


def begin(carrier: Carrier, number: str) -> Heard:
    """Call the line from this number."""
    ticket = Ticket("CA" + secrets.token_hex(16), number)
    return _fetch(carrier, ticket, carrier.url(ANSWER_PATH), {"CallStatus": "ringing"})


def go_on(carrier: Carrier, ticket: Ticket, step: int, event: Mapping[str, Any]) -> Heard:
    """What the caller did at a step of the last document. Raises LineError `bad-event`, `no-such-step`."""
    if not 0 <= step < len(ticket.exits):
        raise LineError("no-such-step", "The call is not at such a step. Please start again.")
    kind, address = ticket.exits[step]
    params = _params_of(kind, event)
    return _fetch(carrier, ticket, address, params)


def hang_up(carrier: Carrier, ticket: Ticket, seconds: int) -> None:
    """The caller, or the line, has hung up; the line learns of it by its status webhook."""
    ended = {"CallStatus": "completed", "CallDuration": str(seconds), "Duration": str(max(1, -(-seconds // 60)))}
    carrier.post(VOICE_STATUS_PATH, _own(carrier, ticket) | ended)


def act(carrier: Carrier, heard: Heard, written: str) -> Heard:
    """One act of a transcript (`press 3`, `say emergency`) at the step that waits, for the way to a place."""
    word, _, rest = written.partition(" ")
    event = {"event": "press", "digits": rest} if word == "press" else {"event": "say", "words": rest}
    return go_on(carrier, heard.ticket, waiting_step(heard.steps), event)


def waiting_step(steps: Iterable[Step]) -> int:
    """The step that waits for the caller: the last Gather."""
    found = [number for number, step in enumerate(steps) if isinstance(step, Gather)]
    if not found:
        raise LineError("no-such-step", "The line is not waiting for anything there.")
    return found[-1]


def _params_of(kind: str, event: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that the carrier posts for this event at this kind of step."""
    match kind, event.get("event"):
        case "gather", "press" if _KEYS.match(str(event.get("digits", ""))):
            return {"Digits": str(event["digits"]), "FinishedOnKey": str(event.get("finished", ""))[:1]}
        case "gather", "say" if str(event.get("words", "")).strip():
            confidence = event.get("confidence")
            sure = confidence if isinstance(confidence, float) and 0 <= confidence <= 1 else TYPED_CONFIDENCE
            return {"SpeechResult": str(event["words"])[:MOST_WORDS], "Confidence": f"{sure:.2f}"}
        case "gather", "silence":
            return {"Digits": ""}
        case "redirect", "go":
            return {}
        case "dial", "dial_ended" if event.get("outcome") in list(TransferOutcome):
            return _dial_params(TransferOutcome(event["outcome"]), event.get("seconds", 0))
    raise LineError("bad-event", "That cannot be done at this moment of the call.")


def _dial_params(outcome: TransferOutcome, seconds: object) -> dict[str, str]:
    talked = seconds if isinstance(seconds, int) and outcome is TransferOutcome.COMPLETED else 0
    return {
        "DialCallStatus": outcome.value,
        "DialCallSid": "CA" + secrets.token_hex(16),
        "DialCallDuration": str(min(max(talked, 0), LONGEST_TALK)),
        "DialBridged": "true" if outcome is TransferOutcome.COMPLETED else "false",
    }


def _own(carrier: Carrier, ticket: Ticket) -> dict[str, str]:
    return {
        "AccountSid": carrier.account_sid, "ApiVersion": "2010-04-01", "CallSid": ticket.sid, "Direction": "inbound",
        "CallStatus": "in-progress", "From": ticket.number, "Caller": ticket.number, "To": carrier.line_number,
        "Called": carrier.line_number,
    }  # fmt: skip


def _fetch(carrier: Carrier, ticket: Ticket, url: str, more: dict[str, str]) -> Heard:
    """Ask for a document; on a fault ask the fallback, and else end as the carrier does."""
    faults: list[str] = []
    failed: dict[str, str] = {}
    for address in (url, carrier.url(VOICE_FALLBACK_PATH)):
        params = _own(carrier, ticket) | more | failed
        answer = carrier.post(address, params)
        try:
            steps = _read(answer)
        except LineError as fault:
            faults.append(f"{fault.code} {urlsplit(address).path}: {fault.sentence}")
            failed = {"ErrorCode": fault.code, "ErrorUrl": url}
            continue
        exits = tuple(_exit(carrier, step, answer.url) for step in steps)
        return Heard(Ticket(ticket.sid, ticket.number, exits), steps, answer, params, tuple(faults))
    return Heard(Ticket(ticket.sid, ticket.number, (("", ""), ("", ""))), _ENDING, None, {}, tuple(faults))


def _read(answer: Answer) -> tuple[Step, ...]:
    if not answer.good:
        raise LineError("11200", f"The line answered with status {answer.status}.")
    return read_document(answer.body)


def _exit(carrier: Carrier, step: Step, base: str) -> tuple[str, str]:
    """The kind of a step and where it leads."""
    match step:
        case Gather():
            return "gather", carrier.url(step.action or base, base)
        case Redirect():
            return "redirect", carrier.url(step.url, base)
        case Dial(action=action) if action:
            return "dial", carrier.url(action, base)
    return "", ""


# --- for the browser


def document(heard: Heard, graph: Graph) -> dict[str, Any]:
    """Steps, place, and what went over the wire."""
    waits = [(kind, address) for kind, address in heard.ticket.exits if kind in ("gather", "dial")]
    kind, action = waits[-1] if waits else ("", "")
    place = places_list.place(graph, action)
    if place and kind == "dial":
        place["keys"] = []
    return {
        "steps": [_shown(step, graph) for step in heard.steps],
        "place": place,
        "request": _request(heard),
        "twiml": _pretty(heard.answer.body) if heard.answer else "",
        "faults": list(heard.faults),
    }


def _shown(step: Step, graph: Graph) -> dict[str, Any]:
    match step:
        case Say():
            return {"do": "say", "text": step.text, "language": step.language, "wpm": _pace(step, graph)}
        case Pause(seconds):
            return {"do": "pause", "seconds": seconds}
        case Gather():
            return _waiting(step, graph)
        case Redirect():
            return {"do": "redirect"}
        case Dial():
            numbers = [shown(number) for number in step.numbers]
            return {"do": "dial", "numbers": numbers, "dialled": list(step.numbers), "leads_on": bool(step.action),
                    "star": step.hangup_on_star}  # fmt: skip
        case Play() | Message():
            return {"do": "pause", "seconds": 0}
        case Hangup():
            return {"do": "hangup"}


def _waiting(step: Gather, graph: Graph) -> dict[str, Any]:
    return {
        "do": "gather",
        "inside": [_shown(inner, graph) for inner in step.inner],
        "keys": step.keys,
        "words": step.words,
        "digits": step.num_digits,
        "finish": step.finish_on_key,
        "seconds": step.timeout,
        "answers": step.action_on_empty,  # silence, too, is told to the line
        "passing": step.timeout <= PASSING and not step.action_on_empty,
        "language": step.language,
    }


def _pace(said: Say, graph: Graph) -> int:
    """Words a minute at the rate of these words, as measured for the voice of their language."""
    voice = next((one for one in graph.voices.values() if one.locale == said.language), None)
    if voice is None:
        return USUAL_WORDS_PER_MINUTE
    pace = next((pace for pace, rate in voice.rates.items() if rate == said.rate), Pace.NORMAL)
    return voice.words_per_minute.get(pace, USUAL_WORDS_PER_MINUTE)


def _request(heard: Heard) -> str:
    """The request as people can read it; the account is nobody's business."""
    if heard.answer is None:
        return ""
    asked = urlsplit(heard.answer.url)
    lines = [f"POST {asked.path}{'?' + unquote(asked.query) if asked.query else ''}", ""]
    return "\n".join(lines + [f"{name}: {value}" for name, value in heard.params.items() if name != "AccountSid"])


def _pretty(body: bytes) -> str:
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - a document of our own line, in this process
    except ElementTree.ParseError:
        return body.decode("utf-8", "replace")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode")
