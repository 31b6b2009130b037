"""The measurement of a line whose database is in trouble: that it runs on a real server, and what it takes for a promise."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.bench import harm, postgres, trouble


@pytest.fixture
def server() -> Iterator[postgres.Running | None]:
    """A server that may be harmed; None where there can be none."""
    if postgres.why_not():
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="line-trouble-"))
    running = postgres.start(folder, durable=False)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_people_call_and_text_through_it_and_no_promise_is_lost(
    server: postgres.Running | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL where this machine has it; how soon is for `ivr bench trouble` to say, not for a test."""
    monkeypatch.setattr(trouble, "WELL", 0.5)
    monkeypatch.setattr(harm, "TO_A_FILE", {} if server else {"locked": harm.TO_A_FILE["locked"]})
    monkeypatch.setattr(harm, "TO_A_SERVER", {"gone": harm.TO_A_SERVER["gone"]})
    said: list[str] = []
    trouble.run(said.append, 1, server)
    verdicts = [line for line in said if line.startswith(("held", "MISSED"))]
    assert len(verdicts) == 6
    timed = ("ms until a caller heard something", "s until everything is as usual")
    assert [line for line in verdicts if line.startswith("MISSED") and not any(one in line for one in timed)] == []
    (row,) = [line for line in said if line.startswith(("| SQLite", "| PostgreSQL"))]
    assert "store-" in row
    (promises,) = [line for line in said if "promises were made" in line]
    assert int(promises.split()[0]) > 0
    if server is None:
        pytest.skip(f"a PostgreSQL server in trouble was not measured: {postgres.why_not()}")


def test_a_promise_that_is_not_stored_is_counted(tmp_path: Path) -> None:
    from ivr.bench import lines

    settings = lines.environment(tmp_path)
    lines.made_store(settings).close()
    met = trouble.Met("SQLite", "none", stopped=["+12025550143"], promised=["+12025550144"])
    assert trouble.not_stored(settings, met) == 2
