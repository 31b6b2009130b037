"""What must be true before people rely on the line: reviewed words, confirmed numbers, settings. Asked by --production."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr.dialog.places import SPECIALIST
from ivr.library.faults import Fault
from ivr.library.rules.case import Case, topic_file


def r49_words_have_a_reviewer(case: Case) -> Iterator[Fault]:
    """A clinician, and for translations a human translator, has read every topic (R59, R49)."""
    for language, ref, topic in case.topics():
        if not topic.review.reviewed_by.strip():
            what = "nobody has reviewed these words"
            yield Fault(topic_file(language, ref), "review.reviewed_by", what, "Have them reviewed; never invent a name.")


def r27_the_number_of_a_person_is_confirmed(case: Case) -> Iterator[Fault]:
    """Somebody has rung the specialist's number and knows who answers."""
    desk = case.graph.handoffs.get(SPECIALIST)
    if desk and not desk.confirmed:
        what, remedy = "nobody has confirmed that a person answers there", "Ring it, then set confirmed = true."
        yield Fault("line.toml", f"handoffs.{SPECIALIST}.confirmed", what, remedy)


def missing_settings(names: Sequence[str]) -> Iterator[Fault]:
    """Settings that the caller of check found missing."""
    for name in names:
        yield Fault("settings", name, "this setting is missing", "Set it in the environment.", rule="settings")
