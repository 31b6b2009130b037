"""Rules for texts: segments, encoding, discretion, and what carriers and screen readers cannot take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from statistics import median

from ivr.dialog.types import Language, Medium
from ivr.library.faults import ERROR, WARNING, Fault
from ivr.library.rehearsal import menu_message, message
from ivr.library.rules.case import Case, topic_file
from ivr.library.rules.wording import CARRIER_WORDS
from ivr.texting.segments import GSM_7, count

CHARACTERS = 320
MEDIAN_SEGMENTS = {Language.EN: 2, Language.ES: 3}
PREVIEW = 30  # characters that a locked screen shows
HELP_SEGMENTS = 2
_ALWAYS_FOUND = "áíóúÁÍÓÚ"  # correct Spanish that needs UCS-2; everything else that does is a slip


def r41_messages_fit(case: Case) -> Iterator[Fault]:
    """A message fits the segments of line.toml together with what the line adds to it, and 320 characters."""
    most = case.library.texting.segments
    for language, ref, topic in case.topics():
        whole = case.graph.topics[ref].pages[(language, Medium.TEXT)]
        if len(whole) > len(topic.sms):
            file, remedy = topic_file(language, ref), "Shorten it, or write it as two [[sms]]."
            split = [
                number
                for number, page in enumerate(topic.sms, start=1)
                if " ".join(page.text.split()) not in {" ".join(part.text.split()) for part in whole}
            ]
            for number in split:
                what = f"with what the line adds it needs more than {most} segments, so it is sent in parts"
                yield Fault(file, f"sms.{number}", what, remedy)
    for spot in case.pages(Medium.TEXT):
        if len(spot.text) > CHARACTERS:
            yield spot.fault(f"it has {len(spot.text)} characters, at most {CHARACTERS}", "Cut it, or make it two.")


def r41_menus_fit(case: Case) -> Iterator[Fault]:
    """A menu fits the segments of a reply; as the very first reply it may be sent in parts."""
    most = case.library.texting.segments
    for language in case.graph.languages:
        for ref in case.graph.menus:
            for first, level in ((False, ERROR), (True, WARNING)):
                cost = count(menu_message(case.graph, ref, language, first=first))
                if cost.segments > most:
                    what = f"{'as a first reply ' if first else ''}this menu takes {cost.segments} segments, at most {most}"
                    remedy = "Shorten the labels of its options."
                    yield Fault(f"{language}/menus.toml", f"labels.{ref}", what, remedy, level=level)


def r41_prompts_fit(case: Case) -> Iterator[Fault]:
    """A sentence of the line fits a reply; HELP takes two segments at most (R38)."""
    most = case.library.texting.segments
    for spot in case.prompts(Medium.TEXT):
        filled = re.sub(r"\{(number|text_number)\}", "1-888-552-6760", spot.text)
        limit = HELP_SEGMENTS if spot.ref in ("help", "started", "stopped") and spot.language is Language.EN else most
        segments = count(filled).segments
        if segments > limit:
            yield spot.fault(f"it takes {segments} segments, at most {limit}", "Shorten it.")


def median_segments(case: Case, language: Language) -> float:
    """Segments of the median answer: the first message of every topic, as it is sent."""
    topics = [ref for ref, topic in case.graph.topics.items() if not topic.message]
    return median(count(message(case.graph, ref, language, 1)).segments for ref in topics) if topics else 0


def r41_the_median_answer_is_cheap(case: Case) -> Iterator[Fault]:
    """The median answer costs at most 2 segments in English and 3 in Spanish."""
    for language in case.graph.languages:
        segments = median_segments(case, language)
        if segments > MEDIAN_SEGMENTS[language]:
            what = f"the median answer takes {segments:g} segments, at most {MEDIAN_SEGMENTS[language]}"
            yield Fault(f"{language}/topics", "sms.1", what, "Shorten the first messages.", level=WARNING)


def character_name(character: str) -> str:
    """A character by its name, so that an invisible one can be found: "’" (RIGHT SINGLE QUOTATION MARK)."""
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    return f'"{character}" ({name})' if character.isprintable() else f"({name})"


_TYPOGRAPHIC = re.compile(
    "[\u2018-\u201f\u2010-\u2015\u2212\u2026\u2022\u00b7\u00a0\u2000-\u200f\u2028-\u202f\ufeff\u00ab\u00bb]"
)


def r42_no_typographic_characters(case: Case) -> Iterator[Fault]:
    """No curly quotes, dashes, ellipses, bullets or special spaces, in anything said or sent."""
    for spot in case.everything():
        found = dict.fromkeys(_TYPOGRAPHIC.findall(spot.text))
        if found:
            names = ", ".join(character_name(character) for character in found)
            yield spot.fault(f"it has {names}", "Use straight quotes, hyphens, three stops or plain spaces.")


def r42_each_language_keeps_its_alphabet(case: Case) -> Iterator[Fault]:
    """English is GSM-7; Spanish may need UCS-2 for its accents, and for nothing else."""
    for spot in case.shown():
        cost = count(spot.text)
        if cost.encoding == GSM_7:
            continue
        allowed = _ALWAYS_FOUND if spot.language is Language.ES else ""
        strange = [character for character in cost.offending if character not in allowed]
        if strange and not all(_TYPOGRAPHIC.match(character) for character in strange):
            names = ", ".join(character_name(character) for character in strange)
            yield spot.fault(f"{names} makes a text cost more than twice as much", "Use a plain character.")


_SHORTENERS = re.compile(r"\b(bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly)\b", re.I)
_FILTERED = re.compile(
    r"\b(cannabis|marijuana|marihuana|cbd|thc|hemp|kratom|vap(?:e|es|ing|eo|ear)|loans?|préstamos?|payday|"
    r"debt (?:relief|forgiveness|consolidation)|credit repair|casino|gambling|lottery|sweepstakes|crypto|viagra|xanax|"
    r"get rich|work from home|firearms?)\b",
    re.IGNORECASE,
)


def r43_no_words_that_carriers_filter(case: Case) -> Iterator[Fault]:
    """Words and links for which carriers stop texts."""
    for spot in case.shown():
        link = _SHORTENERS.search(spot.text)
        if link:
            yield spot.fault(f"carriers stop texts with {link[0]}", "Write the whole address, on a line of its own.")
        word = _FILTERED.search(spot.text)
        if word:
            yield spot.fault(f'carriers may stop texts with "{word[0]}"', "Say it another way.", WARNING)


_KEYWORDS = CARRIER_WORDS | {
    "MENU", "MENÚ", "BACK", "MORE", "AGAIN", "PERSON", "TOPICS", "FORGET", "WORD", "CALL", "NO", "CALLBACK", "REPLY",
    "PERSONA", "MÁS", "VOLVER", "TEMAS", "BORRAR", "PALABRA", "LLAMAR", "OTRA", "VEZ", "ENGLISH", "ESPANOL", "ESPAÑOL",
    "CANCER", "QUIT", "NOW", "DEJELO", "DÉJELO", "YA", "SPECIALIST", "AGENT", "HOLD", "ATRAS", "ATRÁS", "OK", "BRAIN",
    "CONTINUAR", "SEGUIR", "ESPECIALISTA", "OLVIDAR",
}  # fmt: skip
_CAPITALS = re.compile(r"(?<![\w-])[A-ZÁÉÍÓÚÑ]{4,}(?![\w-])")


def r43_no_shouting(case: Case) -> Iterator[Fault]:
    """Capitals are for words that can be texted, and for abbreviations that have a pronunciation."""
    for spot in case.shown():
        known = case.graph.pronunciations[spot.language]
        for word in dict.fromkeys(_CAPITALS.findall(spot.text)):
            if word not in _KEYWORDS and word not in known:
                yield spot.fault(f'"{word}" reads like shouting', "Use small letters.", WARNING)


_DIAGNOSIS = re.compile(r"cancer|cáncer|tumou?r|oncolog|oncólog", re.IGNORECASE)
_REVEALING = re.compile(r"metast|chemo|quimio|hospice|hospicio", re.IGNORECASE)
_UNASKED = (
    "first_text",
    "outbound_first",
    "outbound_offer",
    "outbound_number",
    "callback_late",
    "stopped",
    "started",
    "help",
)


def r75_first_words_are_discreet(case: Case) -> Iterator[Fault]:
    """The first 30 characters, which a locked phone shows to others, name no diagnosis."""
    spots = list(case.pages(Medium.TEXT))
    spots += [case.prompt(language, Medium.TEXT, key) for language in case.graph.languages for key in _UNASKED]
    for spot in spots:
        preview = spot.text[:PREVIEW]
        found = _DIAGNOSIS.search(preview)
        if found:
            level = WARNING if spot.number > 1 else ERROR
            yield spot.fault(f'a locked screen shows "{preview}"', f'Put "{found[0]}" later in the message.', level)
        elif _REVEALING.search(preview) and spot.number < 2:
            yield spot.fault(f'a locked screen shows "{preview}"', "Begin with other words.", WARNING)


def r75_the_name_in_texts_has_no_diagnosis(case: Case) -> Iterator[Fault]:
    """The name that stands in texts tells nobody what the line is about."""
    for language, name in case.graph.text_name.items():
        if _DIAGNOSIS.search(name) or _REVEALING.search(name):
            yield Fault("line.toml", f"text_name.{language}", f'"{name}" names a diagnosis', "Use a neutral name.")
