"""Calls and texts that write themselves down as a transcript; it shows nothing and judges nothing."""

from __future__ import annotations

from ivr import transcripts
from ivr.channels.carrier.call import PretendCall, Sound, Waits
from ivr.channels.carrier.markup import Say
from ivr.channels.carrier.posting import Carrier
from ivr.channels.carrier.texter import PretendTexter, Sent
from ivr.dialog.types import Language, NumberType
from ivr.errors import LineError
from ivr.transcripts import Act, Line, Note, Remark, Step, Transcript

ANONYMOUS = "anonymous"  # how the carrier names a caller whose number is withheld


class RecordedCall:
    """A pretend call, kept as steps of a transcript."""

    def __init__(self, carrier: Carrier, sender: str = transcripts.SOMEBODY) -> None:
        """`sender`: E.164, or `withheld`."""
        self.sender = sender
        self.call = PretendCall(carrier, ANONYMOUS if sender == transcripts.WITHHELD else sender)
        self.steps: list[Step] = []

    def do(self, act: Act) -> Step:
        """Do this, and write down what came of it. Raises LineError `not-in-a-call` for what cannot be done in one."""
        before = self.call.waits
        heard = self._done(act)
        came: list[Line | Note | Remark] = [*transcripts.heard((said.text, _language(said)) for said in _says(heard))]
        if self.call.waits is Waits.TRANSFER and before is not Waits.TRANSFER and self.call.dial:
            came += [transcripts.rings(number) for number in self.call.dial.numbers]
        if self.call.waits is Waits.ENDED and before is not Waits.ENDED and not isinstance(act, transcripts.HangUp):
            came.append(Note(transcripts.CALL_OVER))
        step = Step(act, tuple(came))
        self.steps.append(step)
        return step

    def _done(self, act: Act) -> tuple[Sound, ...]:
        match act:
            case transcripts.Call():
                return self.call.start()
            case transcripts.Press(keys):
                return self.call.press(keys)
            case transcripts.SayWords(words, percent):
                return self.call.say(words, percent / 100)
            case transcripts.Silent():
                return self.call.silence()
            case transcripts.Transferred(outcome, seconds):
                return self.call.transfer_ended(outcome, seconds)
            case transcripts.HangUp():
                self.call.hang_up()
                return ()
        raise LineError("not-in-a-call", "A text cannot be sent within a call; use the texts.")

    def transcript(self, title: str) -> Transcript:
        """All that happened so far."""
        return Transcript(title, transcripts.CALL, self.sender, tuple(self.steps))


class RecordedTexts:
    """A pretend conversation by text, kept as steps of a transcript."""

    def __init__(
        self,
        carrier: Carrier,
        sender: str = transcripts.SOMEBODY,
        number_type: NumberType | None = None,
    ) -> None:
        self.sender = sender
        self.texter = PretendTexter(carrier, sender, number_type=number_type)
        self.steps: list[Step] = []

    def send(self, body: str) -> Sent:
        """Text this, and write down what came of it."""
        sent = self.texter.send(body)
        lines = tuple(line for reply in sent.replies for line in transcripts.read(reply.body))
        self.steps.append(Step(transcripts.SendText(body), lines or (Note(transcripts.NOTHING),)))
        return sent

    def transcript(self, title: str) -> Transcript:
        """All that happened so far."""
        return Transcript(title, transcripts.TEXTS, self.sender, tuple(self.steps))


def _says(heard: tuple[Sound, ...]) -> list[Say]:
    return [sound for sound in heard if isinstance(sound, Say)]


def _language(said: Say) -> Language:
    short = said.language.partition("-")[0]
    return Language(short) if short in list(Language) else Language.EN
