"""The command: every part explains itself, results go to stdout, and a fault is a code and a sentence, never a trace."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import click
import pytest
from click.testing import CliRunner, Result
from whole_line import CONTENT

from ivr.cli import main
from ivr.config import demo_environment
from ivr.dialog.types import Graph
from ivr.settings import WIPED_DISKS
from ivr.store.schema import HEAD
from ivr.transcripts import loads

ROOT = Path(__file__).parent.parent
SETTINGS = (
    "PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER", "TWILIO_MESSAGING_SERVICE_SID",
    "TWILIO_SHARED_KEYS", "TWILIO_NUMBER_TYPE", "SECRET_KEY", "CALLER_KEY", "DATA_KEY", "DATABASE_URL", "STAGE", "PORT",
    "WEB_CONCURRENCY", "SPECIALIST_NUMBER", "STORE_LASTS", "IVR_CONTENT", "BROWSER_PHONE", *WIPED_DISKS,
)  # fmt: skip
PROMISED = {
    "demo", "serve", "worker", "call", "text", "ask", "check", "map", "db", "fallback", "report", "purge", "release",
    "bench",
}  # fmt: skip


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings at all, in an empty folder."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Good settings of a pilot, and a database that is not there yet."""
    made = demo_environment(tmp_path / "var", 8080, {})
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BROWSER_PHONE")
    return made


