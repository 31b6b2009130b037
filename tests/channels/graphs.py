"""A small graph for the tests of the channels: two menus, two topics, three desks, in two languages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from ivr.dialog.types import (
    Callbacks,
    Graph,
    Handoff,
    Hours,
    Language,
    Limits,
    Medium,
    Menu,
    Option,
    Pace,
    Page,
    Term,
    Topic,
    Voice,
)

EN, ES = Language.EN, Language.ES


def both(english: str, spanish: str) -> dict[Language, str]:
    return {EN: english, ES: spanish}


def _menu(ref: str, parent: str | None, *to: str) -> Menu:
    options = tuple(Option(digit, name) for digit, name in enumerate(to, start=1))
    return Menu(ref, parent, options, both(ref, ref), both(f"{ref}.", f"{ref}."))


def _topic(ref: str, parent: str) -> Topic:
    page = Page("Lung cancer at stage 4. Call 911 for CT.")
    pages = {(language, medium): (page, page) for language in Language for medium in Medium}
    return Topic(ref, parent, both(ref, ref), {EN: (), ES: ()}, pages, (), False, {})


def _desk(ref: str, number: str, **more: Any) -> Handoff:
    return Handoff(ref, number, True, (EN, ES), Hours(always=True), both(f"the {ref}", f"el {ref}"), **more)


def voice(name: str = "Polly.Joanna-Neural", locale: str = "en-US", **more: Any) -> Voice:
    return Voice(name, locale, {Pace.NORMAL: 92, Pace.SLOW: 70}, {Pace.NORMAL: 150, Pace.SLOW: 115}, **more)


PROMPTS = {
    (EN, Medium.VOICE): {
        "opening_emergency": "In an emergency, hang up and call 911.",
        "transfer": "I will connect you to {label}.",
        "transfer_none": "Please call {number}.",
        "number_slowly": "The number of {label} is {number}.",
        "other_language_cue": "For English, press 8.",
    },
    (ES, Medium.VOICE): {
        "opening_emergency": "En una emergencia, cuelgue y llame al 911.",
        "transfer": "Le comunico con {label}.",
        "transfer_none": "Llame al {number}.",
        "number_slowly": "El número de {label} es {number}.",
        "other_language_cue": "Para español, oprima 8.",
    },
    (EN, Medium.TEXT): {"unavailable": "Emergency: call 911. A person: {number}."},
    (ES, Medium.TEXT): {"unavailable": "Emergencia: llame al 911. Una persona: {number}."},
}


def graph(**changes: Any) -> Graph:
    """The graph, with these parts replaced."""
    parts: dict[str, Any] = {
        "revision": "abc123",
        "name": both("The line", "La línea"),
        "text_name": both("Info line", "Línea de info"),
        "number": "+12025550100",
        "start": "main",
        "languages": (EN, ES),
        "voices": {EN: voice(), ES: voice("Polly.Lupe-Neural", "es-US")},
        "menus": {"main": _menu("main", None, "disease"), "disease": _menu("disease", "main", "what-it-is", "tests")},
        "topics": {"what-it-is": _topic("what-it-is", "disease"), "tests": _topic("tests", "what-it-is")},
        "handoffs": {
            "specialist": _desk("specialist", "+18885526760"),
            "cancer-society": _desk("cancer-society", "+18002272345"),
            "crisis": _desk("crisis", ""),
        },
        "callbacks": Callbacks(),
        "prompts": PROMPTS,
        "glossary": {"biopsy": Term("biopsy", both("biopsy", "biopsia"), {}, both("A test.", "Una prueba."))},
        "hearing": cast(Any, SimpleNamespace()),
        "pronunciations": {EN: {"CT": "C T"}, ES: {}},
        "limits": Limits(),
        "sources": {},
        "facts": {},
    }
    return Graph(**parts | changes)
