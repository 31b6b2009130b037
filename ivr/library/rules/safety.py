"""Rules for safety: the gate, no advice and no predictions, 911 and 988 where they belong. They judge no style."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.places import CRISIS, EMERGENCY, URGENT_PAGE, WHEN_TO_CALL
from ivr.dialog.types import Language, Medium
from ivr.library.faults import WARNING, Fault
from ivr.library.readability import sentences
from ivr.library.rehearsal import seconds
from ivr.library.rules.case import Case, topic_file

OUTLOOK = "outlook"
PALLIATIVE = "palliative-care"
GENERAL_WORDS = 20
EMERGENCY_SECONDS = 6
_URGENT_MENUS = ("treatment", "treatment-kinds", "symptoms")
_URGENT_STARTS = ("spread-", "treatment-")


def r58_what_is_hard_to_hear_asks_first(case: Case) -> Iterator[Fault]:
    """All of outlook and the hospice page of palliative-care stand behind the gate, in both media; only that."""
    for ref, whole in ((OUTLOOK, True), (PALLIATIVE, False)):
        topic = case.graph.topics.get(ref)
        for (language, medium), pages in (topic.pages if topic else {}).items():
            gated = [page.sensitive for page in pages]
            key = f"topics.{ref}.sensitive"
            if whole and not all(gated):
                yield Fault("menus.toml", key, f"a page is open ({language}, {medium})", 'Write "all" for both media.')
            if not whole and (gated[0] or not any(gated)):
                what = f"the hospice page, and only that, asks first ({language}, {medium})"
                yield Fault("menus.toml", key, what, "List the number of the hospice page.")


_HARD = {
    Language.EN: re.compile(
        r"\b(life expectancy|survival|months to live|time (is )?left|last (days|weeks|months)|when (you|someone) dies?)\b",
        re.I,
    ),
    Language.ES: re.compile(
        r"\b(esperanza de vida|supervivencia|meses de vida|tiempo de vida|le queda(n)? de vida|"
        r"[úu]ltim[oa]s (días|semanas|meses))\b",
        re.I,
    ),
}
_NO_FIGURES = re.compile(r"1-800[-\w]+|\b(stage|etapa|press|oprima|reply|responda) \d", re.I)
_NUMBER = re.compile(r"(?<![-\d])(?!911|988|211|711|0(?!\d))\d+(?![-\d])")


def r58_hard_words_stay_behind_the_gate(case: Case) -> Iterator[Fault]:
    """Words about time left stand on sensitive pages only, and those pages never tell a number."""
    for language, ref, topic in case.topics():
        sensitive = case.library.written.menus.topics[ref].sensitive
        for key, listed, pages in (("voice", sensitive.voice, topic.voice), ("sms", sensitive.text, topic.sms)):
            for number, page in enumerate(pages, start=1):
                gated = listed == "all" or number in listed
                hard = _HARD[language].search(page.text)
                if hard and not gated:
                    what, remedy = f'"{hard[0]}" is said without asking', "List the page as sensitive in menus.toml."
                    yield Fault(topic_file(language, ref), f"{key}.{number}", what, remedy)
                figure = _NUMBER.search(_NO_FIGURES.sub("", page.text)) if gated else None
                if figure:
                    what, remedy = f'a sensitive page tells the number "{figure[0]}"', "Leave it out."
                    yield Fault(topic_file(language, ref), f"{key}.{number}", what, remedy)


_ADVICE = {
    Language.EN: re.compile(
        r"\b(you should (take|stop|start|refuse|have)|(?<!not )(?<!never )stop taking|\d+ ?(mg|milligrams?|ml)\b|"
        r"you must (take|stop)|we recommend|will cure|guarantee[ds]?|your diagnosis is)\b",
        re.I,
    ),
    Language.ES: re.compile(
        r"\b(usted debe (tomar|dejar)|debe tomar|debe dejar de|(?<!no )deje de tomar|\d+ ?(mg|miligramos?|ml)\b|"
        r"le recomendamos|curará|garantiz\w+)\b",
        re.I,
    ),
}


def r60_no_advice_and_no_promises(case: Case) -> Iterator[Fault]:
    """No dose, no "you should take", no promise of a cure."""
    for spot in case.everything():
        found = _ADVICE[spot.language].search(spot.text)
        if found:
            yield spot.fault(f'"{found[0]}" is advice or a promise', "Say what exists, and to ask the care team.")


_NOT_ADVICE = {Language.EN: "not medical advice", Language.ES: "no es consejo médico"}
_NO_CHANGE = {Language.EN: re.compile(r"do not (stop|change)", re.I), Language.ES: re.compile(r"no (deje|cambie)", re.I)}


def r60_general_information_is_said(case: Case) -> Iterator[Fault]:
    """Before the first topic, in HELP and in the first text: general information, not medical advice."""
    for language in case.graph.languages:
        general = case.prompt(language, Medium.VOICE, "general")
        for spot in (general, *(case.prompt(language, Medium.TEXT, key) for key in ("help", "first_text"))):
            if _NOT_ADVICE[language] not in spot.text:
                yield spot.fault(f'it does not say "{_NOT_ADVICE[language]}"', "Put it in.")
        if not _NO_CHANGE[language].search(general.text):
            yield general.fault(
                "it does not say to keep to the treatment", 'Add "Do not change your treatment on your own."'
            )
        count = len(general.text.split())
        if count > GENERAL_WORDS:
            yield general.fault(f"it has {count} words, at most {GENERAL_WORDS}", "Shorten it.", WARNING)


def r61_the_opening_names_911(case: Case) -> Iterator[Fault]:
    """The opening says to hang up and call 911."""
    for language in case.graph.languages:
        for key in ("opening_emergency", "emergency", "emergency_unsure"):
            spot = case.prompt(language, Medium.VOICE, key)
            if "911" not in spot.text or not re.search(r"hang up|cuelgue", spot.text, re.I):
                yield spot.fault("it does not say to hang up and call 911", "Say both.")
        spot = case.prompt(language, Medium.VOICE, "emergency")
        lasts = seconds(case.graph, spot.text, language)
        if lasts > EMERGENCY_SECONDS:
            yield spot.fault(f"it takes {lasts:.0f} s, at most {EMERGENCY_SECONDS}", "Shorten it.")


def r61_when_to_call_opens_with_911(case: Case) -> Iterator[Fault]:
    """when-to-call begins with the 911 signs; its second page is about what cannot wait until tomorrow."""
    if WHEN_TO_CALL not in case.graph.topics:
        yield Fault("menus.toml", f"topics.{WHEN_TO_CALL}", "this topic is missing", "Write it: key 5 leads to it.")
    for spot in case.pages():
        if spot.ref == WHEN_TO_CALL and spot.number == 1 and "911" not in sentences(spot.text)[0]:
            yield spot.fault("its first sentence does not name 911", "Open with the 911 signs.")
        if spot.ref == WHEN_TO_CALL and spot.number == URGENT_PAGE + 1 and not any(f.startswith("V") for f in spot.facts):
            yield spot.fault("this page must tell what cannot wait until tomorrow", "Put the facts V1 or V2 here.")


def r61_key_5_leads_to_when_to_call(case: Case) -> Iterator[Fault]:
    """Every topic on symptoms, side effects, treatment and spread has when-to-call on key 5."""
    for ref, topic in case.graph.topics.items():
        touches = topic.parent in _URGENT_MENUS or ref.startswith(_URGENT_STARTS)
        if touches and not topic.urgent_key and ref != WHEN_TO_CALL:
            yield Fault("menus.toml", f"topics.{ref}.urgent_key", "key 5 does not lead to when-to-call", "Set it to true.")


def r61_urgent_facts_name_911(case: Case) -> Iterator[Fault]:
    """A page that tells a 911 sign (facts U...) says 911."""
    for spot in case.pages():
        if any(re.match(r"U\d", fact) for fact in spot.facts) and "911" not in spot.text:
            yield spot.fault("it tells a 911 sign and does not say 911", "Name 911 on this page.")


_MESSAGES = {EMERGENCY: ("911",), CRISIS: ("988", "911")}


def r61_emergency_and_crisis_say_whom_to_call(case: Case) -> Iterator[Fault]:
    """emergency says 911, crisis says 988 and 911, in each medium; the text of an emergency begins with 911."""
    for ref in _MESSAGES:
        if ref not in case.graph.topics:
            yield Fault("menus.toml", f"topics.{ref}", "this message is missing", "Write it.")
    for spot in case.pages():
        missing = [number for number in _MESSAGES.get(spot.ref, ()) if number not in spot.text and spot.number == 1]
        if missing:
            yield spot.fault(f"it does not say {' and '.join(missing)}", "Put it in.")
        if spot.ref == EMERGENCY and spot.medium is Medium.TEXT and "911" not in spot.text[:30]:
            yield spot.fault("911 comes too late", "Begin with: call 911 now.")


_BARE = re.compile(r"1-888-552-6760|888[-. ]?552[-. ]?6760")


def r27_numbers_of_desks_come_from_line_toml(case: Case) -> Iterator[Fault]:
    """No topic or prompt writes the specialist's number or its hours: both come from line.toml."""
    for spot in case.everything():
        if _BARE.search(spot.text):
            yield spot.fault("it writes the specialist's number", "Say key 0 or PERSON; line.toml has the number.")
