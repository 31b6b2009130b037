"""Content is loaded whole, or refused with every fault at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from small_line import SmallLine

from ivr.dialog.types import Hours, Language, Medium, Pace
from ivr.library.faults import ContentError, Fault, to_json, to_text
from ivr.library.files import find_content
from ivr.library.loader import load, reload


def faults_of(small: SmallLine) -> tuple[Fault, ...]:
    with pytest.raises(ContentError) as refused:
        load(small.write())
    return refused.value.faults


def test_valid_content_becomes_a_graph(small: SmallLine) -> None:
    library = load(small.write(), specialist_number="+12025550199", line_number="+12025550100")
    graph = library.graph
    assert graph.languages == (Language.EN, Language.ES)
    assert graph.handoffs["specialist"].number == "+12025550199"
    assert graph.handoffs["society"].number == "+12025550144"
    assert graph.number == "+12025550100"
    assert graph.voices[Language.ES].words_per_minute[Pace.SLOW] == 115
    assert [page.sensitive for page in graph.topics["palliative-care"].pages[(Language.EN, Medium.VOICE)]] == [False, True]
    assert all(page.sensitive for page in graph.topics["outlook"].pages[(Language.ES, Medium.TEXT)])
    assert graph.topics["what-it-is"].terms == {Language.EN: ("biopsy",), Language.ES: ("biopsy",)}
    assert graph.topics["emergency"].message
    assert library.texting.segments == 3
    assert library.retention.inbound_hours == 72
    assert library.review.period_months == 12


def test_the_same_bytes_give_the_same_revision_and_others_another(small: SmallLine) -> None:
    first = load(small.write()).graph.revision
    assert load(small.write()).graph.revision == first
    small.plant("en/topics/pain.toml", "voice.1.text", "Pain can be eased a lot.")
    assert load(small.write()).graph.revision != first


BOTH = {"en": "a nurse", "es": "una enfermera"}
PLANTED: list[tuple[str, str, str, Any, str]] = [
    ("a missing key", "en/topics/pain.toml", "label", ..., "missing"),
    ("a wrong type", "line.toml", "texting.segments", "three", "whole number"),
    ("a quoted number as text", "en/topics/pain.toml", "label", 5, "words in quotes"),
    ("a key that nobody knows", "en/topics/pain.toml", "review.reviewer", "x", "nobody knows"),
    ("an unknown place", "menus.toml", "menus.main.options.2.to", "nowhere", "no place"),
    ("an unknown related place", "menus.toml", "topics.pain.related", ["nowhere"], "no place"),
    ("a duplicate digit", "menus.toml", "menus.main.options.2.digit", 1, "digit 1 is there twice"),
    ("a digit that is not an option", "menus.toml", "menus.main.options.2.digit", 7, "less than or equal to 5"),
    ("an empty page", "es/topics/pain.toml", "voice.1.text", "  ", "is empty"),
    ("no pages", "en/topics/pain.toml", "sms", [], "empty"),
    ("a prompt that is missing", "es/prompts.toml", "voice.goodbye", ..., "missing"),
    ("a blank that nobody fills", "en/prompts.toml", "voice.goodbye", "Bye {nmuber}.", "nmuber"),
    ("braces that do not match", "en/prompts.toml", "text.moved", "Moved {.", "braces"),
    ("a blank that is code", "en/prompts.toml", "voice.goodbye", "Bye {number.real}.", "braces"),
    ("a language without a voice", "line.toml", "voices.es", ..., "missing"),
    ("a language that the program does not have", "line.toml", "languages.order", ["en", "fr"], "not a language"),
    ("a start that is no menu", "line.toml", "start", "pain", "no menu"),
    ("a desk that is not there", "line.toml", "handoffs.specialist.otherwise", "nobody", "no desk"),
    ("a number that cannot be dialled", "line.toml", "handoffs.specialist.number", "888-552-6760", "form"),
    ("a label of no place", "en/menus.toml", "labels.nowhere", "nowhere", "names no place"),
    ("a label that is missing", "en/menus.toml", "labels.living", ..., "missing"),
    ("a parent in a circle", "menus.toml", "menus.symptoms.parent", "symptoms", "never reaches the start"),
    ("a menu without parent", "menus.toml", "menus.symptoms.parent", ..., "missing"),
    ("a sensitive page that is not there", "menus.toml", "topics.pain.sensitive", {"voice": [3]}, "no page 3"),
    ("a fifth key taken twice", "menus.toml", "topics.pain.related", ["outlook"] * 4, "both need key 5"),
    ("a fact that is not there", "en/topics/pain.toml", "voice.1.facts", ["X9"], "X9"),
    ("a source that is not there", "es/topics/pain.toml", "review.sources", ["NEWS"], "NEWS"),
    ("a fact without its source", "sources.toml", "facts.D1.sources", ["NEWS"], "NEWS"),
    ("a word of the glossary in one language", "es/glossary.toml", "biopsy", ..., "missing"),
    ("hours without a zone", "line.toml", "callbacks", {"hours": {"open": ["mon 09:00-17:00"]}}, "missing"),
    ("a zone that is not there", "line.toml", "callbacks", {"hours": {"zone": "Moon/Base"}}, "no time zone"),
    ("a clock with too few hours", "en/prompts.toml", "voice.clock", "noon, midnight", "2 parts"),
    ("days that are too many", "es/prompts.toml", "text.weekdays", ", ".join("lmxjvsd!"), "8 parts"),
    ("call backs that nobody times", "line.toml", "callbacks", {"answered_by": BOTH, "within_hours": 4}, "when"),
    ("call backs of no hour", "line.toml", "callbacks", {"answered_by": BOTH, "hours": {"always": True}}, "how soon"),
    ("call backs in one language", "line.toml", "callbacks", {"answered_by": {"en": "a nurse"}}, "missing"),
    ("hours of no form", "line.toml", "callbacks", {"hours": {"open": ["9 to 5"]}}, "form"),
    ("a fault in hearing.toml", "en/hearing.toml", "digits", ..., "[digits] is missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "keys", "value", "told"), [case[1:] for case in PLANTED], ids=[case[0] for case in PLANTED]
)
def test_a_fault_is_refused_with_file_what_and_remedy(small: SmallLine, file: str, keys: str, value: Any, told: str) -> None:
    small.plant(file, keys, value)
    found = faults_of(small)
    assert any(fault.file == file and told in fault.what for fault in found), to_text(found)
    assert all(fault.remedy for fault in found)


def test_every_fault_is_told_at_once(small: SmallLine) -> None:
    small.plant("en/topics/pain.toml", "label", ...)
    small.plant("es/topics/pain.toml", "voice.2.text", "")
    small.plant("line.toml", "texting.segments", "three")
    small.raw["sources.toml"] = b"[sources\n"
    found = faults_of(small)
    assert {fault.file for fault in found} == {
        "en/topics/pain.toml", "es/topics/pain.toml", "line.toml", "sources.toml",
    }  # fmt: skip
    assert "voice.2.text" in {fault.key for fault in found}


def test_broken_toml_names_its_line(small: SmallLine) -> None:
    small.raw["en/topics/pain.toml"] = b'label = "pain\n'
    assert "line 1" in faults_of(small)[0].what


def test_a_latin_1_file_is_told_from_broken_words(small: SmallLine) -> None:
    small.raw["es/topics/pain.toml"] = 'label = "él"\n'.encode("latin-1")
    fault = faults_of(small)[0]
    assert "line 1 is not UTF-8" in fault.what
    assert "Latin-1" in fault.remedy


def test_a_missing_file_is_named(small: SmallLine) -> None:
    small.write()
    (small.root / "es/glossary.toml").unlink()
    with pytest.raises(ContentError) as refused:
        load(small.root)
    assert [fault.file for fault in refused.value.faults] == ["es/glossary.toml"]


def test_a_topic_in_one_language_only_is_refused(small: SmallLine) -> None:
    del small.files["es/topics/pain.toml"]
    assert faults_of(small)[0].file == "es/topics/pain.toml"


def test_a_topic_that_is_in_no_menu_is_refused(small: SmallLine) -> None:
    del small.files["menus.toml"]["topics"]["pain"]
    small.plant("menus.toml", "menus.symptoms.options", [{"digit": 1, "to": "when-to-call"}])
    assert {fault.what for fault in faults_of(small)} == {"this topic is in no menu"}


def test_a_file_that_nobody_reads_is_refused(small: SmallLine) -> None:
    small.files["fr/menus.toml"] = {}
    assert [(fault.file, fault.what) for fault in faults_of(small)] == [("fr/menus.toml", "nobody reads this file")]


def test_an_option_without_words_is_left_out_and_digits_stay(small: SmallLine) -> None:
    for code in ("en", "es"):
        del small.files[f"{code}/topics/when-to-call.toml"]
    library = load(small.write())
    assert [(option.digit, option.to) for option in library.graph.menus["symptoms"].options] == [(2, "pain")]
    assert [fault.level for fault in library.warnings] == ["warning"]


def test_a_message_that_does_not_fit_is_cut_at_sentence_ends(small: SmallLine) -> None:
    long = " ".join(["This sentence has a few words in it."] * 14)
    small.plant("en/topics/pain.toml", "sms.1.text", long)
    pages = load(small.write()).graph.topics["pain"].pages[(Language.EN, Medium.TEXT)]
    assert len(pages) > 2
    assert " ".join(page.text for page in pages[:-1]) == long
    assert all(page.text.endswith(".") for page in pages)
    assert all(page.facts == ("D1",) for page in pages)


def test_parts_of_a_sensitive_message_stay_behind_the_gate(small: SmallLine) -> None:
    small.plant("en/topics/palliative-care.toml", "sms.2.text", " ".join(["This sentence has a few words in it."] * 16))
    pages = load(small.write()).graph.topics["palliative-care"].pages[(Language.EN, Medium.TEXT)]
    assert [page.sensitive for page in pages] == [False] + [True] * (len(pages) - 1)
    assert len(pages) > 2


def test_hours_are_read_as_days_and_minutes(small: SmallLine) -> None:
    hours = {"zone": "America/New_York", "open": ["mon-wed 09:00-17:30", "sat-sun 10:00-24:00"]}
    small.plant(
        "line.toml",
        "callbacks",
        {"answered_by": {"en": "a nurse", "es": "una enfermera"}, "within_hours": 24, "hours": hours},
    )
    spans = ((0, 540, 1050), (1, 540, 1050), (2, 540, 1050), (5, 600, 1440), (6, 600, 1440))
    assert load(small.write()).graph.callbacks.hours == Hours("America/New_York", spans)


def test_bad_new_words_leave_the_last_good_ones_in_place(small: SmallLine) -> None:
    good = load(small.write())
    assert reload(good) == (good, ())
    small.plant("en/topics/pain.toml", "voice.1.text", "")
    small.write()
    kept, faults = reload(good)
    assert kept is good
    assert [fault.key for fault in faults] == ["voice.1.text"]
    small.plant("en/topics/pain.toml", "voice.1.text", "Pain can go.")
    small.write()
    fresh, faults = reload(good)
    assert not faults
    assert fresh.graph.revision != good.graph.revision


def test_content_is_looked_for_where_the_caller_says(small: SmallLine, tmp_path: Path) -> None:
    assert find_content(small.write()) == small.root
    assert (find_content() / "menus.toml").is_file()
    with pytest.raises(ContentError) as refused:
        find_content(tmp_path / "nothing")
    assert "IVR_CONTENT" in refused.value.sentence


def test_faults_can_be_read_by_people_and_programs() -> None:
    error = Fault("en/a.toml", "label", "it is empty", "Write it.", "R4")
    warning = replace(error, file="a.toml", level="warning")
    assert to_text([warning, error, error]).splitlines() == [
        "error: en/a.toml [label]: it is empty (R4). Write it.",
        "warning: a.toml [label]: it is empty (R4). Write it.",
    ]
    assert json.loads(to_json([error])) == [
        {"file": "en/a.toml", "key": "label", "what": "it is empty", "remedy": "Write it.", "rule": "R4", "level": "error"}
    ]


def test_a_review_keeps_its_dates(small: SmallLine) -> None:
    small.plant("en/topics/pain.toml", "review.reviewed_by", "A. Nurse")
    small.plant("en/topics/pain.toml", "review.reviewed_on", date(2026, 10, 1))
    review = load(small.write()).graph.topics["pain"].reviews[Language.EN]
    assert (review.reviewed_by, review.reviewed_on, review.sources) == ("A. Nurse", date(2026, 10, 1), ("BOOK",))
