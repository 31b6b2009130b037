"""A reply as TwiML: a pure function of reply and graph; the cursor is put in afterwards. It decides no words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.channels.voice.saying import Part, say
from ivr.dialog.types import Graph, Hangup, Language, Listen, Pace, Pause, Reply, Say, Transfer
from ivr.errors import LineError
from ivr.texting.clean import printable

TURN = "/voice/turn"
WHISPER = "/voice/whisper"
CURSOR = "\ue000"  # where the cursor goes; a private character that no content holds

LARGEST_DOCUMENT = 60_000  # bytes; the carrier takes 64 kB
MOST_REMEMBERED = 4096  # documents
MOST_HINTS = 100
LONGEST_HINT = 100


class Documents:
    """Finished documents by reply, so that most turns only put the cursor in. They are forgotten with their graph."""

    def __init__(self, base_path: str = "") -> None:
        """`base_path`: the path of PUBLIC_URL, which stands before every URL of ours."""
        self._base_path = base_path
        self._held: tuple[Graph | None, dict[tuple[Reply, Language], list[bytes]]] = (None, {})

    def twiml(self, reply: Reply, cursor: str, graph: Graph, language: Language, *, remember: bool = True) -> bytes:
        """The document of a reply in a state; `remember=False` for words that hold somebody's number."""
        held_graph, pieces_by_reply = self._held
        if held_graph is not graph or len(pieces_by_reply) >= MOST_REMEMBERED:
            pieces_by_reply = {}
            self._held = (graph, pieces_by_reply)
        pieces = pieces_by_reply.get((reply, language))
        if pieces is None:
            pieces = document(reply, graph, language, self._base_path).split(CURSOR.encode())
            if remember:
                pieces_by_reply[(reply, language)] = pieces
        return cursor.replace("&", "&amp;").encode("ascii").join(pieces)


def twiml(reply: Reply, cursor: str, graph: Graph, language: Language, base_path: str = "") -> bytes:
    """The document of a reply, made anew."""
    return Documents(base_path).twiml(reply, cursor, graph, language, remember=False)


def document(reply: Reply, graph: Graph, language: Language, base_path: str = "") -> bytes:
    """The document with CURSOR in its URLs. Raises LineError `no-desk` or `too-long`."""
    response = VoiceResponse()
    action = f"{base_path}{TURN}?{CURSOR}"
    parts = (Pause(_lead(reply)), *reply.says) if reply.says else ()
    match reply.then:
        case Listen(digits=1):
            _words(response, parts, graph, action)
            response.append(_listening(reply.then, graph, language, action))
        case Listen():
            entry = _typing(reply.then, action)
            say(entry, parts, graph)
            response.append(entry)
        case Transfer(handoff=ref, seconds=ringing, code=code):
            say(response, parts, graph)
            response.append(dial(graph, ref, ringing, base_path, action=action, code=code))
        case Hangup():
            say(response, parts, graph)
            response.hangup()
    made = str(response).encode()
    if len(made) > LARGEST_DOCUMENT:
        raise LineError("too-long", "A reply is longer than the carrier takes; shorten the words of this place.")
    return made


def _lead(reply: Reply) -> float:
    """The silence that lets a telephone get back from the finger to the ear (R15)."""
    slow = any(isinstance(part, Say) and part.pace is Pace.SLOW for part in reply.says)
    return 1.0 if slow else 0.5


def _words(response: VoiceResponse, parts: Iterable[Part], graph: Graph, action: str) -> None:
    """Words that a key may interrupt play inside a keys-only Gather of one second; sounds never interrupt."""
    for interruptible, run in groupby(_with_pauses_beside_their_words(parts), key=lambda pair: pair[0]):
        said = [part for _, part in run]
        if not interruptible:
            say(response, said, graph)
            continue
        gather = Gather(
            input="dtmf", num_digits=1, timeout=1, finish_on_key="", action=action, method="POST",
            action_on_empty_result=False,
        )  # fmt: skip
        say(gather, said, graph)
        response.append(gather)


def _with_pauses_beside_their_words(parts: Iterable[Part]) -> Iterator[tuple[bool, Part]]:
    """Each part with whether it can be interrupted; a pause goes with the words after it, or else before it."""
    waiting: list[Part] = []
    interruptible = True
    for part in parts:
        waiting.append(part)
        if isinstance(part, Say):
            interruptible = part.interruptible
            yield from ((interruptible, one) for one in waiting)
            waiting = []
    yield from ((interruptible, one) for one in waiting)


def _listening(listen: Listen, graph: Graph, language: Language, action: str) -> Gather:
    """The wait after the words: keys, and speech where it is asked for; it answers even when nothing comes (R19)."""
    speech: dict[str, object] = {}
    if listen.speech:
        # phone_call knows both languages and a fixed end of speech; the filter would turn words of distress into stars.
        speech = {
            "speech_timeout": str(listen.speech), "speech_model": "phone_call", "profanity_filter": False,
            "language": graph.voices[language].locale, "hints": _hints(listen.hints) or None,
        }  # fmt: skip
    gather = Gather(
        input="dtmf speech" if listen.speech else "dtmf", num_digits=1, timeout=max(1, listen.seconds),
        finish_on_key="", action=action, method="POST", action_on_empty_result=True, **speech,
    )  # fmt: skip
    gather.pause(length=1)  # the words were in the Gather before; here it already listens while nothing is said
    return gather


def _hints(hints: tuple[str, ...]) -> str:
    """Words the recogniser may expect: at most 100 of at most 100 characters, a comma between."""
    found = (" ".join(printable(hint).replace(",", " ").split())[:LONGEST_HINT].rstrip() for hint in hints[:MOST_HINTS])
    return ",".join(dict.fromkeys(hint for hint in found if hint))


def _typing(listen: Listen, action: str) -> Gather:
    """A number being typed: any key stops the words, `#` or silence finishes."""
    return Gather(
        input="dtmf", num_digits=listen.digits, timeout=max(1, listen.seconds), finish_on_key="#", action=action,
        method="POST", action_on_empty_result=True,
    )  # fmt: skip


def dial(graph: Graph, ref: str, ringing: int, base_path: str, *, action: str | None = None, code: str = "") -> Dial:
    """The transfer to a desk of line.toml within the same call. Raises LineError `no-desk` if it has no number."""
    desk = graph.handoffs.get(ref)
    if desk is None or not desk.number:
        raise LineError("no-desk", f"The handoff {ref!r} has no number in line.toml.")
    here = {"action": action, "method": "POST"} if action else {}
    made = Dial(
        answer_on_bridge=True, timeout=max(5, ringing), hangup_on_star=True, caller_id=graph.number or None, **here
    )  # fmt: skip
    told = f"n={code}&" if code else ""
    whisper = {"url": f"{base_path}{WHISPER}?d={ref}&{told}{CURSOR}", "method": "POST"} if desk.whispers else {}
    made.number(desk.number, **whisper)
    return made
