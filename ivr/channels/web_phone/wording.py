"""The practice page's own sentences in each language, read once; it holds no words of the line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ivr.dialog.types import Language

Words = Mapping[str, str]


@cache
def _tables(language: Language) -> Mapping[str, Words]:
    text = files(__package__).joinpath("words", f"{language.value}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def page_words(language: Language) -> Words:
    """What the server prints."""
    return _tables(language)["page"]


def script_words(language: Language) -> Words:
    """What the page's script says."""
    return _tables(language)["script"]
