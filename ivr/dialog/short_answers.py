"""A word or two that answer what was just asked: yes, no, or a name from a list; everything longer is heard as words."""

from __future__ import annotations

import re
from functools import lru_cache

from ivr.dialog import acts, going, keys, ladders, one_key, places, spoken
from ivr.dialog.hearing import Meaning, Reading
from ivr.dialog.hearing.words import normalise
from ivr.dialog.scene import Scene
from ivr.dialog.types import Choose, Confirm, Consent, Define, Medium, Speech, Text, Turn

LONGEST = 5  # words
REPEATS_ANSWERED = 2  # the same yes once more within a day is a machine
# What else such words may have been taken for; danger, an opt-out, commands and digits always come first.
_GIVES_WAY = (Meaning.PLACE, Meaning.OFFER, Meaning.WORD, Meaning.OUTSIDE, Meaning.NOTHING)


def answer(scene: Scene, said: str, reading: Reading) -> Turn | None:
    """The turn of a short answer; None when these words are none."""
    words = _words(said)
    if not 0 < len(words) <= LONGEST:
        return None
    if not scene.voice and _yes_or_no(scene, words) is not None and _asks(scene):
        return _by_number(scene, reading) or _answered(scene, words, reading)
    return _answered(scene, words, reading)


def _answered(scene: Scene, words: tuple[str, ...], reading: Reading) -> Turn | None:
    asking = scene.state.asking
    ref = _named(scene, asking.refs, words) if isinstance(asking, Choose) else ""
    whole = bool(ref) and set(words) == set(_words(scene.label(ref)))
    if reading.meaning not in _GIVES_WAY and not (whole and reading.meaning is Meaning.EMERGENCY_UNSURE):
        return None
    if ref:
        return acts.pick(scene.understood().go(asking=None), ref)
    yes = _yes_or_no(scene, words)
    return _said(scene, yes) if scene.voice and yes is not None else None


def _asks(scene: Scene) -> bool:
    """Whether a question waits for a number."""
    return isinstance(scene.state.asking, Choose | Confirm | Consent)


def _by_number(scene: Scene, reading: Reading) -> Turn | None:
    """Carriers take YES for themselves (R37), so a texted one decides nothing: the question again, and how to answer it."""
    heard = scene.heard
    repeats = heard.repeats if isinstance(heard, Text) else 0
    if reading.meaning not in (*_GIVES_WAY, Meaning.OPT_OUT_UNSURE) or repeats >= REPEATS_ANSWERED:
        return None
    return going.again(scene.note("no-match", "yes-or-no"), scene.speak("by_number"))


def _said(scene: Scene, yes: bool) -> Turn:
    """Yes or no to what was just asked; where it is no answer, what can be chosen is said again, and nothing is blamed."""
    heard, asking = scene.heard, scene.state.asking
    sure = scene.graph.hearing.sureness.doubted
    if isinstance(heard, Speech) and heard.confidence is not None and heard.confidence < sure:
        return ladders.missed_speech(scene)
    if asking is None:
        return _to_nothing(scene, yes)
    if asking == Confirm("transfer") and yes:  # to being connected or to staying? silence connects
        return ladders.offer_person(scene)
    answers = ("1", "1") if asking == Confirm("transfer") or isinstance(asking, Define) else one_key.digits(scene)
    if isinstance(asking, Confirm | Consent | Define) and answers:
        return _pressed(scene, answers, yes)
    return scene.understood().reply(ladders.choices(scene))


def _to_nothing(scene: Scene, yes: bool) -> Turn:
    """Nothing was asked: a yes after a page goes on with it, as silence does."""
    if scene.state.at == places.EMERGENCY:
        return spoken.here(scene)
    scene = scene.understood()
    if yes and scene.state.at in scene.graph.topics and not places.on_last_page(scene.graph, scene.state):
        return going.on(scene)
    return scene.reply(ladders.choices(scene))


def _pressed(scene: Scene, answers: tuple[str, ...], yes: bool) -> Turn:
    """The first key of a question is yes and the second no; a question with one key only is left by no."""
    if not yes and len(answers) < 2:
        return going.back(scene.understood())
    return keys.press(scene, answers[0] if yes else answers[1]) or going.again(scene)


def _yes_or_no(scene: Scene, said: tuple[str, ...]) -> bool | None:
    """Whether these words are a yes or a no, in any language of the line; None when they are neither."""
    for language in scene.graph.languages:
        prompts = scene.graph.prompts[(language, Medium.VOICE)]
        for key, yes in (("yes_answers", True), ("no_answers", False)):
            if said in _phrases(prompts[key]):
                return yes
    return None


@lru_cache(maxsize=16)
def _phrases(listed: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_words(one) for one in listed.split(", "))


def _named(scene: Scene, refs: tuple[str, ...], said: tuple[str, ...]) -> str:
    """The one act of this list of acts that is named by a word which no other of them has, or ""."""
    if not places.ACTS.issuperset(refs):
        return ""
    labels = {ref: set(_words(scene.label(ref))) for ref in refs}
    found = [ref for ref in refs if labels[ref].intersection(said).difference(*(labels[one] for one in refs if one != ref))]
    return found[0] if len(found) == 1 else ""


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", normalise(text)))
