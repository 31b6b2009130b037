"""Numbers as words in each language of the line; it reads no text and knows no telephone."""

from __future__ import annotations

from ivr.dialog.types import Language


def _list(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_EN_SMALL = _list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_EN_TENS = _list("- - twenty thirty forty fifty sixty seventy eighty ninety")
_EN_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_ES_SMALL = _list(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
)
_ES_TENS = _list("- - veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS = _list(
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)

LARGEST = 999_999_999
_POINT = {Language.EN: "point", Language.ES: "punto"}


def digits(text: str, language: Language) -> str:
    """Each digit by itself, other characters dropped: "911" is "nine one one"."""
    small = _EN_SMALL if language is Language.EN else _ES_SMALL
    return " ".join(small[int(digit)] for digit in text if digit in "0123456789")


def cardinal(number: int, language: Language) -> str:
    """A whole number from 0 to LARGEST as words; a larger one digit by digit."""
    if number > LARGEST:
        return digits(str(number), language)
    return _english(number) if language is Language.EN else _spanish(number)


def decimal(whole: str, fraction: str, language: Language) -> str:
    """ "100", "4" as "one hundred point four": digits after the point are said one by one."""
    return f"{cardinal(int(whole), language)} {_POINT[language]} {digits(fraction, language)}"


def year(number: int, language: Language) -> str:
    """A year from 1100 to 2099 as people say it: 1996, 2005, 2027."""
    high, low = divmod(number, 100)
    if language is Language.ES or (high == 20 and low < 10) or (low == 0 and high % 10 == 0):
        return cardinal(number, language)
    if low == 0:
        return f"{_english(high)} hundred"
    return f"{_english(high)} {'oh ' + _EN_SMALL[low] if low < 10 else _english(low)}"


def ordinal(number: int) -> str:
    """An English ordinal: "twenty-first"; Spanish content writes its ordinals as words."""
    head, separator, last = _english(number).rpartition("-" if number % 100 > 20 and number % 10 else " ")
    regular = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return head + separator + _EN_ORDINALS.get(last, regular)


def _english(number: int) -> str:
    if number < 20:
        return _EN_SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _EN_TENS[tens] + (f"-{_EN_SMALL[ones]}" if ones else "")
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            many, rest = divmod(number, size)
            return f"{_english(many)} {name}" + (f" {_english(rest)}" if rest else "")
    raise AssertionError("unreachable: every number is below 20, 100 or at least 100")


def _spanish(number: int) -> str:
    if number < 30:
        return _ES_SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _ES_TENS[tens] + (f" y {_ES_SMALL[ones]}" if ones else "")
    if number == 100:
        return "cien"
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return _ES_HUNDREDS[hundreds] + (f" {_spanish(rest)}" if rest else "")
    size, one, many_name = (1_000_000, "un millón", "millones") if number >= 1_000_000 else (1000, "mil", "mil")
    many, rest = divmod(number, size)
    head = one if many == 1 else f"{before_noun(_spanish(many))} {many_name}"
    return head + (f" {_spanish(rest)}" if rest else "")


def before_noun(words: str, *, feminine: bool = False) -> str:
    """Spanish number words before what they count: "un mes", "una hora", "veintiún días", "doscientas personas"."""
    if feminine:
        words = words.replace("cientos", "cientas").replace("quinientos", "quinientas")
        return words[:-3] + "una" if words.endswith("uno") else words
    if words.endswith("veintiuno"):
        return words[:-9] + "veintiún"
    return words[:-3] + "un" if words.endswith("uno") else words
