"""Answers to what is being asked: a short list, a gate, a yes-or-no by 1 and 2, a phone number by keys."""

from __future__ import annotations

import re

from ivr.dialog import acts, callbacks, going, ladders, places, promises, transfers
from ivr.dialog.scene import Scene
from ivr.dialog.types import Choose, Confirm, Consent, Define, Digits, Enter, Forget, OptOut, Turn

NANP = re.compile(r"1?([2-9][0-9]{2}[2-9][0-9]{6})\Z")  # a number of the US and Canada, as people type it

EMERGENCY_NUMBER = "911"  # typed where a phone number is asked for, it is no wrong number


def answer(scene: Scene, digit: str) -> Turn | None:
    """What this digit means for the question asked; None when it means nothing to it."""
    match scene.state.asking:
        case Choose(refs):
            return _chosen(scene, refs, digit)
        case Consent():
            return _consented(scene, digit)
        case Confirm(purpose):
            return _confirmed(scene.understood(), purpose, digit)
        case Define():
            return going.show(scene.understood().go(asking=None)) if digit == "1" else None
    return None


def _chosen(scene: Scene, refs: tuple[str, ...], digit: str) -> Turn | None:
    if digit not in "12345" or int(digit) > len(refs):
        return None
    scene = scene.understood()
    ref = refs[int(digit) - 1]
    if ref.startswith(places.WORD) or ref in places.ACTS or places.is_desk(scene.graph, ref):
        return acts.pick(scene, ref)
    return acts.pick(scene.go(asking=None), ref)


def _consented(scene: Scene, digit: str) -> Turn | None:
    """1 opens the gate; 2 goes back, which is also what nothing does (R58)."""
    if digit == "1":
        return going.show(scene.understood().go(asking=None, group=places.GATE_OPEN).note("consent"))
    if digit == "2":
        return going.back(scene.understood().go(asking=None))
    return None


def _confirmed(scene: Scene, purpose: str, digit: str) -> Turn | None:
    kind, _, what = purpose.partition(":")
    if kind in ("text-me", "number"):
        return promises.send_text(scene, purpose) if digit == "7" else None
    if digit not in ("1", "2"):
        return None
    yes = digit == "1"
    match kind:
        case "transfer":
            return going.again(scene.go(asking=None)) if yes else None
        case "typed":
            return _read_back(scene, what, yes)
        case "may-text":
            return callbacks.request(scene, what, may_text=yes)
        case callbacks.CANCEL:
            return callbacks.cancel(scene) if yes else going.again(scene.go(asking=None))
        case callbacks.CALLBACK:
            if yes:
                return callbacks.times(scene)
            return going.ask(scene, Enter(callbacks.CALLBACK)) if scene.voice else going.leave_question(scene)
        case "forget":
            return scene.ask_world(Forget()) if yes else going.again(scene.go(asking=None))
        case "forget-callback":
            return scene.ask_world(Forget(callback_too=yes))
        case "stop":
            return scene.ask_world(OptOut()) if yes else going.again(scene.go(asking=None))
    return None


def _read_back(scene: Scene, what: str, right: bool) -> Turn:
    """The typed number was read back: use it, or type it again."""
    if not right:
        return going.ask(scene.go(sealed=""), Enter(what))
    if what == callbacks.CALLBACK:
        return callbacks.times(scene)
    return promises.send_text(scene, what, to_sealed=True)


def typed(scene: Scene, heard: Digits, purpose: str) -> Turn:
    """A phone number by keys: `*` clears, ten digits are enough, nothing typed leaves."""
    keys = heard.digits.rpartition("*")[2].rstrip("#")
    if keys == EMERGENCY_NUMBER:
        return going.show(scene.understood().leave_for(places.EMERGENCY).note("emergency", "typed"))
    found = NANP.match(keys)
    if found:
        scene = scene.understood().go(sealed="+1" + found[1])
        return going.ask(scene, Confirm(promises.TYPED + purpose))
    misses = scene.state.misses + 1
    if misses >= ladders.LAST_MISS:
        return ladders.offer_person(scene.go(misses=ladders.LAST_MISS, silences=0).note("no-match", "number"))
    return going.ask(scene.go(misses=misses), Enter(purpose), scene.speak("enter_again"))


def left_untyped(scene: Scene) -> Turn:
    """Silence with nothing typed leaves the question."""
    return going.leave_question(scene, scene.speak("enter_left"))


def unanswered(scene: Scene) -> Turn | None:
    """What silence means for the question asked; None when it is a silence like any other."""
    match scene.state.asking:
        case Confirm("transfer"):
            desk = transfers.desk_for(scene)
            return transfers.connect(scene.go(asking=None), desk.ref)
        case Define():
            return going.show(scene.go(asking=None))
        case Enter():
            return left_untyped(scene)
    return None
