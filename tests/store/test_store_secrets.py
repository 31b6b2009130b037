"""Keyed hashes compare, ciphers give back, and a bad key is named without being shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_keys import a_key

from ivr.errors import LineError
from ivr.secrets import Secrets, person
from ivr.store.redaction import LONGEST, redacted

NUMBER = "+12025550143"


def test_the_first_key_writes_and_every_key_reads() -> None:
    old, new = Secrets([a_key("a")], [a_key("x")]), Secrets([a_key("b"), a_key("a")], [a_key("y"), a_key("x")])
    assert new.caller_keys(NUMBER)[1:] == old.caller_keys(NUMBER)
    assert new.decrypt(old.encrypt(NUMBER)) == NUMBER
    with pytest.raises(LineError) as fault:
        old.decrypt(new.encrypt(NUMBER))
    assert fault.value.code == "unreadable"
    assert Secrets([a_key("b")], [a_key("y")]).decrypt(new.rotate(old.encrypt(NUMBER))) == NUMBER


def test_hashes_of_different_things_differ() -> None:
    secrets = Secrets([a_key("a")], [a_key("x")])
    assert secrets.digest("call", NUMBER) != secrets.digest("message", NUMBER) != secrets.caller_keys(NUMBER)[0]
    assert secrets.caller_keys(None) == secrets.caller_keys("") == ()


def test_two_ciphers_of_one_number_cannot_be_compared() -> None:
    secrets = Secrets([a_key("a")], [a_key("x")])
    assert secrets.encrypt(NUMBER) != secrets.encrypt(NUMBER)


@pytest.mark.parametrize("bad", ["", "short", "x" * 44, a_key("a") + "AAAA", "£" * 43])
def test_a_bad_key_is_named_by_its_setting_and_never_shown(bad: str) -> None:
    for callers, data, setting in (([bad], [a_key("x")], "CALLER_KEY"), ([a_key("a")], [bad], "DATA_KEY")):
        with pytest.raises(LineError) as fault:
            Secrets(callers, data)
        assert fault.value.code == "bad-key"
        assert setting in fault.value.sentence
        assert not bad or bad not in fault.value.sentence


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(LineError):
        Secrets([], [a_key("x")])


def test_a_key_without_its_padding_is_the_same_key() -> None:
    padded, bare = Secrets([a_key("a")], [a_key("x")]), Secrets([a_key("a").rstrip("=")], [a_key("x").rstrip("=")])
    assert padded.caller_keys(NUMBER) == bare.caller_keys(NUMBER)
    assert bare.decrypt(padded.encrypt(NUMBER)) == NUMBER


@pytest.mark.parametrize("written", [NUMBER, f" {NUMBER} ", f"whatsapp:{NUMBER}", f"rcs:{NUMBER}"])
def test_one_person_has_one_form(written: str) -> None:
    assert person(written) == NUMBER


@pytest.mark.parametrize("written", ["client:alice", "anonymous", "12345", "rcs:brand_agent"])
def test_what_is_no_number_stays_as_it_is(written: str) -> None:
    assert person(written) == written


@given(st.text())
def test_anything_comes_back_from_its_cipher(words: str) -> None:
    secrets = Secrets([a_key("a")], [a_key("x")])
    assert secrets.decrypt(secrets.encrypt(words)) == words


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("call me at (202) 555-0143 or 202.555.0143", "call me at [number] or [number]"),
        ("write to ada@example.org or www.example.org/ada", "write to [address] or [address]"),
        ("I was born 3/14/1950, stage 4", "I was born [date], stage 4"),
        ("my name is ada lovelace byron and I have pain", "my name is [name] and I have pain"),
        ("I'm Ada Byron what is EGFR", "I'm [name] what is EGFR"),
        ("I am tired", "I am tired"),
        ("me llamo María José y tengo dolor", "me llamo [name] y tengo dolor"),
        ("soy José Pérez", "soy [name]"),
        ("soy diabético", "soy diabético"),
        ("is Dr. Jones right", "is Dr. [name] right"),
        ("what is stage 4 non small cell", "what is stage 4 non small cell"),
        ("+12025550143", "[number]"),
        ("my ssn is 078-05-1120", "my ssn is [number]"),
    ],
)
def test_a_question_is_kept_without_who_asked(question: str, kept: str) -> None:
    assert redacted(question) == kept


@given(st.text())
def test_no_question_is_kept_longer_than_needed_or_with_a_long_number(question: str) -> None:
    kept = redacted(question + " 2025550143")
    assert len(kept) <= LONGEST
    assert "2025550143" not in kept
