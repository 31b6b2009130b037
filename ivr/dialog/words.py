"""What spoken and written words lead to: the reading is done by hearing, safety first; here each meaning gets its turn."""

from __future__ import annotations

from dataclasses import replace

from ivr.dialog import acts, carriers, going, keys, ladders, opt_outs, places, printed, short_answers, spoken, transfers
from ivr.dialog.hearing import Listening, Meaning, Reading, read
from ivr.dialog.scene import Scene
from ivr.dialog.types import Choose, Confirm, Consent, Forget, HeardBefore, OptIn, OptOut, Say, Speech, Text, Turn

DANGERS = (Meaning.EMERGENCY, Meaning.CRISIS)
ALL_DANGERS = (*DANGERS, Meaning.EMERGENCY_UNSURE, Meaning.URGENT)
QUESTIONS = (Meaning.PLACE, Meaning.OFFER, Meaning.WORD, *ALL_DANGERS)  # what a text is answered in another language for
ALWAYS_ANSWERED = (Meaning.OPT_IN, Meaning.HELP, *DANGERS)
UNMATCHED_BEFORE_NOTE = 2  # the third time the same unmatched text comes, the answer says so; the fourth gets none


def spoken_words(scene: Scene, heard: Speech) -> Turn:
    """Words of a caller; while the line holds or scans, only what is clearly meant counts."""
    reading = read(scene.graph.hearing, heard.words, _listening(scene, confidence=heard.confidence))
    scene = scene.note("speech", reading.meaning)
    if scene.holding and not _ends_hold(scene, heard, reading):
        return ladders.silence(scene.go(silences=0))
    short = short_answers.answer(scene, heard.words, reading)
    if short:
        return short
    if reading.meaning in (Meaning.NOTHING, Meaning.OUTSIDE):
        return _outside(scene, reading) if reading.meaning is Meaning.OUTSIDE else ladders.missed_speech(scene)
    turn = _meant(scene.wake(), reading)
    return turn or ladders.missed_speech(scene)


def _ends_hold(scene: Scene, heard: Speech, reading: Reading) -> bool:
    """Only a danger, or being told to go on, ends the wait: a relay operator talks while the line holds (R22)."""
    said = heard.words.casefold()
    return reading.meaning in ALL_DANGERS or any(word in said for word in scene.prompt("hold_words").split(", "))


def written_words(scene: Scene, heard: Text) -> Turn:
    """Words of a texter: machines and opted-out numbers get nothing, except what is always answered."""
    reading = opt_outs.read_text(scene.graph.hearing, heard.body, _listening(scene, text=heard))
    if heard.from_machine:
        return scene.note("machine").silent()
    if heard.caller.opted_out and not _may_answer(reading):
        return _unanswered(scene.note("opted-out"), reading)
    short = short_answers.answer(scene, heard.body, reading)
    if short:
        return short
    theirs = _in_their_language(scene, reading)
    turn = _answered(theirs.note("text", reading.meaning), reading)
    if theirs.language is not scene.language and scene.state.heard_before > HeardBefore.NOTHING:
        return _with_way_back(theirs, turn, reading)
    return turn


def _answered(scene: Scene, reading: Reading) -> Turn:
    if reading.meaning is Meaning.NOTHING:
        return unmatched(scene)
    if reading.meaning is Meaning.OUTSIDE:
        return _outside(scene, reading)
    return _meant(scene, reading) or unmatched(scene)


def _with_way_back(scene: Scene, turn: Turn, reading: Reading) -> Turn:
    """A question in the other language was answered in it: how to go back is said once, but never after a danger."""
    if turn.effect or not turn.reply.says or reading.meaning in DANGERS or reading.meaning is Meaning.COMMAND:
        return turn
    says = (*turn.reply.says, scene.speak("language_back"))
    return replace(turn, reply=replace(turn.reply, says=says))


def _unanswered(scene: Scene, reading: Reading) -> Turn:
    """A number that wants no texts gets none, and is forgotten without a word when it says so."""
    forgets = reading.meaning is Meaning.COMMAND and reading.ref == "forget"
    return scene.ask_world(Forget()) if forgets else scene.silent()


def _may_answer(reading: Reading) -> bool:
    return reading.meaning in ALWAYS_ANSWERED or reading.meaning in (Meaning.EMERGENCY_UNSURE, Meaning.URGENT)


def _listening(scene: Scene, *, confidence: float | None = None, text: Text | None = None) -> Listening:
    """What this place can take, for the reading."""
    state = scene.state
    return Listening(
        medium=state.medium,
        language=state.language,
        digits=_digits(scene),
        opted_out=bool(text and text.caller.opted_out),
        number_type=text.number_type if text else carriers.ANY_NUMBER,
        carrier_said=text.carrier_said if text else None,
        confidence=confidence,
    )


