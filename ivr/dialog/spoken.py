"""What a caller hears at each place: the opening, menus, pages and short lists. It composes and decides nothing."""

from __future__ import annotations

from ivr.dialog import places
from ivr.dialog.scene import Says, Scene
from ivr.dialog.types import HeardBefore, Language, Listen, Mode, Notice, Option, Pause, Say, Turn


def opening(scene: Scene) -> Turn:
    """The first words of a call, in the fixed order of R17."""
    graph = scene.graph
    says = [
        scene.speak("opening_name", name=graph.name[scene.language]),
        *_other_languages(scene),
        scene.speak("opening_emergency"),
        scene.speak("opening_person"),
        *[scene.say(notice.texts[scene.language]) for notice in graph.notices if _current(scene, notice)],
        *option_words(scene),
        *scene.spaced([scene.prompt("ask")]),
    ]
    return scene.reply(tuple(says))


def _current(scene: Scene, notice: Notice) -> bool:
    return notice.starts <= scene.heard.at < notice.ends


def _other_languages(scene: Scene) -> list[Say]:
    """Each other language offers itself, in its own words and voice (R47)."""
    others = [language for language in scene.graph.languages if language is not scene.language]
    return [cue(scene, language) for language in others]


def cue(scene: Scene, language: Language) -> Say:
    """The offer of a language, in that language."""
    return scene.say(scene.prompt_in(language, "other_language_cue"), language=language)


def option_words(scene: Scene) -> Says:
    """The options of this place: label first, then key (R4), each after a pause (R15)."""
    found = places.options(scene.graph, scene.state)
    return scene.spaced(_option_text(scene, option) for option in found)


def _option_text(scene: Scene, option: Option) -> str:
    in_topic = scene.state.at in scene.graph.topics
    if in_topic and option == Option(places.URGENT_DIGIT, places.WHEN_TO_CALL):
        return scene.prompt("urgent_option")
    return scene.prompt("option", label=scene.label(option.to), digit=option.digit)


def here(scene: Scene, *before: Say | Pause) -> Turn:
    """The place somebody is at, said from its start, after these words."""
    if scene.state.mode is Mode.ONE_KEY:
        return one_key_place(scene, before)
    if scene.state.at in scene.graph.menus:
        return menu(scene, before)
    return page(scene, before)


def menu(scene: Scene, before: Says = ()) -> Turn:
    """A menu: its introduction and its options."""
    place = scene.graph.menus[scene.state.at]
    scene = scene.note("menu")
    says = (*before, scene.say(place.intros[scene.language]), *option_words(scene))
    return scene.reply(says)


def page(scene: Scene, before: Says = ()) -> Turn:
    """One page of a topic; the general-information sentence precedes the first topic of a call (R60)."""
    first = scene.state.heard_before < HeardBefore.TOPIC
    scene, words = _page_said(scene, before)
    return scene.reply((*words, *page_tail(scene, first)), _page_listen(scene))


def _page_said(scene: Scene, before: Says) -> tuple[Scene, Says]:
    """A page without what can be done after it, and the scene in which it was heard."""
    first = scene.state.heard_before < HeardBefore.TOPIC
    scene = scene.note("topic", str(scene.state.page + 1))
    general = (scene.speak("general"), scene.pause()) if first and not _message(scene) else ()
    heard_before = scene.state.heard_before if _message(scene) else HeardBefore.TOPIC
    scene = scene.go(heard_before=heard_before)
    scene = scene if _message(scene) else scene.heard_topic()
    return scene, (*_danger_first(scene), *before, *general, *_title(scene), *page_words(scene))


def _danger_first(scene: Scene) -> Says:
    """In an emergency nothing comes before 911, and no key cuts it off."""
    if scene.state.at != places.EMERGENCY:
        return ()
    return (scene.say(scene.prompt("emergency"), interruptible=False),)


def _message(scene: Scene) -> bool:
    return scene.graph.topics[scene.state.at].message


