"""What a key means: to the question asked, by the key table, or as an option of the place."""

from __future__ import annotations

from ivr.dialog import acts, asked, going, ladders, one_key, places, spoken
from ivr.dialog.scene import Scene
from ivr.dialog.types import Confirm, Consent, Define, Digits, Enter, Mode, Turn

KEYS = frozenset("0123456789*#")


def typed_or_pressed(scene: Scene, heard: Digits) -> Turn:
    """Keys of a call: a phone number being typed, a wait ended by any key, or one key with its meaning here."""
    state = scene.state
    if isinstance(state.asking, Enter):
        return asked.typed(scene, heard, state.asking.purpose)
    if scene.holding:
        return going.again(scene.understood().wake())
    if state.mode is Mode.ONE_KEY:
        return _any_key(scene)
    key = next((key for key in heard.digits if key in KEYS), "")
    return press(scene, key) or ladders.missed_key(scene)


def _any_key(scene: Scene) -> Turn:
    """One-key mode: the choice, or the answer to a question, that was just said."""
    asked_now = one_key.in_question(scene.state)
    refs = [does for _, does in one_key.answers(scene)] if asked_now else spoken.one_key_refs(scene)
    ref = refs[scene.state.group % places.GATE_OPEN % len(refs)]
    scene = scene.understood().scan(0)
    return (press(scene, ref) if ref.isdigit() else None) or acts.pick(scene, ref)


def press(scene: Scene, key: str) -> Turn | None:
    """One key, pressed, said or texted; None when it has no meaning here."""
    turn = asked.answer(scene, key) if key else None
    if turn:
        return turn
    if key in acts.KEYS:
        counted = scene if key == "9" else scene.understood()
        return acts.obey(counted, acts.KEYS[key])
    return _of_place(scene, key) if _place_is_open(scene) else None


def _place_is_open(scene: Scene) -> bool:
    """Whether the keys of the place itself count: not while a list, or a plain 1-or-2, is being asked."""
    asking = scene.state.asking
    if isinstance(asking, Confirm):
        return asking.purpose == "transfer" or asking.purpose.partition(":")[0] in ("text-me", "number")
    return asking is None or isinstance(asking, Consent | Define)


def _of_place(scene: Scene, key: str) -> Turn | None:
    scene_here = scene.understood().go(asking=None)
    if scene.state.at in scene.graph.topics and key == "1":
        return _on(scene_here)
    option = next((o for o in places.options(scene.graph, scene.state) if str(o.digit) == key), None)
    return acts.pick(scene_here, option.to) if option else None


def _on(scene: Scene) -> Turn:
    """1 in a topic; a message (emergency, crisis) has nothing further and says itself again."""
    if scene.graph.topics[scene.state.at].message and places.on_last_page(scene.graph, scene.state):
        return going.again(scene)
    return going.on(scene)
