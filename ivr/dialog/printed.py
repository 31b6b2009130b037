"""What a texter reads at each place: menus, messages, short lists, the number of a desk. It composes and decides nothing."""

from __future__ import annotations

from ivr.dialog import places, transfers
from ivr.dialog.scene import Scene
from ivr.dialog.types import HeardBefore, Say, Turn


def here(scene: Scene, *before: Say) -> Turn:
    """The place somebody is at, after these words."""
    if scene.state.at in scene.graph.menus:
        return menu(scene, *before)
    return message(scene, *before)


def menu(scene: Scene, *before: Say) -> Turn:
    """A menu, one option a line, digit first (R43)."""
    scene = scene.note("menu")
    lines = [scene.speak("menu_head"), *option_lines(scene)]
    return finish(scene, *before, *lines)


def option_lines(scene: Scene) -> list[Say]:
    """The options of this place."""
    return [_line(scene, option.digit, option.to) for option in places.options(scene.graph, scene.state)]


def _line(scene: Scene, digit: int, ref: str) -> Say:
    label = scene.label(ref)
    return scene.speak("option", digit=digit, label=label[:1].upper() + label[1:])


def message(scene: Scene, *before: Say) -> Turn:
    """One message of a topic, with where it stands and how to get more."""
    graph, state = scene.graph, scene.state
    found, number = places.pages(graph, state), places.page_number(graph, state)
    scene = scene.note("topic", str(number + 1))
    if graph.topics[state.at].message:
        return scene.reply((*before, scene.say(found[number].text)))
    says = (*before, scene.say(found[number].text), _where(scene, number + 1, len(found)))
    return finish(scene, *says, given=HeardBefore.TOPIC)


def _where(scene: Scene, page: int, pages: int) -> Say:
    if pages == 1:
        return scene.speak("only")
    return scene.speak("last" if page == pages else "more", page=page, pages=pages)


def finish(scene: Scene, *says: Say, given: HeardBefore = HeardBefore.INPUT) -> Turn:
    """Close a reply that answers; the first such one to a person also says what this line is (R38, R60)."""
    first = (scene.speak("first_text"),) if scene.state.heard_before is HeardBefore.NOTHING else ()
    return scene.go(heard_before=max(scene.state.heard_before, given)).reply((*says, *first))


def remark(scene: Scene, *says: Say) -> Turn:
    """Close a reply that answers nothing yet, or has no room: what this line is comes with the next answer."""
    return scene.reply(says)


def related(scene: Scene) -> Turn:
    """After the last message: where one can go from here."""
    return finish(scene, scene.speak("related_head"), *option_lines(scene), scene.speak("main"))


def chosen_list(scene: Scene, refs: tuple[str, ...], *before: Say) -> Turn:
    """A short list on 1 to n; the state must be asking it."""
    return finish(scene, *before, *lines_of(scene, refs))


def lines_of(scene: Scene, refs: tuple[str, ...]) -> list[Say]:
    """A short list, one choice a line."""
    return [_line(scene, digit, ref) for digit, ref in enumerate(refs, start=1)]


def person(scene: Scene, ref: str = places.SPECIALIST) -> Turn:
    """The number of a person as something to tap, the line that speaks this language too, and the offer to ring."""
    desk = transfers.desk_for(scene, ref)
    scene = scene.note("person", desk.ref)
    says = [scene.speak("person", label=scene.label(desk.ref), number=desk.number)]
    other = places.handoff(scene.graph, desk.otherwise)
    if other and scene.language not in desk.languages:
        says.append(scene.speak("person_other", label=scene.label(other.ref), number=other.number))
    if scene.graph.number:
        says.append(scene.speak("person_call"))
    return remark(scene, *says)
