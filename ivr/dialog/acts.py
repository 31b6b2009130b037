"""Commands and acts: everything that can be done anywhere by a key, a spoken word or a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivr.dialog import callbacks, going, places, printed, promises, spoken, transfers, zones
from ivr.dialog.scene import Scene
from ivr.dialog.types import Consent, Language, Mode, Pace, Turn

# The keys that mean the same at every place (design of the key table), by the command they stand for.
KEYS: Mapping[str, str] = {
    "0": "person",
    "6": "pace",
    "7": "text-me",
    "8": "language",
    "9": "again",
    "*": "back",
    "#": "menu",
}


def obey(scene: Scene, command: str) -> Turn:
    """Do what a command says."""
    return _COMMANDS[command](scene)


def knows(command: str) -> bool:
    """Whether there is such a command."""
    return command in _COMMANDS


def pick(scene: Scene, ref: str) -> Turn:
    """Take a choice: an act is done, anything else is gone to."""
    if ref in places.ACTS:
        return _ACTS[ref](scene)
    return going.to(scene, ref)


def _person(scene: Scene) -> Turn:
    return transfers.person(scene) if scene.voice else printed.person(scene)


def _more(scene: Scene) -> Turn:
    """MORE, next, go on: by text the last message is followed by where one can go from it."""
    if scene.state.at in scene.graph.menus:
        return going.again(scene)
    if isinstance(scene.state.asking, Consent):
        return going.again(scene)
    message = scene.graph.topics[scene.state.at].message
    if places.on_last_page(scene.graph, scene.state) and (message or not scene.voice):
        return _further(scene)
    return going.on(scene)


def _further(scene: Scene) -> Turn:
    """Where one can go from a topic, by text; a message (emergency, crisis) leads nowhere and says itself again."""
    return going.again(scene) if scene.graph.topics[scene.state.at].message else printed.related(scene)


def _to_language(language: Language) -> Callable[[Scene], Turn]:
    def switch(scene: Scene) -> Turn:
        if scene.state.language is language or language not in scene.graph.languages:
            return going.again(scene)
        return going.other_language(scene)

    return switch


def _to_pace(pace: Pace) -> Callable[[Scene], Turn]:
    def change(scene: Scene) -> Turn:
        return going.again(scene) if scene.state.pace is pace else _pace(scene)

    return change


def _pace(scene: Scene) -> Turn:
    if not scene.voice:
        return printed.remark(scene, scene.speak("voice_only"))
    return going.pace(scene)


def _hold(scene: Scene) -> Turn:
    """Wait for a relay operator until any key (R22)."""
    if not scene.voice:
        return printed.remark(scene, scene.speak("voice_only"))
    scene = scene.hold().go(asking=None, relay=True).note("hold")
    return scene.reply((scene.speak("hold"),), scene.listen(seconds=scene.graph.limits.hold))


def _one_key(scene: Scene) -> Turn:
    """Read the choices one by one; any key takes the one just said."""
    if not scene.voice:
        return printed.remark(scene, scene.speak("voice_only"))
    scene = scene.visit(scene.graph.start).go(mode=Mode.ONE_KEY).note("one-key")
    return spoken.here(scene, scene.speak("one_key_on"))


def _usual_keys(scene: Scene) -> Turn:
    return going.show(scene.go(mode=Mode.KEYS, group=0), scene.speak("one_key_off"))


def _forget(scene: Scene) -> Turn:
    return promises.forget(scene)


def _number(scene: Scene) -> Turn:
    return transfers.number(scene) if scene.voice else printed.person(scene)


def _topics(scene: Scene) -> Turn:
    """TOPICS: where one can go from this topic, or the menu one is in."""
    if isinstance(scene.state.asking, Consent):
        return going.again(scene)
    if scene.state.at in scene.graph.topics and not scene.voice:
        return _further(scene)
    return going.arrive(scene.visit(places.menu_of(scene.graph, scene.state.at)))


def _return(scene: Scene) -> Turn:
    return going.arrive(scene.go(asking=None))


_COMMANDS: Mapping[str, Callable[[Scene], Turn]] = {
    "menu": going.main,
    "back": going.back,
    "on": _more,
    "again": going.again,
    "person": _person,
    "topics": _topics,
    "forget": _forget,
    "language": going.other_language,
    "english": _to_language(Language.EN),
    "spanish": _to_language(Language.ES),
    "pace": _pace,
    "slower": _to_pace(Pace.SLOW),
    "normal": _to_pace(Pace.NORMAL),
    "text-me": promises.text_me,
    "callback": callbacks.begin,
    "no-callback": callbacks.cancel,
    "call-me": promises.ring_back,
    "hold": _hold,
    "one-key": _one_key,
    "words": going.words,
    "number": _number,
}

_ACTS: Mapping[str, Callable[[Scene], Turn]] = {
    "words": going.words,
    "hold": _hold,
    "one-key": _one_key,
    "keys": _usual_keys,
    "forget": _forget,
    "on": going.on,
    "again": going.again,
    "person": _person,
    "main": going.main,
    "parent": going.back,
    "number": _number,
    "text-me": promises.text_me,
    "return": _return,
    "callback": callbacks.begin,
    "morning": callbacks.at_time("morning"),
    "afternoon": callbacks.at_time("afternoon"),
    "any": callbacks.at_time("any"),
    "zone": callbacks.ask_zone,
    "elsewhere": callbacks.further_zones,
    "no-zone": callbacks.in_zone(""),
    **{name: callbacks.in_zone(name) for name in zones.ZONES},
}
