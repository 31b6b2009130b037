"""State as a short query string and back: names and small numbers only. Whatever is damaged falls back; nothing raises.

The carrier signs the URL, so a cursor is ours; it may still be from before a deployment, and its place may be gone.
Therefore it also names the places above (`u`), and the caller lands at the nearest that is still there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ivr.dialog import going, places, zones
from ivr.dialog.types import (
    Asking,
    Choose,
    Confirm,
    Consent,
    Define,
    Enter,
    Graph,
    HeardBefore,
    Language,
    Medium,
    Mode,
    Pace,
    State,
)

LARGEST = 999  # bound of every number
MOST_CHOICES = 9
MOST_ABOVE = 4
MOST_REMEMBERED = 4096
LONGEST = 1500  # characters of a cursor that is looked at

# A name as content writes it, with ":" as in word:biopsy; "." divides names and "~" stands for ":" in the URL.
_NAME = re.compile(r"[a-z0-9][a-z0-9:_-]{0,63}\Z")
_SEALED = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")
_NUMBER = re.compile(r"[0-9]{1,3}\Z")
_REVISION = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_LANGUAGES = {language.value: language for language in Language}
_MODES = {mode.value: mode for mode in Mode}
_HEARD = {str(int(heard)): heard for heard in HeardBefore}


def write(state: State, graph: Graph | None = None) -> str:
    """The cursor of a state; with a graph it also tells the places above. `sealed` must be sealed already."""
    parts = [f"l={state.language.value}", f"a={_out(state.at)}"]
    if graph is not None:
        above = _above(graph, state.at)
        if above:
            parts.append("u=" + ".".join(map(_out, above)))
    numbers = (("p", state.page), ("g", state.group), ("m", state.misses), ("s", state.silences))
    parts += [f"{name}={min(number, LARGEST)}" for name, number in numbers if number > 0]
    if state.trail:
        parts.append("t=" + ".".join(map(_out, state.trail)))
    if state.heard_before:
        parts.append(f"h={int(state.heard_before)}")
    if state.pace is Pace.SLOW:
        parts.append("c=slow")
    if state.mode is not Mode.KEYS:
        parts.append(f"o={state.mode.value}")
    if state.asking is not None:
        parts.append("k=" + _asking_out(state.asking))
    if state.sealed and _SEALED.match(state.sealed):
        parts.append("x=" + state.sealed)
    if state.zone:
        parts.append("z=" + _out(state.zone))
    if state.revision:
        parts.append("r=" + state.revision)
    return "&".join(parts)


class Cursors:
    """Cursors already read: the whole line has few, so most turns find theirs. They are forgotten with their graph."""

    def __init__(self) -> None:
        self._held: tuple[Graph | None, dict[str, tuple[State, bool]]] = (None, {})

    def parse(self, query: str, graph: Graph, fallback: State) -> tuple[State, bool]:
        """As `parse`, for a fallback that belongs to the graph. What carries a sealed number is not remembered."""
        held_graph, states = self._held
        if held_graph is not graph or len(states) >= MOST_REMEMBERED:
            states = {}
            self._held = (graph, states)
        found = states.get(query)
        if found is None:
            found = parse(query, graph, fallback)
            if len(query) <= LONGEST and "x=" not in query:
                states[query] = found
        return found


def parse(query: str, graph: Graph, fallback: State) -> tuple[State, bool]:
    """The state of a cursor, and whether its place is gone (the state is then at the nearest place above that is left).

    `fallback` stands in for a missing or damaged language or place; a damaged detail is as if it were not there.
    """
    values = dict(part.partition("=")[::2] for part in query[:LONGEST].split("&"))
    at = _name(values.get("a", ""))
    moved = bool(at) and not places.exists(graph, at)
    above = [ref for ref in _names(values.get("u", "")) if places.exists(graph, ref)]
    language = _LANGUAGES.get(values.get("l", ""), fallback.language)
    trail = tuple(ref for ref in _names(values.get("t", "")) if places.exists(graph, ref))[:1]
    revision = values.get("r", "")
    state = State(
        medium=Medium.VOICE,
        language=language if language in graph.languages else fallback.language,
        at=(above[0] if above else graph.start) if moved else at or fallback.at,
        heard_before=_HEARD.get(values.get("h", ""), HeardBefore.NOTHING),
        pace=Pace.SLOW if values.get("c") == "slow" else Pace.NORMAL,
        revision=revision if _REVISION.match(revision) else "",
        misses=_number(values, "m"),
        silences=_number(values, "s"),
    )
    return (state if moved else _with_details(state, values, graph, trail)), moved


def _with_details(state: State, values: Mapping[str, str], graph: Graph, trail: tuple[str, ...]) -> State:
    """What only makes sense while the place is still there."""
    sealed = values.get("x", "")
    return replace(
        state,
        page=_number(values, "p"),
        group=_number(values, "g"),
        trail=trail,
        mode=_MODES.get(values.get("o", ""), Mode.KEYS),
        asking=_asking_in(values.get("k", ""), graph),
        sealed=sealed if _SEALED.match(sealed) else "",
        zone=values.get("z", "") if values.get("z") in zones.ZONES else "",
    )


def _above(graph: Graph, ref: str) -> tuple[str, ...]:
    """The places above, nearest first, without the start, which is always there."""
    found: list[str] = []
    while places.exists(graph, ref) and len(found) < MOST_ABOVE:
        ref = places.parent(graph, ref)
        if ref == graph.start or ref in found:
            break
        found.append(ref)
    return tuple(found)


def _asking_out(asking: Asking) -> str:
    match asking:
        case Choose(refs):
            names = ("choose", *refs)
        case Consent(to):
            names = ("consent", to)
        case Enter(purpose):
            names = ("enter", purpose)
        case Confirm(purpose):
            names = ("confirm", purpose)
        case Define(term):
            names = ("define", term)
    return ".".join(map(_out, names))


def _asking_in(text: str, graph: Graph) -> Asking | None:
    """The question that was asked; None if anything it names is gone, since then its digits mean nothing."""
    kind, *names = _names(text) or ("",)
    asking = _asked(kind, names)
    return asking if asking is not None and going.still_makes_sense(graph, asking) else None


def _asked(kind: str, names: Sequence[str]) -> Asking | None:
    first = names[0] if names else ""
    match kind:
        case "choose":
            return Choose(tuple(names[:MOST_CHOICES]))
        case "consent":
            return Consent(first)
        case "define":
            return Define(first)
        case "enter":
            return Enter(first)
        case "confirm":
            return Confirm(first)
    return None


def _out(name: str) -> str:
    return name.replace(":", "~") if _NAME.match(name) else ""


def _name(text: str) -> str:
    name = text.replace("~", ":")
    return name if _NAME.match(name) else ""


def _names(text: str) -> tuple[str, ...]:
    """The names in a list; nothing at all if one of them is damaged."""
    names = tuple(map(_name, text.split("."))) if text else ()
    return names if all(names) else ()


def _number(values: Mapping[str, str], name: str) -> int:
    text = values.get(name, "")
    return int(text) if _NUMBER.match(text) else 0
