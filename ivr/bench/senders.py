"""Many people text at once: senders take one after the other and post to several web processes; nothing is judged here
but whether a text that is delivered twice is answered alike.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ivr.bench import alone
from ivr.bench.alone import Answer
from ivr.bench.relay import Relay
from ivr.bench.scripts import Script
from ivr.channels.carrier import Carrier, PretendTexter
from ivr.config import load_settings

TWICE = 0.15  # of the texts: at the same time, just after, or after the next one


@dataclass(slots=True)
class Person:
    """How far one conversation is: what was answered, and the last text, in case it is delivered once more."""

    script: Script
    answers: list[Answer] = field(default_factory=list)
    said: int = 0  # texts
    last: tuple[PretendTexter, Answer] | None = None


@dataclass(slots=True)
class Tally:
    """What one sender met: seconds of each delivery, faults, and how repeated deliveries were answered."""

    seconds: list[float] = field(default_factory=list)
    lost: int = 0
    faults: int = 0  # answers of 500 and above, or none
    repeated: int = 0
    otherwise: int = 0

    def add(self, other: Tally) -> None:
        """Both together."""
        self.seconds += other.seconds
        self.lost, self.faults = self.lost + other.lost, self.faults + other.faults
        self.repeated, self.otherwise = self.repeated + other.repeated, self.otherwise + other.otherwise


class Crowd:
    """Everybody whose conversation is not over; a sender takes one person at a time, at random."""

    def __init__(self, people: Sequence[Person], tell: Callable[[int, int], None]) -> None:
        self._waiting = list(people)
        self._turns = sum(len(person.script.texts) for person in people)
        self._done = 0
        self._tell = tell
        self._lock = threading.Lock()
        self._chance = random.Random(2)  # noqa: S311 - an order, not a secret

    def take(self) -> Person | None:
        """Somebody whom no other sender has; None when nobody is left."""
        with self._lock:
            if not self._waiting:
                return None
            place = self._chance.randrange(len(self._waiting))
            self._waiting[place], self._waiting[-1] = self._waiting[-1], self._waiting[place]
            return self._waiting.pop()

    def put_back(self, person: Person) -> None:
        """One turn further, unless the script is over."""
        with self._lock:
            self._done += 1
            self._tell(self._done, self._turns)
            if person.said < len(person.script.texts):
                self._waiting.append(person)


class Sender(threading.Thread):
    """One text after another, of whoever is next, each to one of the web processes or to both."""

    def __init__(self, crowd: Crowd, settings: dict[str, str], ports: Sequence[int], seed: int) -> None:
        super().__init__(daemon=True)
        self.tally = Tally()
        self._crowd = crowd
        self._relay = Relay(ports)
        self._carrier = Carrier.for_line(self._relay, load_settings(settings))
        self._chance = random.Random(seed)  # noqa: S311 - which process, not a secret
        self._places = range(len(ports))

    def run(self) -> None:
        while (person := self._crowd.take()) is not None:
            self._say(person)
            self._crowd.put_back(person)
        self._relay.close()

    def _say(self, person: Person) -> None:
        """The next text of this person, and whatever is delivered twice."""
        here, *others = self._chance.sample(self._places, len(self._places))
        way = self._chance.choice(("at once", "after", "late")) if self._chance.random() < TWICE else "once"
        texter = PretendTexter(self._carrier, person.script.number)
        answer = self._first(person, texter, (here, *others) if way == "at once" else (here,))
        if way == "after":
            self._again(texter, answer, others[0])
        if way == "late" and person.last:
            self._again(*person.last, others[0])
        person.last = texter, answer
        person.said += 1

    def _first(self, person: Person, texter: PretendTexter, to: tuple[int, ...]) -> Answer:
        self._relay.to = to
        self._relay.delivered.clear()
        answer = alone.text(texter, person.script.texts[person.said])
        person.answers.append(answer)
        first, *same = self._relay.delivered[: len(to)]
        self.tally.lost += first.status != 200
        self._judge_repeated([one.status == 200 and one.body == first.body for one in same])
        self._note()
        return answer

    def _again(self, texter: PretendTexter, answer: Answer, place: int) -> None:
        self._relay.to = (place,)
        self._relay.delivered.clear()
        texter.carrier = self._carrier
        self._judge_repeated([tuple(reply.body for reply in texter.deliver_again()) == answer])
        self._note()

    def _judge_repeated(self, alike: Sequence[bool]) -> None:
        self.tally.repeated += len(alike)
        self.tally.otherwise += alike.count(False)

    def _note(self) -> None:
        self.tally.seconds += [one.seconds for one in self._relay.delivered]
        self.tally.faults += sum(one.status >= 500 for one in self._relay.delivered)
