"""The terminal phone: what can be typed, what is shown, what is kept. Whole conversations are in tests/transcripts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from ivr import transcripts
from ivr.channels.carrier import Carrier
from ivr.channels.terminal_phone import acts_of, call_command, run_call, run_texts, text_command
from ivr.channels.terminal_phone.playing import typed
from ivr.dialog.types import TransferOutcome
from ivr.errors import LineError
from ivr.transcripts import Act, HangUp, Press, SayWords, Silent, Transferred

LISTENING = (
    '<Gather input="dtmf speech" numDigits="1" timeout="9" action="/voice/turn?a=pain&amp;p=1" actionOnEmptyResult="true"/>'
)
DOCUMENTS = {
    "/voice/answer": f'<Say language="en-US">Hello.</Say><Say language="es-US">Hola.</Say>{LISTENING}',
    "/voice/turn": '<Say>One moment.</Say><Dial action="/voice/answer"><Number>+18885526760</Number></Dial>',
    "/sms/message": "<Message>Reply MENU.</Message>",
}


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The smallest line: it greets, then transfers."""
    start_response("200 OK", [])
    return [f"<Response>{DOCUMENTS.get(environ['PATH_INFO'], '')}</Response>".encode()]


CARRIER = Carrier(app, "https://line.example.org", "token")


def called(typed_lines: str, **more: Any) -> str:
    """What the terminal shows for these lines."""
    shown = io.StringIO()
    run_call(CARRIER, stdin=io.StringIO(typed_lines), stdout=shown, **more)
    return shown.getvalue()


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("2", Press("2")),
        ("press 2", Press("2")),
        ("202-555 0143#", Press("2025550143#")),
        ("*", Press("*")),
        ("", Silent()),
        ("silence", Silent()),
        ("Say What about me", SayWords("What about me")),
        ("hang up", HangUp()),
        ("dial busy", Transferred(TransferOutcome.BUSY)),
        ("no-answer", Transferred(TransferOutcome.NO_ANSWER)),
        ("dial completed 65", Transferred(TransferOutcome.COMPLETED, 65)),
        ("dial maybe", None),
        ("fly", None),
        ("say", None),
        ("--", None),
    ],
)
def test_what_is_typed_is_understood_or_refused(line: str, act: Act | None) -> None:
    """Keys, words, silence, the end of a transfer, the end of the call."""
    assert typed(line) == act


def test_a_list_of_keys_is_a_whole_call() -> None:
    """For --keys."""
    assert acts_of("2,silence, 0 ,dial:busy,completed:65,say:my brain,#") == (
        Press("2"),
        Silent(),
        Press("0"),
        Transferred(TransferOutcome.BUSY),
        Transferred(TransferOutcome.COMPLETED, 65),
        SayWords("my brain"),
        Press("#"),
    )


@pytest.mark.parametrize("listed", ["2,fly", "2,,3", ""])
def test_a_list_that_cannot_be_read_is_named(listed: str) -> None:
    """Before anything is called."""
    with pytest.raises(LineError, match="neither keys"):
        acts_of(listed)


def test_a_call_is_shown_in_plain_lines() -> None:
    """One sentence a line, other languages by name, where one is and what is waited for."""
    shown = called("9\ndial busy\nhang up\n")
    assert "Nothing is dialled" in shown
    assert "Hello.\nSpanish: Hola.\n(At pain, page 2. Waiting for keys or words.)" in shown
    assert "(rings 1-888-552-6760)" in shown


def test_help_and_slips_are_answered_and_the_call_goes_on() -> None:
    """Nothing that is typed ends a call by mistake."""
    shown = called("help\nfly\ndial busy\n0\n5\ndial busy\n")
    assert "Silence      an empty line" in shown
    assert "I do not know that." in shown
    assert "No transfer is ringing." in shown
    assert "Say how it ends" in shown


def test_the_end_of_the_input_hangs_up() -> None:
    """A pipe that ends is a caller who is gone."""
    assert called("").count("Hello.") == 1


def test_a_played_call_prints_its_transcript_and_keeps_it(tmp_path: Path) -> None:
    """--keys and --save."""
    saved = tmp_path / "new.txt"
    shown = called("", acts=acts_of("0,dial:busy"), save=saved, title="Busy")
    assert shown == saved.read_text(encoding="utf-8")
    assert transcripts.loads(shown).title == "Busy"


def test_keys_that_cannot_be_pressed_then_are_refused() -> None:
    """A list that fits no call must not pass for one."""
    with pytest.raises(LineError, match="cannot be done then"):
        called("", acts=acts_of("dial:busy"))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A conversation is not lost to another."""
    saved = tmp_path / "kept.txt"
    saved.write_text("kept")
    with pytest.raises(LineError, match="there already"):
        call_command(CARRIER, keys="1", save=saved)
    with pytest.raises(LineError, match="there already"):
        text_command(CARRIER, ["hi"], save=saved)
    assert saved.read_text() == "kept"


def test_what_the_carrier_would_complain_of_is_an_error_in_the_end() -> None:
    """So that a played call can guard a change; the call is shown all the same."""

    def broken(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("500 Broken", [])
        return [b""]

    shown = io.StringIO()
    line = Carrier(broken, "https://line.example.org", "token")
    with pytest.raises(LineError, match="11200 /voice/answer"):
        run_call(line, acts=[], stdin=io.StringIO(), stdout=shown)
    assert "application error" in shown.getvalue()


def test_a_call_can_begin_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    """By the key that leads there."""
    assert call_command(CARRIER, keys="dial:busy", language="es") == 0
    assert "> press 8" in capsys.readouterr().out


def test_texts_are_shown_with_what_they_cost(tmp_path: Path) -> None:
    """Played, or typed until an empty line."""
    played, typed_in = io.StringIO(), io.StringIO()
    run_texts(CARRIER, ["hi", "STOP"], save=tmp_path / "a.txt", stdin=io.StringIO(), stdout=played)
    run_texts(CARRIER, stdin=io.StringIO("hi\n\nnever\n"), stdout=typed_in)
    assert "Reply MENU.\n(1 segment, GSM-7, 11 units)" in played.getvalue()
    assert "The carrier itself answers this word" in played.getvalue()
    assert "never" not in typed_in.getvalue()
    assert "> text STOP" in (tmp_path / "a.txt").read_text(encoding="utf-8")


def test_a_text_that_is_too_long_is_told_and_the_next_one_goes(capsys: pytest.CaptureFixture[str]) -> None:
    """In a sentence."""
    assert text_command(CARRIER, ["x" * 1601, "hi"]) == 0
    shown = capsys.readouterr().out
    assert "at most 1600 characters" in shown
    assert "Reply MENU." in shown
