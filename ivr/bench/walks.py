"""Calls that wander through the whole line, as the requests that the carrier would send for them; nothing is measured."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ivr.bench.lines import PUBLIC_URL
from ivr.channels.carrier import Answer, Carrier, PretendCall, Waits
from ivr.config import load_settings

KEYS = "1234512345123451234511678999*#0"  # options and going on, and now and then everything else
LONGEST_CALL = 15  # acts


class Asked(NamedTuple):
    """One request: the path with its query, and the form."""

    path: str
    form: dict[str, str]


class Noting(Carrier):
    """A carrier that writes down what it asks."""

    asked: list[Asked]

    def post(self, path_or_url: str, params: Mapping[str, str], token: str = "") -> Answer:
        """As the carrier does, and noted."""
        self.asked.append(Asked(self.url(path_or_url).removeprefix(PUBLIC_URL), dict(params)))
        return super().post(path_or_url, params, token)


def walked(settings: dict[str, str], turns: int) -> list[Asked]:
    """So many turns of calls through a line with these settings, whose database must be there; the same every time."""
    from ivr.app import assemble, put_together

    line = put_together(load_settings(settings))
    carrier = Noting.for_line(assemble(line), line.settings)
    assert isinstance(carrier, Noting)  # noqa: S101 - for_line makes one of its own class
    carrier.asked = []
    chance = random.Random(1)  # noqa: S311 - a walk, not a secret
    try:
        for _ in _calls(carrier, chance):
            if len(carrier.asked) >= turns:
                break
    finally:
        line.store.close()
    return carrier.asked[:turns]


def _calls(carrier: Carrier, chance: random.Random) -> Iterator[None]:
    while True:
        call = PretendCall(carrier, f"+1202555{chance.randint(0, 9999):04d}", sid=f"CA{chance.getrandbits(128):032x}")
        call.start()
        for _ in range(chance.randint(3, LONGEST_CALL)):
            _act(call, chance)
        if call.waits is not Waits.ENDED:
            call.hang_up()
        yield


def _act(call: PretendCall, chance: random.Random) -> None:
    """Mostly keys; sometimes nothing, as people who listen on do."""
    if call.waits is Waits.TRANSFER:
        call.transfer_ended(chance.choice(("busy", "no-answer", "completed")), 40)
    elif chance.random() < 0.15:
        call.silence()
    else:
        call.press(chance.choice(KEYS))
