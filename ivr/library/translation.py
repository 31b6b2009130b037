"""Says which English words a translation was made from, and writes that into the files of the other languages."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

from ivr.dialog.types import Language
from ivr.library.files import Folder
from ivr.library.schema import TopicFile

ORIGINAL = Language.EN
_LINE = re.compile(r'^translated_from[ \t]*=[ \t]*"[^"\n]*"', re.MULTILINE)
_REVIEW = re.compile(r"^\[review\][ \t]*(#.*)?$", re.MULTILINE)


def translation_hash(topic: TopicFile) -> str:
    """A digest of the label and the texts of a topic; spaces and line breaks do not count."""
    pages = [page.text for page in (*topic.voice, *topic.sms)]
    words = "\n".join(" ".join(text.split()) for text in (topic.label, *pages))
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def stamp_translations(path: Path) -> tuple[str, ...]:
    """Write `translated_from` into every translated topic whose English is there; everything else in a file stays.

    Returns the files that changed, relative to the content folder. A file that cannot be read is left alone.
    """
    folder, changed = Folder(path), []
    for language in Language:
        for ref in folder.names(f"{language}/topics"):
            file = f"{language}/topics/{ref}.toml"
            original = folder.read(f"{ORIGINAL}/topics/{ref}.toml", TopicFile) if language is not ORIGINAL else None
            if original and _stamp(path / file, translation_hash(original)):
                changed.append(file)
    return tuple(changed)


def _stamp(file: Path, digest: str) -> bool:
    """Whether the file was changed; it is written only if it still is the same TOML but for this key."""
    before = file.read_text(encoding="utf-8")
    line = f'translated_from = "{digest}"'
    after = _LINE.sub(line, before) if _LINE.search(before) else _REVIEW.sub(lambda match: f"{match[0]}\n{line}", before)
    if after == before:
        return False
    wanted = tomllib.loads(before)
    wanted.get("review", {})["translated_from"] = digest
    if tomllib.loads(after) != wanted:
        return False
    file.write_text(after, encoding="utf-8")
    return True
