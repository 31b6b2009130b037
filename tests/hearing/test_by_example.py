"""What guesses from examples may do: add a danger, make a suspected one milder, ask about texts; never more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from ivr.dialog.hearing import Hearing, Learned, Listening, Meaning, Reading, read
from ivr.dialog.hearing.learned import Guess
from ivr.dialog.types import Language, Medium

TEXT, VOICE = Listening(Medium.TEXT, Language.EN), Listening(Medium.VOICE, Language.EN)
NEUTRAL = "grandpa keeps polishing the old brass trumpet"  # no wording of the line is in it


@dataclass(frozen=True)
class Shares:
    """Stands for what was learned: always the same guesses."""

    shares: dict[str, float]

    def guesses(self, words: Sequence[str], most: int = 8) -> tuple[Guess, ...]:
        return tuple(Guess(label, share) for label, share in self.shares.items())

    def because(self, words: Sequence[str], label: str) -> tuple[str, ...]:
        return ()


def heard(hearing: Hearing, words: str, listening: Listening = TEXT, **shares: float) -> Reading:
    """The reading where examples say this; `_` stands for `-` in a label."""
    learned = Shares({label.replace("_", "-"): share for label, share in shares.items()})
    return read(replace(hearing, learned=cast(Learned, learned)), words, listening)


def test_a_danger_that_only_examples_see_is_asked_about_and_its_topic_follows(hearing: Hearing) -> None:
    reading = heard(hearing, NEUTRAL, emergency=0.6, breathing=0.3)
    assert (reading.meaning, reading.ref) == (Meaning.EMERGENCY_UNSURE, "breathing")
    assert heard(hearing, NEUTRAL, emergency=0.99).meaning is Meaning.EMERGENCY
    assert heard(hearing, NEUTRAL, emergency=0.1, breathing=0.9).meaning is Meaning.PLACE


def test_despair_that_only_examples_see_gets_the_crisis_message(hearing: Hearing) -> None:
    assert heard(hearing, NEUTRAL, crisis=0.5, feelings=0.5).meaning is Meaning.CRISIS
    assert heard(hearing, NEUTRAL, VOICE, crisis=0.5, feelings=0.5).meaning is Meaning.CRISIS


def test_both_dangers_are_answered_when_both_are_seen(hearing: Hearing) -> None:
    assert heard(hearing, NEUTRAL, emergency=0.5, crisis=0.4).offers == ("crisis",)
    assert heard(hearing, "he is not breathing", crisis=0.5).offers == ("crisis",)


def test_a_plain_emergency_is_never_silenced_by_examples(hearing: Hearing) -> None:
    reading = heard(hearing, "i cant breathe", breathing=1.0)
    assert (reading.meaning, reading.ref) == (Meaning.EMERGENCY_UNSURE, "breathing")
    assert heard(hearing, "i want to kill myself", feelings=1.0).meaning is Meaning.CRISIS


def test_a_wish_about_texts_and_a_danger_that_only_examples_see_are_both_kept(hearing: Hearing) -> None:
    reading = heard(hearing, "please stop texting me the old brass trumpet", crisis=0.8)
    assert (reading.meaning, reading.opt_out) == (Meaning.CRISIS, True)


def test_an_opt_out_that_only_examples_see_is_asked_about_where_it_names_messages(hearing: Hearing) -> None:
    reading = heard(hearing, "the old brass trumpet sends messages", opt_out=0.9)
    assert (reading.meaning, reading.sure) == (Meaning.OPT_OUT_UNSURE, False)
    assert heard(hearing, NEUTRAL, opt_out=0.6, pain=0.4).meaning in (Meaning.PLACE, Meaning.OFFER)
    assert heard(hearing, "the old brass trumpet sends messages", VOICE, opt_out=0.9).meaning is not Meaning.OPT_OUT_UNSURE


def test_texts_are_wanted_again_only_by_a_number_that_gets_none(hearing: Hearing) -> None:
    words = "my grandson switched your messages off by mistake"
    assert heard(hearing, words, replace(TEXT, opted_out=True), opt_in=0.9).meaning is Meaning.OPT_IN
    assert heard(hearing, words, TEXT, opt_in=0.9).meaning is not Meaning.OPT_IN


def test_speech_connects_to_a_desk_only_when_that_is_plainly_meant(hearing: Hearing) -> None:
    """A voice in the room that mentions a person must not end in a transfer."""
    assert heard(hearing, NEUTRAL, VOICE, specialist=0.7).meaning is Meaning.OFFER
    assert heard(hearing, NEUTRAL, VOICE, specialist=0.9).meaning is Meaning.PLACE
    assert heard(hearing, NEUTRAL, TEXT, specialist=0.7).meaning is Meaning.PLACE


def test_another_subject_in_speech_counts_as_not_understood(hearing: Hearing) -> None:
    """After two of them only keys count, so a television does not keep a call for ever."""
    assert heard(hearing, NEUTRAL, VOICE, outside=0.9).meaning is Meaning.NOTHING
    assert heard(hearing, NEUTRAL, TEXT, outside=0.9).meaning is Meaning.OUTSIDE


def test_one_word_without_a_subject_is_not_guessed_about(hearing: Hearing) -> None:
    assert heard(hearing, "to", breathing=0.9).meaning is Meaning.NOTHING
    assert heard(hearing, "trumpet", breathing=0.9).meaning is Meaning.PLACE
