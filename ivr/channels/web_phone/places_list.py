"""Where the line has places, the way of keys to each, and what the keys do there; it takes no turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ivr.dialog import places
from ivr.dialog.types import Graph, Language, Medium, Pace, State

OPENING = ""
OTHER_LANGUAGE, SLOWER, PERSON = "press 8", "press 6", "press 0"
SAY_EMERGENCY = "say emergency"  # the one place that no key leads to


def ways(graph: Graph) -> Mapping[str, tuple[str, ...]]:
    """Every place that can be reached, and the shortest way there from the opening, as acts of a transcript."""
    found: dict[str, tuple[str, ...]] = {graph.start: ()}
    waiting = deque([graph.start])
    while waiting:
        here = waiting.popleft()
        for digit, to in _exits(graph, here, found[here]):
            if to not in found:
                found[to] = (*found[here], *digit)
                waiting.append(to)
    found |= {ref: (PERSON,) for ref in list(graph.handoffs)[:1] if graph.handoffs[ref].number}
    if places.EMERGENCY in graph.topics:
        found[places.EMERGENCY] = (SAY_EMERGENCY,)
    return found


def _exits(graph: Graph, here: str, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where the keys of a place lead: a topic's own keys count on its first page already."""
    if here in graph.menus:
        options = graph.menus[here].options
    elif here in graph.topics:
        options = places.topic_options(graph, graph.topics[here], graph.languages[0], Medium.VOICE)
    else:
        return
    for option in options:
        if places.exists(graph, option.to) and not _gated(graph, here):
            yield (f"press {option.digit}",), option.to


def _gated(graph: Graph, ref: str) -> bool:
    """Behind a gate the keys mean yes and no."""
    pages = graph.topics[ref].pages.get((graph.languages[0], Medium.VOICE), ()) if ref in graph.topics else ()
    return bool(pages) and pages[0].sensitive


def way_to(graph: Graph, ref: str, language: Language, pace: Pace) -> tuple[str, ...] | None:
    """All acts from the opening to a place, in this language and at this pace; None when there is no such place."""
    way = () if ref == OPENING else ways(graph).get(ref)
    if way is None:
        return None
    first = (OTHER_LANGUAGE,) if language is not graph.languages[0] else ()
    return (*first, *((SLOWER,) if pace is Pace.SLOW else ()), *way)


def groups(graph: Graph, language: Language) -> list[dict[str, Any]]:
    """The places for a list to choose from: a group for each part of the main menu, then messages and people."""
    known = ways(graph)
    parts = [option.to for option in graph.menus[graph.start].options if option.to in graph.menus]
    listed: list[dict[str, Any]] = []
    for part in parts:
        inside = [ref for ref in known if ref == part or part in _above(graph, ref)]
        listed.append(_group(graph, language, _title(graph, part, language), inside))
    listed.append(_group(graph, language, "start_messages", [r for r in known if _is_message(graph, r)]))
    listed.append(_group(graph, language, "start_desks", [ref for ref in known if _is_desk(graph, ref)]))
    return [group for group in listed if group["places"]]


def _group(graph: Graph, language: Language, label: str, refs: list[str]) -> dict[str, Any]:
    return {"label": label, "places": [{"ref": ref, "label": _title(graph, ref, language)} for ref in refs]}


def _is_desk(graph: Graph, ref: str) -> bool:
    return ref in graph.handoffs and not places.exists(graph, ref)


def _is_message(graph: Graph, ref: str) -> bool:
    return ref in graph.topics and graph.topics[ref].message


def _above(graph: Graph, ref: str) -> list[str]:
    """The places above, nearest first; messages stand in no part of the tree."""
    found: list[str] = []
    while ref != graph.start and places.exists(graph, ref) and not _is_message(graph, ref):
        ref = places.parent(graph, ref)
        if ref in found:
            break
        found.append(ref)
    return found


def _title(graph: Graph, ref: str, language: Language) -> str:
    label = places.label(graph, ref, language, Medium.VOICE)
    return label[:1].upper() + label[1:]


# --- where a call is, as its own cursor names it


def place(graph: Graph, action: str) -> dict[str, Any] | None:
    """Where an action URL stands: names for people, the page, the places above, and what the keys 1 to 5 do."""
    cursor = {name: values[0] for name, values in parse_qs(urlsplit(action).query).items()}
    at = cursor.get("a", "")
    if not places.exists(graph, at):
        return None
    language = _language(graph, cursor.get("l", ""))
    page = int(cursor["p"]) if cursor.get("p", "").isdecimal() else 0
    state = State(Medium.VOICE, language, at, page=page)
    pages = len(places.pages(graph, state)) if at in graph.topics else 1
    path = [ref for ref in reversed(_above(graph, at)) if ref != graph.start]
    return {
        "ref": at,
        "language": language.value,
        "label": _title(graph, at, language),
        "page": min(page + 1, pages),
        "pages": pages,
        "path": [_title(graph, ref, language) for ref in (graph.start, *path) if ref != at],
        "keys": _keys(graph, state, cursor),
    }


def _language(graph: Graph, code: str) -> Language:
    return next((language for language in graph.languages if language.value == code), graph.languages[0])


def _keys(graph: Graph, state: State, cursor: Mapping[str, str]) -> list[dict[str, str]]:
    """What 1 to 5 do now; nothing where the cursor says that something else is being asked."""
    kind, *names = cursor.get("k", "").replace("~", ":").split(".")
    if kind == "choose":
        return [_key(graph, state, number, ref) for number, ref in enumerate(names, start=1)]
    if kind or "o" in cursor:
        return []
    found = [_key(graph, state, option.digit, option.to) for option in places.options(graph, state)]
    if state.at not in graph.topics or _is_message(graph, state.at):
        return found if state.at in graph.menus else []
    on = places.parent(graph, state.at) if places.on_last_page(graph, state) else "on"
    return [_key(graph, state, 1, on), *found]


def _key(graph: Graph, state: State, digit: int, ref: str) -> dict[str, str]:
    try:
        label = places.label(graph, ref, state.language, Medium.VOICE)
    except KeyError:
        label = ref
    return {"key": str(digit), "label": label}
