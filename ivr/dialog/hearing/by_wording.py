"""Decides a question by the asks and leads of the topics alone, where nothing was learned from examples."""

from __future__ import annotations

from ivr.dialog.hearing.index import Heard, Hearing, Listening, Meaning, Reading
from ivr.dialog.hearing.patterns import first, present_in
from ivr.dialog.hearing.questions import Score, score, shared


def question(hearing: Hearing, heard: Heard, listening: Listening, explain: bool) -> Reading:
    """The best topic: given when it is plain, offered among others when it is not, and none for other subjects."""
    tongue, limits = heard.tongue, hearing.sureness
    scores, strangers = score(tongue.questions, heard.tokens, heard.tags)
    present = present_in(heard.tags)
    aside = first(tongue.outside, heard.tags, present)
    here = not tongue.subjects.isdisjoint(present)
    best = scores[0].points if scores else 0.0
    why = because(heard, scores, aside.written if aside else "") if explain else ()
    key = tongue.outside_of[aside.written] if aside else ""
    needed = limits.against_outside_here if here else limits.against_outside
    if aside is not None and (best < needed or tongue.outsides[key].always):
        return Reading(Meaning.OUTSIDE, key, best, why=why)
    if not scores or best < (limits.offered_here if here else limits.offered + limits.strange * min(strangers, 3)):
        return Reading(Meaning.NOTHING, score=best, sure=False, why=why)
    close = tuple(each.ref for each in scores[1:3] if each.points >= limits.close * best or each is scores[1])
    lead = best - (scores[1].points if len(scores) > 1 else 0.0)
    doubted = listening.confidence is not None and listening.confidence < limits.doubted
    if not doubted and (best >= limits.clear or (best >= limits.enough and lead >= limits.ahead)):
        return Reading(Meaning.PLACE, scores[0].ref, best, offers=close, why=why)
    return Reading(Meaning.OFFER, scores[0].ref, best, sure=False, offers=(scores[0].ref, *close), why=why)


def because(heard: Heard, scores: list[Score], aside: str) -> tuple[str, ...]:
    """What spoke for each topic, and for another subject, for an explanation."""
    lines = []
    for each in scores:
        known = " ".join(shared(heard.tongue.questions, each.ref, heard.tokens, heard.tags))
        lead = f"; lead {each.lead}" if each.lead else ""
        lines.append(f"{each.ref} {each.points:.2f}: words {known or 'none'}{lead}")
    return (*lines, f"outside: {aside}") if aside else tuple(lines)
