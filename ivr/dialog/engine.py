"""One turn: the same graph, state and input always give the same turn. It decides; it does nothing to the world."""

from __future__ import annotations

from ivr.dialog import asked, callbacks, going, keys, ladders, one_key, places, promises, spoken, transfers, words
from ivr.dialog.scene import Scene
from ivr.dialog.types import (
    Arrival,
    CancelCallback,
    Digits,
    EffectEnded,
    Graph,
    Input,
    Language,
    Medium,
    NoInput,
    RequestCallback,
    Speech,
    State,
    Text,
    TransferEnded,
    Turn,
)


def start(graph: Graph, medium: Medium, language: Language | None = None) -> State:
    """The state of somebody who has just come."""
    return State(medium, language or graph.languages[0], graph.start, revision=graph.revision)


def take_turn(graph: Graph, state: State, heard: Input) -> Turn:
    """What to say and where to be, after this input."""
    return one_key.first_answer(graph, heard, _turn(Scene(graph, state, heard), heard))


def _turn(scene: Scene, heard: Input) -> Turn:
    graph, state = scene.graph, scene.state
    if not places.exists(graph, state.at):
        return _moved(scene)
    match heard:
        case Arrival():
            return spoken.opening(scene.note("arrival"))
        case Digits():
            return keys.typed_or_pressed(scene, heard)
        case Speech():
            return words.spoken_words(scene, heard)
        case Text():
            return words.written_words(scene, heard)
        case NoInput():
            return asked.unanswered(scene) or ladders.silence(scene)
        case TransferEnded():
            return transfers.ended(scene, heard)
        case EffectEnded(effect=RequestCallback() | CancelCallback()):
            return callbacks.ended(scene, heard)
        case EffectEnded():
            return promises.ended(scene, heard)


def _moved(scene: Scene) -> Turn:
    """The content has changed in mid-call and this place is gone: the nearest place we know, with a word about it."""
    near = next((ref for ref in scene.state.trail if places.exists(scene.graph, ref)), scene.graph.start)
    scene = scene.visit(near).note("moved")
    if isinstance(scene.heard, TransferEnded | EffectEnded):
        return take_turn(scene.graph, scene.state, scene.heard)
    return going.arrive(scene, scene.speak("moved"))
