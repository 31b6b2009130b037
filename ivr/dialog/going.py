"""Moving about: to a place, on, back, again; with the gate before what may be hard to hear."""

from __future__ import annotations

from ivr.dialog import places, printed, spoken, transfers, zones
from ivr.dialog.scene import Says, Scene
from ivr.dialog.types import (
    Asking,
    Choose,
    Confirm,
    Consent,
    Define,
    Enter,
    Graph,
    HeardBefore,
    Listen,
    Mode,
    Pace,
    Say,
    Turn,
)


def to(scene: Scene, ref: str) -> Turn:
    """Follow an option: down the tree `*` leads up again; elsewhere it comes back here."""
    if ref.startswith(places.WORD):
        return define(scene, ref.removeprefix(places.WORD))
    if places.is_desk(scene.graph, ref):
        return desk(scene, ref)
    below = places.parent(scene.graph, ref) == scene.state.at
    return arrive(scene.visit(ref) if below else scene.leave_for(ref))


def desk(scene: Scene, ref: str) -> Turn:
    """A desk was chosen: ring it by voice, give its number by text."""
    if not scene.voice:
        return printed.person(scene, ref)
    chosen_before = isinstance(scene.state.asking, Choose) and ref in scene.state.asking.refs
    if ref == places.SPECIALIST and not chosen_before:
        return transfers.person(scene)
    return transfers.connect(scene, ref)


def arrive(scene: Scene, *before: Say) -> Turn:
    """The place, or the gate before it when its page is sensitive (R58)."""
    return show(scene, *before)


def show(scene: Scene, *before: Say) -> Turn:
    """The place in its medium; a sensitive page only once its gate was opened, whatever way leads to it (R58)."""
    if places.behind_gate(scene.graph, scene.state):
        return gate(scene, *before)
    if scene.voice:
        return spoken.here(scene, *before)
    return printed.here(scene, *before)


def gate(scene: Scene, *before: Say) -> Turn:
    """One warning sentence and an explicit choice; silence does not open it."""
    scene = scene.go(asking=Consent(scene.state.at)).note("gate")
    if not scene.voice:
        return printed.finish(scene, *before, scene.speak("gate"), scene.speak("gate_option"))
    says: Says = (*before, scene.speak("gate"), *scene.spaced([scene.prompt("gate_option")]))
    return scene.reply(says)


def on(scene: Scene) -> Turn:
    """Key 1 in a topic: the next page; after the last, back to its menu."""
    if places.behind_gate(scene.graph, scene.state):
        return gate(scene)
    if places.on_last_page(scene.graph, scene.state):
        return arrive(scene.visit(places.menu_of(scene.graph, scene.state.at)))
    page = places.page_number(scene.graph, scene.state) + 1
    return arrive(scene.scan(0).go(page=page, asking=None))


def back(scene: Scene) -> Turn:
    """`*`: to the place before, from a topic to its menu; out of a question, to the place itself."""
    if transfers.after_transfer(scene) or isinstance(scene.state.asking, Define | Enter | Confirm | Choose):
        return leave_question(scene)
    trail = scene.state.trail
    if trail and places.exists(scene.graph, trail[0]):
        return arrive(scene.visit(trail[0]))
    return arrive(scene.visit(places.parent(scene.graph, scene.state.at)))


def leave_question(scene: Scene, *before: Say) -> Turn:
    """Out of a question: to the choices after a transfer where it was asked there, else to the place itself."""
    asking = scene.state.asking
    purpose = asking.purpose.removeprefix("typed:") if isinstance(asking, Confirm | Enter) else ""
    scene = scene.go(asking=None, sealed="")
    if purpose.startswith("number:"):
        return choose(scene, transfers.choices_after(scene, purpose.removeprefix("number:")), *before)
    return arrive(scene, *before)


def main(scene: Scene) -> Turn:
    """`#`: the main menu, options only."""
    return arrive(scene.visit(scene.graph.start))


def other_language(scene: Scene) -> Turn:
    """Key 8: the other language here and from now on; how to go back is said once."""
    scene = scene.go(language=places.other_language(scene.graph, scene.state.language)).note("language")
    if scene.state.mode is Mode.ONE_KEY:
        return again(scene)
    if scene.voice and _still_at_opening(scene):
        return spoken.opening(scene)
    return again(scene, *_way_back(scene))


def _still_at_opening(scene: Scene) -> bool:
    """Nothing was heard but the opening: it is said whole in the other language, emergency sentence and all."""
    state = scene.state
    return state.at == scene.graph.start and state.asking is None and state.heard_before < HeardBefore.TOPIC


def _way_back(scene: Scene) -> tuple[Say, ...]:
    if not scene.voice:
        first = scene.state.heard_before is HeardBefore.NOTHING  # the first reply says it anyway
        return () if first else (scene.speak("language_back"),)
    others = [language for language in scene.graph.languages if language is not scene.language]
    return tuple(spoken.cue(scene, language) for language in others)


def pace(scene: Scene) -> Turn:
    """Key 6: slower, or back to the usual pace; it stays for the call (R16)."""
    slower = scene.state.pace is Pace.NORMAL
    scene = scene.go(pace=Pace.SLOW if slower else Pace.NORMAL).note("pace", "slow" if slower else "normal")
    return again(scene, scene.speak("slower_now" if slower else "normal_now"))


