"""A small line with valid content, in which a test plants one fault; its words have nothing to do with the shipped ones."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from ivr.dialog.one_key import QUESTIONS
from ivr.dialog.prompts import SAID_LISTS, TEXT_PROMPTS, VOICE_PROMPTS
from ivr.library.schema import TopicFile
from ivr.library.translation import translation_hash

TODAY = date(2026, 11, 23)

_LINE: dict[str, Any] = {
    "start": "main",
    "name": {"en": "Test Line", "es": "Línea de prueba"},
    "text_name": {"en": "Info line", "es": "Info de salud"},
    "languages": {"order": ["en", "es"]},
    "voices": {
        code: {
            "name": "Some.Voice",
            "locale": locale,
            "rates": {"normal": 92, "slow": 70},
            "words_per_minute": {"normal": 150, "slow": 115},
        }
        for code, locale in (("en", "en-US"), ("es", "es-US"))
    },
    "handoffs": {
        "specialist": {"number": "+12025550123", "confirmed": True, "languages": ["en"], "otherwise": "society"},
        "society": {"number": "+12025550144", "confirmed": True, "languages": ["en", "es"], "hours": {"always": True}},
    },
    "limits": {"option_pause": 0.75},
    "texting": {
        "segments": 3,
        "replies_in_30_seconds": 15,
        "replies_a_day": 200,
        "outbox_minutes": 15,
        "ring_backs_a_day": 2,
        "quiet_from": "21:00",
        "quiet_until": "08:00",
    },
    "retention": {
        "session_hours": 24,
        "inbound_hours": 72,
        "events_months": 13,
        "event_caller_days": 30,
        "callback_days": 30,
        "outbox_days": 30,
        "unmatched_days": 90,
    },
    "review": {"period_months": 12},
}

_MENUS: dict[str, Any] = {
    "menus": {
        "main": {
            "options": [
                {"digit": 1, "to": "what-it-is"},
                {"digit": 2, "to": "symptoms"},
                {"digit": 3, "to": "living"},
                {"digit": 4, "to": "specialist"},
            ]
        },
        "symptoms": {"parent": "main", "options": [{"digit": 1, "to": "when-to-call"}, {"digit": 2, "to": "pain"}]},
        "living": {"parent": "main", "options": [{"digit": 1, "to": "palliative-care"}, {"digit": 2, "to": "outlook"}]},
    },
    "topics": {
        "what-it-is": {"parent": "main", "related": ["outlook", "words"]},
        "when-to-call": {"parent": "symptoms"},
        "pain": {"parent": "symptoms", "urgent_key": True},
        "palliative-care": {"parent": "living", "sensitive": {"voice": [2], "text": [2]}},
        "outlook": {"parent": "living", "sensitive": {"voice": "all", "text": "all"}},
        "emergency": {"parent": "main", "message": True},
        "crisis": {"parent": "main", "message": True},
    },
}

_SOURCES: dict[str, Any] = {
    "sources": {
        "BOOK": {"title": "A book", "organisation": "", "url": "https://example.org/", "date": "2026", "read": "whole"}
    },
    "facts": {key: {"says": "Something.", "sources": ["BOOK"]} for key in ("D1", "U1", "V1", "CR1")},
}

_LABELS = {
    "en": {
        "labels": {"main": "the main menu", "symptoms": "symptoms", "living": "living with it"},
        "intros": {"main": "Main menu.", "symptoms": "Symptoms.", "living": "Living with it."},
        "handoffs": {"specialist": "a person", "society": "the society"},
    },
    "es": {
        "labels": {"main": "el menú principal", "symptoms": "síntomas", "living": "vivir con esto"},
        "intros": {"main": "Menú principal.", "symptoms": "Síntomas.", "living": "Vivir con esto."},
        "handoffs": {"specialist": "una persona", "society": "la sociedad"},
    },
}

_GLOSSARY = {
    "en": {"biopsy": {"term": "biopsy", "aliases": ["biopsies"], "definition": "a small bit of tissue for a test"}},
    "es": {"biopsy": {"term": "biopsia", "aliases": [], "definition": "un poco de tejido para una prueba"}},
}

# (label, voice pages, messages) of each topic; the facts follow below.
_TOPICS: dict[str, dict[str, tuple[str, list[str], list[str]]]] = {
    "en": {
        "what-it-is": (
            "what it is",
            ["It can move in the body. A biopsy is a small bit of tissue for a test.", "You are not alone. Ask your team."],
            ["It can move in the body.", "You are not alone. Ask your team."],
        ),
        "when-to-call": (
            "when to call",
            [
                "Call 911 for these signs. It is hard to breathe.",
                "Call your team now for a fever.",
                "Keep their number near.",
            ],
            ["Call 911 if it is hard to breathe.", "Call your team now for a fever.", "Keep their number near."],
        ),
        "pain": (
            "pain",
            ["Pain can be eased.", "Tell your team where it hurts."],
            ["Pain can be eased.", "Tell your team where it hurts."],
        ),
        "palliative-care": (
            "comfort care",
            ["Comfort care helps at any time.", "Some care is for the last part of life. Ask your team."],
            ["Comfort care helps at any time.", "Some care is for the last part of life. Ask your team."],
        ),
        "outlook": (
            "what may come",
            ["No one can be sure. You choose what to hear.", "Ask your doctor what to hope for."],
            ["No one can be sure. You choose what to read.", "Ask your doctor what to hope for."],
        ),
        "emergency": ("emergency", ["Please call 911 now."], ["Call 911 now. Nobody reads this line."]),
        "crisis": ("crisis", ["You matter. Call 988, or 911 now."], ["You matter. Call or text 988, or call 911."]),
    },
    "es": {
        "what-it-is": (
            "el significado",
            ["Puede ir por el cuerpo. Una biopsia es un poco de tejido para una prueba.", "Pregunte a su equipo."],
            ["Puede ir por el cuerpo.", "Pregunte a su equipo."],
        ),
        "when-to-call": (
            "la hora de llamar",
            ["Llame al 911 por esto. Le cuesta respirar.", "Llame ya a su equipo si hay fiebre.", "Guarde su número cerca."],
            ["Llame al 911 si le cuesta respirar.", "Llame ya a su equipo si hay fiebre.", "Guarde su número cerca."],
        ),
        "pain": (
            "el dolor",
            ["El dolor se puede calmar.", "Diga a su equipo dónde le duele."],
            ["El dolor se puede calmar.", "Diga a su equipo dónde le duele."],
        ),
        "palliative-care": (
            "alivio",
            ["El alivio sirve en todo momento.", "Hay cuidado para el final de la vida. Pregunte a su equipo."],
            ["El alivio sirve en todo momento.", "Hay cuidado para el final de la vida. Pregunte a su equipo."],
        ),
        "outlook": (
            "lo que puede venir",
            ["Nadie lo sabe bien. Usted elige qué oír.", "Pregunte a su médico qué se espera."],
            ["Nadie lo sabe bien. Usted elige qué leer.", "Pregunte a su médico qué se espera."],
        ),
        "emergency": ("emergencia", ["Por favor llame al 911."], ["Llame al 911 ahora. Nadie lee esta línea."]),
        "crisis": ("crisis", ["Usted vale. Llame al 988 o al 911."], ["Usted vale. Llame o escriba al 988 o al 911."]),
    },
}
_FACTS = {"when-to-call": ["U1", "V1", "V1"], "emergency": ["U1"], "crisis": ["CR1"]}

_PROMPTS: dict[str, dict[str, dict[str, str]]] = {
    "en": {
        "voice": {
            "other_language_cue": "For English, press 8.",
            "opening_emergency": "In an emergency, hang up and call 911.",
            "opening_person": "For a person, press 0.",
            "option": "For {label}, press {digit}.",
            "any_key_option": "For {label}, press any key.",
            "urgent_option": "For when to call, press 5.",
            "gate_option": "To hear it, press 1. To go back, press 2.",
            "confirm_option": "For yes, press 1. For no, press 2.",
            "general": "This is not medical advice. Do not change your treatment.",
            "miss_2": "For a person, press 0.",
            "silence_person": "You can press 0 for a person.".replace("press 0 for", "press 0 and get"),
            "emergency": "Hang up and call 911 now.",
            "emergency_unsure": "If it is now, hang up and call 911.",
        },
        "text": {
            "option": "{digit} {label}",
            "more": "({page}/{pages}) MORE",
            "last": "({page}/{pages}) MORE",
            "first_text": "Info line, not medical advice. 911. MENU, HELP, STOP. Msg & data rates may apply. Español: 8",
            "help": "Info line: not medical advice. Call {number}. STOP ends texts. Msg & data rates may apply. 911.",
            "started": "Info line: texts are on. Msg & data rates may apply. HELP for help, STOP to stop.",
            "stopped": "Info line: you are opted out. Text START to get texts.",
            "outbound_first": "Msg & data rates may apply. HELP for help, STOP to stop.",
            "outbound_offer": "Info line: someone asked us to write.",
            "outbound_number": "Info line: {label} is {number}.",
            "callback_late": "Info line: your call is late. {number}",
            "emergency_unsure": "If it is now, call 911.",
        },
    },
    "es": {
        "voice": {
            "other_language_cue": "Para español, oprima 8.",
            "opening_emergency": "En una emergencia, cuelgue y llame al 911.",
            "opening_person": "Para una persona, oprima 0.",
            "option": "Para {label}, oprima {digit}.",
            "any_key_option": "Para {label}, oprima cualquier tecla.",
            "urgent_option": "Para la hora de llamar, oprima 5.",
            "gate_option": "Para oírlo, oprima 1. Para volver, oprima 2.",
            "confirm_option": "Para sí, oprima 1. Para no, oprima 2.",
            "general": "Esto no es consejo médico. No cambie su tratamiento.",
            "miss_2": "Para una persona, oprima 0.",
            "silence_person": "Puede oprimir 0 y hablar con una persona.",
            "emergency": "Cuelgue y llame al 911.",
            "emergency_unsure": "Si pasa ahora, cuelgue y llame al 911.",
        },
        "text": {
            "option": "{digit} {label}",
            "more": "({page}/{pages}) MÁS",
            "last": "({page}/{pages}) MÁS",
            "first_text": "Info: no es consejo médico. 911. MENÚ, AYUDA, ALTO. Hay tarifas. English: 8",
            "help": "Info: no es consejo médico. Llame al {number}. ALTO: no recibir. Hay tarifas. 911.",
            "started": "Info: hay textos. Hay tarifas. AYUDA: ayuda. ALTO: no recibir.",
            "stopped": "Info: no recibirá más. Responda START.",
            "outbound_first": "Hay tarifas. AYUDA: ayuda. ALTO: no recibir.",
            "outbound_offer": "Info: alguien pidió esto.",
            "outbound_number": "Info: {label} es {number}.",
            "callback_late": "Info: su llamada se atrasó. {number}",
            "emergency_unsure": "Si pasa ahora, llame al 911.",
        },
    },
}


def _prompt(key: str, plain: str, blanks: frozenset[str]) -> str:
    if key in SAID_LISTS:
        return ", ".join([plain.lower()] * SAID_LISTS[key])
    return " ".join([plain, *("{" + blank + "}" for blank in sorted(blanks))]) + "."


def _prompts(code: str) -> dict[str, dict[str, str]]:
    plain = "Good" if code == "en" else "Bueno"
    option = _PROMPTS[code]["voice"]["option"]
    made = {
        medium: {key: _PROMPTS[code][medium].get(key) or _prompt(key, plain, blanks) for key, blanks in known.items()}
        for medium, known in (("voice", VOICE_PROMPTS), ("text", TEXT_PROMPTS))
    }
    for key, digits in QUESTIONS.items():
        answers = [option.format(label=plain.lower(), digit=digit) for digit in digits]
        made["voice"][key] = _PROMPTS[code]["voice"].get(key) or " ".join([made["voice"][key], *answers])
    return made


def hearing() -> dict[str, Any]:
    """A hearing.toml in which nothing is heard."""
    from ivr.library.hearing_faults import SHAPE

    return {table: {key: kind() for key, kind in keys.items()} for table, keys in SHAPE.items()}


class SmallLine:
    """The files of a small line as data; `plant` changes one value, `write` writes them all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.raw: dict[str, bytes] = {}
        self.files: dict[str, Any] = json.loads(
            json.dumps({"line.toml": _LINE, "menus.toml": _MENUS, "sources.toml": _SOURCES})
        )
        for code in ("en", "es"):
            self.files[f"{code}/menus.toml"] = json.loads(json.dumps(_LABELS[code]))
            self.files[f"{code}/glossary.toml"] = json.loads(json.dumps(_GLOSSARY[code]))
            self.files[f"{code}/prompts.toml"] = _prompts(code)
            self.files[f"{code}/pronunciations.toml"] = {"EGFR": "E G F R"}
            self.files[f"{code}/hearing.toml"] = hearing()
            for ref, topic in _TOPICS[code].items():
                self.files[f"{code}/topics/{ref}.toml"] = _topic(ref, topic)
        self.stamp()

    def stamp(self) -> None:
        """Say of every translation that it was made from the English words as they are."""
        for ref in _TOPICS["en"]:
            original = TopicFile.model_validate(self.files[f"en/topics/{ref}.toml"])
            self.files[f"es/topics/{ref}.toml"]["review"]["translated_from"] = translation_hash(original)

    def plant(self, file: str, keys: str, value: Any) -> None:
        """Set the value at "voice.1.text" (pages count from 1) of a file; a value of ... removes it."""
        *way, last = [int(part) - 1 if part.isdigit() else part for part in keys.split(".")]
        table = self.files[file]
        for part in way:
            table = table[part]
        if value is ...:
            del table[last]
        else:
            table[last] = value

    def write(self) -> Path:
        """All files as TOML, then the raw ones over them; the folder."""
        for name, table in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items()), "utf-8")
        for name, raw in self.raw.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_bytes(raw)
        return self.root


def _topic(ref: str, topic: tuple[str, list[str], list[str]]) -> dict[str, Any]:
    label, voice, texts = topic
    facts = _FACTS.get(ref, ["D1"] * 4)
    return {
        "label": label,
        "asks": [],
        "voice": [{"text": text, "facts": [fact]} for text, fact in zip(voice, facts, strict=False)],
        "sms": [{"text": text, "facts": [fact]} for text, fact in zip(texts, facts, strict=False)],
        "review": {"sources": ["BOOK"], "written_by": "us", "review_due": date(2027, 5, 1), "translated_from": ""},
    }


def toml(value: Any) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
