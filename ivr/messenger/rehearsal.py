"""A carrier that sends nothing: for the demo, where whoever watches is shown what would have been sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ivr.messenger.carrier import Inbound, Listed


def _unseen(*shown: str) -> None:
    """Nobody watches."""


class Rehearsal:
    """Implements Carrier on this machine only; it keeps neither numbers nor bodies."""

    def __init__(self, on_text: Callable[[str, str], None] = _unseen, on_call: Callable[[str, str], None] = _unseen) -> None:
        """`on_text(to, body)` and `on_call(to, path)` are told what would have gone out."""
        self._on_text = on_text
        self._on_call = on_call
        self._sent = 0

    def _sid(self, kind: str) -> str:
        self._sent += 1
        return f"{kind}{self._sent:032x}"

    def text(self, to: str, body: str, seconds: int) -> str:
        """Show it."""
        self._on_text(to, body)
        return self._sid("SM")

    def call(self, to: str, path: str) -> str:
        """Show it."""
        self._on_call(to, path)
        return self._sid("CA")

    def texts_to(self, to: str) -> list[Listed]:
        """Nothing was ever sent."""
        return []

    def calls_to(self, to: str) -> list[Listed]:
        """Nobody was ever rung."""
        return []

    def inbound(self, since: datetime) -> list[Inbound]:
        """Nobody wrote to a line that is not there."""
        return []
