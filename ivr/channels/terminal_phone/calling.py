"""A call in the terminal: each sentence a line, one question at a time; it decides nothing and dials nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from ivr import transcripts
from ivr.channels.carrier import Carrier, RecordedCall, Waits
from ivr.channels.terminal_phone.playing import keep, typed
from ivr.dialog.types import Language
from ivr.errors import LineError
from ivr.transcripts import Act, Call, HangUp, Line, Note, Silent, Step, Transcript, Transferred

WELCOME = "Practice phone. Nothing is dialled and no one is listening. In an emergency, call 911. Type help for the keys."
HELP = """\
Keys         type them, for example 2, or 0, or *; a phone number ends with #
Words        say my brain
Silence      an empty line
A transfer   dial completed, dial busy, dial no-answer, dial failed, dial canceled; dial completed 65 for its seconds
End          hang up"""
TITLE = "A call from the terminal"
_LANGUAGES = {Language.ES: "Spanish: "}


def run_call(
    carrier: Carrier,
    *,
    acts: Sequence[Act] | None = None,
    first: Sequence[Act] = (),
    save: Path | None = None,
    title: str = TITLE,
    sender: str = transcripts.SOMEBODY,
    stdin: TextIO,
    stdout: TextIO,
) -> Transcript:
    """Call the line: play these acts and print the transcript, or talk with whoever is at the terminal.

    `first` is done before either. `save` writes the transcript to a new file that the golden tests can play.
    Raises LineError `carrier` in the end when the carrier had something to complain of.
    """
    recorded = RecordedCall(carrier, sender)
    if acts is None:
        _talk(recorded, first, stdin, stdout)
    else:
        _play(recorded, (*first, *acts))
    recorded.call.hang_up()
    transcript = recorded.transcript(title)
    if acts is not None:
        stdout.write(transcripts.dumps(transcript))
    keep(transcript, save, recorded.call.faults)
    return transcript


def _play(recorded: RecordedCall, acts: Sequence[Act]) -> None:
    """One act after the other, as far as the call goes. Raises LineError `keys` for what cannot be done then."""
    recorded.do(Call())
    for act in acts:
        if recorded.call.waits is Waits.ENDED:
            return
        if not _fits(recorded, act):
            raise LineError("keys", f"{transcripts.act_text(act)!r} cannot be done then. {_refusal(recorded)}")
        recorded.do(act)


def _talk(recorded: RecordedCall, first: Sequence[Act], stdin: TextIO, stdout: TextIO) -> None:
    stdout.write(WELCOME + "\n\n")
    for begun in (Call(), *first):
        _show(recorded.do(begun), stdout)
    while recorded.call.waits is not Waits.ENDED:
        stdout.write(_question(recorded) + "\n> ")
        stdout.flush()
        line = stdin.readline()
        if not line:
            return
        act = typed(line)
        if line.strip().lower() == "help":
            stdout.write(HELP + "\n")
        elif act is None:
            stdout.write("I do not know that. Type help for what you can type.\n")
        elif _fits(recorded, act):
            _show(recorded.do(act), stdout)
        else:
            stdout.write(_refusal(recorded) + "\n")


def _fits(recorded: RecordedCall, act: Act) -> bool:
    if isinstance(act, HangUp):
        return True
    if recorded.call.waits is Waits.TRANSFER:
        return isinstance(act, Transferred) or (isinstance(act, transcripts.Press) and "*" in act.keys)
    return not isinstance(act, Transferred)


def _refusal(recorded: RecordedCall) -> str:
    if recorded.call.waits is Waits.TRANSFER:
        return "The telephone of the desk is ringing. Say how it ends, for example: dial busy."
    return "No transfer is ringing. Press 0 for one."


def _question(recorded: RecordedCall) -> str:
    """Where the call is and what it waits for."""
    call = recorded.call
    place = f"At {call.place}" + (f", page {call.page}" if call.page > 1 else "") if call.place else "Somewhere"
    if call.waits is Waits.TRANSFER:
        return f"({place}. Ringing. How does it end? For example: dial busy)"
    return f"({place}. Waiting for {call.waits}.)"


def _show(step: Step, stdout: TextIO) -> None:
    for came in step.came:
        if isinstance(came, Line):
            stdout.write(_LANGUAGES.get(came.language, "") + came.text + "\n")
        elif isinstance(came, Note):
            stdout.write(f"({came.text})\n")
    if isinstance(step.act, Silent) and not step.came:
        stdout.write("(silence)\n")
