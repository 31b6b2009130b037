"""The measurement that no promise is lost, in small: a real line under load, killed a few times."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from click.testing import CliRunner

from ivr.bench import durability, postgres
from ivr.bench.killing import Part
from ivr.cli import main
from ivr.errors import LineError


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 2), ("postgresql", 3)])
def test_a_line_that_is_killed_a_few_times_keeps_every_promise(database: str, kills: int) -> None:
    if database == "postgresql" and postgres.why_not():
        pytest.skip(f"killing a line on PostgreSQL was left out: {postgres.why_not()}")
    said: list[str] = []
    held = durability.run(said.append, database, kills, seconds=0.5, seed="a test")
    told = "\n".join(said)
    assert held, told
    assert "--seed a test" in said[0]
    assert sum(" kill " in line for line in said) == kills
    assert "MISSED" not in told
    assert ("ok" if database == "sqlite" else "PostgreSQL") in told


@pytest.mark.parametrize("database", [durability.SQLITE, durability.POSTGRESQL])
def test_twenty_kills_hit_every_part_alone_and_together_half_of_them_with_a_text_in_hand(database: str) -> None:
    planned = durability.strikes(database, 20, 2.0, Random(1))
    assert len(planned) == 20
    parts = {Part.WEB, Part.WORKER} | ({Part.SERVER} if database == durability.POSTGRESQL else set())
    assert {part for strike in planned for part in strike.parts} == parts
    assert {frozenset({part}) for part in parts} | {frozenset(parts)} <= {strike.parts for strike in planned}
    assert 8 <= sum(strike.while_held for strike in planned) <= 12
    assert all(0 <= strike.after <= 2.0 for strike in planned)


def test_the_same_seed_makes_the_same_choices() -> None:
    def plan(seed: str) -> list[durability.Strike]:
        return durability.strikes(durability.SQLITE, 20, 2.0, Random(seed))

    assert plan("one") == plan("one")
    assert plan("one") != plan("two")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which databases a line was measured on, instead of measuring it."""
    names: list[str] = []

    def outcome(database: str, *_: object) -> durability.Outcome:
        names.append(database)
        return durability.Outcome(database)

    monkeypatch.setattr(durability, "_measured", outcome)
    return names


def test_without_postgresql_it_says_what_was_left_out(measured: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "why_not", lambda: "no PostgreSQL server on this machine")
    said: list[str] = []
    assert durability.run(said.append, kills=0)
    assert measured == [durability.SQLITE]
    assert "PostgreSQL was left out: no PostgreSQL server on this machine." in said
    with pytest.raises(LineError, match="no PostgreSQL server"):
        durability.run(said.append, "postgresql")


def loses(outcome: durability.Outcome) -> None:
    outcome.judged.miss("opt_outs_lost", 1, "STOP at 1.0 s, answered 0.1 s later")


def answers_otherwise(outcome: durability.Outcome) -> None:
    outcome.counts.answered_otherwise = 1


def is_damaged(outcome: durability.Outcome) -> None:
    outcome.integrity = "row 1 missing from index"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (loses, "MISSED  1 opt-outs lost"),
        (answers_otherwise, "MISSED  1 repeated deliveries with another answer"),
        (is_damaged, "MISSED  1 damaged databases"),
    ],
)
def test_whatever_is_missed_is_said_and_makes_the_exit_status_1(
    spoil: Callable[[durability.Outcome], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcome(database: str, *_: object) -> durability.Outcome:
        made = durability.Outcome(database)
        spoil(made)
        return made

    monkeypatch.setattr(durability, "_measured", outcome)
    done = CliRunner().invoke(main, ["bench", "durability", "--database", "sqlite", "--kills", "0"])
    assert done.exit_code == 1
    assert words in done.stdout


def test_kills_that_never_met_a_text_in_hand_show_too_little(measured: list[str]) -> None:
    said: list[str] = []
    assert not durability.run(said.append, "sqlite", kills=durability.ENOUGH_KILLS)
    assert "MISSED  0 kills or more of web and of worker with a text in hand" in "\n".join(said)
