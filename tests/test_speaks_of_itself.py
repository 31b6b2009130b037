"""The repository speaks of the line and of nobody's workplace: no private path, no package host, no tool that wrote it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SKIPPED = {".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis", "dist", "build"}
PICTURES = {".png", ".jpg", ".ico", ".woff2", ".mo", ".pyc", ".gz", ".bin"}

STRANGE = (
    "/work/", "/home/", "/users/", "/root/", "/tmp/", "shared/", "claude", "anthropic", "openai", "chatgpt", "copilot",
    "language model", "subagent", "helper-", "issue #", "pypi.org", "files.pythonhosted.org", "index-url =",
    "trusted-host =", "localhost:3",
)  # fmt: skip


def _files() -> Iterator[Path]:
    """What is committed; outside a checkout, what lies here."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return (path for path in found if path.is_file() and path.suffix not in PICTURES and path != Path(__file__))


@pytest.mark.parametrize("word", STRANGE)
def test_no_committed_file_speaks_of_something_else(word: str) -> None:
    wanted = re.compile(r"(?<![a-z])" + re.escape(word))
    found = [path.relative_to(ROOT).as_posix() for path in _files() if wanted.search(_text(path))]
    assert found == [], f"{word!r} does not belong into the project"


def test_no_secret_is_committed() -> None:
    """Account SIDs, tokens and keys of a real account have these shapes; those of tests say that they are none."""
    account = re.compile(r"\bac[0-9a-f]{32}\b")
    private = re.compile(r"-----begin [a-z ]*private key-----")
    for path in _files():
        text = _text(path)
        shown = [found for found in account.findall(text) if len(set(found[2:])) > 4]
        assert not shown, path
        assert not private.search(text), path


def test_every_example_number_belongs_to_nobody() -> None:
    """555-0100 to 555-0199 are set aside for fiction; desks and public lines are the only real numbers."""
    real = set(re.findall(r"\+1[0-9]{10}", (ROOT / "content" / "line.toml").read_text(encoding="utf-8")))
    for path in (path for path in _files() if path.suffix == ".py"):
        for number in re.findall(r"\+1[2-9][0-9]{9}\b", _text(path)):
            fictional = number[5:10] == "55501"
            assert fictional or number in real or _reserved(number), f"{path}: {number}"


def _reserved(number: str) -> bool:
    """Numbers that no telephone has: toll-free 555-01xx, and area or office codes that do not exist."""
    return number[5:8] in ("555", "000") or len(set(number[2:])) <= 2


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").lower()
