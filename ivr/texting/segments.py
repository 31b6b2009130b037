"""How many units and segments a text costs, exactly as carriers count; it changes no text (R41)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_COST = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENSION, 2)

GSM_7 = "GSM-7"
UCS_2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Count:
    """What a text costs. `units` are septets or UTF-16 code units; `offending` are the characters that force UCS-2."""

    encoding: str
    units: int
    segments: int
    offending: tuple[str, ...] = ()


def count(text: str) -> Count:
    """Encoding, units and segments of a text; nothing to send is no segment."""
    offending = tuple(dict.fromkeys(character for character in text if character not in _COST))
    if offending:
        costs = [2 if ord(character) > 0xFFFF else 1 for character in text]
        return Count(UCS_2, sum(costs), _segments(costs, 70, 67), offending)
    costs = [_COST[character] for character in text]
    return Count(GSM_7, sum(costs), _segments(costs, 160, 153))


def _segments(costs: Iterable[int], alone: int, part: int) -> int:
    """One segment if all fits alone; else parts, a character never straddling two of them."""
    costs = tuple(costs)
    if sum(costs) <= alone:
        return 1 if costs else 0
    segments, room = 1, part
    for cost in costs:
        if cost > room:
            segments, room = segments + 1, part
        room -= cost
    return segments
