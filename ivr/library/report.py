"""The content as one page that an editor can read: every topic with its figures and faults. It judges nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from ivr.dialog.types import Language, Medium, Pace
from ivr.library.faults import ERROR, Fault
from ivr.library.grades import Grades, grade
from ivr.library.line_rules import Library
from ivr.library.readability import words
from ivr.library.rehearsal import ends, menu, message, opening, seconds
from ivr.library.rules import Case
from ivr.library.rules.case import topic_file
from ivr.library.rules.texts import median_segments
from ivr.library.schema import ReviewTable
from ivr.texting.segments import count

LANGUAGE_NAMES = {Language.EN: "English", Language.ES: "Español"}


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page or message with its figures."""

    number: int
    groups: tuple[str, ...]
    facts: tuple[str, ...]
    sensitive: bool
    words: int
    normal: float = 0.0  # seconds
    slow: float = 0.0
    segments: int = 0
    first_segments: int = 0
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One topic in one language."""

    language: Language
    name: str
    label: str
    asks: tuple[str, ...]
    voice: tuple[PageRow, ...]
    text: tuple[PageRow, ...]
    grades: Grades
    review: ReviewTable
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One topic in all languages."""

    ref: str
    parent: str
    sides: tuple[Side, ...]

    @property
    def faults(self) -> int:
        return sum(len(side.faults) for side in self.sides)


def html(library: Library, faults: Sequence[Fault], today: date) -> str:
    """The report as one HTML document that needs nothing else."""
    case = Case(library, today)
    environment = Environment(
        loader=PackageLoader("ivr.library", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rows = [_row(case, ref, faults) for ref in library.graph.topics]
    mine = {fault for row in rows for side in row.sides for fault in side.faults}
    return environment.get_template("report.html").render(
        graph=library.graph,
        today=today,
        rows=rows,
        faults=faults,
        errors=[fault for fault in faults if fault.level == ERROR],
        others=[fault for fault in faults if fault not in mine],
        summary=[_summary(case, language) for language in library.graph.languages],
        menus=_menus(case),
        names=LANGUAGE_NAMES,
    )


def _row(case: Case, ref: str, faults: Sequence[Fault]) -> Row:
    graph = case.graph
    sides = tuple(_side(case, ref, language, faults) for language in graph.languages)
    return Row(ref, graph.topics[ref].parent or graph.start, sides)


def _side(case: Case, ref: str, language: Language, faults: Sequence[Fault]) -> Side:
    written = case.library.written.topics[(language, ref)]
    file = topic_file(language, ref)
    return Side(
        language,
        LANGUAGE_NAMES[language],
        written.label,
        tuple(written.asks),
        _voice_rows(case, ref, language),
        _text_rows(case, ref, language),
        grade(written, language, case.finder(language)),
        written.review,
        tuple(fault for fault in faults if fault.file == file),
    )


def _voice_rows(case: Case, ref: str, language: Language) -> tuple[PageRow, ...]:
    graph = case.graph
    return tuple(
        PageRow(
            number,
            tuple(" ".join(group.split()) for group in page.text.split("\n\n")),
            page.facts,
            page.sensitive,
            len(words(page.text)),
            seconds(graph, page.text, language),
            seconds(graph, page.text, language, Pace.SLOW),
        )
        for number, page in enumerate(graph.topics[ref].pages[(language, Medium.VOICE)], start=1)
    )


def _text_rows(case: Case, ref: str, language: Language) -> tuple[PageRow, ...]:
    rows = []
    for number, page in enumerate(case.graph.topics[ref].pages[(language, Medium.TEXT)], start=1):
        cost = count(message(case.graph, ref, language, number))
        first = count(message(case.graph, ref, language, number, first=True))
        rows.append(
            PageRow(
                number,
                (page.text,),
                page.facts,
                page.sensitive,
                len(words(page.text)),
                segments=cost.segments,
                first_segments=first.segments,
                encoding=cost.encoding,
            )
        )
    return tuple(rows)


def _summary(case: Case, language: Language) -> Mapping[str, object]:
    """The figures of one language for the top of the page."""
    topics = [topic for its, _, topic in case.topics() if its is language]
    grades = [grade(topic, language, case.finder(language)) for topic in topics]
    name = next(iter(grades[0].raw)) if grades else ""
    raw = [figures.raw[name] for figures in grades]
    masked = [figures.masked[name] for figures in grades]
    worst = max if language is Language.EN else min
    return {
        "language": LANGUAGE_NAMES[language],
        "topics": len(topics),
        "reviewed": sum(bool(topic.review.reviewed_by) for topic in topics),
        "opening": ends(opening(case.graph, language)),
        "opening_slow": ends(opening(case.graph, language, Pace.SLOW)),
        "median": median_segments(case, language),
        "formula": name,
        "raw": worst(raw, default=0.0),
        "masked": worst(masked, default=0.0),
    }


def _menus(case: Case) -> list[Mapping[str, object]]:
    return [
        {
            "ref": ref,
            "intro": place.intros[language],
            "language": LANGUAGE_NAMES[language],
            "code": language.value,
            "normal": ends(menu(case.graph, ref, language)),
            "slow": ends(menu(case.graph, ref, language, Pace.SLOW)),
        }
        for ref, place in case.graph.menus.items()
        for language in case.graph.languages
    ]
