"""Loads the content: files in, library out, or every fault at once; it judges no words (check.py does)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ivr.dialog.hearing import Hearing, Learned
from ivr.dialog.types import Language
from ivr.library.building import build, glossary
from ivr.library.examples import LEARNED_FILE
from ivr.library.faults import ContentError, Fault, errors
from ivr.library.files import Folder, find_content
from ivr.library.hearing import HearingFault, compile_hearing
from ivr.library.learning import from_bytes
from ivr.library.line_rules import Library, ReviewRules, Written, retention_rules, texting_rules
from ivr.library.reading import Bundle, read_all
from ivr.library.structure import structure_faults

__all__ = ["ContentError", "Library", "find_content", "load", "reload"]


def load(path: str | Path | None = None, *, specialist_number: str = "", line_number: str = "") -> Library:
    """The library of this content folder (see find_content). Numbers are E.164 and come from the settings.

    Raises ContentError with every fault that keeps the content from being used.
    """
    folder = Folder(find_content(path))
    bundle = read_all(folder)
    if bundle is None:
        raise ContentError(folder.faults)
    found = tuple(structure_faults(bundle))
    if errors(found):
        raise ContentError(errors(found))
    hearing, revision = replace(_hearing(bundle), learned=learned(folder)), folder.revision()
    graph = build(bundle, hearing, revision, specialist_number=specialist_number, line_number=line_number)
    line = bundle.line
    topics = {(language, ref): file for language, files in bundle.languages.items() for ref, file in files.topics.items()}
    written = Written(folder.root, line, bundle.menus, topics)
    review = ReviewRules(line.review.period_months)
    return Library(graph, texting_rules(line), retention_rules(line), review, written, found)


def reload(previous: Library, *, specialist_number: str = "", line_number: str = "") -> tuple[Library, tuple[Fault, ...]]:
    """The content again, from the same folder; if it has faults, the last good library stays and they are told."""
    try:
        again = load(previous.written.root, specialist_number=specialist_number, line_number=line_number)
    except ContentError as error:
        return previous, error.faults
    return (previous if again.graph.revision == previous.graph.revision else again), ()


def learned(folder: Folder) -> Learned | None:
    """What was learned from examples; content without it is heard by its wordings alone."""
    raw = folder.raw(LEARNED_FILE)
    if raw is None:
        return None
    try:
        return from_bytes(raw)
    except ValueError as error:
        raise ContentError([Fault(LEARNED_FILE, "", str(error), "Learn again: ivr ask --learn")]) from error


def _hearing(bundle: Bundle) -> Hearing:
    """The compiled hearing; what is wrong in hearing.toml is told like every other fault."""
    kinds = dict.fromkeys(bundle.menus.menus, "menu")
    kinds |= dict.fromkeys(bundle.topics, "topic")
    kinds |= dict.fromkeys(bundle.line.handoffs, "handoff")
    languages = list(bundle.languages)
    try:
        return compile_hearing(
            languages,
            {language: _labels(bundle, language) for language in languages},
            kinds,
            {language: _asks(bundle, language) for language in languages},
            glossary(bundle),
            {language: bundle.languages[language].hearing for language in languages},
        )
    except HearingFault as error:
        raise ContentError([_hearing_fault(sentence) for sentence in error.faults]) from error


def _labels(bundle: Bundle, language: Language) -> dict[str, str]:
    files = bundle.languages[language]
    topics = {ref: topic.label for ref, topic in files.topics.items()}
    return {**files.labels.labels, **files.labels.handoffs, **topics}


def _asks(bundle: Bundle, language: Language) -> dict[str, Sequence[str]]:
    return {ref: tuple(topic.asks) for ref, topic in bundle.languages[language].topics.items()}


def _hearing_fault(sentence: str) -> Fault:
    """ "en/hearing.toml: what is wrong; what to do" as a fault."""
    file, _, rest = sentence.partition(": ")
    what, _, remedy = rest.rpartition("; ")
    return Fault(file, "", what or rest, f"{remedy[:1].upper()}{remedy[1:]}." if what else "Mend it.")
