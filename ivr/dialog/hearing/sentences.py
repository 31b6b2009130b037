"""Looks at one sentence: whether it asks something, and whether it names our texts; it decides nothing."""

from __future__ import annotations

from ivr.dialog.hearing.by_example import names_texts
from ivr.dialog.hearing.index import Heard, Hearing
from ivr.dialog.hearing.patterns import first, present_in
from ivr.dialog.hearing.read import heard_in
from ivr.dialog.hearing.words import normalise, split


def is_question(hearing: Hearing, sentence: str) -> bool:
    """Whether a sentence is put as a question, in any language of the line."""
    heards = _heard(hearing, sentence)
    frames = ((heard, each) for heard in heards for each in (heard.tongue.danger.asking, heard.tongue.danger.about))
    return any(first(each, heard.tags, present_in(heard.tags)) for heard, each in frames)


def is_about_texts(hearing: Hearing, sentence: str) -> bool:
    """Whether a sentence names our messages, in any language of the line."""
    return any(map(names_texts, _heard(hearing, sentence)))


def _heard(hearing: Hearing, sentence: str) -> tuple[Heard, ...]:
    return heard_in(hearing, split(normalise(sentence)), None, next(iter(hearing.tongues)))
