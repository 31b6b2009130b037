"""Cuts written messages so that each fits the segments of a reply with what the line adds to it; it changes no word."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.texting.paging import messages
from ivr.texting.segments import count

# What may stand before or after the first message of a topic besides its page count.
_FIRST = ("first_text", "outbound_first", "emergency_unsure")


def reserves(prompts: Mapping[str, str], label: str, number: int, pages: int) -> tuple[str, str]:
    """What is kept free beside message `number` (from 1) of a topic, and beside its second part if it is cut."""
    mark = prompts["last" if number == pages else "more"].format(page=9, pages=9)
    if number > 1:
        return f"\n{mark}", f"\n{mark}"
    first = [prompts[key] for key in _FIRST] + [prompts["understood"].format(label=label)]
    return f"\n{mark}\n{max(first, key=_units)}", f"\n{mark}"


def _units(text: str) -> int:
    return count(text).units


def fitted(texts: tuple[str, ...], segments: int, prompts: Mapping[str, str], label: str) -> tuple[tuple[str, int], ...]:
    """(part, index of the text it comes from): texts that fit stay whole, others are cut at sentence ends."""
    parts: list[tuple[str, int]] = []
    for index, text in enumerate(texts):
        first, later = reserves(prompts, label, index + 1, len(texts))
        parts += [(part, index) for part in _cut(text, segments, first, later)]
    return tuple(parts)


def _cut(text: str, segments: int, first: str, later: str) -> tuple[str, ...]:
    head, *rest = messages(text, segments=segments, reserve=first)
    if not rest:
        return (head,)
    return (head, *messages(text.strip()[len(head) :], segments=segments, reserve=later))
