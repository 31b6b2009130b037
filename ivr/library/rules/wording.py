"""Rules for how keys, mistakes and names are worded, in prompts and labels. They judge no topic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.dialog.one_key import QUESTIONS, sentences_with_keys
from ivr.dialog.types import Language, Medium
from ivr.library.faults import WARNING, Fault
from ivr.library.readability import sentences
from ivr.library.rehearsal import menu
from ivr.library.rules.case import Case

CARRIER_WORDS = frozenset(
    re.findall(
        r"\w+",
        "STOP STOPALL UNSUBSCRIBE END QUIT CANCEL REVOKE OPTOUT START UNSTOP YES HELP INFO ALTO PARAR BASTA CANCELAR AYUDA",
    )
)
LABEL_WORDS = 7
_PERSON = {
    Language.EN: re.compile(r"\bpress (0|zero)\b", re.IGNORECASE),
    Language.ES: re.compile(r"\b(oprima|oprimir) (el )?(0|cero)\b", re.IGNORECASE),
}


def r2_the_person_is_announced(case: Case) -> Iterator[Fault]:
    """Key 0 is named in the opening, after the second miss, and in silence."""
    for language in case.graph.languages:
        for key in ("opening_person", "miss_2", "silence_person"):
            spot = case.prompt(language, Medium.VOICE, key)
            if not _PERSON[language].search(spot.text):
                yield spot.fault("this does not say that 0 reaches a person", "Name the person and key 0.")


_KEY_FIRST = {
    Language.EN: re.compile(r"\bpress (\d|star|pound|zero|one) (for|to)\b(?! (start|go) (over|back)\b.*press)", re.I),
    Language.ES: re.compile(r"\boprima (el )?(\d|asterisco|numeral|cero) para\b", re.I),
}
_LABEL_FIRST = {
    Language.EN: re.compile(r"^(for|to|or for|or to) .+ press (\d|\{digit\}|star|pound|any key)", re.I),
    Language.ES: re.compile(r"^(o )?(para|si) .+ oprima (\d|\{digit\}|asterisco|la tecla numeral|cualquier tecla)", re.I),
}


def r4_label_before_key(case: Case) -> Iterator[Fault]:
    """ "For X, press N": what it does comes before its key."""
    for spot in case.spoken():
        if _KEY_FIRST[spot.language].search(spot.text):
            yield spot.fault("the key comes before what it does", "Say what it does, then the key.")
    for language in case.graph.languages:
        for key in ("option", "any_key_option", "urgent_option", "other_language_cue", "gate_option", "confirm_option"):
            spot = case.prompt(language, Medium.VOICE, key)
            for sentence in sentences(spot.text):
                if not _LABEL_FIRST[language].search(sentence):
                    remedy = 'Write "For ..., press ..." (Spanish: "Para ..., oprima ...").'
                    yield spot.fault(f'"{sentence}" does not say the choice and then the key', remedy)


def r4_answers_have_sentences_of_their_own(case: Case) -> Iterator[Fault]:
    """Each answer to a question is a sentence that ends with its key, so that one-key mode can say them one by one."""
    for language in case.graph.languages:
        any_key = case.prompt(language, Medium.VOICE, "any_key_option").text
        for key, digits in QUESTIONS.items():
            spot = case.prompt(language, Medium.VOICE, key)
            found = "".join(digit for _, digit in sentences_with_keys(spot.text, any_key)[1])
            if found != digits:
                remedy = 'Write one sentence for each: "For yes, press 1. For no, press 2."'
                yield spot.fault(f"its answers are the keys {' and '.join(digits)}, each in a sentence of its own", remedy)


_OTHER_VERBS = {
    Language.EN: re.compile(
        r"\b(?:hit|select|punch|push|type in|key in|touch|dial) (?:the )?(?:\d\b(?!\d)|star|pound|key|button|number \d)",
        re.I,
    ),
    Language.ES: re.compile(
        r"\b(?:presion(?:e|ar)|apriet(?:e|ar)|puls(?:e|ar)|tecle(?:e|ar)|digit(?:e|ar)|oprime|presiona|"
        r"marque(?! (?:al |el )?(?:911|988|211|711)\b))\b",
        re.I,
    ),
}
_SIGNS = re.compile(r"[*#]")
_OH = re.compile(r"\d oh \d|\boh oh\b", re.I)
_HASH = re.compile(r"\bhash( key| sign)?\b|\balmohadilla\b|\bgato\b", re.I)


def r6_one_verb_for_keys(case: Case) -> Iterator[Fault]:
    """ "press" in English and "oprima" in Spanish, and no other verb."""
    for spot in case.spoken():
        found = _OTHER_VERBS[spot.language].search(spot.text)
        if found:
            right = "press" if spot.language is Language.EN else "oprima"
            yield spot.fault(f'"{found[0]}" is not how this line says it', f'Use "{right}".')


def r6_signs_are_words(case: Case) -> Iterator[Fault]:
    """Spoken text has no * and #: star and pound, asterisco and tecla numeral; zero is not "oh"."""
    for spot in case.spoken():
        found = _SIGNS.search(spot.text) or _OH.search(spot.text) or _HASH.search(spot.text)
        if found:
            yield spot.fault(f'"{found[0]}" is not said like that', "Write star, pound or zero (asterisco, numeral, cero).")


