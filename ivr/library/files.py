"""Finds the content folder and reads its files, telling every fault of form; it knows what no word means."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ivr.library.faults import ContentError, Fault
from ivr.library.schema import plain_words

Shape = TypeVar("Shape", bound=BaseModel)


def find_content(named: str | Path | None = None) -> Path:
    """The folder that was named (the setting IVR_CONTENT), else content/ of the checkout, else the installed copy.

    Raises ContentError when there is none.
    """
    package = Path(__file__).resolve().parent.parent
    places = [Path(named)] if named else [package.parent / "content", package / "_content"]
    for place in places:
        if (place / "line.toml").is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    remedy = f"Looked in {looked}. Set IVR_CONTENT to the folder that has line.toml in it."
    raise ContentError([Fault("line.toml", "", "there is no content", remedy)])


@dataclass(slots=True)
class Folder:
    """One reading of the content folder: every file once, every fault kept, and a digest of all bytes."""

    root: Path
    faults: list[Fault] = field(default_factory=list)
    _bytes: dict[str, bytes] = field(default_factory=dict)

    def fault(self, file: str, key: str, what: str, remedy: str) -> None:
        """Keep a fault for later: all are told at once."""
        self.faults.append(Fault(file, key, what, remedy))

    def has(self, file: str) -> bool:
        return (self.root / file).is_file()

    def table(self, file: str) -> dict[str, Any] | None:
        """A file as TOML, or None and a fault."""
        try:
            raw = (self.root / file).read_bytes()
            self._bytes[file] = raw
            return tomllib.loads(raw.decode("utf-8"))
        except FileNotFoundError:
            self.fault(file, "", "this file is missing", "Add it; the same file of the other language shows its form.")
        except OSError as error:
            self.fault(file, "", f"this file cannot be read ({error.strerror})", "Mend its permissions.")
        except UnicodeDecodeError as error:
            line = self._bytes[file][: error.start].count(b"\n") + 1
            self.fault(file, "", f"line {line} is not UTF-8", "Save the file as UTF-8 (not Latin-1 or Windows-1252).")
        except tomllib.TOMLDecodeError as error:
            self.fault(file, "", f"this is not TOML: {error}", "Mend the line that is named: quotes, brackets, commas.")
        return None

    def raw(self, file: str) -> bytes | None:
        """The bytes of a file that need not be there, counted in the digest; None without it, or with a fault."""
        try:
            self._bytes[file] = (self.root / file).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.fault(file, "", f"this file cannot be read ({error.strerror})", "Mend its permissions.")
            return None
        return self._bytes[file]

    def read(self, file: str, shape: type[Shape]) -> Shape | None:
        """A file in its shape, or None and every fault of it."""
        table = self.table(file)
        if table is None:
            return None
        try:
            return shape.model_validate(table)
        except ValidationError as error:
            self.faults += _faults(file, error)
            return None

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of the TOML files of a folder, without their ending, in order."""
        return tuple(sorted(path.stem for path in (self.root / folder).glob("*.toml")))

    def strange_files(self, expected: Iterable[str]) -> Iterator[str]:
        """TOML files that nobody reads."""
        known = set(expected)
        found = (path.relative_to(self.root).as_posix() for path in self.root.rglob("*.toml"))
        return (name for name in sorted(found) if name not in known)

    def revision(self) -> str:
        """A short digest of all that was read: the same words give the same revision."""
        digest = hashlib.sha256()
        for name, raw in sorted(self._bytes.items()):
            digest.update(f"{name}\0{len(raw)}\0".encode() + raw)
        return digest.hexdigest()[:12]

    @property
    def read_files(self) -> frozenset[str]:
        return frozenset(self._bytes)


def _faults(file: str, error: ValidationError) -> Iterator[Fault]:
    for found in error.errors(include_url=False):
        what, remedy = plain_words(found)
        yield Fault(file, _key(found["loc"]), what, remedy)


def _key(path: tuple[int | str, ...]) -> str:
    """("voice", 0, "text") is voice.1.text: people count from one."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
