"""What is wrong with content, said so that a person can mend it: file, key, what, remedy; it looks for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from ivr.errors import LineError

Level = Literal["error", "warning"]
ERROR: Level = "error"
WARNING: Level = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to mend. `file` is relative to the content folder; `rule` is the rule it breaks, "" for its form."""

    file: str
    key: str
    what: str
    remedy: str
    rule: str = ""
    level: Level = ERROR

    def __str__(self) -> str:
        where = f"{self.file} [{self.key}]" if self.key else self.file
        rule = f" ({self.rule})" if self.rule else ""
        return f"{self.level}: {where}: {self.what}{rule}. {self.remedy}"


class ContentError(LineError):
    """Content that cannot be used; `faults` has every fault, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = f"{len(self.faults)} fault" + "s" * (len(self.faults) != 1)
        super().__init__("content", f"The content has {count}:\n{to_text(self.faults)}")


def errors(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Only those that must be mended."""
    return tuple(fault for fault in faults if fault.level == ERROR)


def to_text(faults: Iterable[Fault]) -> str:
    """One fault a line, errors first, by file."""
    return "\n".join(str(fault) for fault in in_order(faults))


def to_json(faults: Iterable[Fault]) -> str:
    """A JSON list of objects: file, key, what, remedy, rule, level."""
    return json.dumps([asdict(fault) for fault in in_order(faults)], ensure_ascii=False, indent=2)


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Errors before warnings, then by file, key and rule."""
    return sorted(set(faults), key=lambda fault: (fault.level, fault))
