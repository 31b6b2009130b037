"""One-key mode inside a question: its answers are said one by one, and any key takes the one just said.

The answers are the sentences of the question that end with a key ("For yes, press 1."), so no question is worded twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ivr.dialog import going
from ivr.dialog.scene import Says, Scene
from ivr.dialog.types import (
    Asking,
    Choose,
    Confirm,
    Consent,
    Define,
    Enter,
    Graph,
    Input,
    Listen,
    Mode,
    Pause,
    Say,
    State,
    Turn,
)

Answer = tuple[Say, str]  # the words, and the key or the act that they stand for

# The prompts that ask, and the keys that each must offer in a sentence of its own.
QUESTIONS: Mapping[str, str] = {
    "gate_option": "12",
    "define_end": "1",
    "miss_3": "1",
    "text_me": "7",
    "text_me_read_back": "12",
    "forget_confirm": "12",
    "forget_callback": "12",
    "callback_confirm": "12",
    "callback_cancel": "12",
    "callback_text_too": "12",
}

_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
_WITHOUT_MORE = (Confirm("transfer"),)  # silence is an answer to it


def in_question(state: State) -> bool:
    """Whether any key answers a question now. A phone number that is being typed needs all the keys."""
    return state.mode is Mode.ONE_KEY and state.asking is not None and not isinstance(state.asking, Enter)


def first_answer(graph: Graph, heard: Input, turn: Turn) -> Turn:
    """The turn with only the first answer of the question it asks, and no word of keys that mean nothing now."""
    if turn.state.mode is not Mode.ONE_KEY or not isinstance(turn.reply.then, Listen):
        return turn
    scene = Scene(graph, turn.state, heard)
    words, answers = _parts(scene, turn.reply.says)
    if not answers:
        return turn
    if not in_question(turn.state):
        return replace(turn, reply=replace(turn.reply, says=words))
    scene = scene.scan(0)
    said = (*words, scene.pause(), answers[0][0])
    return replace(turn, state=scene.state, reply=replace(turn.reply, says=said, then=_listen(scene, turn.reply.then)))


def offer(scene: Scene, number: int) -> Turn:
    """The answer at this position, alone."""
    scene = scene.scan(number)
    return scene.reply((scene.pause(), answers(scene)[number][0]), _listen(scene, scene.listen()))


def answers(scene: Scene) -> tuple[Answer, ...]:
    """All answers of the question being asked, in the order in which they are offered."""
    found = _parts(scene, going.again(scene).reply.says)[1]
    refs = _more(scene.state.asking) or (() if found else ("again", "person"))  # a question that names no key still leads on
    return (*found, *((scene.say(scene.prompt("any_key_option", label=scene.label(ref))), ref) for ref in refs))


def digits(scene: Scene) -> tuple[str, ...]:
    """The keys that answer the question being asked, such as 1 for yes and 2 for no."""
    return tuple(key for _, key in _parts(scene, going.again(scene).reply.says)[1])


def _more(asking: Asking | None) -> tuple[str, ...]:
    """What keys do everywhere, where the question has no such answer itself."""
    if asking in _WITHOUT_MORE or isinstance(asking, Define):
        return ()
    leaves = isinstance(asking, Consent) or (isinstance(asking, Choose) and "return" in asking.refs)
    return ("again", "person") if leaves else ("again", "parent", "person")


def _parts(scene: Scene, says: Says) -> tuple[Says, list[Answer]]:
    """The words of a question, and its answers reworded for any key."""
    words: list[Say | Pause] = []
    found: list[Answer] = []
    for part in says:
        if isinstance(part, Pause):
            words += [part] * bool(words and isinstance(words[-1], Say))
            continue
        kept, keyed = _split(part, scene) if part.language is scene.language else (part.text, [])
        found += keyed
        words += [replace(part, text=kept)] if kept else []
    return tuple(words[:-1] if words and isinstance(words[-1], Pause) else words), found


def _split(part: Say, scene: Scene) -> tuple[str, list[Answer]]:
    """Some words without the sentences that end with a key, and those sentences for any key."""
    kept, keyed = sentences_with_keys(part.text, scene.prompt("any_key_option"))
    return kept, [(replace(part, text=text), key) for text, key in keyed]


def sentences_with_keys(text: str, any_key_option: str) -> tuple[str, list[tuple[str, str]]]:
    """A text without its sentences that end with a key ("For yes, press 1."), and those, for any key, with their keys.

    `any_key_option` is the prompt of that name: the words after its label take the place of the key.
    """
    any_key = any_key_option.partition("{label}, ")[2]  # "press any key now."
    key = re.compile(rf"\b{re.escape(any_key.split(' ')[0])} ([0-9])\b[^.]*\.")
    kept, found = [], []
    for sentence in _SENTENCE_END.split(text):
        match = key.search(sentence)
        if match:
            found.append((sentence[: match.start()] + any_key, match[1]))
        else:
            kept.append(sentence)
    return " ".join(kept), found


def _listen(scene: Scene, usual: Listen) -> Listen:
    """A short wait for each answer (twice as long in slow pace); one that silence answers keeps its own."""
    if scene.state.asking in _WITHOUT_MORE or isinstance(scene.state.asking, Define):
        return usual
    return replace(usual, seconds=scene.graph.limits.one_key * (2 if scene.slow else 1))
