"""Conversations as plain text that a nurse can read, and back: the golden transcripts. It plays and judges nothing.

    # A caller hears about treatment and reaches a person
    medium: call
    from: +12025550143
    > call
    < Metastatic Lung Cancer Information Line.
    < [es] Para español, oprima ocho.
    > press 0
    * rings 1-888-552-6760
    > transfer busy

`>` is what the person does, `<` a sentence of the line, `*` what else the carrier does; a language is named where it is
not English. Lines that begin with `#` after the title are remarks and are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ivr.dialog.types import Language, TransferOutcome
from ivr.errors import LineError

CALL, TEXTS = "call", "texts"
WITHHELD = "withheld"
SOMEBODY = "+12025550143"
USUALLY_SURE = 90  # percent
CALL_OVER = "the call is over"
NOTHING = "no answer"

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_TRANSFER = re.compile(r"([a-z-]+)(?: ([0-9]+) seconds?)?\Z")
_SAY = re.compile(r"(?:\(([0-9]{1,3})% sure\) )?(.+)\Z")
_LINE = re.compile(r"(?:\[([a-z]{2})\] )?(.*)\Z")


@dataclass(frozen=True, slots=True)
class Call:
    """Call the line."""


@dataclass(frozen=True, slots=True)
class Press:
    """Press these keys."""

    keys: str


@dataclass(frozen=True, slots=True)
class SayWords:
    """Say these words; `percent` is how sure the recogniser is."""

    words: str
    percent: int = USUALLY_SURE


@dataclass(frozen=True, slots=True)
class Silent:
    """Say and press nothing until the wait is over."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """The transfer ends like this; `seconds` is how long the two have spoken."""

    outcome: TransferOutcome
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up."""


@dataclass(frozen=True, slots=True)
class SendText:
    """Text these words to the line."""

    body: str


