"""The one place where characters that XML cannot carry are taken out; it changes nothing else."""

from __future__ import annotations

import re

# Everything outside the Char production of XML 1.0: with one such character the carrier rejects the whole document.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Invisible marks in what people send only disturb comparing (zero width, direction, soft hyphen): "ST\u200bOP" is STOP.
_INVISIBLE = re.compile("[\xad\u180e\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def printable(text: str) -> str:
    """The text without control characters, lone surrogates and other things that do not parse as XML."""
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub("", text)


def received(text: str, most: int) -> str:
    """Words that a stranger sent: no invisible marks, control characters as spaces, spaces single, cut to `most`."""
    text = _INVISIBLE.sub("", _UNPRINTABLE.sub(" ", text))
    return " ".join(text.split())[:most].rstrip()
