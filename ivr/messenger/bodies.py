"""What an outbound text says, and where the conversation stands after it: pure functions of the graph; nothing is sent.

Its first 30 characters name no illness, since others may see the screen (R75); the first text to a number carries rates,
HELP and STOP (R38); it is one text of at most so many segments (R41), and what does not fit is fetched with MORE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.dialog import places
from ivr.dialog.types import Choose, Graph, Handoff, HeardBefore, Language, Medium, State, Topic
from ivr.texting.bodies import shown
from ivr.texting.clean import printable
from ivr.texting.paging import messages
from ivr.texting.segments import count

INVITE = "invite"
NUDGE = "nudge"
CALL = "call"
NUMBER = "number:"


@dataclass(frozen=True, slots=True)
class _Topical:
    """The one text of a topic, and how many of its messages are in it."""

    text: str
    given: int


def body(graph: Graph, kind: str, what: Mapping[str, str], language: Language, *, first: bool, segments: int) -> str | None:
    """The text of an outbox row; None when what it names is not in the content any more."""
    language = language if language in graph.languages else graph.languages[0]
    text = _words(graph, kind, what, language, first, segments)
    return shown(printable(text)) if text else None


def _words(graph: Graph, kind: str, what: Mapping[str, str], language: Language, first: bool, segments: int) -> str | None:
    if kind == NUDGE:
        late = _prompt(graph, language, "callback_late", number=desk_for(graph, language).number)
        return _with_rates(graph, language, late, first)
    ref = what.get("topic", "")
    if ref.startswith(NUMBER):
        desk = places.handoff(graph, ref.removeprefix(NUMBER))
        return _number(graph, language, desk, first) if desk and not _offered(kind, what) else _offer(graph, language)
    if not places.exists(graph, ref):
        return None
    if _offered(kind, what):
        return _offer(graph, language)
    if _gated(graph, ref, language):
        return _with_rates(graph, language, _offer(graph, language), first)
    if ref in graph.menus:
        return _menu(graph, language, ref, first)
    return _topical(graph, language, graph.topics[ref], first, segments).text


def state_after(
    graph: Graph, kind: str, what: Mapping[str, str], language: Language, *, first: bool, segments: int
) -> State:
    """Where somebody is who answers an outbound text: 1 takes what was offered, MORE goes on after what was given."""
    ref = what.get("topic", "").removeprefix(NUMBER)
    state = State(Medium.TEXT, language, graph.start, heard_before=HeardBefore.INPUT, revision=graph.revision)
    if _offered(kind, what) or _gated(graph, ref, language):
        return State(Medium.TEXT, language, graph.start, asking=Choose((ref,)), revision=graph.revision)
    if not places.exists(graph, ref):
        return state
    if ref in graph.menus:
        return State(Medium.TEXT, language, ref, heard_before=HeardBefore.INPUT, revision=graph.revision)
    given = _topical(graph, language, graph.topics[ref], first, segments).given
    return State(Medium.TEXT, language, ref, page=max(given - 1, 0), heard_before=HeardBefore.TOPIC, revision=graph.revision)


def desk_for(graph: Graph, language: Language) -> Handoff:
    """The specialist, or the desk named instead where the specialist lacks this language."""
    desk = places.handoff(graph, places.SPECIALIST) or next(one for one in graph.handoffs.values() if one.number)
    other = places.handoff(graph, desk.otherwise)
    return other if other and language not in desk.languages and language in other.languages else desk


def _offered(kind: str, what: Mapping[str, str]) -> bool:
    """Whether the number was typed by somebody else: nothing is told to it before it says 1."""
    return kind == INVITE or bool(what.get("offer"))


def _gated(graph: Graph, ref: str, language: Language) -> bool:
    """A topic that begins behind its gate is offered like this too: what waits there is never pushed (R58)."""
    topic = graph.topics.get(ref)
    return topic is not None and topic.pages[(language, Medium.TEXT)][0].sensitive


def _offer(graph: Graph, language: Language) -> str:
    return _prompt(graph, language, "outbound_offer")


def _number(graph: Graph, language: Language, desk: Handoff, first: bool) -> str:
    number = _prompt(graph, language, "outbound_number", label=desk.labels[language], number=desk.number)
    return _with_rates(graph, language, number, first)


def _with_rates(graph: Graph, language: Language, text: str, first: bool) -> str:
    """The first text to a number ends with rates, HELP and STOP (R38)."""
    return f"{text}\n{_prompt(graph, language, 'outbound_first')}" if first else text


def _head(graph: Graph, language: Language, first: bool) -> str:
    """Who writes; on a first text the rates stand here, which keeps the illness off the first line as well."""
    if first:
        return f"{graph.text_name[language]}: {_prompt(graph, language, 'outbound_first')}"
    return _prompt(graph, language, "outbound_topic")


def _menu(graph: Graph, language: Language, ref: str, first: bool) -> str:
    lines = [_head(graph, language, first), _prompt(graph, language, "menu_head")]
    for option in graph.menus[ref].options:
        label = places.label(graph, option.to, language, Medium.TEXT)
        lines.append(_prompt(graph, language, "option", digit=option.digit, label=label[:1].upper() + label[1:]))
    return "\n".join(lines)


def _topical(graph: Graph, language: Language, topic: Topic, first: bool, segments: int) -> _Topical:
    """As many of the first messages as fit, at least one, and none behind a gate."""
    head = _head(graph, language, first)
    pages = topic.pages[(language, Medium.TEXT)]
    best = _Topical("", 0)
    for given in range(1, len(pages) + 1):
        if pages[given - 1].sensitive:
            break
        parts = [head, *(page.text.strip() for page in pages[:given])]
        if given < len(pages):
            parts.append(_prompt(graph, language, "more", page=given, pages=len(pages)))
        text = "\n".join(parts)
        if best.given and count(shown(text)).segments > segments:
            break
        best = _Topical(text, given)
    return best if count(shown(best.text)).segments <= segments else _cut(best, segments)


def _cut(topical: _Topical, segments: int) -> _Topical:
    """Only when not even one message fits: its beginning, so that a limit of the carrier can never lose the text."""
    return _Topical(messages(topical.text, segments=segments)[0], topical.given)


def _prompt(graph: Graph, language: Language, key: str, **blanks: object) -> str:
    return graph.prompts[(language, Medium.TEXT)][key].format(**blanks)
