"""Turns what somebody wrote or said into clean words and mends misspelt ones; it must not know what any word means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

LONGEST_MESSAGE = 1600  # characters a text can have; what is longer is cut
MOST_WORDS = 60  # words that are looked at: danger stands near the beginning, and work stays bounded
_MEND_ONE = 5  # R44: from this many letters on, one slip is mended
_MEND_TWO = 9  # and from here on, two
_MOST_MENDED = 8  # misspelt words that are looked up in one message, so that noise stays cheap

_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u00b4\u0060\u2032\uff07"), "'")
_INVISIBLE = dict.fromkeys([0x180E, *range(0x200B, 0x200E), 0x2060, 0xFEFF, 0x00AD, 0x200E, 0x200F])
_SPACES = dict.fromkeys([0x2028, 0x2029, 0x00A0, 0x202F], " ")
_ACCENTS = str.maketrans("áéíóúüñÁÉÍÓÚÜÑ", "aeiouunAEIOUUN")  # the usual ones; others take the longer way
_LETTERS = {
    **_ACCENTS,
    ord("\u00bf"): " ",
    ord("\u00a1"): " ",
    **_APOSTROPHES,
    **_INVISIBLE,
    **_SPACES,
    ord("\u00df"): "ss",
    ord("\u0131"): "i",
}
_WORD = re.compile(r"[0-9]+(?:\.[0-9]+)?|[a-z]+(?:'[a-z]+)*|[*#]")
TAILS = frozenset(("t", "s", "m", "re", "ve", "ll"))  # what is left when a phone writes a space for an apostrophe
_DRAWN_OUT = re.compile(r"([a-hj-vyz])\1{2,}")
_GLUED = re.compile(r"(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z])")


def normalise(text: str) -> str:
    """Lower case, NFKC, straight apostrophes, nothing invisible, accents folded; at most 1,600 characters."""
    if text.isascii():
        return text[:LONGEST_MESSAGE].casefold().replace("`", "'")
    clean = text[:LONGEST_MESSAGE].translate(_LETTERS)
    if clean.isascii():
        return clean.casefold()
    clean = _superscripts_away(clean)
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", clean).casefold())
    return "".join(letter for letter in spread.translate(_LETTERS) if not unicodedata.combining(letter))


def _superscripts_away(text: str) -> str:
    """A raised or circled digit is not a digit that anybody can press; NFKC would make it one."""
    return "".join(" " if letter.isdigit() and not letter.isdecimal() else letter for letter in text)


def split(clean: str) -> tuple[str, ...]:
    """The words of a normalised text, at most 60; apostrophes inside a word are kept for the spelling list.

    "stoppp" is "stop", but "iii" is a stage.
    """
    return tuple(_WORD.findall(_DRAWN_OUT.sub(r"\1", clean))[:MOST_WORDS])


def unglue(word: str) -> list[str]:
    """ "stage4" and "38c" are two words each."""
    return [word] if word.isalpha() else _GLUED.split(word)


def spelt_out(words: tuple[str, ...]) -> tuple[str, ...]:
    """ "s t o p" is one word, when a message is nothing else."""
    return ("".join(words),) if len(words) > 2 and all(len(word) == 1 and word.isalpha() for word in words) else words


@dataclass(frozen=True, slots=True)
class Spellings:
    """The words a language has here, and the short forms people write for them."""

    short: Mapping[str, tuple[str, ...]]
    known: Collection[str]
    by_length: Mapping[int, Mapping[str, tuple[str, ...]]]  # length -> first letter -> words
    beginnings: Collection[str]  # the stems of words written with a star


def spellings(short: Mapping[str, str], known: Iterable[str], beginnings: Iterable[str]) -> Spellings:
    """Prepare the word list so that a misspelt word is found without comparing it with every other."""
    words = frozenset(known)
    shelves: dict[int, dict[str, list[str]]] = {}
    for word in sorted(words):
        if len(word) >= _MEND_ONE - 1 and word.isalpha():
            shelves.setdefault(len(word), {}).setdefault(word[0], []).append(word)
    return Spellings(
        {word: tuple(meant.split()) for word, meant in short.items()},
        words,
        {size: {first: tuple(row) for first, row in shelf.items()} for size, shelf in shelves.items()},
        frozenset(beginnings),
    )


def mend(spelling: Spellings, raw: Iterable[str], *, guess: bool = True) -> tuple[str, ...]:
    """Spell out short forms ("cant" -> can not) and, when `guess`, replace misspelt words by the nearest known one."""
    out: list[str] = []
    mended = 0
    for word in _joined(spelling, tuple(raw)):
        meant = spelling.short.get(word)
        if meant is None and "'" in word:
            bare = word.replace("'", "")
            meant = spelling.short.get(bare) or (bare.removesuffix("s") if word.endswith("'s") else bare,)
        if meant is not None:
            out.extend(meant)
            continue
        if guess and mended < _MOST_MENDED and not _is_known(spelling, word):
            mended += 1
            nearest = _nearest(spelling, word)
            out.extend(spelling.short.get(nearest, (nearest,)))
            continue
        out.append(word)
    return tuple(out[:MOST_WORDS])


def _joined(spelling: Spellings, raw: tuple[str, ...]) -> tuple[str, ...]:
    """ "can t" and "she s" are one word each, where the spelling list has it."""
    if TAILS.isdisjoint(raw):
        return raw
    out: list[str] = []
    for word in raw:
        if word in TAILS and out and out[-1] + word in spelling.short:
            out[-1] += word
        else:
            out.append(word)
    return tuple(out)


def _is_known(spelling: Spellings, word: str) -> bool:
    if len(word) < _MEND_ONE or not word.isalpha() or word in spelling.known:
        return True
    return any(word[:size] in spelling.beginnings for size in range(4, len(word) + 1))


def _nearest(spelling: Spellings, word: str) -> str:
    allowed = 2 if len(word) >= _MEND_TWO else 1
    mask = _letters(word)
    best, best_slips = word, allowed + 1
    for size in range(len(word) - allowed, len(word) + allowed + 1):
        shelf = spelling.by_length.get(size, {})
        # A slip in the very first letter is rare and would mean comparing with the whole list, so it is not looked for
        # in long lists: the first two letters swapped or the first one lost are found under the second letter.
        for first in dict.fromkeys((word[0], word[1])):
            for candidate in shelf.get(first, ()):
                if (mask ^ _letters(candidate)).bit_count() > 2 * allowed:
                    continue
                slips = distance(word, candidate, best_slips)
                if slips < best_slips:
                    best, best_slips = candidate, slips
    return best


@lru_cache(maxsize=16384)
def _letters(word: str) -> int:
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 31)
    return mask


def distance(one: str, other: str, below: int) -> int:
    """How many letters were lost, added, changed or swapped with their neighbour; `below` when that many or more."""
    if abs(len(one) - len(other)) >= below:
        return below
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) >= below:
            return below
        before, last = last, row
    return min(last[-1], below)
