"""A word or two that answer what was just asked: yes, no, or a name from a list; everything longer is heard as words."""

from __future__ import annotations

import re

from ivr.dialog import acts, going, keys, one_key, places
from ivr.dialog.hearing import Meaning, Reading
from ivr.dialog.hearing.words import normalise
from ivr.dialog.scene import Scene
from ivr.dialog.types import Choose, Confirm, Consent, Turn

LONGEST = 5  # words
# What else such words may have been taken for; danger, an opt-out, commands and digits always come first.
_GIVES_WAY = (Meaning.PLACE, Meaning.OFFER, Meaning.WORD, Meaning.OUTSIDE, Meaning.NOTHING)


def answer(scene: Scene, said: str, reading: Reading) -> Turn | None:
    """The turn of a short answer; None when these words are none."""
    words = _words(said)
    if reading.meaning not in _GIVES_WAY or not 0 < len(words) <= LONGEST:
        return None
    asking = scene.state.asking
    if isinstance(asking, Choose):
        ref = _named(scene, asking.refs, words)
        return acts.pick(scene.understood().go(asking=None), ref) if ref else None
    if isinstance(asking, Confirm | Consent) and scene.voice:
        return _yes_or_no(scene, " ".join(words))
    return None


def _named(scene: Scene, refs: tuple[str, ...], said: tuple[str, ...]) -> str:
    """The one act of this list of acts that is named by a word which no other of them has, or ""."""
    if not places.ACTS.issuperset(refs):
        return ""
    labels = {ref: set(_words(scene.label(ref))) for ref in refs}
    found = [ref for ref in refs if labels[ref].intersection(said).difference(*(labels[one] for one in refs if one != ref))]
    return found[0] if len(found) == 1 else ""


def _yes_or_no(scene: Scene, said: str) -> Turn | None:
    """By voice only, since carriers take YES for themselves (R37); not where silence connects, as neither is plain there."""
    answers = one_key.digits(scene)
    if scene.state.asking == Confirm("transfer") or not answers:
        return None
    if said in map(normalise, scene.listed("yes_answers")):
        return keys.press(scene, answers[0])
    if said in map(normalise, scene.listed("no_answers")):
        return keys.press(scene, answers[1]) if len(answers) > 1 else going.back(scene.understood())
    return None


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", normalise(text)))
