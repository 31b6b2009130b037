"""A call back: to which phone, in whose time, when it suits, and by when it comes. Asked for here, kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.dialog import appointment, going, printed, promises, transfers, zones
from ivr.dialog.scene import Scene
from ivr.dialog.types import (
    CallerKind,
    CancelCallback,
    Choose,
    Confirm,
    EffectEnded,
    Enter,
    RequestCallback,
    Result,
    Turn,
)

CALLBACK = "callback"  # purpose of a number that is confirmed or typed
CANCEL = "no-callback"  # purpose: a request is open already, and can be cancelled
MAY_TEXT = "may-text:"  # in front of a time of day: may one text be sent if the call comes late
TIMES = ("morning", "afternoon", "any", "zone")


def begin(scene: Scene) -> Turn:
    """Offer to be rung back, when line.toml names who does it; first, to which phone."""
    scene = scene.go(asking=None, sealed="")
    caller = scene.heard.caller
    if not transfers.callbacks_offered(scene):
        return _remark(scene, "callback_not_offered")
    if caller.open_callback:
        return _already_open(scene)
    return going.ask(scene, Enter(CALLBACK) if caller.kind is CallerKind.WITHHELD else Confirm(CALLBACK))


def _already_open(scene: Scene) -> Turn:
    """One open request a number; by keys it can be cancelled here, by text with NO CALLBACK."""
    if not scene.voice:
        return _remark(scene, "callback_open")
    return going.ask(scene, Confirm(CANCEL), scene.speak("callback_open"))


def _remark(scene: Scene, key: str) -> Turn:
    """A sentence; by voice the place follows, by text there may be no room for it."""
    return going.again(scene, scene.speak(key)) if scene.voice else printed.remark(scene, scene.speak(key))


# --- when


def times(scene: Scene) -> Turn:
    """The phone is known: when is a good time there, in the zone that its number tells, which can be corrected."""
    taken = zones.name_of(scene.heard.caller.zones)
    return _times_in(scene, taken) if taken else ask_zone(scene)


def asks_zone(turn: Turn) -> bool:
    """Whether this turn asks for the zone; with Caller.zones known it may not have to."""
    return turn.state.asking == Choose(zones.MAIN)


def ask_zone(scene: Scene) -> Turn:
    """The number tells no zone, or a wrong one, as after moving with the old number."""
    return going.choose(scene, zones.MAIN)


def further_zones(scene: Scene) -> Turn:
    """None of the four large zones."""
    return going.choose(scene, zones.FURTHER)


def in_zone(name: str) -> Callable[[Scene], Turn]:
    """The act of choosing this zone; "" when it is none that a key names: then no time of day can be asked for."""
    return lambda scene: _times_in(scene, name)


def _times_in(scene: Scene, zone: str) -> Turn:
    scene = scene.go(zone=zone)
    return going.choose(scene, TIMES) if zone else at_time(appointment.ANY)(scene)


def at_time(window: str) -> Callable[[Scene], Turn]:
    """The act of choosing this time of day."""
    return lambda scene: going.ask(scene, Confirm(MAY_TEXT + window))


# --- the promise


def request(scene: Scene, window: str, *, may_text: bool) -> Turn:
    """Ask the world to remember the promise."""
    window = window if window in appointment.WINDOWS else appointment.ANY
    zone = zones.ZONES.get(scene.state.zone, "")
    by = appointment.call_by(scene.graph.callbacks, scene.heard.at, window, zone)
    effect = RequestCallback(window, scene.language, by, bool(scene.state.sealed), may_text, zone)
    return scene.note("callback", window).ask_world(effect)


def cancel(scene: Scene) -> Turn:
    """NO CALLBACK; without a number there is nothing to look up."""
    if scene.heard.caller.kind is CallerKind.WITHHELD:
        return promises.afterwards(scene, scene.speak("number_hidden"))
    return scene.ask_world(CancelCallback())


def ended(scene: Scene, heard: EffectEnded) -> Turn:
    """The words for what became of it: who calls, and by when in the person's own time."""
    effect, done = heard.effect, heard.result in (Result.DONE, Result.QUEUED)
    if not isinstance(effect, RequestCallback):
        return promises.afterwards(scene, scene.speak("callback_cancelled" if done else "callback_none"))
    if done:
        who = scene.graph.callbacks.answered_by.get(scene.language, "")
        words = scene.speak("callback_promised", who=who, **_moment(scene, effect.by))
    elif heard.reason == "open":
        words = scene.speak("callback_open")
    else:
        words = scene.speak("callback_failed", number=transfers.desk_for(scene).number)
    return promises.afterwards(scene, words)


def _moment(scene: Scene, by: datetime) -> dict[str, str]:
    """A full hour in words, in the person's zone, or in Eastern time where nobody knows it."""
    name = scene.state.zone or zones.EASTERN
    here = by.astimezone(ZoneInfo(zones.ZONES.get(name, zones.ZONES[zones.EASTERN])))
    day, time = scene.listed("weekdays")[here.weekday()], scene.listed("clock")[here.hour]
    return {"day": day, "time": time, "zone": scene.label(name)}
