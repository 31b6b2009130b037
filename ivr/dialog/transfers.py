"""Reaching a person: which desk, what is said before, and what after; the channel does the dialling."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.dialog import places, spoken
from ivr.dialog.scene import Scene
from ivr.dialog.types import (
    Choose,
    Handoff,
    Hours,
    Pause,
    Say,
    Transfer,
    TransferEnded,
    TransferOutcome,
    Turn,
)

SHORT_CALL = 10  # seconds: a connection this short may have been a machine


def desk_for(scene: Scene, ref: str = "") -> Handoff:
    """The desk to dial: the one asked for; else the specialist, or the desk named instead where they lack the language."""
    graph = scene.graph
    desk = places.handoff(graph, ref or places.SPECIALIST)
    if desk is None:
        return next(desk for desk in graph.handoffs.values() if desk.number)
    other = places.handoff(graph, desk.otherwise)
    if not ref and other and scene.language not in desk.languages and scene.language in other.languages:
        return other
    return desk


def person(scene: Scene) -> Turn:
    """Key 0: the specialist, or first a choice when the desk does not have this language."""
    desk = desk_for(scene, places.SPECIALIST)
    if scene.state.at == places.EMERGENCY:
        return connect(scene, desk_for(scene).ref, scene.say(scene.prompt("emergency"), interruptible=False))
    other = places.handoff(scene.graph, desk.otherwise)
    if scene.language not in desk.languages and other and scene.language in other.languages:
        scene = scene.go(asking=Choose((other.ref, desk.ref)))
        warning = scene.speak("transfer_other_language", label=scene.label(desk.ref))
        return spoken.chosen_list(scene, (other.ref, desk.ref), warning)
    return connect(scene, desk.ref)


def connect(scene: Scene, ref: str, *before: Say | Pause) -> Turn:
    """Say what will happen, then ring the desk within the same call."""
    desk = desk_for(scene, ref)
    scene = scene.go(misses=0, silences=0, asking=Choose((desk.ref,))).note("transfer", desk.ref)
    says = (*before, scene.speak("transfer", label=scene.label(desk.ref)), *_closed(scene, desk))
    return scene.reply(says, Transfer(desk.ref, scene.graph.limits.transfer))


def _closed(scene: Scene, desk: Handoff) -> tuple[Say, ...]:
    """Where hours are known and it is outside them, say so before ringing."""
    if not desk.confirmed or open_now(desk.hours, scene.heard.at) is not False:
        return ()
    return (scene.speak("transfer_hours", label=scene.label(desk.ref)),)


def open_now(hours: Hours, at: datetime) -> bool | None:
    """Whether the desk is open at this moment; None when its hours are not known."""
    if hours.always:
        return True
    if not hours.spans:
        return None
    here = at.astimezone(ZoneInfo(hours.zone))
    minute = here.hour * 60 + here.minute
    return any(day == here.weekday() and start <= minute < end for day, start, end in hours.spans)


def ended(scene: Scene, heard: TransferEnded) -> Turn:
    """The transfer is over: fitting words, then the choices, never a circle (R27)."""
    ref = _dialled(scene)
    scene = scene.note("transfer-ended", f"{ref}:{heard.outcome}").go(misses=0, silences=0)
    words = _outcome_words(scene, ref, heard)
    refs = choices_after(scene, ref)
    scene = scene.go(asking=Choose(refs))
    return spoken.chosen_list(scene, refs, words)


def _dialled(scene: Scene) -> str:
    """The desk that was rung; the state carries it as the only choice."""
    asking = scene.state.asking
    ref = asking.refs[0] if isinstance(asking, Choose) and asking.refs else places.SPECIALIST
    return desk_for(scene, ref).ref


def _outcome_words(scene: Scene, ref: str, heard: TransferEnded) -> Say:
    if heard.outcome is TransferOutcome.COMPLETED:
        return scene.speak("transfer_short" if 0 < heard.seconds < SHORT_CALL else "transfer_completed")
    key = "transfer_" + heard.outcome.replace("-", "_")
    return scene.speak(key, label=scene.label(ref))


def choices_after(scene: Scene, ref: str) -> tuple[str, ...]:
    """Try again, the other line, a call back where one is offered, the number, back to the place."""
    other = places.handoff(scene.graph, desk_for(scene, ref).otherwise)
    callback = ("callback",) if callbacks_offered(scene) else ()
    return (ref, *((other.ref,) if other else ()), *callback, "number", "return")


def callbacks_offered(scene: Scene) -> bool:
    """Callbacks are offered only when line.toml names who answers, when, and how soon."""
    promise = scene.graph.callbacks
    when = promise.hours.always or bool(promise.hours.spans)
    return bool(promise.answered_by.get(scene.language)) and when and promise.within_hours > 0


def after_transfer(scene: Scene) -> bool:
    """Whether the choices after a transfer are being asked."""
    asking = scene.state.asking
    return isinstance(asking, Choose) and "return" in asking.refs


def number(scene: Scene) -> Turn:
    """The number of the desk just tried, slowly and twice (R25), then the choices again."""
    asking = scene.state.asking
    refs = asking.refs if isinstance(asking, Choose) and after_transfer(scene) else ()
    desk = desk_for(scene, refs[0] if refs else places.SPECIALIST)
    once = scene.speak("number_slowly", label=scene.label(desk.ref), number=desk.number)
    says = (once, scene.pause(), once)
    if refs:
        return spoken.chosen_list(scene, refs, *says)
    return scene.reply(says)
