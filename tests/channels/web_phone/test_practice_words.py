"""The page's own sentences and files: the same in both languages, none missing, small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.channels.web_phone.wording import page_words, script_words
from ivr.dialog.types import Language

FOLDER = Path(__file__).parents[3] / "ivr" / "channels" / "web_phone"
SCRIPTS = {path.name: path.read_text() for path in (FOLDER / "static" / "js").glob("*.js")}
TEMPLATE = (FOLDER / "templates" / "web_phone" / "page.html").read_text()


@pytest.mark.parametrize("table", [page_words, script_words])
def test_both_languages_have_the_same_sentences_with_the_same_blanks(table) -> None:  # type: ignore[no-untyped-def]
    english, spanish = table(Language.EN), table(Language.ES)
    assert list(english) == list(spanish)
    for name, words in english.items():
        assert set(re.findall(r"\{\w+\}", words)) == set(re.findall(r"\{\w+\}", spanish[name])), name


def test_every_sentence_that_the_script_says_exists() -> None:
    said = {name for source in SCRIPTS.values() for name in re.findall(r'\bsay\(\s*"([a-z_0-9]+)"', source)}
    assert said <= set(script_words(Language.EN))


def test_every_sentence_that_the_page_prints_exists() -> None:
    printed = set(re.findall(r"\bwords\.(\w+)", TEMPLATE)) - {"get"}
    assert printed <= set(page_words(Language.EN)) | set(script_words(Language.EN))


def test_the_page_always_says_that_it_is_practice() -> None:
    words = page_words(Language.EN)
    assert words["notice_practice"] == "Practice phone. No one is listening."
    assert words["notice_emergency"] == "Emergency: call 911."
    assert words["notice_crisis"] == "Crisis: call or text 988."


def test_scripts_are_small_modules() -> None:
    assert {name: source.count("\n") for name, source in SCRIPTS.items() if source.count("\n") > 300} == {}
    assert all(source.startswith("// ") for source in SCRIPTS.values())
