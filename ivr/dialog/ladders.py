"""What happens when nothing fits or nothing comes: the ladders of misses and of silences, counted apart (R13, R14)."""

from __future__ import annotations

from dataclasses import replace

from ivr.dialog import going, one_key, places, spoken, transfers
from ivr.dialog.scene import Says, Scene
from ivr.dialog.types import Choose, Confirm, Consent, Define, Hangup, HeardBefore, Mode, Turn

LAST_MISS = 3
PERSON_AT = (3, 6, 9)  # the silences at which a person is offered
POINTS_AT = 5  # the silence at which the main points and the number are said once


def missed_key(scene: Scene) -> Turn:
    """A key that leads nowhere here: a short re-ask, then fewer words, then a person unless the caller stays."""
    if scene.state.at == places.EMERGENCY:
        return spoken.here(scene)
    misses = min(scene.state.misses + 1, LAST_MISS)
    scene = scene.go(misses=misses, silences=0).note("no-match", "key")
    if misses == 1:
        return re_ask(scene, "miss_1")
    if misses == LAST_MISS:
        return offer_person(scene)
    return scene.reply((scene.speak("miss_2"),))


def offer_person(scene: Scene) -> Turn:
    """The third miss: connect to a person, unless 1 is pressed in time."""
    scene = scene.go(asking=Confirm("transfer"))
    return scene.reply((scene.speak("miss_3"),), scene.listen(seconds=scene.graph.limits.offer))


def missed_speech(scene: Scene) -> Turn:
    """Sounds that match nothing never lead to a transfer; after two, keys only (a television cannot press keys)."""
    if scene.state.at == places.EMERGENCY:
        return spoken.here(scene)
    misses = min(scene.state.misses + 1, 2)
    scene = scene.go(misses=misses).note("no-match", "speech")
    if misses == 1:
        return re_ask(scene, "speech_miss_1")
    turn = re_ask(scene, "speech_miss_2")
    return replace(turn, reply=replace(turn.reply, then=scene.listen(speech=False)))


def re_ask(scene: Scene, key: str) -> Turn:
    """A sentence, then only the choices of this place, not its whole text."""
    says = (scene.speak(key), *choices(scene))
    return scene.reply(says)


def choices(scene: Scene) -> Says:
    """What can be chosen right now, in words."""
    asking = scene.state.asking
    if isinstance(asking, Choose):
        return spoken.list_words(scene, asking.refs)
    if isinstance(asking, Consent):
        return scene.spaced([scene.prompt("gate_option")])
    if isinstance(asking, Confirm):
        return (scene.speak(going.question_key(asking), **going.question_blanks(scene)),)
    if isinstance(asking, Define):
        return scene.spaced([scene.prompt("define_end")])
    if scene.state.mode is Mode.ONE_KEY:
        return spoken.one_key_words(scene)
    if scene.state.at in scene.graph.topics:
        return spoken.page_tail(scene)
    return spoken.option_words(scene)


def silence(scene: Scene) -> Turn:
    """Nothing came: go on reading, or wait longer with gentle words; never a punishment."""
    if scene.holding:
        return _still_holding(scene)
    if scene.state.mode is Mode.ONE_KEY:
        return _scan(scene)
    if scene.state.at == places.EMERGENCY:
        return spoken.here(scene)
    if _reads_on(scene):
        return going.show(scene.go(page=places.page_number(scene.graph, scene.state) + 1, silences=0))
    silences = scene.state.silences + 1
    if silences > scene.graph.limits.extensions:
        return _end_of_silence(scene.note("no-input", "last"))
    scene = scene.go(silences=silences).note("no-input", str(silences))
    return scene.reply(_gentle(scene), scene.listen(seconds=scene.graph.limits.extension))


def _reads_on(scene: Scene) -> bool:
    """Silence after a page that is not the last, unless a gate stands before the next one."""
    state, graph = scene.state, scene.graph
    if state.asking is not None or state.at not in graph.topics or places.on_last_page(graph, state):
        return False
    return state.silences == 0


def _gentle(scene: Scene) -> Says:
    """Words for a silent moment; they end with what can be chosen every other time."""
    silences = scene.state.silences
    if silences == POINTS_AT:
        return _main_points(scene)
    if silences in PERSON_AT:
        return (scene.speak("silence_person"),)
    if silences % 2 == 0:
        return (scene.speak("silence"), *choices(scene))
    return (scene.speak("silence"),)


def _main_points(scene: Scene) -> Says:
    """For somebody who can only listen: what the illness is, and the number, once; in a crisis 988 again."""
    if scene.state.at == places.CRISIS:
        return (*spoken.page_words(scene), *spoken.page_tail(scene))
    desk = transfers.desk_for(scene)
    words: Says = ()
    if places.WHAT_IT_IS in scene.graph.topics:
        words = spoken.page_words(scene.visit(places.WHAT_IT_IS))
    return (*words, scene.speak("silence_points", number=desk.number))


def _end_of_silence(scene: Scene) -> Turn:
    """After the last extension: somebody who once pressed or spoke is connected; a call that never did says goodbye."""
    desk = transfers.desk_for(scene)
    if transfers.after_transfer(scene):
        return scene.reply((scene.speak("goodbye", number=desk.number),), Hangup())
    if scene.state.heard_before > HeardBefore.NOTHING or desk.accepts_silent:
        return transfers.connect(scene.go(asking=None), desk.ref, scene.speak("transfer_silent"))
    farewell = scene.speak("silence_goodbye", number=desk.number, text_number=scene.graph.number or desk.number)
    return scene.reply((farewell, scene.pause(), farewell), Hangup())


def _still_holding(scene: Scene) -> Turn:
    """The line waits for a relay operator, two minutes at a time (R22), then goes back to the usual way."""
    silences = scene.state.silences + 1
    if silences > scene.graph.limits.extensions:
        return going.again(scene.wake().go(silences=0), scene.speak("hold_over"))
    scene = scene.go(silences=silences)
    return scene.reply((scene.speak("hold_still"),), scene.listen(seconds=scene.graph.limits.hold))


def _scan(scene: Scene) -> Turn:
    """One-key mode: the next choice or answer; a whole round without a key is one silence."""
    asked_now = one_key.in_question(scene.state)
    group = scene.state.group % places.GATE_OPEN + 1
    if group >= len(one_key.answers(scene) if asked_now else spoken.one_key_refs(scene)):
        if scene.state.at == places.EMERGENCY:
            return spoken.here(scene)
        group, scene = 0, scene.go(silences=scene.state.silences + 1)
    if scene.state.silences > scene.graph.limits.extensions:
        return _end_of_silence(scene)
    return one_key.offer(scene, group) if asked_now else spoken.one_key_choice(scene.scan(group))
