"""Faults between files: places, digits, languages and keys that do not fit together. Words are judged by rules/."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from ivr.dialog.places import ACTS
from ivr.dialog.types import Medium
from ivr.library.faults import ERROR, WARNING, Fault
from ivr.library.reading import Bundle
from ivr.library.required import prompt_faults
from ivr.library.schema import HoursTable

RELATED_ACTS = frozenset({"words", "hold", "one-key", "forget"})


def structure_faults(bundle: Bundle) -> Iterator[Fault]:
    """Everything that would make the line stumble, all at once."""
    yield from _line(bundle)
    yield from _menus(bundle)
    yield from _topic_places(bundle)
    yield from _parents(bundle)
    yield from _topic_files(bundle)
    yield from _sensitive(bundle)
    yield from _labels(bundle)
    yield from _prompts(bundle)
    yield from _glossaries(bundle)
    yield from _sources(bundle)


def _unknown(names: Iterable[str], known: Iterable[str]) -> list[str]:
    return sorted(set(names) - set(known))


def _languages_of(bundle: Bundle, key: str, table: Mapping[str, object]) -> Iterator[Fault]:
    """A table by language must have every language of the line and no other."""
    order = bundle.line.languages.order
    for code in _unknown(order, table):
        yield Fault("line.toml", f"{key}.{code}", "this language is missing", "Add it.")
    for code in _unknown(table, order):
        yield Fault("line.toml", f"{key}.{code}", "the line does not speak this language", "Remove it.")


def _line(bundle: Bundle) -> Iterator[Fault]:
    line = bundle.line
    for key, table in (("name", line.name), ("text_name", line.text_name), ("voices", line.voices)):
        yield from _languages_of(bundle, key, table)
    for code, times in Counter(line.languages.order).items():
        if times > 1:
            yield Fault("line.toml", "languages.order", f"{code} is there twice", "Name each language once.")
    if line.start not in bundle.menus.menus:
        yield Fault("line.toml", "start", f'"{line.start}" is no menu', "Name a menu of menus.toml.")
    if "specialist" not in line.handoffs:
        yield Fault("line.toml", "handoffs.specialist", "this desk is missing", "Add it: key 0 leads to it.")
    for ref, desk in line.handoffs.items():
        if desk.otherwise and desk.otherwise not in line.handoffs:
            yield Fault("line.toml", f"handoffs.{ref}.otherwise", f'"{desk.otherwise}" is no desk', "Name a desk.")
        for code in _unknown(desk.languages, line.languages.order):
            what = f'the line does not speak "{code}"'
            yield Fault("line.toml", f"handoffs.{ref}.languages", what, "Name languages of the line.")
        yield from _hours(f"handoffs.{ref}.hours", desk.hours)
    yield from _callbacks(bundle)


def _callbacks(bundle: Bundle) -> Iterator[Fault]:
    """Nobody is promised a call unless it is said who calls, when, and how soon."""
    promise = bundle.line.callbacks
    yield from _hours("callbacks.hours", promise.hours)
    if not promise.answered_by:
        return
    yield from _languages_of(bundle, "callbacks.answered_by", promise.answered_by)
    if not promise.within_hours:
        yield Fault("line.toml", "callbacks.within_hours", "it is not said how soon they call", "Write a number of hours.")
    if not (promise.hours.always or promise.hours.open):
        remedy = 'Write hours = { zone = "America/New_York", open = ["mon-fri 09:00-17:00"] }, or { always = true }.'
        yield Fault("line.toml", "callbacks.hours", "it is not said when they call", remedy)


def _hours(key: str, hours: HoursTable) -> Iterator[Fault]:
    if hours.open and not hours.zone:
        yield Fault("line.toml", f"{key}.zone", "this key is missing", 'Name the zone, such as "America/New_York".')
    if hours.zone:
        try:
            ZoneInfo(hours.zone)
        except (KeyError, ValueError, OSError):
            yield Fault("line.toml", f"{key}.zone", f'"{hours.zone}" is no time zone', 'Use one like "America/New_York".')


def _places(bundle: Bundle) -> set[str]:
    return {*bundle.menus.menus, *bundle.menus.topics, *bundle.line.handoffs}


def _menus(bundle: Bundle) -> Iterator[Fault]:
    places = _places(bundle)
    for ref in sorted(set(bundle.menus.menus) & set(bundle.menus.topics)):
        yield Fault("menus.toml", f"menus.{ref}", "a topic has the same name", "Give one of them another name.")
    for ref in sorted(set(bundle.line.handoffs) & set(bundle.menus.menus)):
        yield Fault("menus.toml", f"menus.{ref}", "a desk of line.toml has the same name", "Give it another name.")
    for ref, menu in bundle.menus.menus.items():
        key = f"menus.{ref}.options"
        for digit, times in Counter(option.digit for option in menu.options).items():
            if times > 1:
                yield Fault("menus.toml", key, f"digit {digit} is there twice", "Give each option its own digit.")
        for option in menu.options:
            if option.to not in places:
                yield Fault("menus.toml", key, f'digit {option.digit} leads to "{option.to}", which is no place', _NAME)


_NAME = "Correct the name, or add the place to menus.toml."


def _topic_places(bundle: Bundle) -> Iterator[Fault]:
    places = _places(bundle)
    for ref, topic in bundle.menus.topics.items():
        key = f"topics.{ref}.related"
        for to in topic.related:
            if to in ACTS and to not in RELATED_ACTS:
                yield Fault("menus.toml", key, f'"{to}" cannot be related', f"Use one of {', '.join(RELATED_ACTS)}.")
            elif to not in places | RELATED_ACTS:
                yield Fault("menus.toml", key, f'"{to}" is no place', _NAME)
        if topic.urgent_key and len(topic.related) > 3:
            what = "the fourth related place and urgent_key both need key 5"
            yield Fault("menus.toml", key, what, "Take one related place out; key 5 is when-to-call.")
        if len(set(topic.related)) < len(topic.related):
            yield Fault("menus.toml", key, "a place is there twice", "Name each place once.")


def _parents(bundle: Bundle) -> Iterator[Fault]:
    start = bundle.line.start
    parents = {ref: menu.parent for ref, menu in bundle.menus.menus.items()}
    parents |= {ref: topic.parent for ref, topic in bundle.menus.topics.items()}
    for ref, parent in parents.items():
        kind = "menus" if ref in bundle.menus.menus else "topics"
        if parent is None:
            if ref != start:
                yield Fault("menus.toml", f"{kind}.{ref}.parent", "this key is missing", "Name the menu above it.")
        elif parent not in parents:
            yield Fault("menus.toml", f"{kind}.{ref}.parent", f'"{parent}" is no place', _NAME)
        elif not _leads_to(start, ref, parents):
            what = "going back from here never reaches the start"
            yield Fault("menus.toml", f"{kind}.{ref}.parent", what, "Name a parent on the way to the start.")


def _leads_to(start: str, ref: str, parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    at: str | None = ref
    while at and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = parents.get(at)
    return at is None  # an unknown parent is told where it is written


def _topic_files(bundle: Bundle) -> Iterator[Fault]:
    for language, files in bundle.languages.items():
        for ref in _unknown(files.topics, bundle.menus.topics):
            remedy = "Add it to menus.toml, or remove the file."
            yield Fault(f"{language}/topics/{ref}.toml", "", "this topic is in no menu", remedy)
    for ref in bundle.menus.topics:
        have = [language for language, files in bundle.languages.items() if ref in files.topics]
        for language in bundle.languages:
            if have and language not in have:
                what, remedy = f"this file is missing, but {have[0]} has it", "Write it; nobody may get less."
                yield Fault(f"{language}/topics/{ref}.toml", "", what, remedy)
        if not have:
            remedy = "Write its files; until then it is not offered."
            yield Fault("menus.toml", f"topics.{ref}", "nobody has written this topic yet", remedy, level=WARNING)


def _sensitive(bundle: Bundle) -> Iterator[Fault]:
    for language, files in bundle.languages.items():
        for ref, topic in files.topics.items():
            place = bundle.menus.topics.get(ref)
            if not place:
                continue
            for medium, listed, pages in (
                ("voice", place.sensitive.voice, topic.voice),
                ("text", place.sensitive.text, topic.sms),
            ):
                if listed == "all":
                    continue
                for number in listed:
                    if isinstance(number, int) and number > len(pages):
                        what = f"{language} has no page {number}"
                        yield Fault("menus.toml", f"topics.{ref}.sensitive.{medium}", what, "Count from 1.")


def _labels(bundle: Bundle) -> Iterator[Fault]:
    for language, files in bundle.languages.items():
        file = f"{language}/menus.toml"
        for key, have, need in (
            ("labels", files.labels.labels, bundle.menus.menus),
            ("intros", files.labels.intros, bundle.menus.menus),
            ("handoffs", files.labels.handoffs, bundle.line.handoffs),
        ):
            for ref in _unknown(need, have):
                yield Fault(file, f"{key}.{ref}", "this key is missing", "Add it.")
            for ref in _unknown(have, need):
                yield Fault(file, f"{key}.{ref}", "this names no place", "Remove it, or correct the name.")


def _prompts(bundle: Bundle) -> Iterator[Fault]:
    for language, files in bundle.languages.items():
        for medium, table in ((Medium.VOICE, files.prompts.voice), (Medium.TEXT, files.prompts.text)):
            for key, what, remedy, is_error in prompt_faults(medium, table):
                level = ERROR if is_error else WARNING
                yield Fault(f"{language}/prompts.toml", f"{medium}.{key}", what, remedy, level=level)


def _glossaries(bundle: Bundle) -> Iterator[Fault]:
    keys = {ref for files in bundle.languages.values() for ref in files.glossary}
    for language, files in bundle.languages.items():
        for ref in _unknown(keys, files.glossary):
            yield Fault(f"{language}/glossary.toml", ref, "this word is missing", "Add it, as in the other language.")


def _sources(bundle: Bundle) -> Iterator[Fault]:
    sources, facts = bundle.sources.sources, bundle.sources.facts
    for key, fact in facts.items():
        for source in _unknown(fact.sources, sources):
            yield Fault("sources.toml", f"facts.{key}.sources", f'"{source}" is no source', "Add it to [sources].")
    for language, files in bundle.languages.items():
        for ref, topic in files.topics.items():
            file = f"{language}/topics/{ref}.toml"
            for source in _unknown(topic.review.sources, sources):
                yield Fault(file, "review.sources", f'"{source}" is not in sources.toml', "Add it there.")
            for name, pages in (("voice", topic.voice), ("sms", topic.sms)):
                for number, page in enumerate(pages, start=1):
                    for fact_ref in _unknown(page.facts, facts):
                        what, remedy = f'"{fact_ref}" is not in sources.toml', "Add it to [facts] there."
                        yield Fault(file, f"{name}.{number}.facts", what, remedy)
