"""Rules for the tree: everything can be reached, nobody is stranded, keys mean one thing. They judge no wording."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping

from ivr.dialog.places import ACTS, SPECIALIST, parent, topic_options
from ivr.dialog.types import Choose, Graph, Language, Medium, Say, Transfer, Turn
from ivr.library.faults import WARNING, Fault
from ivr.library.rehearsal import press
from ivr.library.rules.case import Case

MOST_OPTIONS = 5
DEPTH = 3
HARD_DEPTH = 4
TITLE_WORDS = 6


def _everywhere(graph: Graph) -> list[str]:
    return [*graph.menus, *graph.topics]


def _at(ref: str, graph: Graph) -> str:
    return f"{'menus' if ref in graph.menus else 'topics'}.{ref}"


def r1_zero_reaches_a_person(case: Case) -> Iterator[Fault]:
    """Key 0 leads to a person from every place, by voice and by text."""
    graph = case.graph
    desk = graph.handoffs.get(SPECIALIST)
    if not desk or not desk.number:
        yield Fault("line.toml", "handoffs.specialist.number", "key 0 reaches nobody", "Write the number of a person.")
        return
    for ref in _everywhere(graph):
        for language in graph.languages:
            for medium in Medium:
                if not _is_person(press(graph, ref, language, medium, "0"), graph):
                    what = f"key 0 does not lead to a person here ({language}, {medium})"
                    yield Fault("menus.toml", _at(ref, graph), what, "Take digit 0 out of its options.")


def _is_person(turn: Turn, graph: Graph) -> bool:
    """A transfer, a choice between desks (who is told first that nobody there speaks the language), or a number."""
    if isinstance(turn.reply.then, Transfer):
        return turn.reply.then.handoff in graph.handoffs
    if isinstance(turn.state.asking, Choose) and turn.state.asking.refs[0] in graph.handoffs:
        return True
    said = " ".join(said.text for said in turn.reply.says if isinstance(said, Say))
    return any(desk.number and desk.number in said for desk in graph.handoffs.values())


def r3_menu_and_back_work_everywhere(case: Case) -> Iterator[Fault]:
    """Key # leads to the main menu and * to the place above, from every place."""
    graph = case.graph
    for ref in _everywhere(graph):
        for language in graph.languages:
            for medium in Medium:
                for key, wanted in (("#", graph.start), ("*", parent(graph, ref))):
                    found = _place_after(graph, ref, language, medium, key)
                    if found != wanted or found not in _everywhere(graph):
                        what = f"key {key} leads to {found}, not to {wanted} ({language}, {medium})"
                        yield Fault("menus.toml", _at(ref, graph), what, "Correct the parent of this place.")


def r5_digits_ascend_without_gaps(case: Case) -> Iterator[Fault]:
    """The options of a menu are 1, 2, 3 ... in this order, as written (one that is not offered yet keeps its digit)."""
    for ref, menu in case.library.written.menus.menus.items():
        digits = [option.digit for option in menu.options]
        if digits != list(range(1, len(digits) + 1)):
            what = f"the digits are {', '.join(map(str, digits))}"
            remedy = "Write them as 1, 2, 3 and on, with no gap."
            yield Fault("menus.toml", f"menus.{ref}.options", what, remedy)


def r7_at_most_five_options(case: Case) -> Iterator[Fault]:
    """No place has more than five choices of its own."""
    for ref, menu in case.graph.menus.items():
        if len(menu.options) > MOST_OPTIONS:
            what = f"there are {len(menu.options)} options"
            yield Fault("menus.toml", f"menus.{ref}.options", what, "Keep five at most; move some to a menu below.")


def _depths(graph: Graph, language: Language, medium: Medium) -> Mapping[str, int]:
    """The least number of keys from the main menu to each place, without 0, *, # and words."""
    depths, waiting = {graph.start: 0}, deque([graph.start])
    while waiting:
        here = waiting.popleft()
        if here in graph.menus:
            options = graph.menus[here].options
        elif here in graph.topics:
            options = topic_options(graph, graph.topics[here], language, medium)
        else:
            options = ()
        for option in options:
            if option.to not in depths and option.to not in ACTS:
                depths[option.to] = depths[here] + 1
                waiting.append(option.to)
    return depths


def r8_every_place_can_be_reached(case: Case) -> Iterator[Fault]:
    """Every menu and topic can be reached by keys, in every language and medium; emergency also comes by words alone."""
    graph = case.graph
    for language in graph.languages:
        for medium in Medium:
            depths = _depths(graph, language, medium)
            for ref in _everywhere(graph):
                message = ref in graph.topics and graph.topics[ref].message
                if ref not in depths and not message:
                    what = f"no key leads here ({language}, {medium})"
                    yield Fault("menus.toml", _at(ref, graph), what, "Make it an option of a menu.")


def r8_answers_are_at_most_three_keys_away(case: Case) -> Iterator[Fault]:
    """Three keys to any answer; more than four is refused."""
    graph = case.graph
    for language in graph.languages:
        for ref, depth in _depths(graph, language, Medium.VOICE).items():
            if depth > DEPTH:
                level = WARNING if depth <= HARD_DEPTH else "error"
                what = f"it takes {depth} keys to get here"
                yield Fault("menus.toml", _at(ref, graph), what, "Move it up in the tree.", level=level)


def _place_after(graph: Graph, ref: str, language: Language, medium: Medium, key: str) -> str:
    try:
        return press(graph, ref, language, medium, key).state.at
    except KeyError:
        return "no place"


# What the first text of the line was about: nothing may push these further down.
_PROMINENT = (
    "what-it-is", "where-it-spreads", "recurrent", "treatment-choices", "treatment-liver", "treatment-brain",
    "treatment-bone", "specialist", "about",
)  # fmt: skip


def r8_the_first_topics_are_two_keys_away(case: Case) -> Iterator[Fault]:
    """The topics that the line was made for, and the specialist, take two keys at most."""
    depths = _depths(case.graph, case.graph.languages[0], Medium.VOICE)
    for ref in _PROMINENT:
        if depths.get(ref, 0) > 2:
            yield Fault("menus.toml", f"menus.{ref}", f"it takes {depths[ref]} keys to get to {ref}", "Two at most.")


_CATCH_ALL = re.compile(r"\b(more|other) options\b|\b(más|otras) opciones\b", re.IGNORECASE)


def r9_no_more_options(case: Case) -> Iterator[Fault]:
    """A choice says what it leads to; "more options" does not."""
    for spot in case.everything():
        if _CATCH_ALL.search(spot.text):
            yield spot.fault('"more options" tells nobody what is there', "Say what the choice is about.")


def r10_menus_say_where_you_are(case: Case) -> Iterator[Fault]:
    """A menu begins with a short title."""
    for spot in case.intros():
        count = len(spot.text.split())
        if count > TITLE_WORDS:
            yield spot.fault(f"this title has {count} words", f"Use at most {TITLE_WORDS}.")
