"""Settings are checked all at once, before anything starts, and no value is ever shown."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ivr.config import (
    SettingsError,
    demo_environment,
    demo_settings,
    load_settings,
    new_key,
    practice_settings,
)
from ivr.dialog.types import NumberType

KEY_1, KEY_2, KEY_3, KEY_4 = (new_key() for _ in range(4))
GOOD = {
    "PUBLIC_URL": "https://line.example.org/",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "the-secret-token",
    "TWILIO_NUMBER": "+12025550100",
    "SECRET_KEY": KEY_1,
    "CALLER_KEY": KEY_2,
    "DATA_KEY": KEY_3,
}


def _faults(**changes: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(GOOD | changes)
    return {fault.name: str(fault) for fault in caught.value.faults}


def test_good_settings_have_their_defaults() -> None:
    made = load_settings(GOOD)
    assert made.public_url == "https://line.example.org"
    assert made.auth_tokens == ("the-secret-token",)
    assert made.caller_keys == (KEY_2,)
    assert len(made.secret_keys[0]) == 32
    assert (made.stage, made.live, made.number_type) == ("pilot", False, NumberType.LONG_CODE)
    assert (made.database_url, made.content, made.specialist_number) == ("sqlite:///var/line.db", None, "")
    assert (made.port, made.web_concurrency, made.browser_phone, made.warnings) == (8000, 1, False, ())


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({})
    names = {fault.name for fault in caught.value.faults}
    assert names == {
        "PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_NUMBER", "SECRET_KEY", "CALLER_KEY", "DATA_KEY",
    }  # fmt: skip
    assert caught.value.code == "settings"
    assert all(name in caught.value.sentence for name in names)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "line.example.org"),
        ("PUBLIC_URL", "http://line.example.org"),
        ("PUBLIC_URL", "https://line.example.org?x=1"),
        ("PUBLIC_URL", "https://line.example.org#x"),
        ("PUBLIC_URL", "https://my_line.example.org"),
        ("PUBLIC_URL", "https://line.example.org:port"),
        ("PUBLIC_URL", "ftp://line.example.org"),
        ("TWILIO_AUTH_TOKEN", "one,,two"),
        ("TWILIO_AUTH_TOKEN", ","),
        ("TWILIO_NUMBER", "2025550100"),
        ("TWILIO_NUMBER", "+1202555010٣"),
        ("SECRET_KEY", "short"),
        ("CALLER_KEY", "a" * 64),
        ("DATA_KEY", KEY_3 + ",nonsense"),
        ("DATA_KEY", ","),
        ("STAGE", "production"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "²"),
        ("DATABASE_URL", "mysql://db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("SPECIALIST_NUMBER", "911"),
        ("TWILIO_SHARED_KEYS", "name"),
        ("TWILIO_SHARED_KEYS", "name=,other=x"),
        ("TWILIO_NUMBER_TYPE", "rich"),
        ("STORE_LASTS", "maybe"),
        ("IVR_CONTENT", "/no/such/folder"),
        ("BROWSER_PHONE", "open"),
    ],
)
def test_a_wrong_setting_is_named_with_a_remedy_and_without_its_value(name: str, value: str) -> None:
    faults = _faults(**{name: value})
    assert list(faults) == [name]
    shown = faults[name].partition(": ")[2]
    assert value in ("911", ",", "0", "name", "²", "http", "sqlite://", "line.example.org") or value not in shown


def test_no_secret_is_in_a_repr() -> None:
    shown = repr(load_settings(GOOD | {"TWILIO_SHARED_KEYS": "name=shared-secret"}))
    assert not any(secret in shown for secret in ("the-secret-token", KEY_1, KEY_2, KEY_3, "shared-secret"))


def test_lists_rotate() -> None:
    changes = {"TWILIO_AUTH_TOKEN": "new, old", "DATA_KEY": f"{KEY_4},{KEY_3}", "TWILIO_SHARED_KEYS": "a=1=x, b=2"}
    made = load_settings(GOOD | changes)
    assert made.auth_tokens == ("new", "old")
    assert made.data_keys == (KEY_4, KEY_3)
    assert made.shared_keys == {"a": "1=x", "b": "2"}


def test_a_messaging_service_stands_in_for_a_number() -> None:
    made = load_settings({**GOOD, "TWILIO_NUMBER": "", "TWILIO_MESSAGING_SERVICE_SID": "MG1"})
    assert (made.number, made.messaging_service_sid) == ("", "MG1")


@pytest.mark.parametrize(
    ("number", "said", "kind"),
    [
        ("+12025550100", "", NumberType.LONG_CODE),
        ("+18885550100", "", NumberType.TOLL_FREE),
        ("12345", "", NumberType.SHORT_CODE),
        ("+12025550100", "toll-free", NumberType.TOLL_FREE),
    ],
)
def test_the_type_of_the_number_is_said_or_told_by_the_number(number: str, said: str, kind: NumberType) -> None:
    assert load_settings(GOOD | {"TWILIO_NUMBER": number, "TWILIO_NUMBER_TYPE": said}).number_type is kind


def test_plain_http_is_for_this_machine_only() -> None:
    assert load_settings(GOOD | {"PUBLIC_URL": "http://127.0.0.1:8080", "BROWSER_PHONE": "yes"}).browser_phone


@pytest.mark.parametrize(
    "changes",
    [
        {"DYNO": "web.1"},
        {"BROWSER_PHONE": "yes"},
        {"DYNO": "web.1", "STORE_LASTS": "no"},
        {"CALLER_KEY": KEY_1},
        {"DATA_KEY": f"{KEY_3},{KEY_2.rstrip('=')}"},
        {"DATA_KEY": f"{KEY_3},{KEY_3}"},
    ],
)
def test_what_warns_in_a_pilot_stops_a_live_line(changes: dict[str, str]) -> None:
    assert len(load_settings(GOOD | changes).warnings) == 1
    assert len(_faults(**changes, STAGE="live")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"DYNO": "web.1", "STORE_LASTS": "yes"},
        {"DYNO": "web.1", "DATABASE_URL": "postgres://db/line"},
        {},
    ],
)
def test_a_store_that_lasts_may_go_live(changes: dict[str, str]) -> None:
    assert load_settings(GOOD | changes | {"STAGE": "live"}).live


def test_the_demo_makes_secrets_for_this_machine_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first = demo_environment(tmp_path / "var", 8080, {})
    kept = tmp_path / "var" / "demo-secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert demo_environment(tmp_path / "var", 8080, {}) == first
    made = demo_settings(tmp_path / "var", 8080, {})
    assert made.public_url == "http://127.0.0.1:8080"
    assert made.browser_phone
    assert made.auth_tokens == (first["TWILIO_AUTH_TOKEN"],)
    assert str(tmp_path) in made.database_url


def test_what_the_environment_gives_wins_over_the_demo(tmp_path: Path) -> None:
    given = {"TWILIO_AUTH_TOKEN": "given", "PUBLIC_URL": "https://tunnel.example"}
    made = demo_settings(tmp_path, 8080, given)
    assert made.auth_tokens == ("given",)
    assert made.public_url == "https://tunnel.example"


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"TWILIO_AUTH_TOKEN": "kept"}'])
def test_damaged_demo_secrets_are_mended(tmp_path: Path, damage: str) -> None:
    kept = tmp_path / "demo-secrets.json"
    kept.write_text(damage)
    made = demo_settings(tmp_path, 8080, {})
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    if "kept" in damage:
        assert made.auth_tokens == ("kept",)
    assert json.loads(kept.read_text())["TWILIO_AUTH_TOKEN"] == made.auth_tokens[0]


def test_practice_has_settings_of_its_own(tmp_path: Path) -> None:
    made = practice_settings(tmp_path, {"TWILIO_AUTH_TOKEN": "not this one"})
    assert made.auth_tokens != ("not this one",)
    assert not made.browser_phone
    assert made.number == "+12025550100"
