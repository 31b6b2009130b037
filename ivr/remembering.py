"""A text conversation's state as JSON and back, for the store; a damaged or older record must never raise."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ivr.dialog import going, zones
from ivr.dialog.engine import start
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
    State,
)

_KINDS = {kind.__name__: kind for kind in (Consent, Enter, Confirm, Define)}
_LONGEST = 40  # how many choices or characters of a name a sane record holds


def dumps(state: State) -> str:
    """The state as JSON: names and small numbers only."""
    asking = state.asking
    kept: dict[str, Any] = {
        "language": state.language, "at": state.at, "page": state.page, "group": state.group,
        "trail": state.trail, "misses": state.misses,
        "heard_before": int(state.heard_before), "sealed": state.sealed, "zone": state.zone, "revision": state.revision,
    }  # fmt: skip
    if asking is not None:
        kept["asking"] = [type(asking).__name__, *asdict(asking).values()]
    return json.dumps({name: value for name, value in kept.items() if value}, separators=(",", ":"))


def loads(graph: Graph, written: str) -> State:
    """The state written down, or a fresh one where it cannot be read."""
    try:
        return _state(graph, json.loads(written))
    except (ValueError, TypeError, KeyError, AttributeError):
        return start(graph, Medium.TEXT)


def _state(graph: Graph, kept: dict[str, Any]) -> State:
    return State(
        medium=Medium.TEXT,
        language=_language(graph, kept.get("language")),
        at=str(kept["at"]),
        page=max(0, int(kept.get("page", 0))),
        group=max(0, int(kept.get("group", 0))),
        trail=tuple(str(ref) for ref in kept.get("trail", ())[:1]),
        misses=max(0, int(kept.get("misses", 0))),
        heard_before=HeardBefore(int(kept.get("heard_before", 0))),
        asking=_asking(graph, kept.get("asking")),
        sealed=str(kept.get("sealed", "")),
        zone=str(kept.get("zone", "")) if kept.get("zone") in zones.ZONES else "",
        revision=str(kept.get("revision", "")),
    )


def _language(graph: Graph, name: object) -> Language:
    return next((language for language in graph.languages if language == name), graph.languages[0])


def _asking(graph: Graph, written: list[Any] | None) -> Asking | None:
    """What was asked; nothing, when the words have changed since and the answers would lead nowhere."""
    if not written:
        return None
    kind, value = written[0], written[1]
    asking = Choose(tuple(str(ref) for ref in value[:_LONGEST])) if kind == "Choose" else _KINDS[kind](str(value))
    return asking if going.still_makes_sense(graph, asking) else None
