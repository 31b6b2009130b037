"""Phone numbers as they are said: in groups, digit by digit, slowly when it matters (R25). It dials nothing."""

from __future__ import annotations

import re

from ivr.dialog.types import Language
from ivr.speech.numbers import digits

# "1-800-227-2345", "(888) 552-6760", "+18885526760", "888 552 6760"
PATTERN = (
    r"(?<![\w+-])(?:\+?1[-. ]?)?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[0-9]{3}[-. ][0-9]{4}(?![\w-])"
    r"|(?<![\w+])\+[0-9]{7,15}(?!\w)"
)
# "1-800-4-CANCER", "1-800-QUIT-NOW", "1-855-DÉJELO-YA"
VANITY = r"(?<![\w+-])1-[0-9]{3}-(?:[0-9]+-)?[A-ZÁÉÍÓÚÑ]{2,}(?:-[A-ZÁÉÍÓÚÑ]+)*(?:-[0-9]+)?(?![\w-])"
# Services of the telephone network, and 988: always said digit by digit.
SHORT = frozenset({"211", "311", "411", "511", "611", "711", "811", "911", "988"})

_AGAIN = {Language.EN: "Again:", Language.ES: "Otra vez:"}


def groups(number: str) -> tuple[str, ...]:
    """The digits of a number as people group them: 1, 888, 552, 6760; an unknown form in threes."""
    kept = re.sub("[^0-9]", "", number)
    if len(kept) == 10 and not number.startswith("+"):
        return kept[:3], kept[3:6], kept[6:]
    if len(kept) == 11 and kept[0] == "1":
        return kept[0], kept[1:4], kept[4:7], kept[7:]
    return tuple(kept[start : start + 3] for start in range(0, len(kept), 3))


def spoken_number(number: str, language: Language) -> str:
    """A number in groups: "one, eight eight eight, five five two, six seven six zero"."""
    return ", ".join(digits(group, language) for group in groups(number))


def spoken_vanity(number: str, language: Language) -> str:
    """A number with a word in it: "one, eight zero zero, four, cancer"."""
    parts = number.split("-")
    return ", ".join(digits(part, language) if part.isdigit() else part.lower() for part in parts)


def spoken_slowly(number: str, language: Language) -> str:
    """A number to be written down: a stop after every group, a comma after every digit."""
    return ". ".join(digits(group, language).replace(" ", ", ") for group in groups(number)) + "."


def spoken_twice(number: str, language: Language) -> str:
    """A number to be written down, and once more."""
    slowly = spoken_slowly(number, language)
    return f"{slowly} {_AGAIN[language]} {slowly}"
