"""What was done on the page, as a transcript test for the browser to save; nothing is written on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ivr import transcripts
from ivr.dialog.types import Language
from ivr.errors import LineError

MOST_STEPS = 400
LONGEST_TITLE = 100

Came = transcripts.Line | transcripts.Note


def transcript(medium: str, title: str, sender: str, steps: list[Any]) -> str:
    """The transcript in the format of the tests. Raises LineError `bad-transcript`."""
    if medium not in (transcripts.CALL, transcripts.TEXTS) or not steps or len(steps) > MOST_STEPS:
        raise LineError("bad-transcript", "There is nothing here that can be saved as a test.")
    made = transcripts.Transcript(
        " ".join(title.split())[:LONGEST_TITLE] or "Practice", medium, sender, tuple(_step(one) for one in steps)
    )
    return transcripts.dumps(made)


def _step(one: Any) -> transcripts.Step:
    act = transcripts.read_act(str(one.get("act", ""))) if isinstance(one, dict) else None
    came = one.get("came", []) if isinstance(one, dict) else []
    if act is None or not isinstance(came, list) or not all(isinstance(item, dict) for item in came):
        raise LineError("bad-transcript", "This page did something that a test cannot do.")
    return transcripts.Step(act, tuple(_came(came)))


def _came(came: Iterable[dict[str, Any]]) -> Iterator[Came]:
    """Words that follow one another are compared as one run; notes stand between them."""
    run: list[tuple[str, Language]] = []
    for item in came:
        if "text" in item:
            run.append((str(item["text"]), _language(str(item.get("language", "")))))
            continue
        yield from transcripts.heard(run)
        run = []
        if "body" in item:
            yield from transcripts.read(str(item["body"]))
        elif "rings" in item:
            yield transcripts.rings(str(item["rings"]))
        elif item.get("over"):
            yield transcripts.Note(transcripts.CALL_OVER)
        elif item.get("nothing"):
            yield transcripts.Note(transcripts.NOTHING)
    yield from transcripts.heard(run)


def _language(code: str) -> Language:
    return next((language for language in Language if code.startswith(language.value)), Language.EN)