def ivr(words: str, typed: str = "") -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, shlex.split(words), input=typed, catch_exceptions=False)


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command and every command below it."""
    for name, command in group.commands.items():
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)


# --- explaining itself


def test_the_promised_commands_are_there() -> None:
    assert set(main.commands) >= PROMISED


@pytest.mark.parametrize("words", list(commands(main)), ids=" ".join)
def test_every_command_says_what_it_does(words: tuple[str, ...]) -> None:
    shown = ivr(shlex.join([*words, "--help"]))
    assert shown.exit_code == 0
    first = shown.stdout.split("\n\n")[1].strip()
    assert len(first.split()) >= 3, shown.stdout
    for line in re.findall(r"^  --?\S.*$", shown.stdout, re.M):
        assert "[required]" not in line, "what must be given is an argument"


def test_the_help_lists_every_command_with_a_sentence() -> None:
    shown = ivr("--help").stdout
    for name in main.commands:
        assert re.search(rf"^  {name}\s+\w+,? \w+", shown, re.M), name


@pytest.mark.parametrize(
    "words", ["nonsense", "check --nonsense", "ask", "serve --port many", "db upgrade one two", "report x"]
)
def test_a_wrong_command_is_answered_with_how_to_say_it(words: str) -> None:
    done = ivr(words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Error:" in done.stderr
    assert "--help" in done.stderr


# --- no account, no settings, no database


@pytest.mark.parametrize("words", ["check", "map", "map --language es", 'ask "what is immunotherapy"', "fallback"])
def test_the_words_can_be_looked_at_without_any_setting(words: str, bare: Path) -> None:
    done = ivr(words)
    assert done.exit_code == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    assert list(bare.iterdir()) == []


def test_map_is_mermaid_and_names_every_place(graph: Graph) -> None:
    shown = ivr("map").stdout
    assert shown.startswith("flowchart") or shown.startswith("graph")
    for ref in graph.menus:
        assert ref.replace("-", "_") in shown or ref in shown, ref


def test_check_as_json_is_json_and_nothing_else() -> None:
    done = ivr("check --format json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert not [fault for fault in told if isinstance(fault, dict) and fault.get("level") == "error"]


def test_check_for_production_refuses_words_that_nobody_has_reviewed() -> None:
    done = ivr("check --production --format json")
    assert done.exit_code == 1
    faults = json.loads(done.stdout)
    assert any("review" in json.dumps(fault).lower() for fault in faults)


def test_check_names_file_key_and_remedy_of_what_is_wrong(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    shutil.copytree(CONTENT, bare / "content")
    topic = bare / "content" / "en" / "topics" / "what-it-is.toml"
    topic.write_text(topic.read_text(encoding="utf-8").replace("label = ", "lable = ", 1), encoding="utf-8")
    monkeypatch.setenv("IVR_CONTENT", str(bare / "content"))
    done = ivr("check")
    assert done.exit_code == 1
    assert "en/topics/what-it-is.toml" in done.stdout
    assert "label" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_check_writes_the_page_for_editors_and_says_so_beside_the_results(bare: Path) -> None:
    done = ivr("check --report page.html")
    assert done.exit_code == 0
    assert "Written" in done.stderr
    assert "Written" not in done.stdout
    assert "<html" in (bare / "page.html").read_text(encoding="utf-8").lower()


def test_content_that_is_not_there_is_a_sentence(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_CONTENT", str(bare))
    for words in ("check", "map", "ask hello", "call --keys 1"):
        done = ivr(words)
        assert done.exit_code == 1, words
        assert "line.toml" in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr


def test_ask_answers_a_line_for_a_line() -> None:
    asked = [
        "what is immunotherapy",
        "",
        "I want a person",
        "qué es la quimioterapia",
        "MENU",
        "stop texting me",
        "zxqv \x07",
    ]
    done = ivr("ask --jsonl", typed="\n".join(asked) + "\n")
    assert done.exit_code == 0
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["text"] for one in told][:1] == asked[:1]
    assert len(told) == len(asked)
    for one in told:
        assert set(one) == {"text", "heard_as", "score", "alternatives", "language"}
        assert len(one["alternatives"]) <= 3
        assert one["heard_as"] not in one["alternatives"]
    heard = [one["heard_as"] for one in told]
    assert heard[0] == "topic:immunotherapy"
    assert heard[2] == "handoff:specialist"
    assert (heard[3], told[3]["language"]) == ("topic:chemotherapy", "es")
    assert heard[4:6] == ["command:menu", "opt-out"]


def test_a_call_can_be_played_and_saved(bare: Path) -> None:
    done = ivr("call --keys 1,1,silence,say:breathing,0,dial:busy,5 --save call.txt")
    assert done.exit_code == 0, done.stderr
    assert "911" in done.stdout or "nine one one" in done.stdout
    saved = loads((bare / "call.txt").read_text(encoding="utf-8"))
    assert len(saved.steps) == 8
    assert loads(done.stdout).steps == saved.steps


@pytest.mark.parametrize("words", ["call --keys 1,dial:busy", "call --keys 1,nonsense", "call --keys 0,1"])
def test_keys_that_cannot_be_pressed_are_a_sentence(words: str) -> None:
    done = ivr(words)
    assert done.exit_code in (1, 2)
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_call_can_be_made_by_typing() -> None:
    done = ivr("call", typed="1\nhelp\nsay my brain\n\n0\ndial busy\nhang up\n")
    assert done.exit_code == 0, done.stderr
    assert "press one" in done.stdout
    assert "dial busy" in done.stdout


def test_texts_can_be_played() -> None:
    done = ivr('text hi 2 "what is immunotherapy" STOP menu')
    assert done.exit_code == 0, done.stderr
    assert "immunotherapy" in done.stdout.lower()
    assert re.search(r"\bsegments?\b", done.stdout)
    assert "GSM-7" in done.stdout


def test_the_fixed_documents_can_be_parsed_and_hold_what_matters() -> None:
    documents = re.split(r"<!-- .* -->\n", ivr("fallback").stdout)
    voice, texts = (fromstring(one.strip()) for one in documents if one.strip())  # noqa: S314 - our own
    assert {verb.tag for verb in voice} <= {"Say", "Dial", "Hangup", "Pause"}
    assert "+18885526760" in "".join(voice.itertext())
    assert [verb.tag for verb in texts] == ["Message"]
    assert "911" in "".join(texts.itertext())
    assert not [verb for verb in voice.iter() if any("/voice/" in value for value in verb.attrib.values())], (
        "it must work when this program is gone"
    )


# --- faults are sentences


@pytest.mark.parametrize("words", ["serve", "worker --once", "release", "db upgrade", "db status", "purge", "report"])
def test_without_settings_every_missing_one_is_told(words: str) -> None:
    done = ivr(words)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("settings: ")
    for name in (
        "PUBLIC_URL",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_NUMBER",
        "SECRET_KEY",
        "CALLER_KEY",
        "DATA_KEY",
    ):
        assert name in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    ["serve", "worker --once", "db status", "db downgrade base", "db backup copy.db", "purge", "report", "report callbacks"],
)
def test_without_a_database_the_remedy_is_told(words: str, settings: dict[str, str], tmp_path: Path) -> None:
    done = ivr(words) if words != "serve" else _serve_stopped()
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("store-missing: ")
    assert "ivr db upgrade" in done.stderr
    assert not (tmp_path / "var" / "demo.db").exists()


def _serve_stopped() -> Result:
    """The server must not even be started: a stub in its place tells whether it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ivr.serving._run_server", lambda *given, **more: pytest.fail("the server was started"))
        return ivr("serve")


