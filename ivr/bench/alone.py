"""What each conversation gives alone: a practice line in this process, one person after the other, nothing at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ivr.bench.rehearsing import Given, rehearsal
from ivr.bench.scripts import ASK_FOR_TEXT, Script
from ivr.channels.carrier import Carrier, PretendCall, PretendTexter
from ivr.config import load_settings
from ivr.dialog.types import Graph
from ivr.store.comparing import Held, held

Answer = tuple[str, ...]  # the replies to one text, or what was heard after one key


@dataclass(slots=True)
class Alone:
    """What every script gave, act by act; what is held afterwards; what the carrier was given to send."""

    answers: list[list[Answer]]
    held: Held
    given: Given


def text(texter: PretendTexter, body: str) -> Answer:
    """Text these words, and give back the replies."""
    return tuple(reply.body for reply in texter.send(body).replies)


def call(carrier: Carrier, number: str) -> list[Answer]:
    """A call that asks for a text and ends."""
    begun = PretendCall(carrier, number)
    heard = [begun.start(), *(begun.press(key) for key in ASK_FOR_TEXT)]
    begun.hang_up()
    return [tuple(map(str, sounds)) for sounds in heard]


def lived_alone(
    settings: dict[str, str], made: Callable[[Graph], Sequence[Script]], tell: Callable[[int, int], None]
) -> tuple[Sequence[Script], Alone]:
    """Every script on a line with these settings, whose database must be there; `tell` hears how many are through."""
    from ivr.app import assemble, put_together
    from ivr.messenger import Messenger

    line = put_together(load_settings(settings))
    given: Given = Counter()
    library, carrier = line.library, Carrier.for_line(assemble(line), line.settings)
    messenger = Messenger(line.store, lambda: library, lambda: rehearsal(lambda *one: given.update([one])))
    scripts, answers = made(line.graph()), []
    try:
        for place, script in enumerate(scripts):
            answers.append(_lived(script, carrier, lambda: messenger.work_once()))
            tell(place + 1, len(scripts))
        while line.store.outbox.backlog(line.conversation.now()).counts.get("queued"):
            messenger.work_once()
        return scripts, Alone(answers, held(line.store), given)
    finally:
        line.store.close()


def _lived(script: Script, carrier: Carrier, work: Callable[[], object]) -> list[Answer]:
    heard: list[Answer] = []
    if script.calls:
        heard += call(carrier, script.number)
        work()
    texter = PretendTexter(carrier, script.number)
    return heard + [text(texter, body) for body in script.texts]
