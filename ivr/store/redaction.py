"""Takes numbers, addresses and names out of a question before it is kept; pure, and better too much than too little."""

from __future__ import annotations

import re

LONGEST = 300

_ADDRESS = re.compile(r"\S+@\S+|\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
_NUMBER = re.compile(r"[+(]*\d(?:[\s().\-/]*\d){4,}")
_DATE = re.compile(r"\b\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?\b")
_WORD = r"[^\W\d_][\w'\-]*"
_INTRODUCED = re.compile(
    rf"\b(my name is|my name's|i am called|name is|me llamo|mi nombre es|se llama|soy la se[nñ]ora|soy el se[nñ]or)"
    rf"(?:\s+(?!and\b|y\b|i\b|with\b|con\b){_WORD}){{1,3}}",
    re.IGNORECASE,
)
_TITLED = re.compile(rf"\b((?i:dr|dra|doctor|doctora|mr|mrs|ms|miss|sr|sra|se[nñ]or|se[nñ]ora)\.?)\s+(?=[^\W\d_a-z]){_WORD}")
_CAPITALISED = re.compile(rf"\b((?i:i am|i'm|this is|soy|habla))((?:\s+(?=[^\W\d_a-z])(?!I\b){_WORD}){{1,3}})")


def redacted(question: str) -> str:
    """The question without phone numbers, dates, addresses and introduced names, at most 300 characters."""
    words = " ".join(question.split())
    words = _ADDRESS.sub("[address]", words)
    words = _NUMBER.sub("[number]", _DATE.sub("[date]", words))
    words = _INTRODUCED.sub(r"\1 [name]", words)
    words = _TITLED.sub(r"\1 [name]", words)
    return _CAPITALISED.sub(r"\1 [name]", words)[:LONGEST]
