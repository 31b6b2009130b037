"""The measurement of one text, with few stored conversations: that it runs, and what it compares."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import pytest

from ivr.bench import text
from ivr.secrets import Secrets
from ivr.store import Database, fresh_store
from ivr.store.comparing import held
from ivr.store.made_up import EVENTS, MESSAGES, OPT_OUTS, SENT, Filler

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
import postgres
from store_keys import a_key


def test_texts_are_answered_alike_however_much_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL where this machine has it; how quickly is for `ivr bench text` to say, not for a test."""
    monkeypatch.setattr(text, "PEOPLE", text.FEW + 2)
    monkeypatch.setattr(text, "MORE_PEOPLE", 2)
    server, why_not = postgres.start()
    sizes = {text.POSTGRESQL if server else text.SQLITE: 300}
    said: list[str] = []
    text.run(said.append, sizes, server)
    (alike,) = [line for line in said if "answers that differ" in line]
    assert alike.startswith("held")
    assert len([line for line in said if line.startswith(("| SQLite", "| PostgreSQL"))]) == 2
    assert any("purged" in line and " 0 rows" not in line for line in said)
    if not server:
        pytest.skip(f"the cost of a text was measured on SQLite only: {why_not}")


def test_without_a_server_it_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.bench.postgres.why_not", lambda: "no PostgreSQL server on this machine")
    said: list[str] = []
    assert text.run(said.append, {text.POSTGRESQL: 100})
    assert "Left out: no PostgreSQL server on this machine." in said


def test_a_store_is_filled_with_so_many_people_and_those_who_will_text(tmp_path: Path) -> None:
    keyring, setting = Secrets([a_key("caller")], [a_key("data")]), f"sqlite:///{tmp_path}/line.db"
    store, at = fresh_store(setting, keyring), datetime.fromisoformat("2026-11-02T15:00:00+00:00")
    database = Database(setting, patient=True)
    Filler(keyring, 1000, ["+12025550143"], at).fill(database)
    database.close()
    everybody = held(store)
    kinds = {
        kind: sum(len(about.get(kind, ())) for about in everybody.values())
        for kind in ("session", "opt-out", "promised", "text")
    }
    assert kinds == {"session": 1000, "opt-out": 1000 // OPT_OUTS, "promised": 1000 // SENT, "text": 1000 * MESSAGES}
    assert sum(store.event_counts(at.replace(year=2020), at).values()) == 1000 * EVENTS
    assert everybody[keyring.caller_keys("+12025550143")[0]]["session"][0][0] == 3
    store.close()
