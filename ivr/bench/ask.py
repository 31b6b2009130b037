"""Measures how long one question takes to be heard, and what the hearing costs to load, at 34, 340 and 3,400 topics.

More topics are made from those of the content: the longer words of their asks are renamed, the shorter ones stay, as
the words of people do. What was learned from examples stays as it is: the topics that were made have asks and no examples.
Every size is measured in a process of its own.
"""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ivr.bench import servers
from ivr.dialog.hearing import Hearing, Listening, read
from ivr.dialog.types import Language, Medium

TIMES = (1, 10, 100)
QUESTIONS = 1000
LONG = 5  # letters: from here a word is renamed
MEDIAN_MILLISECONDS, LOAD_MILLISECONDS, MEGABYTES = 1, 100, 15

Asks = Mapping[Language, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was measured at one size: times in milliseconds, memory in 10^6 bytes."""

    topics: int
    median: float
    p99: float
    load: float
    megabytes: float


def run(say: Callable[[str], None], times: Sequence[int] = TIMES, questions: int = QUESTIONS) -> bool:
    """Measure each size, print the table, and say whether every figure is held."""
    say(f"Machine: {servers.machine()}. {questions} different questions in two languages, as texts.")
    results = [_in_a_process(each, questions) for each in times]
    say("")
    say("| topics | median ms | p99 ms | load ms | memory MB |")
    say("|-------:|----------:|-------:|--------:|----------:|")
    for each in results:
        say(f"| {each.topics:6} | {each.median:9.3f} | {each.p99:6.3f} | {each.load:7.0f} | {each.megabytes:9.1f} |")
    say("")
    first, worst = results[0], max(results, key=lambda each: each.median)
    held = [
        servers.verdict(say, worst.median, "<=", MEDIAN_MILLISECONDS, f"ms median at {worst.topics} topics, the slowest"),
        servers.verdict(say, first.load, "<=", LOAD_MILLISECONDS, f"ms to load {first.topics} topics"),
        servers.verdict(say, first.megabytes, "<=", MEGABYTES, f"MB for {first.topics} topics"),
    ]
    return all(held)


def _in_a_process(times: int, questions: int) -> Heard:
    """Time and memory each in a process of its own: counting memory takes time, and what is known is not read again."""
    figures: dict[str, float] = {}
    for what in ("time", "memory"):
        command = [sys.executable, "-m", "ivr.bench.ask", what, str(times), str(questions)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own module
        figures |= json.loads(done.stdout)
    return Heard(int(figures["topics"]), figures["median"], figures["p99"], figures["load"], figures["megabytes"])


def more_topics(asks: Mapping[str, Sequence[str]], times: int) -> dict[str, Sequence[str]]:
    """So many times the topics, with new names and new words."""
    made: dict[str, Sequence[str]] = dict(asks)
    for copy in range(1, times):
        ending = chr(ord("a") + copy % 26) + chr(ord("a") + copy // 26)
        for ref, wordings in asks.items():
            made[f"{ref}-{copy}"] = [_renamed(wording, ending) for wording in wordings]
    return made


def _renamed(wording: str, ending: str) -> str:
    return " ".join(word + ending if len(word) >= LONG and word.isalpha() else word for word in wording.split())


def questions_like(asks: Asks, count: int) -> list[tuple[Language, str]]:
    """So many different questions, in words that stand in no file: a word lost, a slip of the finger, two asks in one."""
    chance = random.Random(1)  # noqa: S311 - questions, not a secret
    written = [(language, ask) for language, topics in asks.items() for found in topics.values() for ask in found]
    made: dict[tuple[Language, str], None] = {}
    while len(made) < count:
        language, ask = chance.choice(written)
        words = ask.split()
        del words[chance.randrange(len(words))]
        if words and chance.random() < 0.5:
            slipped = chance.randrange(len(words))
            letter = chance.randrange(len(words[slipped]))
            words[slipped] = words[slipped][:letter] + chance.choice("aeiorst") + words[slipped][letter + 1 :]
        if chance.random() < 0.2:
            words += ["and", chance.choice([other for tongue, other in written if tongue is language])]
        if words:
            made[(language, " ".join(words))] = None
    return list(made)


def _asks_and_maker(times: int) -> tuple[Asks, Callable[[], Hearing]]:
    """The asks of the content, and what compiles the hearing of so many times as many."""
    from ivr.library.building import glossary
    from ivr.library.files import Folder, find_content
    from ivr.library.hearing import compile_hearing
    from ivr.library.loader import learned
    from ivr.library.reading import read_all

    folder = Folder(find_content(os.environ.get("IVR_CONTENT") or None))
    bundle = read_all(folder)
    assert bundle is not None  # noqa: S101 - the content was judged before
    files = bundle.languages
    asks = {language: {ref: tuple(topic.asks) for ref, topic in each.topics.items()} for language, each in files.items()}
    grown = {language: more_topics(topics, times) for language, topics in asks.items()}
    kinds = dict.fromkeys(bundle.menus.menus, "menu") | dict.fromkeys(bundle.line.handoffs, "handoff")
    kinds |= {ref: "topic" for topics in grown.values() for ref in topics}
    labels = {
        language: {
            **each.labels.labels,
            **each.labels.handoffs,
            **{ref: "".join(found[:1]) or ref for ref, found in grown[language].items()},
        }
        for language, each in files.items()
    }
    words = {language: each.hearing for language, each in files.items()}
    known = glossary(bundle)

    def made() -> Hearing:
        return replace(compile_hearing(list(files), labels, kinds, grown, known, words), learned=learned(folder))

    return asks, made


def _times(times: int, count: int) -> dict[str, float]:
    asks, made = _asks_and_maker(times)
    gc.collect()
    began = time.perf_counter()
    hearing = made()
    load = time.perf_counter() - began
    gc.freeze()
    took = []
    for language, question in questions_like(asks, count):
        listening = Listening(Medium.TEXT, language)
        began = time.perf_counter()
        read(hearing, question, listening)
        took.append(time.perf_counter() - began)
    took.sort()
    topics = sum(kind == "topic" for kind in hearing.kinds.values())
    median, p99 = took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000
    return {"topics": topics, "median": median, "p99": p99, "load": load * 1000}


def _memory(times: int) -> dict[str, float]:
    """What the hearing holds once it is made, remembered parts of it too."""
    _, made = _asks_and_maker(times)
    gc.collect()
    tracemalloc.start()
    hearing = made()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    del hearing
    return {"megabytes": held / 1e6}


if __name__ == "__main__":
    what, size, how_many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    json.dump(_times(size, how_many) if what == "time" else _memory(size), sys.stdout)
