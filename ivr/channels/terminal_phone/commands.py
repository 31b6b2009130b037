"""The bodies of `ivr call` and `ivr text`: arguments in, exit status out; the command line itself is in ivr/cli.py."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ivr import transcripts
from ivr.channels.carrier import ANONYMOUS, Carrier
from ivr.channels.terminal_phone.calling import run_call
from ivr.channels.terminal_phone.playing import acts_of, free
from ivr.channels.terminal_phone.texting import run_texts
from ivr.dialog.types import Language
from ivr.transcripts import Press

LANGUAGE_KEY = "8"


def call_command(
    carrier: Carrier,
    *,
    keys: str | None = None,
    save: Path | None = None,
    from_number: str = transcripts.SOMEBODY,
    language: str | None = None,
) -> int:
    """Call in this terminal, or play `keys`. Raises LineError `keys`, `exists` before anything is called."""
    acts = None if keys is None else acts_of(keys)
    free(save)
    first = () if language in (None, Language.EN) else (Press(LANGUAGE_KEY),)
    run_call(
        carrier, acts=acts, first=first, save=save, title=_title(save), sender=_sender(from_number),
        stdin=sys.stdin, stdout=sys.stdout,
    )  # fmt: skip
    return 0


def text_command(
    carrier: Carrier,
    bodies: Sequence[str] = (),
    *,
    save: Path | None = None,
    from_number: str = transcripts.SOMEBODY,
) -> int:
    """Text from this terminal, or play `bodies`. Raises LineError `exists` before anything is texted."""
    free(save)
    run_texts(
        carrier, bodies, save=save, title=_title(save), sender=_sender(from_number), stdin=sys.stdin, stdout=sys.stdout
    )
    return 0


def _title(save: Path | None) -> str:
    """The name of the file as words; whoever keeps it will write a better one."""
    return (save.stem.replace("-", " ") if save else "") or "From the terminal"


def _sender(from_number: str) -> str:
    return transcripts.WITHHELD if from_number.lower() in (ANONYMOUS, transcripts.WITHHELD) else from_number
