"""The examples that hearing learns from can be used, and what was learned is of today's."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.library.examples import LEARNED_FILE, example_faults, examples
from ivr.library.faults import WARNING, Fault
from ivr.library.learning import made_from
from ivr.library.rules.case import Case


def r44_examples_have_a_label(case: Case) -> Iterator[Fault]:
    """Every row has a language, a text, and a label that exists."""
    yield from example_faults(case.library.written.root, case.graph.hearing.kinds)


def r44_what_was_learned_is_current(case: Case) -> Iterator[Fault]:
    """What was learned comes from the examples and asks as they are now."""
    learned, written = case.graph.hearing.learned, case.library.written
    asks = {key: topic.asks for key, topic in written.topics.items()}
    found = examples(written.root, asks)
    if learned is not None and learned.made_from != made_from(found):
        what = "examples or asks have changed since this was learned"
        yield Fault(LEARNED_FILE, "", what, "Learn again, about two minutes: ivr ask --learn", level=WARNING)
