"""Reads all content files in their shapes into one bundle; it neither compares them nor builds the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.dialog.types import Language
from ivr.library.files import Folder
from ivr.library.schema import (
    GlossaryFile,
    LabelsFile,
    LineFile,
    MenusFile,
    PromptsFile,
    PronunciationsFile,
    SourcesFile,
    TermTable,
    TopicFile,
)


@dataclass(frozen=True, slots=True)
class LanguageFiles:
    """Everything in the folder of one language."""

    labels: LabelsFile
    prompts: PromptsFile
    glossary: Mapping[str, TermTable]
    pronunciations: Mapping[str, str]
    hearing: Mapping[str, Any]
    topics: Mapping[str, TopicFile]


@dataclass(frozen=True, slots=True)
class Bundle:
    """All files, each in its shape."""

    line: LineFile
    menus: MenusFile
    sources: SourcesFile
    languages: Mapping[Language, LanguageFiles]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics that have words, in the order of menus.toml."""
        return tuple(ref for ref in self.menus.topics if any(ref in files.topics for files in self.languages.values()))


def read_all(folder: Folder) -> Bundle | None:
    """Every file of the content; None when one cannot be used (the folder then has the faults)."""
    line = folder.read("line.toml", LineFile)
    menus = folder.read("menus.toml", MenusFile)
    sources = folder.read("sources.toml", SourcesFile)
    known = [language.value for language in Language]
    codes = line.languages.order if line else [code for code in known if (folder.root / code).is_dir()]
    languages: dict[Language, LanguageFiles] = {}
    for code in codes:
        if code not in known:
            folder.fault("line.toml", "languages.order", f'"{code}" is not a language of this program', "Use en and es.")
            continue
        files = _language(folder, code)
        if files:
            languages[Language(code)] = files
    _strange(folder)
    if folder.faults or not (line and menus and sources):
        return None
    return Bundle(line, menus, sources, languages)


def _language(folder: Folder, code: str) -> LanguageFiles | None:
    labels = folder.read(f"{code}/menus.toml", LabelsFile)
    prompts = folder.read(f"{code}/prompts.toml", PromptsFile)
    glossary = folder.read(f"{code}/glossary.toml", GlossaryFile)
    pronunciations = folder.read(f"{code}/pronunciations.toml", PronunciationsFile)
    hearing = folder.table(f"{code}/hearing.toml")
    topics = {ref: folder.read(f"{code}/topics/{ref}.toml", TopicFile) for ref in folder.names(f"{code}/topics")}
    whole = {ref: topic for ref, topic in topics.items() if topic}
    if not (labels and prompts and glossary and pronunciations and hearing is not None):
        return None
    return LanguageFiles(labels, prompts, glossary.root, pronunciations.root, hearing, whole)


def _strange(folder: Folder) -> None:
    for name in folder.strange_files(folder.read_files):
        remedy = "Remove it, correct its name, or name its language in line.toml."
        folder.fault(name, "", "nobody reads this file", remedy)
