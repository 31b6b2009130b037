"""The call flow as a picture: Mermaid text, Graphviz text, and SVG where Graphviz is installed. It changes nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.dialog.places import ACTS, topic_options
from ivr.dialog.types import Graph, Language, Medium

SECONDS = 20  # Graphviz is stopped after this


@dataclass(frozen=True, slots=True)
class Way:
    """A key that leads from one place to another; `related` if it leaves the tree sideways."""

    start: str
    end: str
    key: int
    related: bool


def ways(graph: Graph, language: Language) -> Iterator[Way]:
    """All keys between places. What keys 0, 6 to 9, * and # do is the same everywhere and is left out."""
    for ref, menu in graph.menus.items():
        for option in menu.options:
            yield Way(ref, option.to, option.digit, False)
    for ref, topic in graph.topics.items():
        for option in topic_options(graph, topic, language, Medium.VOICE):
            if option.to not in ACTS:
                below = option.to in graph.topics and graph.topics[option.to].parent == ref
                yield Way(ref, option.to, option.digit, not below)


def places(graph: Graph) -> Iterator[tuple[str, str]]:
    """(name, kind) of every menu, topic and desk; a topic behind the gate is "sensitive"."""
    for ref in graph.menus:
        yield ref, "menu"
    for ref, topic in graph.topics.items():
        gated = any(page.sensitive for pages in topic.pages.values() for page in pages)
        yield ref, "message" if topic.message else "sensitive" if gated else "topic"
    for ref, desk in graph.handoffs.items():
        if desk.number:
            yield ref, "handoff"


def _title(graph: Graph, ref: str, language: Language) -> str:
    place = graph.menus.get(ref) or graph.topics.get(ref) or graph.handoffs[ref]
    return place.labels[language].replace('"', "'")


_MERMAID = {
    "menu": '["{}"]', "topic": '("{}")', "sensitive": '{{{{"{}"}}}}', "message": '[/"{}"/]', "handoff": '(["{}"])',
}  # fmt: skip


def mermaid(graph: Graph, language: Language, *, related: bool = False) -> str:
    """The tree as Mermaid text; with `related`, also the sideways keys of topics."""
    lines = ["flowchart LR"]
    for ref, kind in places(graph):
        lines.append(f"  {_name(ref)}{_MERMAID[kind].format(_title(graph, ref, language))}:::{kind}")
    for way in ways(graph, language):
        if related or not way.related:
            arrow = "-.->" if way.related else "-->"
            lines.append(f"  {_name(way.start)} {arrow}|{way.key}| {_name(way.end)}")
    lines.append("  classDef menu fill:#dbeafe,stroke:#1e3a8a,color:#111")
    lines.append("  classDef topic fill:#ecfdf5,stroke:#065f46,color:#111")
    lines.append("  classDef sensitive fill:#fef3c7,stroke:#92400e,color:#111")
    lines.append("  classDef message fill:#fee2e2,stroke:#991b1b,color:#111")
    lines.append("  classDef handoff fill:#f3e8ff,stroke:#6b21a8,color:#111")
    return "\n".join(lines) + "\n"


_SHAPES = {"menu": "box", "topic": "ellipse", "sensitive": "hexagon", "message": "parallelogram", "handoff": "house"}


def dot(graph: Graph, language: Language, *, related: bool = False) -> str:
    """The tree as Graphviz text."""
    lines = [
        "digraph line {",
        '  rankdir=LR; ranksep=1.2; nodesep=0.12; node [fontname="sans-serif", fontsize=11, margin="0.12,0.06"];',
        '  edge [fontname="sans-serif", fontsize=10];',
    ]
    for ref, kind in places(graph):
        lines.append(f'  "{ref}" [label="{_title(graph, ref, language)}", shape={_SHAPES[kind]}];')
    for way in ways(graph, language):
        if related or not way.related:
            style = ", style=dashed, constraint=false" if way.related else ""
            lines.append(f'  "{way.start}" -> "{way.end}" [label="{way.key}"{style}];')
    return "\n".join([*lines, "}"]) + "\n"


def svg(text: str) -> str | None:
    """Graphviz text as SVG, or None where `dot` is not installed or fails."""
    program = shutil.which("dot")
    if not program:
        return None
    try:
        done = subprocess.run(  # noqa: S603  the program is Graphviz, its input is ours
            [program, "-Tsvg"], input=text, capture_output=True, text=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _name(ref: str) -> str:
    """A name that Mermaid takes: "end" and hyphens are its own."""
    return "p_" + ref.replace("-", "_")
