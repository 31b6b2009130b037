"""One pretend call: it executes each document as the carrier does, step by step, and never rings a telephone."""

from __future__ import annotations

import secrets
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from ivr.channels.carrier.markup import Dial, Gather, Hangup, Pause, Play, Redirect, Say, Step, read_document
from ivr.channels.carrier.posting import ANSWER_PATH, VOICE_FALLBACK_PATH, VOICE_STATUS_PATH, Answer, Carrier
from ivr.dialog.types import TransferOutcome
from ivr.errors import LineError

Sound = Say | Pause | Play

MOST_DOCUMENTS = 50  # in one turn: a line that redirects for ever is a fault, not a wait
PASSING = 1  # seconds: a Gather this short only lets keys interrupt the words in it; the one after it does the waiting
FAILED = Say("We are sorry, an application error has occurred. Goodbye.")


class Waits(StrEnum):
    """What a call waits for."""

    NOTHING = "not called yet"
    KEYS = "keys"
    KEYS_AND_WORDS = "keys or words"
    TRANSFER = "the transfer"
    ENDED = "ended"


class PretendCall:
    """A call in progress. Each act returns what is heard next; `gathers` are open, the last one is the one waiting."""

    def __init__(
        self, carrier: Carrier, from_number: str, *, to: str = "", sid: str = "", direction: str = "inbound"
    ) -> None:
        self.carrier = carrier
        self.from_number, self.to, self.direction = from_number, to or carrier.line_number, direction
        self.sid = sid or "CA" + secrets.token_hex(16)
        self.waits = Waits.NOTHING
        self.heard: tuple[Sound, ...] = ()
        self.faults: list[str] = []  # what the carrier would write into its debugger
        self.last: Answer | None = None
        self.gathers: list[Gather] = []
        self.dial: Dial | None = None
        self._steps: tuple[Step, ...] = ()
        self._next = 0
        self._documents = 0
        self._sounds: list[Sound] = []
        self._request: tuple[str, dict[str, str], str] | None = None

    # --- what the caller can do

    def start(self, path: str = ANSWER_PATH) -> tuple[Sound, ...]:
        """The line picks up."""
        self._begin()
        return self._fetch(self.carrier.url(path), {"CallStatus": "ringing"})

    def press(self, keys: str, *, early: bool = False) -> tuple[Sound, ...]:
        """Press keys; `early` while the words still play. Keys beyond what is waited for go to the next wait."""
        heard: list[Sound] = []
        while keys and self.waits in (Waits.KEYS, Waits.KEYS_AND_WORDS):
            gather = self.gathers[0] if early else self.gathers[-1]
            digits, keys, ended_by = _taken(gather, keys)
            if not digits:  # the finishing key alone is no input
                heard += self.silence()
                continue
            self._begin()
            heard += self._fetch(self._action(gather.action), {"Digits": digits, "FinishedOnKey": ended_by})
        if "*" in keys and self.waits is Waits.TRANSFER and self.dial and self.dial.hangup_on_star:
            heard += self.transfer_ended(TransferOutcome.COMPLETED, 1)
        return self._all(heard)

    def say(self, words: str, confidence: float | None = 0.9) -> tuple[Sound, ...]:
        """Say something. Where only keys are waited for nobody hears it, and time passes."""
        if self.waits is not Waits.KEYS_AND_WORDS:
            return self.silence()
        self._begin()
        said = {"SpeechResult": words}
        if confidence is not None:
            said["Confidence"] = str(confidence)
        return self._fetch(self._action(self.gathers[-1].action), said)

    def silence(self) -> tuple[Sound, ...]:
        """Let the wait run out: on with the next verb, or to the action where an empty result is wanted."""
        if self.waits not in (Waits.KEYS, Waits.KEYS_AND_WORDS):
            return ()
        gather = self.gathers[-1]
        self._begin()
        if gather.action_on_empty:
            return self._fetch(self._action(gather.action), {"Digits": ""} if gather.keys else {})
        return self._go_on()

    def transfer_ended(self, outcome: TransferOutcome | str, seconds: int = 0) -> tuple[Sound, ...]:
        """The desk was busy, did not answer, or the two have spoken for so many seconds."""
        if self.waits is not Waits.TRANSFER or self.dial is None:
            return ()
        dial, self.dial = self.dial, None
        self._begin()
        if not dial.action:
            return self._go_on()
        status = TransferOutcome(outcome).value
        return self._fetch(
            self._action(dial.action),
            {
                "DialCallStatus": status,
                "DialCallSid": "CA" + secrets.token_hex(16),
                "DialCallDuration": str(seconds),
                "DialBridged": "true" if status == "completed" else "false",
            },
        )

    dial_ended = transfer_ended

    def whispered(self) -> tuple[Step, ...]:
        """What the person at the desk hears before the two are connected; nothing where no whisper is set."""
        if self.dial is None or not self.dial.whisper_url:
            return ()
        answer = self.carrier.post(self._action(self.dial.whisper_url), self._params({"Direction": "outbound-dial"}))
        return read_document(answer.body)

    def hang_up(self) -> None:
        """The caller hangs up; the line learns of it by its status webhook."""
        if self.waits is not Waits.ENDED:
            self._end()

    def deliver_again(self) -> Answer:
        """The last request once more with the same idempotency token, as the carrier does after a lost answer."""
        if self._request is None:
            raise LineError("not-called", "There is no request yet that could be delivered again.")
        return self.carrier.post(*self._request)

    # --- what can be seen

    @property
    def place(self) -> str:
        """Where the call is, as the line's own cursor names it; "" when it does not say."""
        return self._cursor("a")

    @property
    def page(self) -> int:
        """The page of the topic, counted from 1."""
        page = self._cursor("p")
        return int(page) + 1 if page.isdigit() else 1

    def _cursor(self, name: str) -> str:
        action = self.dial.action if self.dial else self.gathers[-1].action if self.gathers else ""
        return parse_qs(urlsplit(action).query).get(name, [""])[0]

    # --- executing

    def _begin(self) -> None:
        self._sounds, self._documents = [], 0

    def _all(self, heard: list[Sound]) -> tuple[Sound, ...]:
        self.heard = tuple(heard)
        return self.heard

    def _action(self, action: str) -> str:
        here = self.last.url if self.last else self.carrier.url(ANSWER_PATH)
        return self.carrier.url(action or here, here)

    def _params(self, more: dict[str, str]) -> dict[str, str]:
        own = {
            "AccountSid": self.carrier.account_sid, "ApiVersion": "2010-04-01", "CallSid": self.sid,
            "CallStatus": "in-progress", "Direction": self.direction, "From": self.from_number, "To": self.to,
            "Caller": self.from_number, "Called": self.to,
        }  # fmt: skip
        return own | more

    def _fetch(self, url: str, more: dict[str, str]) -> tuple[Sound, ...]:
        """Ask for the next document and execute it; on a fault ask the fallback, and else end as the carrier does."""
        try:
            steps = self._document(url, more)
        except LineError as fault:
            self.faults.append(f"{fault.code} {urlsplit(url).path}: {fault.sentence}")
            failed = {"ErrorCode": fault.code, "ErrorUrl": url}
            try:
                steps = self._document(self.carrier.url(VOICE_FALLBACK_PATH), failed)
            except LineError as second:
                self.faults.append(f"{second.code} {VOICE_FALLBACK_PATH}: {second.sentence}")
                steps = (FAILED, Hangup())
        self._steps, self._next = steps, 0
        return self._go_on()

    def _document(self, url: str, more: dict[str, str]) -> tuple[Step, ...]:
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            raise LineError("loop", f"{MOST_DOCUMENTS} documents in a row, and none of them waits for the caller.")
        self._request = (url, self._params(more), secrets.token_hex(16))
        self.last = self.carrier.post(*self._request)
        if not self.last.good:
            raise LineError("11200", f"The line answered with status {self.last.status}.")
        return read_document(self.last.body)

    def _go_on(self) -> tuple[Sound, ...]:
        """Execute verbs until the call waits for somebody or is over."""
        self.gathers = []
        while self._next < len(self._steps):
            step = self._steps[self._next]
            self._next += 1
            match step:
                case Say() | Pause() | Play():
                    self._sounds.append(step)
                case Gather():
                    self._sounds += step.inner
                    self.gathers.append(step)
                    if not self._passes(step):
                        self.waits = Waits.KEYS_AND_WORDS if step.words else Waits.KEYS
                        return self._all(self._sounds)
                case Redirect(url):
                    return self._fetch(self._action(url), {})
                case Dial():
                    self.dial, self.waits = step, Waits.TRANSFER
                    return self._all(self._sounds)
                case _:
                    break
        self._end()
        return self._all(self._sounds)

    def _passes(self, gather: Gather) -> bool:
        return gather.timeout <= PASSING and not gather.action_on_empty and self._next < len(self._steps)

    def _end(self) -> None:
        self.waits, self.gathers, self.dial = Waits.ENDED, [], None
        params = self._params({"CallStatus": "completed", "CallDuration": "60", "Duration": "1"})
        answer = self.carrier.post(VOICE_STATUS_PATH, params)
        if not answer.good:
            self.faults.append(f"11200 {VOICE_STATUS_PATH}: The line answered with status {answer.status}.")


def _taken(gather: Gather, keys: str) -> tuple[str, str, str]:
    """What this Gather takes of the keys, the keys that are left, and the key that finished it."""
    most = gather.num_digits or len(keys)
    for place, key in enumerate(keys):
        if place >= most:
            return keys[:place], keys[place:], ""
        if key == gather.finish_on_key:
            return keys[:place], keys[place + 1 :], key
    return keys, "", ""
