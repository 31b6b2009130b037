"""Errors with a code for programs and a sentence for people; none may carry a phone number or words of a message."""

from __future__ import annotations


class LineError(Exception):
    """Something the line cannot do: `code` is stable and short, `sentence` says it to a person and names the remedy."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
