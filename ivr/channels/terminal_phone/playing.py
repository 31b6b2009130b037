"""What can be typed on the terminal phone, and what is kept of it; it calls and texts nobody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ivr import transcripts
from ivr.dialog.types import TransferOutcome
from ivr.errors import LineError
from ivr.transcripts import Act, HangUp, Press, SayWords, Silent, Transcript, Transferred

KEYS = frozenset("0123456789*#")
_SILENCE = frozenset({"", "silence", "silent"})
_HANG_UP = frozenset({"hang up", "hangup", "bye"})


def typed(line: str) -> Act | None:
    """A line typed while calling: keys, `say WORDS`, nothing for silence, `hang up`, `dial busy`; None if it is none."""
    line = line.strip()
    low = line.lower()
    if low in _SILENCE:
        return Silent()
    if low in _HANG_UP:
        return HangUp()
    if set(line) <= KEYS | {" ", "-"}:
        return Press("".join(key for key in line if key in KEYS)) if set(line) & KEYS else None
    word, _, rest = low.partition(" ")
    if word == "dial" or low.partition(" ")[0] in list(TransferOutcome):
        return _ended(rest if word == "dial" else low)
    if word == "say":
        return transcripts.read_act("say " + line[len("say ") :])
    return transcripts.read_act(low) if word == "press" else None


def _ended(written: str) -> Transferred | None:
    """`busy`, `no-answer`, `completed 65`: the outcome of a transfer, and how many seconds the two have spoken."""
    outcome, _, seconds = written.partition(" ")
    seconds = seconds.removesuffix("seconds").removesuffix("second").strip()
    if outcome not in list(TransferOutcome) or (seconds and not seconds.isdecimal()):
        return None
    return Transferred(TransferOutcome(outcome), int(seconds or 0))


def acts_of(listed: str) -> tuple[Act, ...]:
    """What `--keys 2,silence,say:my brain,0,busy` does, in order. Raises LineError `keys` naming what cannot be read."""
    acts: list[Act] = []
    for item in listed.split(","):
        written = item.strip()
        if written[:4].lower() == "say:":
            acts.append(SayWords(written[4:].strip()))
            continue
        act = typed(written.replace(":", " ")) if written else None
        if act is None:
            raise LineError("keys", f"{written!r} is neither keys, silence, say:WORDS, hang up, nor how a transfer ends.")
        acts.append(act)
    return tuple(acts)


def free(path: Path | None) -> None:
    """Raises LineError `exists` when there is a file of this name, so that nobody calls for nothing."""
    if path is not None and path.exists():
        raise LineError("exists", f"{path} is there already; give another name, or remove it first.")


def keep(transcript: Transcript, path: Path | None, faults: Sequence[str]) -> None:
    """Write a transcript to a new file, if one is named. Raises LineError `carrier` with what the carrier complained of."""
    free(path)
    if path is not None:
        path.write_text(transcripts.dumps(transcript), encoding="utf-8")
    if faults:
        raise LineError("carrier", "The carrier would complain. " + " ".join(faults))
