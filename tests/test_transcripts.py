"""The golden conversations: each is played by the core alone, by the signed webhooks and in the terminal, with one result.

To write down anew what the line says (after reading every change): IVR_UPDATE_TRANSCRIPTS=1 pytest tests/test_transcripts.py
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from transcript_players import CONTENT, NUMBER, CoreAlone, Signed, Terminal, carrier

from ivr import transcripts
from ivr.dialog.types import Language, TransferOutcome
from ivr.errors import LineError
from ivr.library.line_rules import Library
from ivr.library.loader import load
from ivr.transcripts import (
    Call,
    HangUp,
    Line,
    Note,
    Press,
    Remark,
    SayWords,
    SendText,
    Silent,
    Step,
    Transcript,
    Transferred,
)

FOLDER = Path(__file__).parent / "transcripts"
GOLDEN = sorted(path for medium in ("calls", "texts") for path in (FOLDER / medium).glob("*.txt"))
UPDATE = bool(os.environ.get("IVR_UPDATE_TRANSCRIPTS"))


@pytest.fixture(scope="module")
def fixed() -> Library:
    """The fixed words of the transcripts, so that the shipped words may change without a red test."""
    return load(CONTENT, line_number=NUMBER)


def _golden(path: Path, played: Transcript) -> Transcript:
    """What is written down; with the switch it is written down anew, remarks kept, but never a file made."""
    written = transcripts.loads(path.read_text(encoding="utf-8"))
    if UPDATE and played.without_remarks() != written.without_remarks():
        steps = tuple(
            Step(new.act, (*(one for one in old.came if isinstance(one, Remark)), *new.came))
            for old, new in zip(written.steps, played.steps, strict=True)
        )
        path.write_text(transcripts.dumps(replace(written, steps=steps)), encoding="utf-8")
        return played
    return written.without_remarks()


def _shown(transcript: Transcript) -> str:
    return transcripts.dumps(transcript.without_remarks())


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_core_alone_says_what_is_written(path: Path, fixed: Library) -> None:
    """No webhook, no store: only take_turn."""
    played = CoreAlone(fixed.graph).play(transcripts.loads(path.read_text(encoding="utf-8")))
    assert _shown(played) == _shown(_golden(path, played))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_signed_webhooks_say_what_is_written(path: Path, fixed: Library, tmp_path: Path) -> None:
    """Signed requests, documents executed as the carrier does, a real store."""
    written = transcripts.loads(path.read_text(encoding="utf-8"))
    with carrier(fixed, tmp_path) as line:
        played, faults = Signed(line).play(written)
    assert not faults
    assert _shown(played) == _shown(written)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_terminal_phone_says_what_is_written(path: Path, fixed: Library, tmp_path: Path) -> None:
    """What somebody at the terminal sees, and what --save writes."""
    written = transcripts.loads(path.read_text(encoding="utf-8"))
    with carrier(fixed, tmp_path) as line:
        played, shown = Terminal(line, tmp_path).play(written)
    assert _shown(played) == _shown(written)
    for step in written.steps:
        for came in step.came:
            assert not isinstance(came, Line) or came.text in shown


def test_there_are_transcripts_of_both_media() -> None:
    """An empty folder must not pass for a tested one."""
    assert len({path.parent.name for path in GOLDEN}) == 2


def test_every_transcript_is_written_as_the_line_writes_it() -> None:
    """So that an update changes only what the line says otherwise."""
    for path in GOLDEN:
        text = path.read_text(encoding="utf-8")
        assert transcripts.dumps(transcripts.loads(text)) == text, path.name


EVERYTHING = Transcript(
    "One of everything",
    transcripts.CALL,
    steps=(
        Step(Call(), (Line("Hello."), Line("Hola.", Language.ES), Remark("the name"))),
        Step(Press("12#*")),
        Step(SayWords("what about my brain")),
        Step(SayWords("mumble", 30), (Line("I want to get this right."),)),
        Step(Silent()),
        Step(SendText("two\nlines \\ and more")),
        Step(Transferred(TransferOutcome.COMPLETED, 65), (transcripts.rings("+18885526760"),)),
        Step(Transferred(TransferOutcome.BUSY)),
        Step(HangUp(), (Note(transcripts.CALL_OVER),)),
    ),
    remarks=(Remark("why this is here"),),
)


def test_what_is_printed_is_read_back_the_same() -> None:
    """Every act and everything that can come of it."""
    assert transcripts.loads(transcripts.dumps(EVERYTHING)) == EVERYTHING


def test_a_number_is_shown_as_people_write_it() -> None:
    """Also in notes."""
    assert transcripts.rings("+18885526760") == Note("rings 1-888-552-6760")


UNREADABLE = [("> fly away", 4), ("? what", 5), ("< [xx] Bonjour.", 5), ("> press 1a", 4), ("> transfer maybe", 4)]


@pytest.mark.parametrize(("line", "number"), UNREADABLE)
def test_a_line_that_cannot_be_read_is_named(line: str, number: int) -> None:
    """By its number and in a sentence."""
    before = [] if line.startswith(">") else ["> call"]
    text = "\n".join(["# Title", "medium: call", "from: +12025550143", *before, line])
    with pytest.raises(LineError, match=f"Line {number} "):
        transcripts.loads(text)


def test_how_words_are_cut_into_pieces_does_not_matter() -> None:
    """One Say or three, breaks or none: the sentences are the same."""
    whole = transcripts.heard([("One. Two? Three.", Language.EN), ("Hola.", Language.ES)])
    pieces = transcripts.heard([("One.", Language.EN), (" Two?  Three.", Language.EN), ("Hola.", Language.ES)])
    assert whole == pieces == (Line("One."), Line("Two?"), Line("Three."), Line("Hola.", Language.ES))