def again(scene: Scene, *before: Say) -> Turn:
    """The same words once more, as often as wanted; it counts neither as a miss nor as a silence (R11)."""
    asking = scene.state.asking
    if isinstance(asking, Choose):
        return choose(scene, asking.refs, *before)
    if isinstance(asking, Consent):
        return gate(scene, *before)
    if isinstance(asking, Define):
        return define(scene, asking.term, *before)
    if isinstance(asking, Confirm | Enter):
        return scene.reply((*before, scene.speak(question_key(asking), **question_blanks(scene))), asking_listen(scene))
    if scene.voice and _still_at_opening(scene) and not before and scene.state.mode is Mode.KEYS:
        return spoken.opening(scene)
    return show(scene, *before)


def choose(scene: Scene, refs: tuple[str, ...], *before: Say) -> Turn:
    """Offer a short list on 1 to n."""
    scene = scene.go(asking=Choose(refs))
    before = (*before, *_lead(scene, refs[0]))
    return spoken.chosen_list(scene, refs, *before) if scene.voice else printed.chosen_list(scene, refs, *before)


def _lead(scene: Scene, first: str) -> tuple[Say, ...]:
    """What some lists ask, said with them every time."""
    if first in ("eastern", "arizona"):
        return (scene.speak("callback_zone"),)
    if first == "morning":
        return (scene.speak("callback_when", zone=scene.label(scene.state.zone or zones.EASTERN)),)
    return ()


TYPED_KEYS = 40  # a number typed wrongly, cleared with `*`, and typed again, more than once

QUESTIONS = {
    "transfer": "miss_3",
    "text-me": "text_me",
    "forget": "forget_confirm",
    "forget-callback": "forget_callback",
    "callback": "callback_confirm",
    "no-callback": "callback_cancel",
    "stop": "stop_unsure",
}
BY_PREFIX = {"number": "text_me", "typed": "text_me_read_back", "may-text": "callback_text_too"}


def still_makes_sense(graph: Graph, asking: Asking) -> bool:
    """Whether what was asked can still be answered: words may have changed since, or another version has asked it."""
    match asking:
        case Choose(refs):
            return all(_can_be_chosen(graph, ref) for ref in refs)
        case Consent(to):
            return to in graph.topics
        case Define(term):
            return term in graph.glossary
        case Enter(purpose):
            return bool(purpose)
        case Confirm(purpose):
            return purpose in QUESTIONS or purpose.partition(":")[0] in BY_PREFIX


def _can_be_chosen(graph: Graph, ref: str) -> bool:
    if ref.startswith(places.WORD):
        return ref.removeprefix(places.WORD) in graph.glossary
    return ref in places.ACTS or places.exists(graph, ref) or ref in graph.handoffs


def question_key(asking: Confirm | Enter) -> str:
    """The prompt that asks this; a purpose may have a prefix that says how it is asked."""
    if isinstance(asking, Enter):
        return "callback_number" if asking.purpose == "callback" else "text_me_number"
    return QUESTIONS.get(asking.purpose) or BY_PREFIX[asking.purpose.partition(":")[0]]


def question_blanks(scene: Scene) -> dict[str, object]:
    """The blanks of the question that is being asked."""
    asking = scene.state.asking
    if isinstance(asking, Confirm) and question_key(asking) == "text_me_read_back":
        return {"number": scene.state.sealed}
    if isinstance(asking, Confirm) and question_key(asking) == "callback_confirm":
        ending = scene.heard.caller.ending or ""
        return {"ending": " ".join(ending) if scene.voice else ending}
    return {}


def ask(scene: Scene, asking: Confirm | Enter, *before: Say) -> Turn:
    """Ask a question of keys; who has one key only cannot type a number, and is told what can be done instead."""
    scene = scene.go(asking=asking)
    if isinstance(asking, Enter) and scene.state.mode is Mode.ONE_KEY:
        return leave_question(scene, *before, scene.speak("one_key_no_typing"))
    says = (*before, scene.speak(question_key(asking), **question_blanks(scene)))
    return scene.reply(says, asking_listen(scene))


def asking_listen(scene: Scene) -> Listen:
    """How to listen for what is being asked: a phone number takes many keys and no words."""
    if isinstance(scene.state.asking, Enter):
        return scene.listen(digits=TYPED_KEYS, speech=False)
    if scene.state.asking == Confirm("transfer"):
        return scene.listen(seconds=scene.graph.limits.offer)
    return scene.listen()


def define(scene: Scene, term: str, *before: Say) -> Turn:
    """The plain meaning of a medical word; then back to the same place."""
    found = scene.graph.glossary[term]
    scene = scene.go(asking=Define(term)).note("word", term)
    words = scene.prompt("definition", term=found.terms[scene.language], definition=found.definitions[scene.language])
    text = words[:1].upper() + words[1:]
    end = scene.spaced([scene.prompt("define_end")]) if scene.voice else ()
    return scene.reply((*before, scene.say(text), *end))


def words(scene: Scene) -> Turn:
    """The medical words of this topic as a list of keys."""
    here = scene.graph.topics.get(scene.state.at)
    terms = here.terms.get(scene.language, ()) if here else ()
    if not terms:
        return again(scene.go(asking=None), scene.speak("no_words"))
    return choose(scene, tuple(places.WORD + term for term in terms[:5]))