_BLAME = re.compile(r"\b(invalid|error|incorrect|wrong|illegal|inválid[oa]|incorrect[oa]|equivocad[oa])\b", re.IGNORECASE)


def r14_nobody_is_blamed(case: Case) -> Iterator[Fault]:
    """Prompts never say invalid, error or wrong."""
    for spot in case.prompts():
        found = _BLAME.search(spot.text)
        if found:
            yield spot.fault(f'"{found[0]}" blames the person', "Say what can be done instead.")


def r14_the_second_miss_is_shorter(case: Case) -> Iterator[Fault]:
    """The second re-ask has at most seven tenths of the words of the main menu."""
    for language in case.graph.languages:
        whole = sum(len(moment.text.split()) for moment in menu(case.graph, case.graph.start, language))
        spot = case.prompt(language, Medium.VOICE, "miss_2")
        if len(spot.text.split()) > 0.7 * whole:
            yield spot.fault("this is nearly as long as the menu itself", "Say only the choices key and the person.")


def r37_no_label_is_a_carrier_word(case: Case) -> Iterator[Fault]:
    """A label is a word one can text, so it never begins with a word that the carrier takes for itself."""
    for spot in case.names():
        first = re.split(r"[^\w]+", spot.text.strip().upper(), maxsplit=1)[0]
        if first in CARRIER_WORDS:
            yield spot.fault(f'it begins with "{first}", which the carriers act on', "Begin with another word.")


def r4_labels_complete_the_sentence(case: Case) -> Iterator[Fault]:
    """A label completes "For ..., press 1": short, without a final stop."""
    for spot in case.names():
        if spot.text.rstrip()[-1:] in ".!?:;,":
            yield spot.fault("it ends with a stop", "Take the stop away; the prompt adds its own.")
        count = len(spot.text.split())
        if count > LABEL_WORDS:
            yield spot.fault(f"it has {count} words", f"Use at most {LABEL_WORDS}.", WARNING)


_PARTS: Mapping[str, Mapping[Language, tuple[str, ...]]] = {
    "help": {
        Language.EN: ("not medical advice", "911", "STOP", r"\{number\}", "data rates may apply"),
        Language.ES: ("no es consejo médico", "911", "ALTO", r"\{number\}", "tarifas"),
    },
    "first_text": {
        Language.EN: ("not medical advice", "911", "STOP", "HELP", "MENU", "data rates may apply", "Español: 8"),
        Language.ES: ("no es consejo médico", "911", "ALTO", "AYUDA", "MENÚ", "tarifas", "English: 8"),
    },
    "started": {
        Language.EN: ("STOP", "HELP", "data rates may apply"),
        Language.ES: ("ALTO", "AYUDA", "tarifas"),
    },
    "stopped": {
        Language.EN: ("opted out|no more", "START"),
        Language.ES: ("no recibirá más", "START"),
    },
    "outbound_first": {
        Language.EN: ("STOP", "HELP", "data rates may apply"),
        Language.ES: ("ALTO", "AYUDA", "tarifas"),
    },
}


def r38_help_and_first_reply_carry_their_parts(case: Case) -> Iterator[Fault]:
    """What carriers require of HELP, the first reply, START, STOP and the first text we send."""
    for key, languages in _PARTS.items():
        for language in case.graph.languages:
            spot = case.prompt(language, Medium.TEXT, key)
            missing = [part for part in languages[language] if not re.search(part, spot.text)]
            if missing:
                names = ", ".join(f'"{part}"'.replace("\\", "") for part in missing)
                yield spot.fault(f"it lacks {names}", "Put it in.")


def r38_texts_name_the_line(case: Case) -> Iterator[Fault]:
    """HELP, START, STOP and texts that come unasked begin with the name that has no diagnosis in it."""
    for language in case.graph.languages:
        name = case.graph.text_name[language].split()[0].lower()
        for key in ("help", "stopped", "started", "outbound_offer", "outbound_number", "callback_late"):
            spot = case.prompt(language, Medium.TEXT, key)
            if not spot.text.lower().startswith(name):
                yield spot.fault("it does not begin with the name of the line", f"Begin with {name.capitalize()} ...")
