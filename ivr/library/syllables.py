"""Counts the syllables of one word: by heuristics and exceptions in English, by the spelling rules in Spanish."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from ivr.dialog.types import Language

_EXCEPTIONS = {
    word: count
    for count, words in {
        1: "once",
        2: "being doing going seeing saying trying crying dying lying buying paying staying keying evening quiet diet "
        "fluid poem poet fuel lion giant trial dial client create people something someone sometimes somewhere homemade "
        "chaos ruin business different several camera tired tire hundred crooked beyond maybe patient "
        "patience bluish equal statement facebook somehow headache headaches safety fatigue forecast senior seniors "
        "voicemail",
        3: "area idea everyone everything everywhere anyone anything anywhere somebody everyday medicine "
        "denial acquired entire caregiving video "
        "radio situated period eventual usual actual annual casual gradual poetry serious various previous "
        "obvious audio studio curious genius medium lithium calcium helium nausea suicide caregiver specialist recipe "
        "employee qualify serial aerial median dyspnea likelihood carrier",
        4: "society reality anxiety variety immediate experience emergency superior delirious everybody diarrhea "
        "ovarian pancreatic colloquial previously",
        5: "experiencing automatically immediately radioactive simultaneous coordinator",
    }.items()
    for word in words.split()
}
_VOWELS = re.compile(r"[aeiouy]+")
# Pairs that are said apart, so that their group has one syllable more than it looks.
_APART = re.compile(
    r"(?<=[^aeiouy])ier$|ia(?!l$|ls$|lly$|n$|ns$|nt|nce|ge|r$)|(?<=[bcdfghjklmnpqrstvwxyz])iu|io(?!us|n|r$)|ie(?=t|nce)|eo(?!us|n$)|"
    r"(?<!q)ua(?=l|t)|(?<=[^qg])ui(?=ng)|^rea(?=ct)|^cre[ai]|ying$|eing$|(?<=[aeouy])ing$|iet|uou|(?<![tc])ien(?=t)|^bio|^dia|^tria"
)
_SILENT = re.compile(r"(?<=[^aeiouy])e$|(?<=[^aeiouytd])ed$|(?<=[bcdfghklmnprtvz])es$")
_INNER = re.compile(r"(?<=[^aeiouyl])e(?=(?:ly|ful|fully|less|lessly|ment|ments|ness|lessness|body|thing|where|line)$)")
_SOUNDED = re.compile(r"(?<=[^aeiouyrlw])l(e|es|ed)$|(ches|shes|ses|zes|ces|ges|xes)$")


@lru_cache(maxsize=16384)
def syllables(word: str, language: Language) -> int:
    """How many syllables a word has, at least one. Abbreviations have one a letter (W three), numbers count as one."""
    bare = word.strip("'’-.")
    if not any(character.isalpha() for character in bare):
        return 1
    if is_abbreviation(bare):
        return sum(3 if letter == "W" and language is Language.EN else 1 for letter in bare if letter.isalpha())
    count = _english if language is Language.EN else _spanish
    return sum(count(part.lower()) for part in bare.split("-") if part) or 1


def is_abbreviation(word: str) -> bool:
    """Whether a token is spelled out when read: capitals only, or without a vowel (CT, EGFR, PD-L1)."""
    letters = [character for character in word if character.isalpha()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters)


def _english(word: str) -> int:
    word = word.removesuffix("'s").removesuffix("s'").replace("'", "")
    if word in _EXCEPTIONS:
        return _EXCEPTIONS[word]
    word = _INNER.sub("", word)
    singular = word.removesuffix("s")
    if singular in _EXCEPTIONS:
        return _EXCEPTIONS[singular]
    count = len(_VOWELS.findall(word)) + len(_APART.findall(word))
    if _SILENT.search(word) and not _SOUNDED.search(word):
        count -= 1
    if word.endswith(("sm", "thm")):
        count += 1
    return max(count, 1)


_STRONG = "aeoáéó"
_WEAK = "iuü"
_STRESSED_WEAK = "íú"
_SPANISH_GROUP = re.compile("[aeiouüáéíóúy]+")


def _spanish(word: str) -> int:
    """Two strong vowels, or a stressed weak one beside a strong one, are apart; all other neighbours are one syllable."""
    word = unicodedata.normalize("NFC", word)
    word = re.sub("(?<=[qg])u(?=[eiéí])", "", word)  # que, guía: this u is not said
    word = re.sub("y(?=[aeiouáéíóú])", "ll", word)  # a y before a vowel is a consonant
    word = re.sub("(?<=[aeiouáéíóú])h(?=[iuíú])", "h", word)
    return sum(_in_group(group) for group in _SPANISH_GROUP.findall(word)) or 1


def _in_group(group: str) -> int:
    count = 1
    for left, right in pairwise(group):
        both_strong = left in _STRONG and right in _STRONG
        stressed_apart = (left in _STRESSED_WEAK and right in _STRONG) or (left in _STRONG and right in _STRESSED_WEAK)
        same = left == right and left in _WEAK + _STRESSED_WEAK
        count += both_strong or stressed_apart or same
    return count
