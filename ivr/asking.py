"""The logic behind `ivr ask`: how a question is heard, why, and how a labelled list fares; it prints nothing itself."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.dialog.hearing import Listening, Meaning, Reading
from ivr.dialog.opt_outs import read_text
from ivr.dialog.types import Graph, Language, Medium, NumberType
from ivr.errors import LineError

MOST_ALTERNATIVES = 3
MEMORY_ENDING = ".last.json"  # beside the evaluated file: what each line was heard as in the run before

_FIXED = {
    Meaning.OPT_OUT: "opt-out",
    Meaning.OPT_OUT_UNSURE: "opt-out",
    Meaning.OPT_IN: "opt-in",
    Meaning.HELP: "help",
    Meaning.EMERGENCY: "emergency",
    Meaning.EMERGENCY_UNSURE: "emergency",
    Meaning.CRISIS: "crisis",
    Meaning.URGENT: "topic:when-to-call",
}
_CODES = {  # leaf codes of the question lists, as the tree names them
    "WHAT": "topic:what-it-is", "WHERE": "topic:where-it-spreads", "SITE_BRAIN": "topic:spread-brain",
    "SITE_BONE": "topic:spread-bone", "SITE_LIVER": "topic:spread-liver", "SITE_CHEST": "topic:spread-chest",
    "RECUR": "topic:recurrent", "STAGE_TYPE": "topic:stage-and-type", "TESTS": "topic:tests",
    "TX_GENERAL": "topic:treatment-choices", "TX_LIVER": "topic:treatment-liver", "TX_BRAIN": "topic:treatment-brain",
    "TX_BONE": "topic:treatment-bone", "TX_CHEMO": "topic:chemotherapy", "TX_TARGETED": "topic:targeted-therapy",
    "TX_IMMUNO": "topic:immunotherapy", "TX_RADSURG": "topic:radiation-and-surgery", "TX_TRIALS": "topic:clinical-trials",
    "WHEN_CALL": "topic:when-to-call", "SIDE_EFFECTS": "topic:side-effects", "PAIN": "topic:pain",
    "BREATH": "topic:breathing", "TIRED_FOOD": "topic:tiredness-and-eating", "FEELINGS": "topic:feelings",
    "CAREGIVER": "topic:caregivers", "MONEY": "topic:money", "ASK_DOCTOR": "topic:questions-to-ask",
    "SECOND_OPINION": "topic:second-opinion", "QUIT_SMOKING": "topic:quit-smoking",
    "PALLIATIVE": "topic:palliative-care", "OUTLOOK": "topic:outlook", "AGENT": "handoff:specialist",
    "ABOUT": "topic:about", "NUMBERS": "topic:other-numbers", "HELP": "help", "STOP": "opt-out",
    "EMERGENCY": "emergency", "CRISIS": "crisis", "OFFTOPIC": "",
}  # fmt: skip
_NEAR = (  # pairs of which either answers a question that names only what they share
    ("SITE_BRAIN", "TX_BRAIN"), ("SITE_BONE", "TX_BONE"), ("SITE_LIVER", "TX_LIVER"), ("SITE_CHEST", "BREATH"),
    ("SITE_CHEST", "TX_RADSURG"), ("BREATH", "TX_RADSURG"), ("PAIN", "TX_BONE"), ("TX_BRAIN", "TX_RADSURG"),
    ("TX_BONE", "TX_RADSURG"), ("TX_GENERAL", "OUTLOOK"), ("TESTS", "TX_TARGETED"), ("FEELINGS", "CAREGIVER"),
)  # fmt: skip


def hear(graph: Graph, text: str, language: Language | None = None, explain: bool = False) -> Reading:
    """The reading of a text as a first message at the main menu.

    START counts as an opt-in here, as carriers take it; YES does not, since nothing was asked.
    """
    listening = Listening(Medium.TEXT, language or graph.languages[0], opted_out=True, number_type=NumberType.TOLL_FREE)
    return read_text(graph.hearing, text, listening, explain)


def heard_as(graph: Graph, text: str, language: Language | None = None) -> dict[str, object]:
    """One line of `ivr ask --jsonl`: text, heard_as, score, alternatives (at most 3) and language."""
    reading = hear(graph, text, language)
    best = _best(graph, reading)
    others = [_form(graph, ref) for ref in _also(reading)]
    alternatives = [form for form in dict.fromkeys(others) if form != best][:MOST_ALTERNATIVES]
    return {
        "text": text,
        "heard_as": best,
        "score": round(reading.score, 3),
        "alternatives": alternatives if best is not None else [],
        "language": str(language or reading.language or graph.languages[0]),
    }


def jsonl(graph: Graph, lines: Iterable[str], language: Language | None = None) -> Iterator[str]:
    """One JSON object for each utterance, in order; an empty line is an utterance too."""
    for line in lines:
        yield json.dumps(heard_as(graph, line.rstrip("\r\n"), language), ensure_ascii=False)


def _best(graph: Graph, reading: Reading) -> str | None:
    if reading.meaning in _FIXED:
        return _FIXED[reading.meaning]
    if reading.meaning in (Meaning.PLACE, Meaning.OFFER):
        return _form(graph, reading.ref)
    if reading.meaning is Meaning.COMMAND:
        return "handoff:specialist" if reading.ref == "person" else f"command:{reading.ref}"
    if reading.meaning is Meaning.WORD:  # the line defines it; the nearest topic is what it would then offer
        return _form(graph, reading.offers[0]) if reading.offers else "command:words"
    if reading.meaning is Meaning.DIGIT:
        return _by_key(graph, reading.ref)
    return None


def _also(reading: Reading) -> tuple[str, ...]:
    """What else the line would say or offer; after "if this is happening now" comes the topic."""
    topic = (reading.ref,) if reading.meaning is Meaning.EMERGENCY_UNSURE and reading.ref else ()
    return (*reading.offers, *topic)


def _by_key(graph: Graph, key: str) -> str | None:
    """What a key does at the main menu."""
    fixed = {
        "0": "handoff:specialist",
        "8": "command:spanish",
        "9": "command:again",
        "*": "command:back",
        "#": "command:menu",
    }
    options = {str(option.digit): option.to for option in graph.menus[graph.start].options}
    return fixed.get(key) or (_form(graph, options[key]) if key in options else None)


def _form(graph: Graph, ref: str) -> str:
    if ref in ("crisis", "emergency"):
        return ref
    return f"{graph.hearing.kinds.get(ref, 'topic')}:{ref}"


def explain(graph: Graph, text: str, language: Language | None = None) -> list[str]:
    """Lines for people: what a text was heard as, what it was chosen over, and what matched."""
    reading = hear(graph, text, language, explain=True)
    told = reading.language or "cannot be told"
    lines = [f"{_best(graph, reading) or 'not known'}  ({reading.meaning}, {reading.score:.2f})", f"language: {told}"]
    if reading.offers:
        lines.append("also: " + ", ".join(_form(graph, ref) for ref in reading.offers if ref != reading.ref))
    if reading.meaning is Meaning.OUTSIDE:
        lines.append(f"another subject: {reading.ref}")
    return lines + [f"  {why}" for why in reading.why]


# --- learning ---------------------------------------------------------------------------------------------------


def learn(named: str | None, say: Callable[[str], None]) -> Path:
    """Learn again from the examples and asks of the content (IVR_CONTENT or the checkout's); gives the file written.

    Raises ContentError for content or examples that cannot be used, LineError when the file cannot be written.
    """
    from ivr.library.examples import LEARNED_FILE, example_faults, examples
    from ivr.library.faults import ContentError
    from ivr.library.files import Folder, find_content
    from ivr.library.learning import learn, to_bytes
    from ivr.library.reading import read_all

    folder = Folder(find_content(named))
    bundle = read_all(folder)
    places = {*bundle.menus.menus, *bundle.topics, *bundle.line.handoffs} if bundle else set()
    faults = folder.faults or list(example_faults(folder.root, places))
    if bundle is None or faults:
        raise ContentError(faults)
    topics = ((language, files.topics) for language, files in bundle.languages.items())
    asks = {(language, ref): topic.asks for language, found in topics for ref, topic in found.items()}
    every = examples(folder.root, asks)
    say(f"{len(every)} examples")
    path, learned = folder.root / LEARNED_FILE, to_bytes(learn(every, say))
    try:
        path.parent.mkdir(exist_ok=True)
        unfinished = path.with_suffix(".new")
        unfinished.write_bytes(learned)
        unfinished.replace(path)
    except OSError as error:
        raise LineError("ask.learned", f"{path} could not be written: {error.strerror}.") from error
    return path


# --- a labelled list --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of a list and how it was heard; `offered` counts the alternatives too."""

    id: str
    text: str
    label: str
    heard_as: str | None
    first: bool
    near: bool
    offered: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a list fared; the shares are 0 to 1."""

    answers: tuple[Answer, ...]
    changed: tuple[str, ...]

    def share(self, what: str) -> float:
        """The share of answers that are right by `what`: first, near or offered."""
        right = sum(bool(getattr(each, what)) for each in self.answers)
        return right / max(len(self.answers), 1)

    def lines(self) -> list[str]:
        """The report for people."""
        out = [
            f"{len(self.answers)} lines",
            f"right at first: {self.share('first'):.1%}; with near neighbours: {self.share('near'):.1%}",
            f"right among those offered: {self.share('offered'):.1%}",
        ]
        total, right = (
            Counter(each.label for each in self.answers),
            Counter(each.label for each in self.answers if each.near),
        )
        out += [f"  {label}: {right[label]} of {total[label]}" for label in sorted(total) if right[label] < total[label]]
        out += [f"wrong: {e.id} [{e.label}] {e.text!r} heard as {e.heard_as}" for e in self.answers if not e.near]
        return out + [f"changed: {line}" for line in self.changed]


def evaluate(graph: Graph, path: Path, remember: bool = True) -> Evaluation:
    """Score a list of lines (id, language, text, label). Labels are leaf codes or forms; `A|B` either, `!A` anything but.

    What each line was heard as is kept in a small file beside the list (its name and `.last.json`), to tell what
    changed since. Raises LineError when the list cannot be read.
    """
    rows = _rows(path)
    answers = tuple(_answer(graph, *row) for row in rows)
    memory = path.with_name(path.name + MEMORY_ENDING)
    now = {each.id: each.heard_as for each in answers}
    changed = tuple(_changes(memory, now))
    if remember:
        try:
            memory.write_text(json.dumps(now, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
        except OSError as error:
            raise LineError("ask.memory", f"The results could not be kept in {memory}: {error.strerror}.") from error
    return Evaluation(answers, changed)


def _rows(path: Path) -> list[tuple[str, str, str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except OSError as error:
        raise LineError("ask.list", f"{path} cannot be read: {error.strerror}.") from error
    out = []
    for number, row in enumerate(rows, 1):
        if (number == 1 and row[:1] == ["id"]) or not row:
            continue
        if len(row) != 4:
            raise LineError("ask.list", f"{path} line {number} needs 4 columns with tabs: id, language, text, label.")
        out.append((row[0], row[1], row[2], row[3]))
    return out


def _answer(graph: Graph, number: str, language: str, text: str, label: str) -> Answer:
    known = language in Language.__members__.values()
    heard = heard_as(graph, text, Language(language) if known else None)
    best = heard["heard_as"]
    alternatives = heard["alternatives"]
    form = best if isinstance(best, str) else None
    others = [each for each in alternatives if isinstance(each, str)] if isinstance(alternatives, list) else []
    first, near = _is_right(label, form, False), _is_right(label, form, True)
    offered = near or any(_is_right(label, other, True) for other in others)
    return Answer(number, text, label, form, first, near, offered)


def _is_right(label: str, form: str | None, near: bool) -> bool:
    if label.startswith("!"):
        return (form or "") not in _forms(label[1:].split("|"), False)
    return (form or "") in _forms(label.split("|"), near)


def _forms(labels: Iterable[str], near: bool) -> set[str]:
    """The forms that answer any of these labels."""
    out = set()
    for label in labels:
        out.add(_CODES.get(label, label))
        if label == "HELP":
            out.add("topic:using-this-line")
        if near:
            out.update(_CODES[other] for pair in _NEAR if label in pair for other in pair)
            out.update({"emergency"} if label == "WHEN_CALL" else ())
    return out


def _changes(memory: Path, now: dict[str, str | None]) -> list[str]:
    try:
        before = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [f"{key}: {before[key]} -> {form}" for key, form in now.items() if key in before and before[key] != form]
