"""What each of many people calls and texts, made by chance and the same every time; nobody says it here."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.dialog.types import Graph, Language

FIRST = 200  # the last digits of the first number: the line's own is below
LONGEST = 12  # texts: fewer than the replies that one number gets in 30 seconds, whose limit depends on the clock
CALLS_FIRST = 0.05  # of the people
ENDINGS = ((), (), (), (), (), (), ("STOP",), ("stop texting me",), ("STOP", "START"), ("please stop texting me", "START"))
ASK_FOR_TEXT = ("1", "1", "7", "7")  # the keys of a caller who wants the first topic as a text

_WORDS = {
    Language.EN: ("MORE", "BACK", "MENU", "AGAIN", "TOPICS", "PERSON", "CALL", "HELP", "thank you", "I cannot breathe"),
    Language.ES: ("MÁS", "ATRÁS", "MENÚ", "REPETIR", "TEMAS", "PERSONA", "LLAMAR", "AYUDA", "gracias", "no puedo respirar"),
}
_OTHER = {Language.EN: ("8", "ESPANOL"), Language.ES: ("8", "ENGLISH")}
_NONSENSE = ("zebra", "lemon", "crossing", "pudding", "umbrella", "trombone", "saddle", "quartz")

Questions = Mapping[Language, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Script:
    """One person: the number, whether a text is asked for by phone before anything else, and what is texted then."""

    number: str
    calls: bool
    texts: tuple[str, ...]


def scripts(graph: Graph, count: int) -> list[Script]:
    """So many people, each with a number and words of their own."""
    chance = random.Random(1)  # noqa: S311 - what people say, not a secret
    questions = {
        language: [ask for topic in graph.topics.values() for ask in topic.asks.get(language, ())]
        for language in graph.languages
    }
    return [_script(number(place), questions, chance) for place in range(count)]


def number(place: int) -> str:
    """A number that nobody has, and that is not the line's own; there are 9,800 of them."""
    return f"+1202555{FIRST + place % (10_000 - FIRST):04d}"


def _script(whose: str, questions: Questions, chance: random.Random) -> Script:
    calls, ending = chance.random() < CALLS_FIRST, chance.choice(ENDINGS)
    language, texts = Language.EN, ["MORE" if calls else "hi"]
    for _ in range(chance.randint(5, LONGEST - 3)):
        if chance.random() < 0.08:
            texts.append(chance.choice(_OTHER[language]))
            language = Language.ES if language is Language.EN else Language.EN
        else:
            texts.append(_said(language, questions, chance))
    return Script(whose, calls, (*texts, *ending))


def _said(language: Language, questions: Questions, chance: random.Random) -> str:
    """Digits and questions mostly, as people do; now and then a word of the line, or words that nobody understands."""
    kind = chance.random()
    if kind < 0.4:
        return chance.choice("1234512345123")
    if kind < 0.65:
        return chance.choice(questions[language])
    if kind < 0.95:
        return chance.choice(_WORDS[language])
    return " ".join(chance.sample(_NONSENSE, 3))
