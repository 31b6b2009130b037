"""What is known of the person in a turn; turns that depend on it are taken again, told more. It decides no words.

Most turns touch nothing but memory: the store, area codes and codes of calls are asked only where an answer needs them.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.dialog import callbacks
from ivr.dialog.engine import take_turn
from ivr.dialog.types import Caller, CallerKind, Confirm, Enter, Forget, Graph, Input, State, Transfer, Turn
from ivr.messenger import zones
from ivr.store import Facts, TextTurn

NEEDS_FACTS = frozenset({"text-me", "number", "callback", "forget"})


def of_call(number: str | None) -> Caller:
    """What the request alone knows of a caller."""
    return Caller(ending=number[-2:]) if number else Caller(kind=CallerKind.WITHHELD)


def of_text(kept: TextTurn) -> Caller:
    """What the store knows of a texter, within the transaction of the turn."""
    how = kept.opted_out_how
    return Caller(
        kind=CallerKind.MOBILE,
        ending=(kept.number or "")[-2:],
        new=kept.new,
        opted_out=bool(how),
        blocked_by_carrier=how in ("carrier", "21610") if how else None,
        open_callback=kept.open_callback is not None,
    )


def known(caller: Caller, facts: Facts | None) -> Caller:
    """The caller with what the store knows, if it answered in time; the core behaves well with nothing."""
    if facts is None:
        return caller
    kind = CallerKind.LANDLINE if facts.landline and caller.kind is CallerKind.UNKNOWN else caller.kind
    return replace(caller, kind=kind, opted_out=facts.opted_out, open_callback=facts.open_callback, new=facts.new)


def again(graph: Graph, state: State, heard: Input, caller: Caller) -> tuple[Input, Turn]:
    """The same turn with more known of the caller."""
    heard = replace(heard, caller=caller)
    return heard, take_turn(graph, state, heard)


def asks_about_caller(turn: Turn, before: State) -> bool:
    """Whether this turn began a question, or wants an effect, that depends on who is calling."""
    if turn.effect is not None:
        return isinstance(turn.effect, Forget)
    asking = turn.state.asking
    if asking == before.asking or not isinstance(asking, Confirm | Enter):
        return False
    return asking.purpose.partition(":")[0] in NEEDS_FACTS


def in_their_time(graph: Graph, state: State, heard: Input, turn: Turn, number: str | None) -> tuple[Input, Turn]:
    """The turn again with the time zones of the number in question, if it would ask for the zone."""
    if not callbacks.asks_zone(turn) or heard.caller.zones is not None:
        return heard, turn
    found = zones.zones_of(turn.state.sealed or number or "")
    return again(graph, state, heard, replace(heard.caller, zones=found))


def needs_code(graph: Graph, turn: Turn, heard: Input) -> bool:
    """Whether the desk being rung hears a code in its whisper, which the caller must then hear too."""
    then = turn.reply.then
    return isinstance(then, Transfer) and graph.handoffs[then.handoff].whispers and heard.caller.reference is None
