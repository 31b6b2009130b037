"""Where one can be and where keys lead from there; it says nothing and changes nothing."""

from __future__ import annotations

from ivr.dialog import zones
from ivr.dialog.types import Graph, Handoff, Language, Medium, Menu, Option, Page, State, Topic

EMERGENCY = "emergency"
CRISIS = "crisis"
WHEN_TO_CALL = "when-to-call"
URGENT_PAGE = 1  # the page of when-to-call that opens with what cannot wait for tomorrow
WHAT_IT_IS = "what-it-is"
SPECIALIST = "specialist"
URGENT_DIGIT = 5
GATE_OPEN = 500  # added to `group` once the gate of this topic was opened; below it, the scan position of one-key mode

# Things that can be chosen like a place but are done, not visited. Their labels are prompts (label_...).
ACTS = zones.ACTS | {
    "words", "hold", "one-key", "keys", "forget", "on", "again", "person", "main", "parent", "number", "return",
    "callback", "morning", "afternoon", "any", "text-me",
}  # fmt: skip
WORD = "word:"  # a glossary term as a choice: word:biopsy


def menu(graph: Graph, ref: str) -> Menu | None:
    """The menu of this name, if it is one."""
    return graph.menus.get(ref)


def topic(graph: Graph, ref: str) -> Topic | None:
    """The topic of this name, if it is one."""
    return graph.topics.get(ref)


def handoff(graph: Graph, ref: str) -> Handoff | None:
    """The desk of this name, if it is one that has a number to dial."""
    desk = graph.handoffs.get(ref)
    return desk if desk and desk.number else None


def is_desk(graph: Graph, ref: str) -> bool:
    """Whether choosing this rings somebody. A place of the same name comes first: `crisis` is words before it is a desk."""
    return ref in graph.handoffs and not exists(graph, ref)


def exists(graph: Graph, ref: str) -> bool:
    """Whether somebody can be at this place."""
    return ref in graph.menus or ref in graph.topics


def parent(graph: Graph, ref: str) -> str:
    """The place that `*` leads to; the start is its own parent."""
    place = graph.menus.get(ref) or graph.topics.get(ref)
    return (place.parent if place else None) or graph.start


def menu_of(graph: Graph, ref: str) -> str:
    """The nearest menu at or above this place."""
    while ref not in graph.menus:
        ref = parent(graph, ref)
    return ref


def pages(graph: Graph, state: State) -> tuple[Page, ...]:
    """The pages of the topic somebody is at, in their language and medium."""
    here = graph.topics[state.at]
    return here.pages[(state.language, state.medium)]


def page_number(graph: Graph, state: State) -> int:
    """The page somebody is on, never past the last (content may have changed in mid-call)."""
    return min(state.page, len(pages(graph, state)) - 1)


def gate_open(state: State) -> bool:
    """Whether the sensitive pages of this topic were consented to (R58)."""
    return state.group >= GATE_OPEN


def behind_gate(graph: Graph, state: State) -> bool:
    """Whether the page somebody is on must ask first."""
    if state.at not in graph.topics or gate_open(state):
        return False
    return pages(graph, state)[page_number(graph, state)].sensitive


def on_last_page(graph: Graph, state: State) -> bool:
    """Whether nothing of this topic is left to say."""
    return page_number(graph, state) == len(pages(graph, state)) - 1


def options(graph: Graph, state: State) -> tuple[Option, ...]:
    """What the digits 1 to 5 lead to here, beyond going on (1 in a topic)."""
    here = graph.menus.get(state.at)
    if here:
        return here.options
    return topic_options(graph, graph.topics[state.at], state.language, state.medium)


def topic_options(graph: Graph, here: Topic, language: Language, medium: Medium) -> tuple[Option, ...]:
    """Keys 2 to 4 (5) of a topic: its related places in file order; 5 is when-to-call wherever symptoms are touched."""
    found = []
    for digit, ref in enumerate(here.related, start=2):
        if ref == "words" and not here.terms.get(language):
            continue
        if ref in _VOICE_ACTS and medium is Medium.TEXT:
            continue
        if ref in ACTS or exists(graph, ref):
            found.append(Option(digit, ref))
    if here.urgent_key and WHEN_TO_CALL in graph.topics:
        found.append(Option(URGENT_DIGIT, WHEN_TO_CALL))
    return tuple(found)


_VOICE_ACTS = frozenset({"hold", "one-key"})


def label(graph: Graph, ref: str, language: Language, medium: Medium) -> str:
    """The name of a place, a desk, an act or a word, as it completes "For ..., press 1"."""
    if ref.startswith(WORD):
        return graph.glossary[ref.removeprefix(WORD)].terms[language]
    if ref in ACTS:
        return graph.prompts[(language, medium)]["label_" + ref.replace("-", "_")]
    place = graph.menus.get(ref) or graph.topics.get(ref) or graph.handoffs.get(ref)
    return place.labels[language] if place else ref


def other_language(graph: Graph, language: Language) -> Language:
    """The language that key 8 leads to."""
    order = graph.languages
    return order[(order.index(language) + 1) % len(order)]
