"""People who text and call a line, many at once, to be texted, called back and left alone; it notes what they were told."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

from ivr.bench.mail import Delivery, Mail
from ivr.bench.promised import Asked, Wish
from ivr.bench.twilio_api import Taken, TwilioApi
from ivr.bench.wire import OnTheWire
from ivr.channels.carrier import Answer, Gather, Message, PretendCall, PretendTexter, Say, Waits, message_form, read_document
from ivr.channels.carrier.posting import MESSAGE_PATH
from ivr.dialog.types import Graph, Language, Medium
from ivr.messenger import bodies

TEXTS_A_SECOND = 20.0
CALLERS = 5
CALLS_A_SECOND = 2.0  # by each of the callers, while the line answers
LATE, LATE_BY = 0.3, 1.5  # of all texts reach the line late, by up to so many seconds
AT_ONCE = 0.1  # of all texts come twice at the same moment
TRIES = 12  # of one turn of a call, while the line does not answer
WISHES = (("STOP", 0.35), ("please stop texting me", 0.25), ("START", 0.25), ("what is immunotherapy", 0.15))
THINK_BETTER = 0.1  # of those who asked for texts say STOP at once
REPEATED_IN_THE_END = 400
STATUSES = ("queued", "sent")
LAST_STATUSES = ("delivered", "delivered", "delivered", "undelivered")


def number(place: int) -> str:
    """One of ten thousand numbers that belong to nobody."""
    return f"+1202555{place:04d}"


# Some change their minds all the time, many once or twice; some only call; others want to be called back.
FEW, MANY, CALLING = range(200, 260), range(260, 1300), range(1300, 2000)
CALLED_BACK = range(2000, 10_000)
EVERYBODY = [number(place) for place in range(10_000)]


@dataclass(slots=True)
class Noted:
    """What people asked for and were told."""

    wishes: list[Wish] = field(default_factory=list)
    texts: list[Asked] = field(default_factory=list)
    callbacks: list[Asked] = field(default_factory=list)
    last_words: dict[str, str] = field(default_factory=dict)  # of the carrier, by SID


class Words:
    """The words by which a promise is known, and what can be texted: `paths` of keys by topic, `topics` by body."""

    def __init__(self, graph: Graph, segments: int) -> None:
        self._prompts = graph.prompts
        self.paths: dict[str, str] = {}
        self.topics: dict[str, str] = {}
        for first in graph.menus[graph.start].options:
            for option in graph.menus[first.to].options if first.to in graph.menus else ():
                texts = [self._body(graph, option.to, segments, new) for new in (True, False)]
                if option.to in graph.topics and not any(text in self.topics for text in texts):
                    self.paths[option.to] = f"{first.digit}{option.digit}"
                    self.topics |= dict.fromkeys(texts, option.to)

    def said(self, key: str, words: str, medium: Medium = Medium.VOICE) -> bool:
        """Whether these words are this prompt, whatever stands in its blanks."""
        pieces = re.split(r"\{\w+\}", self._prompts[(Language.EN, medium)][key])
        return all(piece.strip() in words for piece in pieces)

    @staticmethod
    def _body(graph: Graph, ref: str, segments: int, new: bool) -> str:
        return bodies.body(graph, "text", {"topic": ref}, Language.EN, first=new, segments=segments) or ""


class Line(OnTheWire):
    """A line that people reach through a carrier which lists their texts."""

    def __init__(self, twilio: TwilioApi, port: int, settings: Mapping[str, str], again: Callable[[int], bool]) -> None:
        super().__init__(port, settings, again)
        self._twilio = twilio

    def post(self, path_or_url: str, params: Mapping[str, str], token: str = "") -> Answer:
        """As ever; a text is in the carrier's list before the line hears of it."""
        if path_or_url.endswith(MESSAGE_PATH):
            self._twilio.received(params["MessageSid"], params["From"], params["Body"])
        return super().post(path_or_url, params, token)


