"""Each rule of `ivr check` finds the fault that it is for, and leaves valid content alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from small_line import TODAY, SmallLine

from ivr.dialog.types import Option
from ivr.library.check import check, passes
from ivr.library.examples import EXAMPLES_FILE, LEARNED_FILE
from ivr.library.faults import Fault, to_text
from ivr.library.learning import Example, learn, to_bytes
from ivr.library.line_rules import Library
from ivr.library.loader import load
from ivr.library.rules import PRODUCTION, RULES, Case, rule_name

LONG = "This is a sentence that goes on and on and on and on and on and on and on and on and on and on."
WORDS_76 = " ".join(["word"] * 76) + "."
HARD = "Immediate multidisciplinary consideration necessitates systematic comprehensive evaluation."
HARD_ES = "La inmediatez multidisciplinaria necesita evaluaciones sistemáticas extraordinariamente pormenorizadas."


def set_(file: str, keys: str, value: Any) -> Callable[[SmallLine], None]:
    return lambda small: small.plant(file, keys, value)


def page(
    text: str, number: int = 1, kind: str = "voice", topic: str = "pain", language: str = "en"
) -> Callable[[SmallLine], None]:
    return set_(f"{language}/topics/{topic}.toml", f"{kind}.{number}.text", text)


def prompt(key: str, text: str, language: str = "en") -> Callable[[SmallLine], None]:
    return set_(f"{language}/prompts.toml", key, text)


def _learned_from_others(small: SmallLine) -> None:
    rows = "language\ttext\tlabel\nen\tit hurts\tpain\nen\twhat is it\twhat-it-is\n"
    small.raw[EXAMPLES_FILE] = rows.encode()
    small.raw[LEARNED_FILE] = to_bytes(learn([Example("it hurts", "pain")]))


def _deep(small: SmallLine) -> None:
    """A chain of menus, with pain five keys away."""
    small.plant("menus.toml", "menus.symptoms.options", [{"digit": 1, "to": "when-to-call"}, {"digit": 2, "to": "a"}])
    for ref, parent, to in (("a", "symptoms", "b"), ("b", "a", "c"), ("c", "b", "pain")):
        small.plant("menus.toml", f"menus.{ref}", {"parent": parent, "options": [{"digit": 1, "to": to}]})
        for code in ("en", "es"):
            for table in ("labels", "intros"):
                small.plant(f"{code}/menus.toml", f"{table}.{ref}", "more")


def _first_far_away(small: SmallLine) -> None:
    small.plant("menus.toml", "menus.main.options", [{"digit": 1, "to": "symptoms"}, {"digit": 2, "to": "living"}])
    small.plant("menus.toml", "menus.symptoms.options", [{"digit": 1, "to": "when-to-call"}, {"digit": 2, "to": "pain"}])
    small.plant("menus.toml", "topics.pain.related", ["what-it-is"])


def _another_page(small: SmallLine) -> None:
    small.files["es/topics/pain.toml"]["voice"].append({"text": "Diga algo más.", "facts": ["D1"]})


def _long_first_message(small: SmallLine) -> None:
    small.plant("es/topics/pain.toml", "sms.1.text", " ".join(["El dolor se calmará así."] * 9))


def _expensive_answers(small: SmallLine) -> None:
    for ref in ("what-it-is", "when-to-call", "pain", "palliative-care", "outlook"):
        small.plant(f"en/topics/{ref}.toml", "sms.1.text", " ".join(["This is a short sentence."] * 12))


def _late_cue(small: SmallLine) -> None:
    small.plant("line.toml", "name.en", "The line with a very long name that goes on " * 4)


# rule -> (how to plant its fault, the file in which it is told)
PLANTED: dict[str, tuple[Callable[[SmallLine], None], str]] = {
    "r1_zero_reaches_a_person": (set_("line.toml", "handoffs.specialist.number", ""), "line.toml"),
    "r5_digits_ascend_without_gaps": (set_("menus.toml", "menus.symptoms.options.2.digit", 3), "menus.toml"),
    "r8_every_place_can_be_reached": (
        set_("menus.toml", "menus.symptoms.options", [{"digit": 1, "to": "when-to-call"}]), "menus.toml"),
    "r8_answers_are_at_most_three_keys_away": (_deep, "menus.toml"),
    "r8_the_first_topics_are_two_keys_away": (_first_far_away, "menus.toml"),
    "r9_no_more_options": (prompt("voice.miss_1", "For more options, wait."), "en/prompts.toml"),
    "r10_menus_say_where_you_are": (
        set_("es/menus.toml", "intros.living", "Este es el menú de vivir con esto."), "es/menus.toml"),
    "r17_the_opening_comes_to_the_point": (_late_cue, "en/prompts.toml"),
    "r17_nothing_needless_is_said": (prompt("voice.goodbye", "Your call is important to us."), "en/prompts.toml"),
    "r17_menus_are_short": (set_("en/menus.toml", "labels.symptoms", "signs " * 80), "en/menus.toml"),
    "r17_pages_are_short": (page(WORDS_76), "en/topics/pain.toml"),
    "r12_there_is_time_to_answer": (set_("line.toml", "limits.listen", 5), "line.toml"),
    "r13_silence_is_not_punished": (set_("line.toml", "limits.extensions", 3), "line.toml"),
    "r15_options_have_pauses": (set_("line.toml", "limits.option_pause", 0.4), "line.toml"),
    "r16_paces_are_comfortable": (
        set_("line.toml", "voices.en.words_per_minute", {"normal": 190, "slow": 115}), "line.toml"),
    "r26_pages_fit_what_the_carrier_says": (page("word " * 700 + "."), "en/topics/pain.toml"),
    "r2_the_person_is_announced": (prompt("voice.miss_2", "Let us try again."), "en/prompts.toml"),
    "r4_label_before_key": (prompt("voice.option", "Press {digit} for {label}."), "en/prompts.toml"),
    "r4_answers_have_sentences_of_their_own": (
        prompt("voice.forget_confirm", "For yes, press 1, and for no, press 2."), "en/prompts.toml"),
    "r4_labels_complete_the_sentence": (set_("en/topics/pain.toml", "label", "pain."), "en/topics/pain.toml"),
    "r6_one_verb_for_keys": (prompt("voice.miss_1", "Presione otra tecla.", "es"), "es/prompts.toml"),
    "r6_signs_are_words": (prompt("voice.miss_1", "For the menu, press #."), "en/prompts.toml"),
    "r14_nobody_is_blamed": (prompt("voice.miss_1", "That was an invalid key."), "en/prompts.toml"),
    "r14_the_second_miss_is_shorter": (
        prompt("voice.miss_2", "For a person, press 0. " + "You can also wait and hear it again. " * 4), "en/prompts.toml"),
    "r37_no_label_is_a_carrier_word": (set_("es/topics/pain.toml", "label", "ayuda con el dolor"), "es/topics/pain.toml"),
    "r38_help_and_first_reply_carry_their_parts": (prompt("text.help", "Info line: call {number}."), "en/prompts.toml"),
    "r38_texts_name_the_line": (prompt("text.stopped", "You are opted out. START to go on."), "en/prompts.toml"),
    "r41_messages_fit": (_long_first_message, "es/topics/pain.toml"),
    "r41_menus_fit": (set_("es/menus.toml", "labels.symptoms", "señales así " * 30), "es/menus.toml"),
    "r41_prompts_fit": (prompt("text.help", "Info line: " + "many words " * 40), "en/prompts.toml"),
    "r41_the_median_answer_is_cheap": (_expensive_answers, "en/topics"),
    "r42_no_typographic_characters": (page("Pain can\u2019t wait."), "en/topics/pain.toml"),
    "r42_each_language_keeps_its_alphabet": (page("Pain is 5 \u2764.", kind="sms"), "en/topics/pain.toml"),
    "r43_no_words_that_carriers_filter": (page("Ask about cannabis.", kind="sms"), "en/topics/pain.toml"),
    "r43_no_shouting": (page("Pain can be EASED.", kind="sms"), "en/topics/pain.toml"),
    "r75_first_words_are_discreet": (page("Cancer pain can be eased.", kind="sms"), "en/topics/pain.toml"),
    "r75_the_name_in_texts_has_no_diagnosis": (set_("line.toml", "text_name.en", "Cancer line"), "line.toml"),
    "r21_both_media_say_the_same_facts": (set_("en/topics/pain.toml", "voice.1.facts", ["D1", "V1"]), "en/topics/pain.toml"),
    "r48_languages_have_the_same_pages": (_another_page, "es/topics/pain.toml"),
    "r48_texts_are_cut_alike": (_long_first_message, "menus.toml"),
    "r48_languages_are_not_mixed": (page("El dolor and your team.", language="es"), "es/topics/pain.toml"),
    "r48_translations_are_fresh": (page("Pain may be eased."), "es/topics/pain.toml"),
    "r51_spanish_says_usted": (page("Tú puedes calmar el dolor.", language="es"), "es/topics/pain.toml"),
    "r51_spanish_reads_easily": (page(HARD_ES, language="es"), "es/topics/pain.toml"),
    "r52_english_reads_easily": (page(HARD), "en/topics/pain.toml"),
    "r54_sentences_are_short": (page(LONG), "en/topics/pain.toml"),
    "r54_sentences_are_short_on_average": (
        page("This is a sentence that goes on and on and on and on and on and on and on here."), "en/topics/pain.toml"),
    "r53_definitions_are_short": (set_("en/glossary.toml", "biopsy.definition", "bit " * 13), "en/glossary.toml"),
    "r53_medical_words_are_defined": (page("You may get a biopsy soon."), "en/topics/pain.toml"),
    "r56_topics_end_with_a_next_step": (page("That was all of it.", number=2), "en/topics/pain.toml"),
    "r56_groups_are_small": (page("It is so. It is so. It is so. It is so. It is so."), "en/topics/pain.toml"),
    "r57_numbers_are_plain": (page("It helps 1 in 5 people."), "en/topics/pain.toml"),
    "r58_what_is_hard_to_hear_asks_first": (
        set_("menus.toml", "topics.outlook.sensitive", {"voice": [1], "text": "all"}), "menus.toml"),
    "r58_hard_words_stay_behind_the_gate": (page("Survival is a hard word."), "en/topics/pain.toml"),
    "r60_no_advice_and_no_promises": (page("You should take a pill."), "en/topics/pain.toml"),
    "r60_general_information_is_said": (prompt("voice.general", "Do not change your treatment."), "en/prompts.toml"),
    "r61_the_opening_names_911": (prompt("voice.opening_emergency", "In an emergency, get help."), "en/prompts.toml"),
    "r61_when_to_call_opens_with_911": (
        page("Some signs are bad. Call 911.", topic="when-to-call"), "en/topics/when-to-call.toml"),
    "r61_key_5_leads_to_when_to_call": (set_("menus.toml", "topics.pain.urgent_key", False), "menus.toml"),
    "r61_urgent_facts_name_911": (set_("en/topics/pain.toml", "sms.1.facts", ["U1"]), "en/topics/pain.toml"),
    "r61_emergency_and_crisis_say_whom_to_call": (
        page("You matter. Call 911.", topic="crisis"), "en/topics/crisis.toml"),
    "r27_numbers_of_desks_come_from_line_toml": (page("Call 1-888-552-6760."), "en/topics/pain.toml"),
    "r59_pages_name_their_facts": (set_("en/topics/pain.toml", "voice.1.facts", []), "en/topics/pain.toml"),
    "r59_topics_name_their_sources": (set_("en/topics/pain.toml", "review.sources", []), "en/topics/pain.toml"),
    "r59_every_source_is_used": (
        set_("sources.toml", "sources.NEWS", {"title": "N", "organisation": "", "url": "", "date": "", "read": "no"}),
        "sources.toml"),
    "r59_reviews_are_dated": (set_("en/topics/pain.toml", "review.review_due", date(2026, 1, 1)), "en/topics/pain.toml"),
    "r24_capitals_have_a_pronunciation": (page("Ask about the KRAS test."), "en/topics/pain.toml"),
    "r24_pronunciations_are_said_as_they_stand": (
        set_("en/pronunciations.toml", "G12C", "G 12 C"), "en/pronunciations.toml"),
    "r44_examples_have_a_label": (
        lambda small: small.raw.update({EXAMPLES_FILE: b"language\ttext\tlabel\nen\tit hurts\tpaint\n"}), EXAMPLES_FILE),
    "r44_what_was_learned_is_current": (_learned_from_others, LEARNED_FILE),
    "r26_no_markup": (page("Pain <b>can</b> be eased."), "en/topics/pain.toml"),
}  # fmt: skip

# Faults that the form of the files, or the dialog itself, already makes impossible: planted in the library instead.
BUILT_IN = {"r3_menu_and_back_work_everywhere", "r7_at_most_five_options", "r53_at_most_two_new_words_a_page"}

_BY_NAME = {rule.__name__: rule for rule in (*RULES, *PRODUCTION)}


def faults_of(rule: str, library: Library) -> list[Fault]:
    return list(_BY_NAME[rule](Case(library, TODAY)))


def test_valid_content_has_no_faults_at_all(small: SmallLine) -> None:
    found = check(load(small.write()), today=TODAY)
    assert not found, to_text(found)


@pytest.mark.parametrize("rule", sorted(PLANTED))
def test_a_planted_fault_is_found(small: SmallLine, rule: str) -> None:
    plant, file = PLANTED[rule]
    plant(small)
    found = faults_of(rule, load(small.write()))
    assert file in {fault.file for fault in found}, to_text(found)
    assert all(fault.what and fault.remedy for fault in found)


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule.__name__ for rule in RULES} == PLANTED.keys() | BUILT_IN


def test_back_that_leads_elsewhere_is_found(small: SmallLine) -> None:
    library = load(small.write())
    topics = {**library.graph.topics, "pain": replace(library.graph.topics["pain"], parent="gone")}
    broken = replace(library, graph=replace(library.graph, topics=topics))
    assert faults_of("r3_menu_and_back_work_everywhere", broken)


def test_a_sixth_option_is_found(small: SmallLine) -> None:
    library = load(small.write())
    main = replace(library.graph.menus["main"], options=tuple(Option(digit, "pain") for digit in range(1, 7)))
    broken = replace(library, graph=replace(library.graph, menus={**library.graph.menus, "main": main}))
    assert faults_of("r7_at_most_five_options", broken)[0].key == "menus.main.options"


def test_too_many_new_words_on_a_page_are_found(small: SmallLine) -> None:
    for ref in ("alpha", "beta", "gamma", "delta"):
        for code in ("en", "es"):
            small.plant(f"{code}/glossary.toml", ref, {"term": f"{ref}word", "aliases": [], "definition": "a thing"})
    page("Alphaword, betaword, gammaword and deltaword.")(small)
    assert "4 medical words" in faults_of("r53_at_most_two_new_words_a_page", load(small.write()))[0].what


def test_the_offending_character_is_named(small: SmallLine) -> None:
    page("Pain can\u2019t wait.", kind="sms")(small)
    found = faults_of("r42_no_typographic_characters", load(small.write()))
    assert "RIGHT SINGLE QUOTATION MARK" in found[0].what


def test_a_medical_word_that_is_explained_is_no_fault(small: SmallLine) -> None:
    page("You may get a biopsy, which is a small bit of tissue for a test.")(small)
    assert not faults_of("r53_medical_words_are_defined", load(small.write()))


def test_a_fault_names_the_rule_that_it_breaks(small: SmallLine) -> None:
    page("You should take a pill.")(small)
    found = check(load(small.write()), today=TODAY)
    assert "R60" in {fault.rule for fault in found}
    assert not passes(found)


def test_a_warning_passes_unless_asked_to_be_strict(small: SmallLine) -> None:
    page("Pain can be EASED.", kind="sms")(small)
    small.stamp()
    found = check(load(small.write()), today=TODAY)
    assert [fault.level for fault in found] == ["warning"], to_text(found)
    assert passes(found)
    assert not passes(found, strict=True)


def test_production_refuses_words_without_reviewer(small: SmallLine) -> None:
    found = check(load(small.write()), today=TODAY, production=True)
    assert {fault.key for fault in found} == {"review.reviewed_by"}
    assert len(found) == 14


def test_production_refuses_a_number_that_nobody_confirmed_and_missing_settings(small: SmallLine) -> None:
    small.plant("line.toml", "handoffs.specialist.confirmed", False)
    found = check(load(small.write()), today=TODAY, production=True, settings_missing=["SECRET_KEY"])
    assert {"handoffs.specialist.confirmed", "SECRET_KEY"} <= {fault.key for fault in found}


def test_rules_are_named_after_the_rules_of_the_project() -> None:
    assert {rule_name(rule) for rule in RULES} >= {
        "R1", "R2", "R4", "R6", "R8", "R14", "R15", "R17", "R21", "R24", "R37", "R38", "R41", "R42", "R48", "R51", "R52",
        "R53", "R54", "R57", "R58", "R59", "R60", "R61", "R75",
    }  # fmt: skip
