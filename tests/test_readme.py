"""The README tells the truth: every command, target, setting, path and webhook named in it exists, and none is left out."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import click
import pytest

from ivr.cli import main
from ivr.dialog import acts
from ivr.secrets import key_bytes
from ivr.settings import WIPED_DISKS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```[a-z]*\n(.*?)^```", README, re.M | re.S)
PROSE = re.sub(r"^```.*?^```", "", README, flags=re.M | re.S)
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", PROSE)]
CODE = [*SPANS, *(line for block in BLOCKS for line in block.splitlines())]
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
# Words of the README that name a setting of somebody else.
NOT_OURS = {"TOML", "SQL", "HTTP", "URL", "TSV"}


def _commands() -> list[list[str]]:
    """Every `ivr ...` of the README, in words."""
    found = [
        match for code in CODE for match in re.findall(r"(?:^|\s|/)ivr ((?:[a-z][a-z-]*|--?[a-z]|\").*?)(?:  |$|;|#)", code)
    ]
    return [words.split() for words in found]


def _named(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command these words name, and the words after its name."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith(("-", "<")):
        found = command.commands.get(words[0])
        assert found is not None, f"README names `ivr {words[0]}`, which does not exist"
        command, words = found, words[1:]
    return command, words


def test_every_command_in_it_exists_with_its_options() -> None:
    commands = _commands()
    assert len(commands) > 10
    for words in commands:
        command, rest = _named(words)
        options = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
        for word in rest:
            if word.startswith("--"):
                assert word.partition("=")[0].rstrip(".,)") in options, " ".join(words)


def test_every_target_in_it_can_be_made() -> None:
    named = {target for code in CODE for target in re.findall(r"\bmake ([a-z]+)", code)}
    assert {"demo", "test"} <= named
    assert named <= TARGETS


def test_every_target_says_what_it_does() -> None:
    helped = set(re.findall(r"^([a-z]+):.*## \S", MAKEFILE, re.M))
    phony = set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[0].split())
    assert helped == phony
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert shown.returncode == 0, shown.stderr
    for target in helped:
        assert re.search(rf"make {target}\s+\S", shown.stdout), target


def test_every_target_is_one_line_over_a_real_command() -> None:
    for recipe in re.findall(r"^\t@?\$\(BIN\)/ivr (.*)$", MAKEFILE, re.M):
        words = re.sub(r"\$\([A-Z]+\)", "1", recipe).split()
        _named(words)


def _settings_read() -> set[str]:
    """Every environment variable that the program reads, by its own source."""
    names: set[str] = set()
    for path in (
        ROOT / "ivr" / "settings.py",
        ROOT / "ivr" / "config.py",
        ROOT / "ivr" / "cli.py",
        ROOT / "ivr" / "judging.py",
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.update(re.findall(r"\b[A-Z][A-Z]*_[A-Z_]+\b|\bPORT\b|\bSTAGE\b", node.value))
    return names - set(WIPED_DISKS)


def _settings_told() -> set[str]:
    """Every setting in the first column of the README's table."""
    rows = re.findall(r"^\| ([A-Z][A-Z_, ]+?) \|", README, re.M)
    return {name.strip() for row in rows for name in row.split(",")}


def test_every_setting_is_told_and_every_told_setting_is_read() -> None:
    assert _settings_told() == _settings_read()


def test_every_setting_named_anywhere_in_it_is_one() -> None:
    named = {name for span in SPANS for name in re.findall(r"\b[A-Z][A-Z]+_[A-Z_]+\b", span)}
    named |= set(re.findall(r"\b(?:TWILIO|IVR|STORE|DATABASE|CALLER|DATA|SECRET)_[A-Z_]+\b", PROSE))
    assert named - NOT_OURS <= _settings_told()


def test_what_a_start_without_settings_asks_for_is_marked_as_needed() -> None:
    from ivr.config import SettingsError, load_settings

    with pytest.raises(SettingsError) as caught:
        load_settings({})
    needed = {fault.name for fault in caught.value.faults} - {"TWILIO_NUMBER"}
    marked = re.findall(r"^\| ([A-Z][A-Z_, ]+?) \| yes \|", README, re.M)
    assert {name.strip() for row in marked for name in row.split(",")} == needed


def test_every_path_in_it_exists() -> None:
    found = 0
    for span in CODE:
        for path in re.findall(r"(?<![\w/.$-])((?:ivr|content|tests|\.ci)/[\w./<>-]*)", span):
            shown = path.replace("<id>", "what-it-is").replace("<language>", "en").rstrip(".,")
            assert (ROOT / shown).exists(), path
            found += 1
    assert found > 10


def test_every_file_it_links_to_exists() -> None:
    for target in re.findall(r"\]\(([^)#]+)", README):
        if not target.startswith(("http:", "https:")):
            assert (ROOT / target).exists(), target


def test_the_webhooks_in_it_are_those_of_the_line() -> None:
    from pathlib import PurePosixPath

    from ivr.channels.sms.routes import TextWebhooks
    from ivr.channels.voice.routes import VoiceWebhooks
    from ivr.config import DEMO_NUMBER
    from ivr.library.loader import load

    class Line:
        """Enough of a line for its webhooks to be named."""

        class trust:
            base_path = ""

        cursor_keys = (b"k" * 32,)
        number_type = None
        conversation = None
        words = load(line_number=DEMO_NUMBER).graph

        def graph(self) -> object:
            return self.words

    line = Line()
    real = {*VoiceWebhooks(line).paths, *TextWebhooks(line).paths}  # type: ignore[arg-type]
    named = set(re.findall(r"/(?:voice|sms)/[a-z]+", " ".join(SPANS)))
    named = {path for path in named if PurePosixPath(path).suffix == ""}
    assert named <= real
    assert {"/voice/answer", "/voice/fallback", "/voice/status", "/sms/message", "/sms/fallback"} <= named


def test_the_key_table_is_the_one_the_line_obeys() -> None:
    cells = {key: what for row in re.findall(r"^\|(.*)\|$", README, re.M) for key, what in _pairs(row)}
    told = {"0": "person", "6": "slower", "7": "text me", "8": "language", "9": "again", "*": "back", "#": "main menu"}
    assert set(told) == set(acts.KEYS)
    for key, word in told.items():
        assert word in cells.get(key, ""), key


def _pairs(row: str) -> list[tuple[str, str]]:
    cells = [cell.strip() for cell in row.split("|")]
    return [(key, what) for key, what in pairwise(cells) if len(key) == 1]


def test_the_command_that_makes_a_key_makes_one() -> None:
    (code,) = set(re.findall(r'python3 -c "(import secrets[^"]*)"', README))
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert len(key_bytes(made.stdout.strip(), "SECRET_KEY")) == 32


def test_the_processes_of_the_procfile_are_commands() -> None:
    procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
    started = dict(re.findall(r"^([a-z]+): ivr (.*)$", procfile, re.M))
    assert {"release", "web", "worker"} <= set(started)
    for words in started.values():
        _named(words.split())
    for process in started:
        assert f"`{process}`" in README, process


def test_it_says_honestly_that_nobody_has_reviewed_the_words() -> None:
    reviewed = [path for path in (ROOT / "content").rglob("topics/*.toml") if 'reviewed_by = ""' not in path.read_text()]
    assert bool(reviewed) or 'reviewed_by = ""' in README
