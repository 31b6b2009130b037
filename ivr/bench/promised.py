"""What the line promised to whom, and what must therefore be there afterwards: pure judgement, it asks nobody anything.

Times are seconds of one monotonic clock. A request that was not answered may have had its effect or not; which of several
wishes about texts came last is known only as far as the times of their answers tell.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ivr.bench.twilio_api import Meets, Taken

STRAY = 3.0  # seconds after which nothing goes on that an unanswered request began
SAME_SECOND = 1.0  # the carrier's list tells whole seconds: what lies closer may be in any order
ON_ITS_WAY = 4.0  # seconds that a text may need from the last look at the opt-outs to the carrier


@dataclass(slots=True)
class Wish:
    """One text that says STOP (`out`) or START, delivered once or often."""

    number: str
    out: bool
    listed: float  # when the carrier took it from the person
    tried: float = 0.0  # when the last delivery of it was over
    answered: float | None = None  # when the first confirming answer had come


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a text or a callback; without `promised` the words of the promise did not come, and nobody knows."""

    number: str
    topic: str
    began: float
    promised: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One outbox row as it lies in the database in the end."""

    number: str
    topic: str
    state: str
    sid: str
    delivery: str
    error: str


OfSomebody = TypeVar("OfSomebody", Asked, Row)


@dataclass(slots=True)
class Judged:
    """Counts. Those of the second half must be 0, but for the doubtful: these are told."""

    opt_outs: int = 0
    opt_ins: int = 0
    callbacks: int = 0
    texts: int = 0
    sent: int = 0
    withheld: int = 0
    doubtful: int = 0

    opt_outs_lost: int = 0
    opt_ins_lost: int = 0
    callbacks_lost: int = 0
    callbacks_twice: int = 0
    texts_lost: int = 0
    texts_queued_twice: int = 0
    texts_sent_twice: int = 0
    texted_after_opt_out: int = 0
    not_found: int = 0  # doubtful, although the carrier lists it
    statuses_wrong: int = 0

    remarks: list[str] = field(default_factory=list)  # what is wrong where, for whoever has to find out why

    def miss(self, name: str, count: int, where: str) -> None:
        """Something is not as promised, so many times; nothing when it is none."""
        if count > 0:
            setattr(self, name, getattr(self, name) + count)
            self.remarks.append(f"{name.replace('_', ' ')}: {where}")


# --- wishes about texts


@dataclass(frozen=True, slots=True)
class _Span:
    """When a wish may have taken effect, and whether it surely did."""

    begin: float
    end: float
    sure: bool
    out: bool


def permitted(wishes: Sequence[Wish]) -> set[bool]:
    """The states in which one number may end, opted out (True) or not.

    A wish can have been the last to take effect unless another, which surely did, began when this one was over.
    """
    spans = [_span(wish, wishes) for wish in wishes]
    finals = {one.out for one in spans if not any(other.sure and other.begin >= one.end for other in spans)}
    return finals if any(one.sure for one in spans) else finals | {False}


def _span(wish: Wish, wishes: Sequence[Wish]) -> _Span:
    """Without an answer the worker may find a STOP in the carrier's list, while it is the last word there: then surely."""
    if wish.answered is not None:
        return _Span(wish.listed, wish.answered, True, wish.out)
    over = wish.tried + STRAY
    if not wish.out:
        return _Span(wish.listed, over, False, False)
    later = [other.listed for other in wishes if other is not wish and other.listed > wish.listed - SAME_SECOND]
    if not later:
        return _Span(wish.listed, math.inf, True, True)
    clearly = min(later) > wish.listed + SAME_SECOND
    return _Span(wish.listed, max(over, min(later)) if clearly else math.inf, False, True)


def judge_wishes(judged: Judged, wishes: Iterable[Wish], opted_out: set[str]) -> None:
    """Whether each number is in a state that its wishes permit."""
    for number, its in _by_number(wishes).items():
        judged.opt_outs += sum(wish.out and wish.answered is not None for wish in its)
        judged.opt_ins += sum(not wish.out and wish.answered is not None for wish in its)
        if (number in opted_out) not in permitted(its):
            said = ", ".join(map(_said, sorted(its, key=lambda wish: wish.listed)))
            judged.miss("opt_ins_lost" if number in opted_out else "opt_outs_lost", 1, said)


def _said(wish: Wish) -> str:
    answered = "never" if wish.answered is None else f"{wish.answered - wish.listed:.1f} s later"
    return f"{'STOP' if wish.out else 'START'} at {wish.listed:.1f} s, answered {answered}"