class Errands:
    """People at work until told to stop; what they ask for depends on the seed only."""

    def __init__(self, seed: str, words: Words, twilio: TwilioApi, port: int, settings: Mapping[str, str]) -> None:
        self.noted = Noted()
        self.mail = Mail(lambda: OnTheWire(port, settings), seed)
        self._seed, self._words, self._twilio = seed, words, twilio
        self._port, self._settings = port, settings
        self._stop = threading.Event()
        self._called_back = itertools.cycle(CALLED_BACK)
        self._status_dice = Random(f"{seed} statuses")  # noqa: S311 - choices of a measurement
        self._threads = ThreadPoolExecutor(CALLERS + 1)
        self._at_work: list[Future[None]] = []

    def begin(self) -> None:
        """Let them begin."""
        self._at_work = [self._threads.submit(self._write)]
        self._at_work += [self._threads.submit(self._call, n) for n in range(CALLERS)]

    def end(self) -> None:
        """Let them finish, and deliver what is on its way. Raises whatever went wrong in one of them."""
        self._stop.set()
        for one in self._at_work:
            one.result()
        self._threads.shutdown()
        self.mail.deliver_all()

    def close(self) -> None:
        """Whatever happened: nobody goes on."""
        self._stop.set()
        self._threads.shutdown()
        self.mail.close()

    # --- texts that say how it is to be with texts

    def _write(self) -> None:
        dice = Random(f"{self._seed} texts")  # noqa: S311 - choices of a measurement
        line = OnTheWire(self._port, self._settings)
        while not self._stop.wait(dice.expovariate(TEXTS_A_SECOND)):
            sender = number(dice.choice(dice.choice((FEW, MANY))))
            body = dice.choices([word for word, _ in WISHES], [share for _, share in WISHES])[0]
            self._text(line, sender, body, dice)

    def _text(self, line: OnTheWire, sender: str, body: str, dice: Random) -> None:
        """One text, in the carrier's list at once and at the line whenever it comes there."""
        form = message_form(line, sender, line.line_number, body)
        form["MessageSid"] = form["SmsSid"] = form["SmsMessageSid"] = f"SM{dice.getrandbits(128):032x}"
        out = "stop" in body.lower()
        wish = Wish(sender, out, time.monotonic()) if out or body == "START" else None
        if wish:
            self.noted.wishes.append(wish)
        self._twilio.received(form["MessageSid"], sender, body)
        confirms = self._stopped if out else self._no_excuse
        delivery = Delivery(MESSAGE_PATH, form, f"{dice.getrandbits(128):032x}", confirms, wish)
        for _ in range(2 if dice.random() < AT_ONCE else 1):
            self.mail.put(delivery, dice.uniform(0, LATE_BY) if dice.random() < LATE else 0.0)

    # --- calls and texts that ask for something

    def _call(self, caller: int) -> None:
        dice = Random(f"{self._seed} caller {caller}")  # noqa: S311 - choices of a measurement
        line = Line(self._twilio, self._port, self._settings, lambda tried: self._again(tried, dice))
        errands = (self._to_be_texted, self._to_be_called, self._to_be_called_by_text)
        while not self._stop.wait(dice.expovariate(CALLS_A_SECOND)):
            dice.choices(errands, (0.7, 0.15, 0.15))[0](line, dice)

    def _again(self, tried: int, dice: Random) -> bool:
        """Whether the carrier asks once more; some give up at once."""
        return tried < TRIES and dice.random() > 0.1 and not self._stop.wait(0.3)

    def _to_be_texted(self, line: Line, dice: Random) -> None:
        """Topics are looked for by keys, and 7 is pressed twice; some think better of it before the texts are there."""
        caller = number(dice.choice(dice.choice((FEW, CALLING, CALLING))))
        call = PretendCall(line, caller, sid=f"CA{dice.getrandbits(128):032x}")
        call.start()
        for _ in range(dice.choice((1, 1, 2, 3))):
            topic = dice.choice(list(self._words.paths))
            for key in self._words.paths[topic]:
                call.press(key)
            for _ in range(dice.choice((1, 1, 2))):  # some ask for the same twice, and get it twice
                self._seven_seven(line, call, topic, dice)
            call.press("#")
        if dice.random() < THINK_BETTER:
            self._text(line, caller, "STOP", dice)
        if call.waits is not Waits.ENDED:
            call.hang_up()

    def _seven_seven(self, line: Line, call: PretendCall, topic: str, dice: Random) -> None:
        call.press("7")
        if call.place == topic and not call.faults:
            began = time.monotonic()
            call.press("7")
            promised = self._came_back(line, dice, self._will_be_texted)
            self.noted.texts.append(Asked(call.from_number, topic, began, promised))

    def _to_be_called(self, line: Line, dice: Random) -> None:
        caller = self._somebody_new(dice)
        call = PretendCall(line, caller, sid=f"CA{dice.getrandbits(128):032x}")
        call.start()
        call.say("call me back")
        for key in ("1", dice.choice("123"), dice.choice("12")):
            if self._waits_already(line):
                call.press("2")  # keep it: 1 would cancel what was promised before
                break
            began = time.monotonic()
            call.press(key)
        else:
            if not call.faults:
                self.noted.callbacks.append(Asked(caller, "", began, self._came_back(line, dice, self._will_be_called)))
        if call.waits is not Waits.ENDED:
            call.hang_up()

    def _to_be_called_by_text(self, line: Line, dice: Random) -> None:
        texter = PretendTexter(line, self._somebody_new(dice))
        began = time.monotonic()
        for body in ("call me back", "1", dice.choice("123"), dice.choice("12")):
            texter.send(body)
        promised = self._came_back(line, dice, self._will_be_called_by_text)
        self.noted.callbacks.append(Asked(texter.from_number, "", began, promised))

    def _somebody_new(self, dice: Random) -> str:
        """Mostly; some ask a second time."""
        held = self.noted.callbacks
        return dice.choice(held).number if held and dice.random() < 0.15 else number(next(self._called_back))

    # --- how a promise is known

    def _will_be_texted(self, document: bytes) -> bool:
        return self._words.said("text_me_queued", spoken(document))

    def _will_be_called(self, document: bytes) -> bool:
        words = spoken(document)
        return any(self._words.said(key, words) for key in ("callback_promised", "callback_open"))

    def _waits_already(self, line: Line) -> bool:
        answer = line.latest.answer if line.latest else None
        return answer is not None and answer.status == 200 and self._words.said("callback_open", spoken(answer.body))

    def _will_be_called_by_text(self, document: bytes) -> bool:
        words = texted(document)
        return any(self._words.said(key, words, Medium.TEXT) for key in ("callback_promised", "callback_open"))

    def _stopped(self, document: bytes) -> bool:
        """Nothing, because the carrier says it, or our own words."""
        words = texted(document)
        return not words or self._words.said("stopped", words, Medium.TEXT)

    def _no_excuse(self, document: bytes) -> bool:
        return not self._words.said("unavailable", texted(document), Medium.TEXT)

    def _came_back(self, line: Line, dice: Random, promises: Callable[[bytes], bool]) -> bool:
        """Whether the latest answer was the promise; the same request may come again later, and must get the same answer."""
        latest = line.latest
        promised = latest is not None and latest.answer.status == 200 and promises(latest.answer.body)
        if latest is not None:
            self.mail.count(latest.answer.good)
        if promised and latest is not None and dice.random() < 0.4:
            again = Delivery(latest.path, latest.form, latest.token, promises, None, latest.answer.body)
            self.mail.put(again, dice.uniform(0, LATE_BY))
        return promised

    # --- what the carrier says about what was sent

    def taken(self, text: Taken) -> None:
        """Its statuses come soon, some twice, in any order."""
        dice = self._status_dice
        last = self.noted.last_words[text.sid] = dice.choice(LAST_STATUSES)
        for status in (*STATUSES, last):
            self._status(text, status, dice.expovariate(2.0))

    def repeat(self) -> None:
        """At the end, long after: many deliveries once more, and every status, in any order.

        A status may be lost with a process, since nobody promises to keep it; the last word must win whenever it comes.
        """
        self.mail.repeat(REPEATED_IN_THE_END)
        statuses = [(text, status) for text in self._twilio.taken for status in (*STATUSES, self.noted.last_words[text.sid])]
        self._status_dice.shuffle(statuses)
        for text, status in statuses:
            self._status(text, status, 0.0)
        self.mail.deliver_all()

    def _status(self, text: Taken, status: str, after: float) -> None:
        form = {"MessageSid": text.sid, "MessageStatus": status, "To": text.to, "From": self._settings["TWILIO_NUMBER"]}
        self.mail.put(Delivery("/sms/status", form, f"{text.sid}{status}", lambda _: True), after)


def texted(document: bytes) -> str:
    """The words of a text's answer."""
    return "\n".join(step.body for step in read_document(document) if isinstance(step, Message))


def spoken(document: bytes) -> str:
    """The words of a turn's answer."""
    said = (part for step in read_document(document) for part in (step.inner if isinstance(step, Gather) else (step,)))
    return " ".join(part.text for part in said if isinstance(part, Say))