def _title(scene: Scene) -> Says:
    """Where you are, at the start of the first page (R10)."""
    if scene.state.page or _message(scene):
        return ()
    text = scene.label(scene.state.at)
    return (scene.say(text[:1].upper() + text[1:] + "."), scene.pause())


def page_words(scene: Scene) -> Says:
    """The sentence groups of the page, a breath between them."""
    found = places.pages(scene.graph, scene.state)[places.page_number(scene.graph, scene.state)]
    groups = [" ".join(group.split()) for group in found.text.split("\n\n")]
    says: list[Say | Pause] = []
    for number, group in enumerate(group for group in groups if group):
        says += [scene.pause()] * bool(number) + [scene.say(group)]
    return tuple(says)


def page_tail(scene: Scene, first: bool = False) -> Says:
    """What can be done now: go on, or at the end where to go next (R10, R56)."""
    graph, state = scene.graph, scene.state
    if _message(scene):
        return scene.spaced([scene.prompt("crisis_end")]) if state.at == places.CRISIS else ()
    texts = []
    if places.on_last_page(graph, state):
        texts.append(scene.prompt("page_end"))
        texts += [_option_text(scene, option) for option in places.options(graph, state)]
        texts.append(scene.prompt("page_menu"))
    else:
        texts.append(scene.prompt("page_on"))
    if first:
        texts.append(scene.prompt("first_page"))
        texts += [] if scene.slow else [scene.prompt("first_page_slower")]
    return scene.spaced(texts)


def _page_listen(scene: Scene) -> Listen:
    """After a page that is not the last, a short wait before going on by itself."""
    if _message(scene) or places.on_last_page(scene.graph, scene.state):
        return scene.listen()
    limits = scene.graph.limits
    return scene.listen(seconds=limits.listen if scene.slow else limits.next_page)


def chosen_list(scene: Scene, refs: tuple[str, ...], *before: Say | Pause) -> Turn:
    """A short list on the keys 1 to n; the state must be asking it."""
    return scene.reply((*before, *list_words(scene, refs)))


def list_words(scene: Scene, refs: tuple[str, ...]) -> Says:
    """A short list in words; where a number is in it, that 7 texts it (R25)."""
    texts = [scene.prompt("option", label=scene.label(ref), digit=n) for n, ref in enumerate(refs, start=1)]
    return scene.spaced([*texts, scene.prompt("number_by_text")] if "number" in refs else texts)


# --- one key: each choice is said alone, and any key takes it


def one_key_refs(scene: Scene) -> tuple[str, ...]:
    """Everything that can be chosen here, in the order in which it is offered."""
    graph, state = scene.graph, scene.state
    found = tuple(option.to for option in places.options(graph, state) if option.to != "one-key")
    if state.at in graph.menus:
        return (*found, "again", "person", "main", "keys")
    on = () if places.on_last_page(graph, state) else ("on",)
    if _message(scene):
        return ("person", *on, "again", "parent", "keys")
    return (*on, *found, "again", "text-me", "parent", "person", "keys")


def one_key_place(scene: Scene, before: Says = ()) -> Turn:
    """The place somebody is at, said from its start, and the first choice."""
    scene = scene.scan(0)
    menu_here = scene.graph.menus.get(scene.state.at)
    if menu_here:
        return one_key_choice(scene.note("menu"), (*before, scene.say(menu_here.intros[scene.language])))
    return one_key_choice(*_page_said(scene, before))


def one_key_choice(scene: Scene, before: Says = ()) -> Turn:
    """The choice at the scan position; in an emergency never without 911."""
    scene = scene.scan(_one_key_position(scene))
    seconds = scene.graph.limits.one_key * (2 if scene.slow else 1)
    return scene.reply((*(before or _danger_first(scene)), *one_key_words(scene)), scene.listen(seconds=seconds))


def one_key_words(scene: Scene) -> Says:
    """The choice at the scan position, alone."""
    ref = one_key_refs(scene)[_one_key_position(scene)]
    return scene.spaced([scene.prompt("any_key_option", label=scene.label(ref))])


def _one_key_position(scene: Scene) -> int:
    return scene.state.group % places.GATE_OPEN % len(one_key_refs(scene))
