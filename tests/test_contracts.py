"""The shape of the program: who may import whom, what the web process leaves out, and how long a part may be."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "ivr").rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 350, 45  # lines; the aim is 300 and 25
VOCABULARY = "ivr/dialog/types.py"  # one shared vocabulary is read in one place, however long it is

# Slow or heavy, and no part of an answer to the carrier.
NOT_IN_THE_WEB_PROCESS = (
    "alembic",
    "twilio.rest",
    "phonenumbers",
    "playwright",
    "granian",
    "prometheus_client",
    "hypothesis",
)


def _python(code: str) -> str:
    """What a fresh interpreter prints for this code, in the checkout."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_import_contracts_hold() -> None:
    if importlib.util.find_spec("importlinter") is None:
        pytest.skip("import-linter is not installed: the import contracts were not checked (make install)")
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout


def test_the_tools_that_judge_are_locked() -> None:
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for tool in ("import-linter", "ruff", "mypy", "pytest", "hypothesis"):
        assert re.search(rf"^{tool}==", locked, re.M), tool
    pins = re.findall(r"^[A-Za-z0-9_.-]+(?:\[[^\]]+\])?==", locked, re.M)
    assert len(pins) > 30
    assert locked.count("--hash=sha256:") >= len(pins)


def test_the_web_process_leaves_out_what_no_answer_needs() -> None:
    watched = NOT_IN_THE_WEB_PROCESS
    code = f"import ivr.app, sys; print([name for name in {watched!r} if name in sys.modules])"
    assert _python(code).strip() == "[]"


def test_a_call_and_a_text_need_nothing_more_than_the_start() -> None:
    """What a turn imports late would be paid for by the first caller."""
    code = f"""
import sys, tempfile
from pathlib import Path
from ivr import serving
with serving.practice() as line:
    before = set(sys.modules)
    from ivr.channels.carrier import PretendCall, PretendTexter
    call = PretendCall(line.carrier, "+12025550143")
    call.start()
    for key in "1", "1", "7", "7", "0":
        call.press(key)
    PretendTexter(line.carrier, "+12025550143").send("what is immunotherapy")
    assert not call.faults
    print([name for name in {NOT_IN_THE_WEB_PROCESS!r} if name in sys.modules])
"""
    assert _python(code).strip() == "[]"


def test_the_core_is_pure() -> None:
    """No clock, no chance, no files, no network: the same arguments always give the same turn."""
    world = {
        "flask", "twilio", "sqlalchemy", "os", "pathlib", "logging", "random", "time", "secrets", "socket", "subprocess",
        "threading", "pydantic", "click", "uuid", "io",
    }  # fmt: skip
    for part in ("dialog", "speech", "texting"):
        for module in sorted((ROOT / "ivr" / part).rglob("*.py")):
            tree = ast.parse(module.read_text(encoding="utf-8"))
            found = {name.partition(".")[0] for name in _imported(tree)} & world
            assert not found, f"{module.relative_to(ROOT)} imports {found}"
            calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
            assert not calls & {"datetime.now", "datetime.utcnow", "date.today", "open", "print", "eval", "exec"}


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_it_is_and_stays_short(module: Path) -> None:
    name = module.relative_to(ROOT).as_posix()
    text = module.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), f"{name} does not say what it is"
    if name == VOCABULARY or "/migrations/versions/" in name:
        return
    length = len(text.splitlines())
    assert length <= LONGEST_MODULE, f"{name} has {length} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= LONGEST_FUNCTION, f"{name}: {node.name} has {lines} lines"


def test_no_name_is_one_that_the_project_avoids() -> None:
    """One word for one thing: these have others here."""
    avoided = re.compile(r"(?:^|_)(?:node|user|chunk|handler|manager|utils|helpers)(?:s)?(?:$|_)", re.I)
    framework = {"register_error_handler", "HANDLERS"}
    for module in MODULES:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        names |= {module.stem}
        assert not [name for name in names - framework if avoided.search(name)], module.relative_to(ROOT)