def _by_number(wishes: Iterable[Wish]) -> dict[str, list[Wish]]:
    found: dict[str, list[Wish]] = defaultdict(list)
    for wish in wishes:
        found[wish.number].append(wish)
    return found


# --- texts


def judge_texts(
    judged: Judged, asked: Iterable[Asked], rows: Iterable[Row], taken: Iterable[Taken], topics: Mapping[str, str],
    wishes: Iterable[Wish],
) -> None:  # fmt: skip
    """Whether each text that was promised went out once. `topics`: what each body that the line can send is about."""
    by_number = _by_number(wishes)
    requests, held = _by_place(asked), _by_place(rows)
    went: defaultdict[tuple[str, str], list[Taken]] = defaultdict(list)
    for text in taken:
        went[text.to, topics.get(text.body, "?")].append(text)
    for place in requests.keys() | held.keys() | went.keys():
        its = by_number.get(place[0], [])
        began = min((one.began for one in requests[place]), default=0.0)
        may_be_withheld = any(wish.out and (wish.answered is None or wish.answered >= began) for wish in its)
        _judge_place(judged, requests[place], held[place], went[place], may_be_withheld)


def _judge_place(judged: Judged, asked: list[Asked], rows: list[Row], went: list[Taken], may_be_withheld: bool) -> None:
    """One topic for one number. A text answered with an error may have gone out, and still be withheld afterwards."""
    promised = sum(one.promised for one in asked)
    sids = {text.sid for text in went}
    sent = len({row.sid for row in rows if row.state == "sent"} & sids)
    doubtful = sum(row.state == "doubtful" for row in rows)
    withheld = sum(row.state == "dropped" and row.error == "opted-out" for row in rows) if may_be_withheld else 0
    unknown = min(withheld, sum(text.meets is Meets.FAILED for text in went))
    judged.texts += promised
    judged.sent += sent
    judged.withheld += withheld
    judged.doubtful += doubtful
    where = f"{promised} promised, {[f'{row.state} {row.error}' for row in rows]}, {[str(text.meets) for text in went]}"
    judged.miss("texts_lost", max(0, promised - len(rows)) + len(rows) - sent - doubtful - withheld, where)
    judged.miss("texts_queued_twice", len(rows) - len(asked), where)
    judged.miss("texts_sent_twice", len(went) - sent - doubtful - unknown, where)
    judged.miss("not_found", min(len(went) - sent, doubtful), where)


def _by_place(found: Iterable[OfSomebody]) -> defaultdict[tuple[str, str], list[OfSomebody]]:
    grouped: defaultdict[tuple[str, str], list[OfSomebody]] = defaultdict(list)
    for one in found:
        grouped[one.number, one.topic].append(one)
    return grouped


def judge_after_opt_out(judged: Judged, wishes: Iterable[Wish], taken: Iterable[Taken]) -> None:
    """Whether a text was handed over to somebody whose STOP had been answered and who had not said START since."""
    by_number = _by_number(wishes)
    for text in taken:
        its = by_number.get(text.to, [])
        over = [one for one in its if one.out and one.answered is not None and one.answered + ON_ITS_WAY < text.at]
        if any(not _taken_back(one, its, text.at) for one in over):
            judged.miss("texted_after_opt_out", 1, ", ".join(map(_said, its)) + f", texted at {text.at:.1f} s")


def _taken_back(stop: Wish, wishes: Sequence[Wish], at: float) -> bool:
    """Whether a START may have taken effect after this STOP and before this moment."""
    starts = (one for one in wishes if not one.out and one.listed < at)
    return any(one.answered is None or one.answered > stop.listed for one in starts)


# --- callbacks, and what the carrier said about what was sent


def judge_callbacks(judged: Judged, asked: Iterable[Asked], waiting: Counter[str]) -> None:
    """Whether each number that was promised a call waits for one, and for one only."""
    promised = {one.number for one in asked if one.promised}
    judged.callbacks += len(promised)
    judged.miss("callbacks_lost", len(promised - waiting.keys()), "promised, and nobody waits")
    judged.miss("callbacks_twice", sum(count - 1 for count in waiting.values()), "open more than once")


def judge_statuses(judged: Judged, rows: Iterable[Row], last_words: Mapping[str, str]) -> None:
    """Whether each row that was sent has the carrier's last word, in whatever order its words came."""
    for row in rows:
        if row.state == "sent" and row.delivery != last_words.get(row.sid):
            judged.miss("statuses_wrong", 1, f"{row.delivery or 'nothing'} instead of {last_words.get(row.sid)}")
