"""Hears danger and despair in a message, and who no longer wants texts; it must not look at topics or menus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ivr.dialog.hearing.patterns import Patterns, Tags, first, present_in


class Peril(StrEnum):
    """What a message says about somebody's safety."""

    NONE = "none"
    EMERGENCY = "emergency"
    EMERGENCY_UNSURE = "emergency-unsure"
    URGENT = "urgent"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class Danger:
    """Signs by how much they say on their own, and the frames that tell a report from a question about it.

    sure: 911 unless the words are only about it. event: the same, unless it was in the past. likely: 911 when it is
    somebody's, else asked. possible: only with words of now. urgent: the care team today. crisis: words of suicide.
    """

    sure: Patterns
    event: Patterns
    likely: Patterns
    possible: Patterns
    urgent: Patterns
    crisis: Patterns
    now: Patterns  # frames from here on: it happens while they write
    acute: Patterns  # weaker words of now
    somebody: Patterns
    about: Patterns  # general: causes, signs, risks, how it is treated
    supposing: Patterns
    asking: Patterns
    past: Patterns


def peril(danger: Danger, tags: Tags) -> tuple[Peril, tuple[str, ...]]:
    """What a message says about somebody's safety, and the patterns that said so (R46, R61)."""
    present = present_in(tags)
    body, why = _body(danger, tags, present)
    wish = first(danger.crisis, tags, present)
    if wish is not None and body is not Peril.EMERGENCY:
        return Peril.CRISIS, (wish.written,)
    if wish is not None:
        return body, (*why, wish.written)
    return body, why


def _body(danger: Danger, tags: Tags, present: frozenset[str]) -> tuple[Peril, tuple[str, ...]]:
    """What the body shows: the gravest sign decides, and frames can only make it milder."""

    def said(patterns: Patterns) -> str:
        found = first(patterns, tags, present)
        return found.written if found else ""

    sure, event = said(danger.sure), said(danger.event)
    if not sure and not event:
        return _milder(danger, said)
    now, about, supposed = said(danger.now), said(danger.about), said(danger.supposing)
    if sure and not about and not supposed:
        return Peril.EMERGENCY, (sure,)
    if sure and (now or not about):
        return Peril.EMERGENCY_UNSURE, (sure, about or supposed)
    distant = about or supposed or said(danger.past)
    if event and not distant:
        return Peril.EMERGENCY, (event,)
    if event and now:
        return Peril.EMERGENCY_UNSURE, (event, now, distant)
    return _milder(danger, said)


def _milder(danger: Danger, said: Callable[[Patterns], str]) -> tuple[Peril, tuple[str, ...]]:
    """Signs that are an emergency only for somebody, now; and those for which the care team is called."""
    likely, possible, urgent = said(danger.likely), said(danger.possible), said(danger.urgent)
    if not (likely or possible or urgent):
        return Peril.NONE, ()
    now, distant = said(danger.now), said(danger.about) or said(danger.supposing) or said(danger.past)
    asked = distant or said(danger.asking)
    if likely and not asked:
        felt = now or said(danger.somebody)
        return (Peril.EMERGENCY if felt else Peril.EMERGENCY_UNSURE), (likely,)
    if likely and now:
        return Peril.EMERGENCY_UNSURE, (likely, now, asked)
    acute = possible and not asked and (now or said(danger.acute))
    if acute:
        return Peril.EMERGENCY_UNSURE, (possible, acute)
    if urgent and not distant:
        return Peril.URGENT, (urgent,)
    return Peril.NONE, ()


def distant(danger: Danger, tags: Tags) -> bool:
    """Whether the words ask about danger in general, suppose it, or tell of the past, and none are of now."""
    present = present_in(tags)
    frames = (danger.about, danger.supposing, danger.past, danger.asking)
    return any(first(each, tags, present) for each in frames) and not first(danger.now, tags, present)


class Wish(StrEnum):
    """What a texter wants of our messages."""

    NONE = "none"
    OUT = "out"
    MAYBE_OUT = "maybe-out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Messages:
    """Words about our texts themselves: exact ones, polite words around them, and plain wordings (R33 to R36)."""

    out: frozenset[tuple[str, ...]]
    maybe_out: frozenset[tuple[str, ...]]
    back_in: frozenset[tuple[str, ...]]
    polite: frozenset[str]
    wordings_out: Patterns
    wordings_in: Patterns
    about: Patterns  # what names messages at all


def wish(messages: Messages, tokens: tuple[str, ...], tags: Tags) -> tuple[Wish, str]:
    """Whether the message is about getting our texts, and what said so. Never by a carrier word inside a sentence."""
    core = tuple(token for token in tokens if token not in messages.polite) or tokens
    core = tuple(dict.fromkeys(core))  # "stop stop stop" is one "stop"
    for known, meant in ((messages.out, Wish.OUT), (messages.back_in, Wish.IN), (messages.maybe_out, Wish.MAYBE_OUT)):
        if tokens in known or core in known:
            return meant, " ".join(core)
    present = present_in(tags)
    for wordings, meant in ((messages.wordings_out, Wish.OUT), (messages.wordings_in, Wish.IN)):
        found = first(wordings, tags, present)
        if found is not None:
            return meant, found.written
    return Wish.NONE, ""