def _digits(scene: Scene) -> dict[str, str]:
    asking = scene.state.asking
    if isinstance(asking, Choose):
        return {str(n): ref for n, ref in enumerate(asking.refs, start=1)}
    return {str(option.digit): option.to for option in places.options(scene.graph, scene.state)}


def _in_their_language(scene: Scene, reading: Reading) -> Scene:
    """A text clearly in the other language is answered in it; the first text decides freely, later ones when they ask."""
    language = reading.language
    if language is None or language is scene.language or language not in scene.graph.languages:
        return scene
    first = scene.state.heard_before is HeardBefore.NOTHING
    if reading.meaning in QUESTIONS or (first and reading.meaning not in (Meaning.DIGIT, Meaning.NOTHING, Meaning.OUTSIDE)):
        return scene.go(language=language)
    return scene


def _meant(scene: Scene, reading: Reading) -> Turn | None:
    """One line a meaning."""
    match reading.meaning:
        case Meaning.OPT_OUT:
            return _opt_out(scene)
        case Meaning.OPT_OUT_UNSURE:
            return going.ask(scene.understood(), Confirm("stop"))
        case Meaning.OPT_IN:
            return _opt_in(scene)
        case Meaning.HELP:
            return _help(scene)
        case Meaning.EMERGENCY:
            return emergency(scene, reading)
        case Meaning.CRISIS:
            return crisis(scene, reading)
        case Meaning.EMERGENCY_UNSURE:
            return _if_now(scene, reading)
        case Meaning.URGENT:
            return _urgent(scene, reading)
        case Meaning.COMMAND:
            return _command(scene, reading)
        case Meaning.DIGIT:
            return keys.press(scene, reading.ref)
        case Meaning.PLACE:
            return _place(scene, reading)
        case Meaning.OFFER:
            return going.choose(scene.understood(), reading.offers[:3], scene.speak("unsure"))
        case Meaning.WORD:
            return going.define(scene.understood(), reading.ref)
        case _:
            return None


def _command(scene: Scene, reading: Reading) -> Turn:
    """A command by its name; saying it again counts nothing."""
    return acts.obey(scene if reading.ref == "again" else scene.understood(), reading.ref)


def _place(scene: Scene, reading: Reading) -> Turn:
    """The topic of a question, with what was understood; an option of this place is simply taken."""
    scene = scene.understood() if scene.voice else scene.go(misses=0)
    if reading.ref in _digits(scene).values():
        return acts.pick(scene.go(asking=_kept_choice(scene, reading.ref)), reading.ref)
    if places.is_desk(scene.graph, reading.ref):
        return going.to(scene.go(asking=None), reading.ref)
    first = scene.state.heard_before is HeardBefore.NOTHING and not scene.voice
    before = () if first else (scene.speak("understood", label=scene.label(reading.ref)),)
    return going.arrive(scene.leave_for(reading.ref).note("question"), *before)


def _kept_choice(scene: Scene, ref: str) -> Choose | None:
    asking = scene.state.asking
    return asking if isinstance(asking, Choose) and places.is_desk(scene.graph, ref) else None


# --- safety


def emergency(scene: Scene, reading: Reading) -> Turn:
    """911 first, said twice and not interruptible; then we listen, and never end or transfer the call ourselves."""
    scene = _present(scene).leave_for(places.EMERGENCY).note("emergency")
    if reading.opt_out and not scene.voice:
        return _opt_out(scene, danger=True)
    crisis_too = (scene.speak("crisis_too"),) if places.CRISIS in reading.offers else ()
    if not scene.voice:
        return _and_then(printed.here(scene), crisis_too)
    now = scene.say(scene.prompt("emergency"), interruptible=False)
    return _and_then(spoken.here(scene.go(misses=0, silences=0), now), crisis_too)


def _and_then(turn: Turn, says: tuple[Say, ...]) -> Turn:
    """The same turn with more words after it."""
    return replace(turn, reply=replace(turn.reply, says=(*turn.reply.says, *says))) if says else turn


def crisis(scene: Scene, reading: Reading) -> Turn:
    """The fixed message of the crisis line, and nothing else."""
    scene = _present(scene).leave_for(places.CRISIS).note("crisis")
    if reading.opt_out and not scene.voice:
        return _opt_out(scene, danger=True)
    return going.show(scene.go(misses=0, silences=0))


def _present(scene: Scene) -> Scene:
    """By voice somebody is there and has said so: the silence that may follow is not an empty line."""
    return scene.understood() if scene.voice else scene


