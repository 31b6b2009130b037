"""Hears what people say and write: pure and deterministic; it must not produce a single word of an answer."""

from ivr.dialog.hearing.index import Hearing, Listening, Meaning, Outside, Reading, Sureness, Tongue
from ivr.dialog.hearing.learned import Learned
from ivr.dialog.hearing.read import read

__all__ = ["Hearing", "Learned", "Listening", "Meaning", "Outside", "Reading", "Sureness", "Tongue", "read"]
