"""What the line promises to do for somebody: a text, a call now, forgetting. Asked for here, done elsewhere."""

from __future__ import annotations

from ivr.dialog import going, ladders, places, printed, transfers
from ivr.dialog.scene import Scene
from ivr.dialog.types import (
    CallerKind,
    Choose,
    Confirm,
    EffectEnded,
    Enter,
    Forget,
    OptIn,
    OptOut,
    Result,
    RingBack,
    Say,
    SendText,
    Turn,
)

TEXT_ME = "text-me"  # purpose: the place heard
NUMBER_TEXT = "number:"  # purpose, and SendText topic: the number of this desk
TYPED = "typed:"  # in front of a purpose: the number was typed and is read back


# --- text me this


def text_me(scene: Scene) -> Turn:
    """Key 7: say what will happen and to whom, then send on a second 7; a phone that takes no texts asks for a number."""
    if not scene.voice:
        return going.again(scene)
    caller = scene.heard.caller
    if caller.opted_out:
        return going.again(scene, scene.speak("text_me_opted_out"))
    if caller.kind in (CallerKind.LANDLINE, CallerKind.WITHHELD):
        return going.ask(scene, Enter(_what(scene)))
    return going.ask(scene, Confirm(_what(scene)))


def _what(scene: Scene) -> str:
    """The purpose to ask for: the place heard, or the number of the desk that could not be reached."""
    asking = scene.state.asking
    if isinstance(asking, Choose) and transfers.after_transfer(scene):
        return NUMBER_TEXT + asking.refs[0]
    return TEXT_ME


def send_text(scene: Scene, what: str, *, to_sealed: bool = False) -> Turn:
    """Ask the world to text it, once."""
    topic = scene.state.at if what == TEXT_ME else what
    return scene.note("text-me").ask_world(SendText(topic, scene.language, to_sealed))


# --- a call now


def ring_back(scene: Scene) -> Turn:
    """CALL: the line rings the number that texted, and connects it to a person."""
    if scene.voice:
        return transfers.person(scene)
    return scene.note("ring-back").ask_world(RingBack(transfers.desk_for(scene).ref, scene.language))


# --- forgetting


def forget(scene: Scene) -> Turn:
    """FORGET: by text at once, by voice after one question; an open callback is asked about first.

    Without a number nothing can be looked up, and to say that it was erased would be a lie.
    """
    if scene.heard.caller.kind is CallerKind.WITHHELD:
        return afterwards(scene, scene.speak("number_hidden"))
    if scene.heard.caller.open_callback:
        return going.ask(scene, Confirm("forget-callback"))
    if scene.voice:
        return going.ask(scene, Confirm("forget"))
    return scene.ask_world(Forget())


# --- what the world answered


def ended(scene: Scene, heard: EffectEnded) -> Turn:
    """The words for what became of an effect."""
    effect = heard.effect
    if isinstance(effect, OptOut | OptIn):
        return _opt_ended(scene, effect)
    if isinstance(effect, SendText):
        return _text_ended(scene, effect, heard)
    if isinstance(effect, Forget) and not scene.voice and heard.caller.opted_out:
        return scene.silent()
    if isinstance(effect, Forget):
        done = heard.result in (Result.DONE, Result.QUEUED)
        return afterwards(scene, scene.speak("forgotten" if done else "not_forgotten"), fresh=done)
    if heard.result in (Result.DONE, Result.QUEUED):
        return printed.remark(scene, scene.speak("ringing"))
    return printed.remark(scene, scene.speak("ring_refused", number=transfers.desk_for(scene).number))


def _opt_ended(scene: Scene, effect: OptOut | OptIn) -> Turn:
    """One confirmation, by us only when the carrier has not (R35, R36); a danger said with it keeps its message."""
    danger = isinstance(effect, OptOut) and effect.danger
    pages = places.pages(scene.graph, scene.state) if danger else ()
    says = [scene.say(pages[places.page_number(scene.graph, scene.state)].text)] if danger else []
    if effect.confirm:
        stopped = "stopped_too" if danger else "stopped"
        says.append(scene.speak(stopped if isinstance(effect, OptOut) else "started"))
    return scene.reply(tuple(says)) if says else scene.silent()


def _text_ended(scene: Scene, effect: SendText, heard: EffectEnded) -> Turn:
    words = _text_words(scene, effect, heard)
    if effect.topic.startswith(NUMBER_TEXT):
        ref = effect.topic.removeprefix(NUMBER_TEXT)
        return going.choose(scene.go(sealed=""), transfers.choices_after(scene, ref), words)
    return afterwards(scene, words)


def _text_words(scene: Scene, effect: SendText, heard: EffectEnded) -> Say:
    if heard.result in (Result.DONE, Result.QUEUED):
        return scene.speak("text_me_asked" if effect.to_sealed else "text_me_queued")
    reasons = {"opted-out": "text_me_opted_out", "twice": "text_me_twice", "limit": "text_me_limit"}
    if heard.result is Result.REFUSED and heard.reason in reasons:
        return scene.speak(reasons[heard.reason])
    number = scene.graph.number or transfers.desk_for(scene).number
    return scene.speak("text_me_failed", word=text_word(scene), number=number)


def text_word(scene: Scene) -> str:
    """The word to text to this line for the place somebody is at."""
    return scene.label(scene.state.at)


def afterwards(scene: Scene, words: Say, *, fresh: bool = False) -> Turn:
    """Say what happened; by voice with the choices of the place, by text alone."""
    scene = scene.go(asking=None, sealed="")
    if scene.voice:
        return scene.reply((words, *ladders.choices(scene)))
    if fresh:
        return scene.visit(scene.graph.start).reply((words,))
    return printed.remark(scene, words)
