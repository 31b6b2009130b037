"""Many conversations at once are what each of them is alone, and whatever is not is seen."""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ivr.bench import crowd
from ivr.bench.alone import Alone
from ivr.bench.rehearsing import given
from ivr.bench.scripts import Script, scripts
from ivr.bench.senders import Crowd, Person
from ivr.dialog.types import Graph
from ivr.library.line_rules import Library
from ivr.secrets import Secrets
from ivr.store import Store, fresh_store
from ivr.store.comparing import differing, held

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
import postgres
from store_keys import a_key

NUMBER, OTHER = "+12025550143", "+12025550144"


def test_twenty_conversations_at_once_are_what_they_are_alone(tmp_path: Path) -> None:
    """Two web processes and two workers, on PostgreSQL where this machine has it."""
    there_is_one = bool(postgres.start()[0])
    address = postgres.new_database("line_crowd") if there_is_one else f"sqlite:///{tmp_path}/crowd.db"
    said: list[str] = []
    try:
        crowd.run(said.append, 20, address)
    finally:
        if there_is_one:
            postgres.drop_database("line_crowd")
    verdicts = [line for line in said if line.startswith(("held", "MISSED")) and "ms p99" not in line]
    assert [line for line in verdicts if line.startswith("MISSED")] == []
    assert len(verdicts) == 6
    (row,) = re.findall(r"^\| +20 \| +(\d+) \|.*\| +(\d+) \| +0 \|$", "\n".join(said), re.M)
    texts, twice = map(int, row)
    assert texts > 100
    assert twice > 5, "some were delivered twice"
    (handed_over,) = re.findall(r"handed over (\d+) and (\d+)", "\n".join(said))
    assert sum(map(int, handed_over)) > 3, "and the workers had something to send"
    if not there_is_one:
        pytest.skip(f"the crowd met SQLite only: {postgres.start()[1]}")


def test_without_a_server_it_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.bench.postgres.why_not", lambda: "no PostgreSQL server on this machine")
    monkeypatch.setattr(crowd, "Measurement", lambda settings, *_: pytest.fail(settings["DATABASE_URL"]))
    said: list[str] = []
    with pytest.raises(pytest.fail.Exception, match="sqlite"):
        crowd.run(said.append, 1)
    assert "Left out: no PostgreSQL server on this machine. The same on SQLite:" in said


def test_an_answer_of_somebody_else_and_a_text_never_sent_are_counted(tmp_path: Path) -> None:
    made = [Script(NUMBER, False, ("hi", "1", "2")), Script(OTHER, False, ("hi",))]
    alone = Alone([[("a",), ("b",), ("c",)], [("x",)]], {}, Counter())
    measured = crowd.Measurement({}, tmp_path, made, alone, print)
    first, second = measured.people
    first.answers, second.answers = [("a",), ("x",)], [("x",)]
    assert measured.answers_that_differ() == 2


def test_a_person_is_with_one_sender_at_a_time_until_the_script_is_over() -> None:
    people = [Person(Script(f"+1202555{place:04}", False, ("hi",) * 5)) for place in range(4)]
    done: list[tuple[int, int]] = []
    everybody = Crowd(people, lambda *far: done.append(far))
    with_somebody: Counter[str] = Counter()

    def send() -> None:
        while (person := everybody.take()) is not None:
            with_somebody[person.script.number] += 1
            assert with_somebody[person.script.number] == 1
            person.said += 1
            with_somebody[person.script.number] -= 1
            everybody.put_back(person)

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [person.said for person in people] == [5] * 4
    assert done == [(place, 20) for place in range(1, 21)]


def test_everybody_says_the_same_every_time_and_stays_below_the_limit(library: Library, graph: Graph) -> None:
    made = scripts(graph, 300)
    assert made == scripts(graph, 300)
    assert len({script.number for script in made}) == 300
    assert len({script.texts for script in made}) > 290
    assert max(len(script.texts) for script in made) < library.texting.replies_in_30_seconds - 1
    said = {text for script in made for text in script.texts}
    assert {"STOP", "START", "8", "MORE", "BACK", "PERSON", "HELP", "CALL"} <= said
    assert any(script.calls for script in made)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Store, Store]:
    """Two empty stores with the same keys."""
    keyring = Secrets([a_key("caller")], [a_key("data")])
    one, other = (fresh_store(f"sqlite:///{tmp_path}/{name}.db", keyring) for name in ("one", "other"))
    return one, other


def test_two_stores_that_lived_through_the_same_hold_the_same(two: tuple[Store, Store]) -> None:
    at = datetime.fromisoformat("2026-11-02T15:00:00+00:00")
    for place, store in enumerate(two):
        for number in (NUMBER, OTHER) if place else (OTHER, NUMBER):
            with store.turn(number, f"SM{number}", at + timedelta(minutes=place)) as turn:
                turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(hours=1))
                turn.save("{}")
                turn.answer("yes")
    one, other = two
    assert differing(held(one), held(other)) == []
    with other.turn(OTHER, "SM2", at) as turn:
        turn.queue_text({"topic": "pain"}, "en", expires_at=at + timedelta(hours=1))
        turn.answer("yes")
    (about,) = differing(held(one), held(other))
    assert about == Secrets([a_key("caller")], [a_key("data")]).caller_keys(OTHER)[0]


def test_a_line_that_a_worker_has_not_finished_writing_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "worker").write_text('{"kind": "text", "to": "+1"}\n{"kind": "text", "to": "+1"}\n{"kind": "te')
    assert given(tmp_path / "worker") == Counter({("text", "+1"): 2})
