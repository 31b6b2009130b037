"""The time zones that a person can name by a key, and which one the area of a number tells; it reads no number itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# By the name in a choice, in a cursor and in a stored state; its label is the prompt label_<name>.
ZONES: Mapping[str, str] = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "arizona": "America/Phoenix",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "puerto-rico": "America/Puerto_Rico",
}
EASTERN = "eastern"
MAIN = ("eastern", "central", "mountain", "pacific", "elsewhere")
FURTHER = ("arizona", "alaska", "hawaii", "puerto-rico", "no-zone")
ACTS = frozenset({*MAIN, *FURTHER, "zone"})

# Other places whose clocks always show the same time as one of these.
_SAME_CLOCK: Mapping[str, str] = {
    "America/Toronto": "eastern",
    "America/Winnipeg": "central",
    "America/Boise": "mountain",
    "America/Edmonton": "mountain",
    "America/Vancouver": "pacific",
    "America/Juneau": "alaska",
    "America/St_Thomas": "puerto-rico",
}
_NAMES = {**_SAME_CLOCK, **{iana: name for name, iana in ZONES.items()}}


def name_of(found: Sequence[str] | None) -> str:
    """The one zone that all these IANA zones are; "" when there are several, none, or one that no key names."""
    names = {_NAMES.get(iana, "") for iana in found or ()}
    return names.pop() if len(names) == 1 else ""
