"""An opt-out that is a sentence of its own, beside a question or a danger: heard here, since one text may say both."""

from __future__ import annotations

import re
from dataclasses import replace

from ivr.dialog.hearing import Hearing, Listening, Meaning, Reading, read
from ivr.dialog.hearing.sentences import is_about_texts, is_question

_SENTENCES = re.compile(r"[.!?;\n]+")
# Inside a longer text only words about messages, or the carriers' plainest, count: "end it" and "go away" are despair.
_PLAINEST = re.compile(r"\W*(please )?(stop|stopall|unsubscribe|alto)\W*", re.I)
_ASKS_ANYWAY = (Meaning.WORD, Meaning.COMMAND)
_ASKS = (Meaning.PLACE, Meaning.OFFER)  # when it is put as a question: "my dad died" is none
_DANGERS = (Meaning.EMERGENCY, Meaning.CRISIS, Meaning.EMERGENCY_UNSURE, Meaning.URGENT)  # the worst first


def read_text(hearing: Hearing, body: str, listening: Listening, explain: bool = False) -> Reading:
    """What a text means; beside an opt-out each sentence counts as if it stood alone, be it danger or not (R33, R46)."""
    reading = read(hearing, body, listening, explain)
    if reading.opt_out or reading.meaning is Meaning.OPT_IN:
        return reading
    sentences = _sentences(body)
    if reading.meaning is not Meaning.OPT_OUT and not any(_opts_out(hearing, one, listening) for one in sentences):
        return reading
    found = [reading, *(read(hearing, one, listening) for one in sentences)]
    worst = next((one for danger in _DANGERS for one in found if one.meaning is danger), None)
    return replace(worst, opt_out=True) if worst else Reading(Meaning.OPT_OUT, language=reading.language)


def also_asks(hearing: Hearing, body: str, listening: Listening) -> bool:
    """Whether an opt-out came with a question of its own."""
    for one in _sentences(body):
        meaning = read(hearing, one, listening).meaning
        if meaning in _ASKS_ANYWAY or (meaning in _ASKS and is_question(hearing, one)):
            return True
    return False


def _sentences(body: str) -> list[str]:
    """The sentences of a text of several; none when it is one."""
    found = [part.strip() for part in _SENTENCES.split(body) if re.search(r"\w", part)]
    return found if len(found) > 1 else []


def _opts_out(hearing: Hearing, sentence: str, listening: Listening) -> bool:
    named = _PLAINEST.fullmatch(sentence) or is_about_texts(hearing, sentence)
    return bool(named) and read(hearing, sentence, listening).meaning is Meaning.OPT_OUT