def test_no_value_of_a_setting_is_ever_shown(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLER_KEY", "my-secret-value")
    monkeypatch.setenv("DATABASE_URL", "mysql://somebody:password@host/db")
    done = ivr("release")
    assert done.exit_code == 1
    assert "CALLER_KEY" in done.stderr
    assert "DATABASE_URL" in done.stderr
    assert "my-secret-value" not in done.stderr
    assert "password" not in done.stderr


# --- keeping


def test_a_database_goes_up_and_down(settings: dict[str, str]) -> None:
    assert "nothing to come" in ivr("db upgrade").stdout
    status = ivr("db status")
    assert status.exit_code == 0
    assert "ready; 0 numbers have opted out" in status.stdout
    assert f"to come: {HEAD}" in ivr("db downgrade -1").stdout
    behind = ivr("db status")
    assert behind.exit_code == 1
    assert f"to come: {HEAD}" in behind.stdout
    assert "ivr db upgrade" in behind.stderr
    assert ivr("db upgrade").exit_code == 0
    for words in ("db upgrade nowhere", "db downgrade nowhere"):
        done = ivr(words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith("no-revision: ")


def test_purge_report_and_rotate_print_counts(settings: dict[str, str]) -> None:
    ivr("db upgrade")
    for words in ("purge", "report", "report --days 30", "report callbacks", "db rotate"):
        done = ivr(words)
        assert done.exit_code == 0, words
        assert done.stdout.strip()
        assert done.stderr == ""
    assert "can be taken out" not in ivr("db rotate").stdout, "the key that writes stays"


def test_a_backup_is_made_once_and_says_what_is_in_it(settings: dict[str, str], bare: Path) -> None:
    ivr("db upgrade")
    done = ivr("db backup copy.db")
    assert (done.exit_code, done.stdout) == (0, f"copied at {HEAD}, whole; 0 numbers have opted out\n")
    assert (bare / "copy.db").exists()
    again = ivr("db backup copy.db")
    assert again.exit_code == 1
    assert again.stderr.startswith("store-exists: ")


def test_a_callback_is_claimed_by_somebody_with_a_name(settings: dict[str, str]) -> None:
    ivr("db upgrade")
    assert ivr("report callbacks --claim 1234").stderr.startswith("who-is-missing: ")
    assert ivr("report callbacks --claim 1234 --who ana").stderr.startswith("no-callback: ")


def test_a_release_in_a_pilot_warns_and_passes(settings: dict[str, str]) -> None:
    done = ivr("release")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines() == [f"database at {HEAD}", "Ready for release."]
    assert "warning: " in done.stderr
    assert "ivr check --production" in done.stderr
    assert ivr("release").exit_code == 0, "once more changes nothing"


def test_a_release_of_a_live_line_refuses_words_that_nobody_has_reviewed(
    settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGE", "live")
    done = ivr("release")
    assert done.exit_code == 1
    assert "not-for-live: " in done.stderr
    assert "review" in done.stderr
    assert "Ready" not in done.stdout
    stopped = _serve_stopped()
    assert stopped.exit_code == 1
    assert "not-for-live: " in stopped.stderr


def test_serve_and_demo_start_the_server_they_are_told_to(settings: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[object, ...]] = []
    monkeypatch.setattr("ivr.serving._run_server", lambda *given, **more: started.append(given))
    ivr("db upgrade")
    monkeypatch.setenv("PORT", "8123")
    assert ivr("serve --workers 2").exit_code == 0
    done = ivr("demo --port 8124")
    assert done.exit_code == 0
    assert started[0][:3] == ("0.0.0.0", 8123, 2)
    assert started[1][:2] == ("127.0.0.1", 8124)
    assert "http://127.0.0.1:8124/try" in done.stdout
    assert "Nothing is ever dialled or sent" in done.stdout


# --- as a process


def _process(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "ivr.cli", *words], input=typed, env=os.environ | {"PYTHONPATH": path},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_as_a_process_a_fault_has_a_status_and_no_trace() -> None:
    done = _process("worker", "--once")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_fault() -> None:
    """`ivr ask --jsonl | head -1` must not end in a stack trace."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    pipe = f"yes immunotherapy | head -3000 | {shlex.quote(sys.executable)} -m ivr.cli ask --jsonl | head -1"
    done = subprocess.run(
        ["bash", "-c", pipe], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, timeout=60, check=False
    )
    assert json.loads(done.stdout)["heard_as"] == "topic:immunotherapy"
    assert "Traceback" not in done.stderr
