"""Rules for time: the opening, menus and pages are short enough, and waiting is long enough. They judge no wording."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.types import Language, Medium, Pace
from ivr.library.faults import ERROR, WARNING, Fault
from ivr.library.rehearsal import Moment, ends, menu, opening, page
from ivr.library.rules.case import Case

CUE_SECONDS = 12  # the offer of the other language ends by then
OPTION_SECONDS, OPTION_HARD = 20, 30
NAME_SECONDS = 5
EMERGENCY_SECONDS, EMERGENCY_LASTS = 20, 10
FIRST_CHOICES = 35  # seconds by which the opening of a language has been said, without "or ask"
MENU_WORDS, MENU_HARD = 60, 75
PAGE_WORDS = 75
SAY_CHARACTERS = 3000


def opening_faults_at(case: Case, language: Language) -> Iterator[tuple[str, str, str]]:
    """(prompt, what, level) for each part of the opening that comes too late."""
    moments = opening(case.graph, language)
    name = moments[0] if moments else Moment(0, 0, language, "")
    if name.lasts > NAME_SECONDS:
        yield "opening_name", f"the name takes {name.lasts:.0f} s, at most {NAME_SECONDS}", ERROR
    cue = next((moment for moment in moments if moment.language is not language), None)
    if cue and cue.starts + cue.lasts > CUE_SECONDS:
        what = f"the other language is offered after {cue.starts + cue.lasts:.0f} s, at most {CUE_SECONDS}"
        yield "other_language_cue", what, ERROR
    emergency = next((moment for moment in moments if "911" in moment.text), None)
    if emergency and emergency.starts + emergency.lasts > EMERGENCY_SECONDS:
        yield "opening_emergency", f"911 is named after {emergency.starts + emergency.lasts:.0f} s", ERROR
    if emergency and emergency.lasts > EMERGENCY_LASTS:
        yield "opening_emergency", f"the 911 sentence takes {emergency.lasts:.0f} s", ERROR
    first = _first_option(case, language, moments)
    if first is None:
        yield "option", "the opening offers no options", ERROR
    elif first.starts + first.lasts > OPTION_SECONDS:
        level = ERROR if first.starts + first.lasts > OPTION_HARD else WARNING
        yield "option", f"the first option ends after {first.starts + first.lasts:.0f} s, at most {OPTION_SECONDS}", level


def _first_option(case: Case, language: Language, moments: tuple[Moment, ...]) -> Moment | None:
    start = case.graph.menus[case.graph.start]
    labels = [case.graph.menus[option.to].labels[language] for option in start.options if option.to in case.graph.menus]
    return next((moment for moment in moments if any(label in moment.text for label in labels)), None)


def r17_the_opening_comes_to_the_point(case: Case) -> Iterator[Fault]:
    """Name within 5 s, the other language within 12 s, 911 within 20 s, the first option within 20 s, all within 35 s."""
    for language in case.graph.languages:
        for key, what, level in opening_faults_at(case, language):
            spot = case.prompt(language, Medium.VOICE, key)
            yield spot.fault(what, "Use fewer words before it.", WARNING if level == WARNING else ERROR)
        total = ends(opening(case.graph, language))
        if total > FIRST_CHOICES:
            spot = case.prompt(language, Medium.VOICE, "opening_name")
            what = f"the whole opening takes {total:.0f} s, at most {FIRST_CHOICES}"
            yield spot.fault(what, "Shorten the labels of the main menu.", WARNING)


_NEEDLESS = re.compile(
    r"have changed|listen carefully|your call is important|visit our website|www\.|"
    r"han cambiado|escuche con atención|su llamada es importante|visite nuestr[oa]",
    re.IGNORECASE,
)


def r17_nothing_needless_is_said(case: Case) -> Iterator[Fault]:
    """No phrases that cost time and tell nothing."""
    for spot in case.spoken():
        found = _NEEDLESS.search(spot.text)
        if found:
            yield spot.fault(f'"{found[0]}" costs time and tells nothing', "Leave it out.")


def r17_menus_are_short(case: Case) -> Iterator[Fault]:
    """A menu says at most 60 words; more than 75 is refused."""
    for language in case.graph.languages:
        for ref in case.graph.menus:
            count = sum(len(moment.text.split()) for moment in menu(case.graph, ref, language))
            if count > MENU_WORDS:
                level = ERROR if count > MENU_HARD else WARNING
                what = f"this menu says {count} words, at most {MENU_WORDS}"
                remedy = "Shorten the labels of its options."
                yield Fault(f"{language}/menus.toml", f"labels.{ref}", what, remedy, level=level)


def r17_pages_are_short(case: Case) -> Iterator[Fault]:
    """A page has at most 75 words."""
    for spot in case.pages(Medium.VOICE):
        count = len(spot.text.split())
        if count > PAGE_WORDS:
            yield spot.fault(f"this page has {count} words, at most {PAGE_WORDS}", "Cut it, or make it two pages.")


def r12_there_is_time_to_answer(case: Case) -> Iterator[Fault]:
    """At least 10 s to answer, 20 s in slow pace, and two minutes for a relay operator (R22)."""
    limits = case.graph.limits
    for key, value, least in (
        ("listen", limits.listen, 10),
        ("slow_listen", limits.slow_listen, 20),
        ("hold", limits.hold, 120),
        ("session_hours", limits.session_hours, 24),
    ):
        if value < least:
            yield Fault("line.toml", f"limits.{key}", f"{value} is too short", f"Use at least {least}.")


def r13_silence_is_not_punished(case: Case) -> Iterator[Fault]:
    """At least ten extensions of at least 20 s each."""
    limits = case.graph.limits
    for key, value, least in (("extension", limits.extension, 20), ("extensions", limits.extensions, 10)):
        if value < least:
            yield Fault("line.toml", f"limits.{key}", f"{value} is too little", f"Use at least {least}.")


def r15_options_have_pauses(case: Case) -> Iterator[Fault]:
    """Three quarters of a second between options; less than half a second is refused."""
    pause = case.graph.limits.option_pause
    if pause < 0.75:
        level = ERROR if pause < 0.5 else WARNING
        yield Fault("line.toml", "limits.option_pause", f"{pause} s is too short", "Use 0.75.", level=level)


def r16_paces_are_comfortable(case: Case) -> Iterator[Fault]:
    """150 words a minute (130 to 165), and at most 125 in slow pace."""
    for language, voice in case.graph.voices.items():
        normal, slow = voice.words_per_minute[Pace.NORMAL], voice.words_per_minute[Pace.SLOW]
        key = f"voices.{language}.words_per_minute"
        if not 130 <= normal <= 165:
            yield Fault("line.toml", key, f"{normal} words a minute is not a usual pace", "Use 130 to 165.")
        if slow > 125:
            yield Fault("line.toml", key, f"{slow} words a minute is not slow", "Use at most 125, such as 115.")


def r26_pages_fit_what_the_carrier_says(case: Case) -> Iterator[Fault]:
    """The words of one turn stay below what a voice of the carrier takes at once."""
    for language in case.graph.languages:
        for ref, topic in case.graph.topics.items():
            for number in range(1, len(topic.pages[(language, Medium.VOICE)]) + 1):
                moments = page(case.graph, ref, language, number)
                length = sum(len(moment.text) for moment in moments)
                if length > SAY_CHARACTERS:
                    what = f"this page says {length} characters, at most {SAY_CHARACTERS}"
                    yield Fault(f"{language}/topics/{ref}.toml", f"voice.{number}", what, "Make it two pages.")