Act = Call | Press | SayWords | Silent | Transferred | HangUp | SendText


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence that was heard, or one line of a text."""

    text: str
    language: Language = Language.EN


@dataclass(frozen=True, slots=True)
class Note:
    """What else happened: a desk is rung, the call is over, a text got no answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark of whoever wrote the transcript."""

    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the person did, and all that came of it."""

    act: Act
    came: tuple[Line | Note | Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole conversation; `sender` is E.164 or `withheld`."""

    title: str
    medium: str
    sender: str = SOMEBODY
    steps: tuple[Step, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def without_remarks(self) -> Transcript:
        """Only what was done and what came of it, to compare."""
        steps = tuple(Step(step.act, tuple(one for one in step.came if not isinstance(one, Remark))) for step in self.steps)
        return replace(self, steps=steps, remarks=())


# --- the one way to compare words, whatever carried them


def heard(said: Iterable[tuple[str, Language]]) -> tuple[Line, ...]:
    """Words in their languages as single sentences: how they were cut into pieces on the way does not matter."""
    runs: list[tuple[str, Language]] = []
    for text, language in said:
        words = " ".join(text.split())
        if runs and words and runs[-1][1] is language:
            runs[-1] = (f"{runs[-1][0]} {words}", language)
        elif words:
            runs.append((words, language))
    return tuple(Line(sentence, language) for text, language in runs for sentence in _SENTENCE_END.split(text))


def read(body: str) -> tuple[Line, ...]:
    """The lines of a text message; which language they are in cannot be seen from outside."""
    return tuple(Line(line.strip()) for line in body.splitlines() if line.strip())


def rings(number: str) -> Note:
    """A desk is rung."""
    return Note(f"rings {_shown(number)}")


def _shown(number: str) -> str:
    found = re.fullmatch(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})", number)
    return "1-" + "-".join(found.groups()) if found else number


# --- printing


def dumps(transcript: Transcript) -> str:
    """The transcript as text; `loads` reads the same back."""
    lines = [f"# {transcript.title}", f"medium: {transcript.medium}", f"from: {transcript.sender}"]
    lines += ["# " + remark.text for remark in transcript.remarks]
    for step in transcript.steps:
        lines += ["", "> " + act_text(step.act), *map(came_text, step.came)]
    return "\n".join(lines) + "\n"


def act_text(act: Act) -> str:
    """What the person does, as one line."""
    match act:
        case Call():
            return "call"
        case Press(keys):
            return f"press {keys}"
        case SayWords(words, percent):
            return f"say {words}" if percent == USUALLY_SURE else f"say ({percent}% sure) {words}"
        case Silent():
            return "silent"
        case Transferred(outcome, seconds):
            return f"transfer {outcome}" + (f" {seconds} seconds" if seconds else "")
        case HangUp():
            return "hang up"
        case SendText(body):
            return "text " + _escaped(body)


def came_text(came: Line | Note | Remark) -> str:
    """What came of it, as one line."""
    match came:
        case Line(text, Language.EN):
            return f"< {text}"
        case Line(text, language):
            return f"< [{language}] {text}"
        case Note(text):
            return f"* {text}"
        case Remark(text):
            return f"# {text}"


def _escaped(body: str) -> str:
    return body.replace("\\", "\\\\").replace("\n", "\\n")


def _unescaped(written: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], written)


# --- reading


def loads(text: str) -> Transcript:
    """The transcript written down. Raises LineError `transcript` with the number of the line that cannot be read."""
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    begin = next((place for place, (_, line) in enumerate(lines) if line.startswith(">")), len(lines))
    made = _head(lines[:begin])
    steps: list[Step] = []
    for number, line in lines[begin:]:
        if line.startswith(">"):
            steps.append(Step(_act(number, line[1:].strip())))
        else:
            steps[-1] = Step(steps[-1].act, (*steps[-1].came, _came(number, line)))
    return replace(made, steps=tuple(steps))


def _head(lines: Sequence[tuple[int, str]]) -> Transcript:
    remarks = [line[1:].strip() for _, line in lines if line.startswith("#")]
    values = {
        name.strip(): value.strip()
        for _, line in lines
        if not line.startswith("#")
        for name, _, value in [line.partition(":")]
    }
    if not remarks or values.get("medium") not in (CALL, TEXTS):
        raise _unreadable(1, 'It begins with "# title" and "medium: call" or "medium: texts".')
    sender = values.get("from", SOMEBODY)
    return Transcript(remarks[0], values["medium"], sender, remarks=tuple(map(Remark, remarks[1:])))


def _act(number: int, written: str) -> Act:
    act = read_act(written)
    if act is None:
        raise _unreadable(number, f'"> {written}" is nothing that a person can do here.')
    return act


def read_act(written: str) -> Act | None:
    """One thing to do, as `act_text` writes it; None when it is none."""
    word, _, rest = written.strip().partition(" ")
    rest = rest.strip()
    match word:
        case "call" if not rest:
            return Call()
        case "silent" if not rest:
            return Silent()
        case "hang" if rest == "up":
            return HangUp()
        case "press" if rest and set(rest) <= set("0123456789*#"):
            return Press(rest)
        case "say":
            found = _SAY.match(rest)
            return SayWords(found[2], int(found[1] or USUALLY_SURE)) if found else None
        case "transfer":
            return _transferred(rest)
        case "text":
            return SendText(_unescaped(rest))
    return None


def _transferred(written: str) -> Transferred | None:
    found = _TRANSFER.match(written)
    if not found or found[1] not in list(TransferOutcome):
        return None
    return Transferred(TransferOutcome(found[1]), int(found[2] or 0))


def _came(number: int, line: str) -> Line | Note | Remark:
    mark, text = line[:1], line[1:].strip()
    if mark == "#":
        return Remark(text)
    if mark == "*":
        return Note(text)
    found = _LINE.match(text)
    if mark != "<" or not found or (found[1] and found[1] not in list(Language)):
        raise _unreadable(number, f'"{line}" begins with none of > < * #, or names a language that is not known.')
    return Line(found[2], Language(found[1]) if found[1] else Language.EN)


def _unreadable(number: int, sentence: str) -> LineError:
    return LineError("transcript", f"Line {number} of the transcript cannot be read. {sentence}")