def _if_now(scene: Scene, reading: Reading) -> Turn:
    """It may be happening now: 911 if so, then the topic."""
    ref = reading.ref if reading.ref in scene.graph.topics else places.WHEN_TO_CALL
    scene = _warned(scene.leave_for(ref).note("emergency", "unsure"))
    if reading.opt_out and not scene.voice:
        return _opt_out(scene, danger=True)
    crisis_too = (scene.speak("crisis_too"),) if places.CRISIS in reading.offers else ()
    return going.show(scene, scene.speak("emergency_unsure"), *crisis_too)


def _warned(scene: Scene) -> Scene:
    """Both ladders start again; by text the warning comes first, and what this line is can wait."""
    heard_before = max(scene.state.heard_before, HeardBefore.INPUT)
    return scene.go(misses=0, silences=0, heard_before=heard_before)


def _urgent(scene: Scene, reading: Reading) -> Turn:
    """Not 911 yet, but not to be left until tomorrow: the urgent page of when-to-call."""
    scene = _warned(scene.leave_for(places.WHEN_TO_CALL, page=places.URGENT_PAGE).note("emergency", "urgent"))
    if reading.opt_out and not scene.voice:
        return _opt_out(scene, danger=True)
    return going.show(scene, *((scene.speak("urgent_first"),) if scene.voice else ()))


# --- texts only


def _opt_out(scene: Scene, *, danger: bool = False) -> Turn:
    """Never text this number again; we confirm exactly when the carrier has not. A danger in the same text is answered."""
    heard = scene.heard
    confirm = not (isinstance(heard, Text) and carriers.confirms_stop(heard))
    asked = isinstance(heard, Text) and opt_outs.also_asks(scene.graph.hearing, heard.body, _listening(scene, text=heard))
    return scene.go(asking=None).note("opt-out").ask_world(OptOut(confirm, danger, asked and not danger))


def _opt_in(scene: Scene) -> Turn:
    heard = scene.heard
    confirm = not (isinstance(heard, Text) and carriers.confirms_start(heard))
    return scene.go(asking=None).note("opt-in").ask_world(OptIn(confirm))


def _help(scene: Scene) -> Turn:
    """What this is, who answers, how to stop (R38); by voice, how to use the line."""
    heard = scene.heard
    if isinstance(heard, Text):
        if carriers.answered_help(heard):
            return scene.silent()
        return scene.reply((scene.speak("help", number=transfers.desk_for(scene).number),))
    words = (scene.speak("opening_emergency"), scene.speak("help"))
    return scene.understood().reply((*words, *ladders.choices(scene)))


def _outside(scene: Scene, reading: Reading) -> Turn:
    """Not about this: who can help where we know, and kindly what this line covers."""
    if scene.state.at == places.EMERGENCY and scene.voice:
        return spoken.here(scene)
    known = scene.graph.hearing.outside(scene.language, reading.ref).says
    words = (scene.say(known), scene.speak("outside_more")) if known else (scene.speak("outside"),)
    scene = scene.note("outside", reading.ref)
    if not scene.voice:
        if _repeated(scene, reading):
            return unmatched(scene)
        return printed.remark(scene.go(misses=0 if reading.sure else 1), *words)
    return scene.understood().reply((*words, *ladders.choices(scene)))


def _repeated(scene: Scene, reading: Reading) -> bool:
    """Whether the same text came before; one that only resembles other subjects gets the choices the second time."""
    heard = scene.heard
    often = UNMATCHED_BEFORE_NOTE if reading.sure else 1
    return isinstance(heard, Text) and heard.repeats >= often


def unmatched(scene: Scene) -> Turn:
    """A text that matches nothing: the choices; then another answer with the number; machines end in silence."""
    heard = scene.heard
    repeats = heard.repeats if isinstance(heard, Text) else 0
    misses = min(scene.state.misses + 1, ladders.LAST_MISS)
    scene = scene.go(misses=misses).note("no-match", "text")
    number = transfers.desk_for(scene).number
    if repeats > UNMATCHED_BEFORE_NOTE:
        return scene.note("machine").silent()
    if repeats == UNMATCHED_BEFORE_NOTE:
        return printed.remark(scene, scene.speak("no_match_again", number=number))
    if misses == 1:
        return printed.remark(scene, scene.speak("no_match_1"), *_choice_lines(scene))
    return printed.remark(scene, scene.speak("no_match_2", number=number))


def _choice_lines(scene: Scene) -> tuple[Say, ...]:
    """The choices at hand, a line each."""
    asking = scene.state.asking
    if isinstance(asking, Choose):
        return tuple(printed.lines_of(scene, asking.refs))
    if isinstance(asking, Confirm):
        return (scene.speak(going.question_key(asking), **going.question_blanks(scene)),)
    if isinstance(asking, Consent):
        return (scene.speak("gate_option"),)
    return tuple(printed.option_lines(scene))
