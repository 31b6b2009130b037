"""Texts in the terminal: what the line answers, with the segments and the encoding that each answer costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from ivr import transcripts
from ivr.channels.carrier import Carrier, Received, RecordedTexts, Sent
from ivr.channels.terminal_phone.playing import keep
from ivr.dialog.types import NumberType
from ivr.errors import LineError
from ivr.transcripts import Transcript

WELCOME = "Practice texts. Nothing is sent and no one is reading. In an emergency, call 911. An empty line ends."
TITLE = "Texts from the terminal"


def run_texts(
    carrier: Carrier,
    bodies: Sequence[str] = (),
    *,
    save: Path | None = None,
    title: str = TITLE,
    sender: str = transcripts.SOMEBODY,
    number_type: NumberType | None = None,
    stdin: TextIO,
    stdout: TextIO,
) -> Transcript:
    """Text the line: play these bodies, or read them from the terminal until an empty line."""
    recorded = RecordedTexts(carrier, sender, number_type)
    if bodies:
        for body in bodies:
            stdout.write(f"> {body}\n")
            _send(recorded, body, stdout)
    else:
        _talk(recorded, stdin, stdout)
    transcript = recorded.transcript(title)
    keep(transcript, save, recorded.texter.faults)
    return transcript


def _talk(recorded: RecordedTexts, stdin: TextIO, stdout: TextIO) -> None:
    stdout.write(WELCOME + "\n")
    while True:
        stdout.write("> ")
        stdout.flush()
        body = stdin.readline().rstrip("\r\n")
        if not body:
            return
        _send(recorded, body, stdout)


def _send(recorded: RecordedTexts, body: str, stdout: TextIO) -> None:
    try:
        _show(recorded.send(body), stdout)
    except LineError as fault:
        stdout.write(f"{fault.sentence}\n")


def _show(sent: Sent, stdout: TextIO) -> None:
    if sent.note:
        stdout.write(f"({sent.note})\n")
    for reply in sent.replies:
        stdout.write(reply.body + "\n")
        stdout.write(f"({cost(reply)})\n")
        if not sent.delivered:
            stdout.write("(The carrier would not deliver this: the phone has opted out.)\n")
    if not sent.replies:
        stdout.write("(The line sends nothing.)\n")


def cost(reply: Received) -> str:
    """What one message costs, in words."""
    segments = f"{reply.count.segments} segment" + ("s" if reply.count.segments != 1 else "")
    forced = " because of " + " ".join(reply.count.offending) if reply.count.offending else ""
    return f"{segments}, {reply.count.encoding}{forced}, {reply.count.units} units"
