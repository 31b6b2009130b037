"""The carrier's markup as plain steps: what one document tells the carrier to do. It reads and executes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ivr.errors import LineError

LARGEST_DOCUMENT = 64 * 1024  # bytes; error 11750 beyond
USUAL_RATE = 100  # percent of the voice's own pace

_BREAKS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.0}
_RATES = {"x-slow": 50, "slow": 75, "medium": 100, "fast": 125, "x-fast": 150}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Say:
    """Words in one language, voice and rate (percent); the breaks inside a `<Say>` become pauses between such steps."""

    text: str
    language: str = "en-US"
    voice: str = ""
    rate: int = USUAL_RATE


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Play:
    """A recording."""

    url: str


@dataclass(frozen=True, slots=True)
class Gather:
    """Wait for keys or words; `timeout` seconds after the inner words. `action` "" means the document's own URL."""

    inner: tuple[Say | Pause | Play, ...]
    action: str = ""
    input: tuple[str, ...] = ("dtmf",)
    num_digits: int = 0  # 0: no limit
    timeout: int = 5
    speech_timeout: str = ""
    finish_on_key: str = "#"
    hints: tuple[str, ...] = ()
    action_on_empty: bool = False
    language: str = "en-US"

    @property
    def keys(self) -> bool:
        """Whether keys are heard."""
        return "dtmf" in self.input

    @property
    def words(self) -> bool:
        """Whether words are heard."""
        return "speech" in self.input


@dataclass(frozen=True, slots=True)
class Redirect:
    """Go on with another document; nothing after it runs."""

    url: str


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring these numbers for so many seconds; with an action nothing after it runs."""

    numbers: tuple[str, ...]
    action: str = ""
    timeout: int = 30
    whisper_url: str = ""
    hangup_on_star: bool = False
    caller_id: str = ""


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Message:
    """Send this text as the answer."""

    body: str


Step = Say | Pause | Play | Gather | Redirect | Dial | Hangup | Message


def read_document(body: bytes | str) -> tuple[Step, ...]:
    """The steps of a document, in order. Raises LineError with the carrier's own number: 11750, 12100, 12200."""
    raw = body.encode() if isinstance(body, str) else body
    if len(raw) > LARGEST_DOCUMENT:
        raise LineError("11750", "The document is larger than the 64 kB that the carrier takes.")
    try:
        root = ElementTree.fromstring(raw)  # noqa: S314 - a document of our own line, in this process
    except ElementTree.ParseError as fault:
        raise LineError("12100", f"The document is no XML that the carrier could read: {fault}.") from None
    if root.tag != "Response":
        raise LineError("12100", f"The document begins with <{root.tag}> and not with <Response>.")
    return tuple(step for verb in root for step in _steps(verb))


def _steps(verb: Element) -> Iterator[Step]:
    match verb.tag:
        case "Say":
            yield from _say(verb)
        case "Pause":
            yield Pause(float(verb.get("length", "1")))
        case "Play":
            yield Play((verb.text or "").strip())
        case "Gather":
            yield _gather(verb)
        case "Redirect":
            yield Redirect((verb.text or "").strip())
        case "Dial":
            yield _dial(verb)
        case "Hangup":
            yield Hangup()
        case "Message":
            yield Message(_message(verb))
        case _:
            raise LineError("12200", f"The carrier does not know the verb <{verb.tag}>, or this simulator does not.")


def _gather(verb: Element) -> Gather:
    inner: list[Say | Pause | Play] = []
    for child in verb:
        for step in _steps(child):
            if not isinstance(step, Say | Pause | Play):
                raise LineError("12200", f"<{child.tag}> may not stand inside <Gather>.")
            inner.append(step)
    return Gather(
        inner=tuple(inner),
        action=verb.get("action", ""),
        input=tuple(verb.get("input", "dtmf").split()),
        num_digits=int(verb.get("numDigits", "0")),
        timeout=int(verb.get("timeout", "5")),
        speech_timeout=verb.get("speechTimeout", ""),
        finish_on_key=verb.get("finishOnKey", "#"),
        hints=tuple(hint.strip() for hint in verb.get("hints", "").split(",") if hint.strip()),
        action_on_empty=verb.get("actionOnEmptyResult", "false") == "true",
        language=verb.get("language", "en-US"),
    )


def _dial(verb: Element) -> Dial:
    numbers = [child for child in verb if child.tag == "Number"]
    alone = (verb.text or "").strip()
    dialled = tuple((child.text or "").strip() for child in numbers) or ((alone,) if alone else ())
    whisper = next((child.get("url", "") for child in numbers if child.get("url")), "")
    return Dial(
        numbers=dialled,
        action=verb.get("action", ""),
        timeout=int(verb.get("timeout", "30")),
        whisper_url=whisper,
        hangup_on_star=verb.get("hangupOnStar", "false") == "true",
        caller_id=verb.get("callerId", ""),
    )


def _message(verb: Element) -> str:
    return "".join(child.text or "" for child in verb if child.tag == "Body") or (verb.text or "")


# --- speech markup inside Say


def _say(verb: Element) -> Iterator[Say | Pause]:
    voice, words = verb.get("voice", ""), list[str]()
    how = (verb.get("language", "en-US"), USUAL_RATE)
    for piece, language, rate in _pieces(verb, *how):
        if isinstance(piece, float) or (language, rate) != how:
            yield from _spoken(words, how, voice)
            words = []
        if isinstance(piece, float):
            yield Pause(piece)
        else:
            how = (language, rate)
            words.append(piece)
    yield from _spoken(words, how, voice)


def _spoken(words: list[str], how: tuple[str, int], voice: str) -> Iterator[Say]:
    text = " ".join("".join(words).split())
    if text:
        yield Say(text, how[0], voice, how[1])


_Piece = tuple[str | float, str, int]  # words or seconds of silence, language, rate


def _pieces(element: Element, language: str, rate: int) -> Iterator[_Piece]:
    """Words and breaks in their order, each with the language and the rate that hold there."""
    if element.text:
        yield element.text, language, rate
    for child in element:
        yield from _marked(child, language, rate)
        if child.tail:
            yield child.tail, language, rate


def _marked(child: Element, language: str, rate: int) -> Iterator[_Piece]:
    match child.tag:
        case "break":
            yield _break(child.attrib), language, rate
        case "sub":
            yield child.get("alias", child.text or ""), language, rate
        case "prosody":
            yield from _pieces(child, language, _rate(child.get("rate", ""), rate))
        case "lang":
            yield from _pieces(child, child.get(_LANGUAGE, language), rate)
        case "emphasis" | "p" | "s" | "phoneme" | "say-as" | "w":
            yield from _pieces(child, language, rate)
        case _:
            raise LineError("13520", f"<{child.tag}> may not stand inside <Say>.")


def _break(attributes: Mapping[str, str]) -> float:
    found = re.fullmatch(r"([0-9]*\.?[0-9]+)(ms|s)", attributes.get("time", ""))
    if found:
        return float(found[1]) / (1000 if found[2] == "ms" else 1)
    return _BREAKS.get(attributes.get("strength", "medium"), _BREAKS["medium"])


def _rate(written: str, rate: int) -> int:
    if written in _RATES:
        return _RATES[written]
    return int(float(written[:-1])) if re.fullmatch(r"[0-9]+(\.[0-9]+)?%", written) else rate
