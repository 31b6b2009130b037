"""Which prompts must be there and which blanks they may have, taken from the dialog; it reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

from ivr.dialog.prompts import SAID_LISTS, TEXT_PROMPTS, VOICE_PROMPTS
from ivr.dialog.types import Medium

PROMPTS: Mapping[Medium, Mapping[str, frozenset[str]]] = {Medium.VOICE: VOICE_PROMPTS, Medium.TEXT: TEXT_PROMPTS}
FREE = "outside_"  # one prompt for each outside subject of hearing.toml; each may be there


def blanks(text: str) -> frozenset[str] | None:
    """The names of the {blanks} of a prompt; None when its braces do not match or a blank is more than a name."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    if any(name is not None and (not name.isidentifier() or spec or change) for _, name, spec, change in parts):
        return None
    return frozenset(name for _, name, _, _ in parts if name is not None)


def prompt_faults(medium: Medium, prompts: Mapping[str, str]) -> Iterator[tuple[str, str, str, bool]]:
    """(key, what, remedy, is an error) for each prompt that is missing, unknown, or has a blank that nobody fills."""
    known = PROMPTS[medium]
    for key in known.keys() - prompts.keys():
        yield key, "this prompt is missing", _with_blanks("Add it", known[key]), True
    for key, text in prompts.items():
        allowed = known.get(key, frozenset())
        found = blanks(text)
        if key not in known and not key.startswith(FREE):
            yield key, "the line never says this prompt", "Remove it, or correct the spelling of its key.", False
        elif found is None:
            yield key, "its braces do not match", "Write a blank as {name}.", True
        elif found - allowed:
            strange = ", ".join(sorted(found - allowed))
            yield key, f"nobody fills the blank {strange}", _with_blanks("Take it out", allowed), True
        parts = len(text.split(", "))
        if parts != SAID_LISTS.get(key, parts):
            yield key, f"it has {parts} parts", f"Write {SAID_LISTS[key]} parts, a comma and a space between them.", True


def _with_blanks(act: str, allowed: frozenset[str]) -> str:
    names = ", ".join("{" + name + "}" for name in sorted(allowed))
    return f"{act}; its blanks are {names}." if names else f"{act}; it has no blanks."
