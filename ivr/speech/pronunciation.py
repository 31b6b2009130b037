"""Content as a person says it: numbers, telephones, units, keys and medical tokens become words, in one pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from ivr.dialog.types import Language
from ivr.speech import numbers
from ivr.speech.phone_numbers import PATTERN, SHORT, VANITY, spoken_number, spoken_vanity

_Sayer = Callable[[re.Match[str], Language], str]

_RULES = (
    ("vanity", VANITY),
    ("phone", PATTERN),
    ("always", r"(?<![\w/])24/7(?![\w/])"),
    ("clock", r"(?<![\w:])(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])(?![\w:])(?: ?(?P<half>[ap]\.?m\b\.?))?"),
    ("money", r"\$(?P<money_of>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.00)?(?![\w.][0-9])"),
    ("degrees", r"(?<![\w.,])(?P<degrees_of>[0-9]+(?:\.[0-9]+)?) ?(?:°|degrees|grados)? ?(?P<scale>[CF])(?![\w-])"),
    ("percent", r"(?<![\w.,])(?P<percent_of>[0-9]+(?:\.[0-9]+)?) ?%"),
    ("ordinal", r"(?<!\w)(?P<ordinal_of>[0-9]{1,3})(?:st|nd|rd|th)(?!\w)"),
    ("range", r"(?<![\w.,-])(?P<low>[0-9]{1,3}) ?- ?(?P<high>[0-9]{1,3})(?![\w-])"),
    ("decimal", r"(?<![\w.,])(?P<whole>[0-9]{1,9})\.(?P<fraction>[0-9]+)(?![\w])"),
    ("grouped", r"(?<![\w.,])[0-9]{1,3}(?:,[0-9]{3})+(?![\w])"),
    ("plain", r"(?<!\w)(?P<number>[0-9]+)(?!\w)(?P<counted> (?P<noun>[a-záéíóúñ]+))?"),
    ("star", r"\*"),
    ("pound", r"#"),
    ("and_sign", r" ?& ?"),
)
_WORDS = {
    Language.EN: {
        "star": "star", "pound": "pound", "and_sign": " and ", "always": "twenty-four hours a day, seven days a week",
        "C": "degrees Celsius", "F": "degrees Fahrenheit", "%": "percent", "$": "dollars", "to": "to",
    },
    Language.ES: {
        "star": "asterisco", "pound": "numeral", "and_sign": " y ",
        "always": "las veinticuatro horas, los siete días de la semana",
        "C": "grados Celsius", "F": "grados Fahrenheit", "%": "por ciento", "$": "dólares", "to": "a",
    },
}  # fmt: skip


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What content counts, so that "1 mes" is "un mes" and "1 hora" is "una hora"; other words keep "uno".
_MASCULINE = _set(
    "mes meses año años día días minuto minutos segundo segundos grado grados médico médicos paso pasos punto puntos "
    "tratamiento tratamientos familiar familiares adulto adultos teléfono tipo tipos"
)
_FEMININE = _set(
    "hora horas semana semanas vez veces persona personas noche noches pastilla pastillas dosis prueba pruebas "
    "página páginas pregunta preguntas opción opciones cita citas llamada llamadas"
)


def spoken(text: str, language: Language, pronunciations: Mapping[str, str]) -> str:
    """The text as words for the ear. Pronunciations go by whole tokens, case and all, and are not looked at again."""
    pattern = _pattern(tuple(pronunciations))

    def said(match: re.Match[str]) -> str:
        token = match["token"]
        return pronunciations[token] if token else _say(match, language)

    return pattern.sub(said, text)


@lru_cache(maxsize=16)
def _pattern(tokens: tuple[str, ...]) -> re.Pattern[str]:
    """All rules as one expression, the longest token first, so that nothing said is ever read again."""
    longest_first = sorted(tokens, key=len, reverse=True)
    known = "|".join(re.escape(token) for token in longest_first) or r"(?!)"
    rules = "|".join(f"(?P<{name}>{rule})" for name, rule in _RULES)
    return re.compile(rf"(?<![\w])(?P<token>{known})(?![\w])|{rules}")


def _say(match: re.Match[str], language: Language) -> str:
    rule = next(name for name, _ in _RULES if match[name])
    simple = _WORDS[language].get(rule)
    return simple if simple is not None else _SAYERS[rule](match, language)


def _quantity(text: str, language: Language) -> str:
    whole, point, fraction = text.replace(",", "").partition(".")
    return numbers.decimal(whole, fraction, language) if point else numbers.cardinal(int(whole), language)


def _clock(match: re.Match[str], language: Language) -> str:
    minute = int(match["minute"])
    low = "oh " if language is Language.EN and 0 < minute < 10 else ""
    minutes = f" {low}{numbers.cardinal(minute, language)}" if minute else ""
    half = f" {match['half']}" if match["half"] else ""
    return numbers.cardinal(int(match["hour"]), language) + minutes + half


def _range(match: re.Match[str], language: Language) -> str:
    low, high = (numbers.cardinal(int(match[name]), language) for name in ("low", "high"))
    return f"{low} {_WORDS[language]['to']} {high}"


def _plain(match: re.Match[str], language: Language) -> str:
    """A bare number: short services, years, quantities, and anything long digit by digit."""
    number, noun, rest = match["number"], match["noun"], match["counted"] or ""
    if number in SHORT or len(number) > 4 or (len(number) > 1 and number[0] == "0"):
        return numbers.digits(number, language) + rest
    value = int(number)
    if 1100 <= value < 2100:
        return numbers.year(value, language) + rest
    words = numbers.cardinal(value, language)
    if language is Language.ES and noun in _MASCULINE | _FEMININE:
        words = numbers.before_noun(words, feminine=noun in _FEMININE)
    return words + rest


def _with_unit(group: str, unit: str) -> _Sayer:
    """A quantity followed by its unit, which is one of the words above or named by the text."""

    def say(match: re.Match[str], language: Language) -> str:
        word = _WORDS[language][match["scale"] if unit == "scale" else unit]
        return f"{_quantity(match[group], language)} {word}"

    return say


_SAYERS: Mapping[str, _Sayer] = {
    "vanity": lambda match, language: spoken_vanity(match[0], language),
    "phone": lambda match, language: spoken_number(match[0], language),
    "clock": _clock,
    "money": _with_unit("money_of", "$"),
    "degrees": _with_unit("degrees_of", "scale"),
    "percent": _with_unit("percent_of", "%"),
    "ordinal": lambda match, language: numbers.ordinal(int(match["ordinal_of"])),
    "range": _range,
    "decimal": lambda match, language: _quantity(match[0], language),
    "grouped": lambda match, language: _quantity(match[0], language),
    "plain": _plain,
}
