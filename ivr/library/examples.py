"""Reads the examples that hearing learns from: what people said, and what each should be heard as; it learns nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ivr.dialog.hearing.by_example import NO_PLACES
from ivr.dialog.types import Language
from ivr.library.faults import Fault
from ivr.library.learning import Example

EXAMPLES_FILE = "hearing/examples.tsv"
LEARNED_FILE = "hearing/learned.bin"
_COLUMNS = ("language", "text", "label")

Asks = Mapping[tuple[Language, str], Sequence[str]]


def read_examples(root: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of the file with their line numbers, the heading left out; none when there is no file."""
    try:
        lines = (root / EXAMPLES_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for number, line in enumerate(lines, start=1):
        if line and (number, tuple(line.split("\t"))) != (1, _COLUMNS):
            yield number, line.split("\t")


def examples(root: Path, asks: Asks) -> list[Example]:
    """All that is learned from: the sound rows of the file, and the asks of every topic."""
    rows = (Example(row[1], row[2]) for _, row in read_examples(root) if len(row) == len(_COLUMNS))
    return [*rows, *(Example(ask, ref) for (_, ref), found in asks.items() for ask in found)]


def example_faults(root: Path, places: Collection[str]) -> Iterator[Fault]:
    """Rows that cannot be used. `places` are the refs of topics, menus and desks."""
    labels = NO_PLACES | set(places)
    for number, row in read_examples(root):
        if len(row) != len(_COLUMNS):
            yield _fault(number, "this row has not three columns", "Write language, text and label with tabs between.")
        elif row[0] not in set(Language):
            yield _fault(number, f'"{row[0]}" is not a language of this program', "Write en or es.")
        elif row[2] not in labels:
            remedy = f"Name a topic, a menu or a desk, or one of: {', '.join(sorted(NO_PLACES))}."
            yield _fault(number, f'"{row[2]}" is no label', remedy)


def _fault(number: int, what: str, remedy: str) -> Fault:
    return Fault(EXAMPLES_FILE, f"line {number}", what, remedy)
