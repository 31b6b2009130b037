"""Rules for parity: everyone gets everything, by voice and by text, in every language, and translations are fresh."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.types import Language, Medium
from ivr.library.faults import ERROR, WARNING, Fault, Level
from ivr.library.rules.case import Case, topic_file
from ivr.library.translation import ORIGINAL, translation_hash

_URGENT = re.compile(r"(U|V|CR)[0-9]")


def r21_both_media_say_the_same_facts(case: Case) -> Iterator[Fault]:
    """Every fact of a topic is said and sent; what is urgent must be, the rest is a warning."""
    for language, ref, topic in case.topics():
        said = {fact for page in topic.voice for fact in page.facts}
        shown = {fact for page in topic.sms for fact in page.facts}
        for facts, key, other in ((said - shown, "sms", "voice"), (shown - said, "voice", "sms")):
            urgent = {fact for fact in facts if _URGENT.match(fact)}
            levels: tuple[tuple[set[str], Level], ...] = ((urgent, ERROR), (facts - urgent, WARNING))
            for some, level in levels:
                if some:
                    what = f"{', '.join(sorted(some))} is in {other} only"
                    remedy = "Say it here too, or add its key to the page that says it."
                    yield Fault(topic_file(language, ref), key, what, remedy, level=level)


def r48_languages_have_the_same_pages(case: Case) -> Iterator[Fault]:
    """Page by page, every language says the same facts, in the same number of pages."""
    written = case.library.written.topics
    for language, ref, topic in case.topics():
        original = written.get((ORIGINAL, ref))
        if language is ORIGINAL or original is None:
            continue
        for key, mine, theirs in (("voice", topic.voice, original.voice), ("sms", topic.sms, original.sms)):
            file = topic_file(language, ref)
            if len(mine) != len(theirs):
                what = f"there are {len(mine)} pages, but {len(theirs)} in {ORIGINAL}"
                yield Fault(file, key, what, "Give both the same number of pages.")
                continue
            for number, (page, other) in enumerate(zip(mine, theirs, strict=True), start=1):
                if set(page.facts) != set(other.facts):
                    what = f"its facts are not those of {ORIGINAL} ({', '.join(sorted(set(page.facts) ^ set(other.facts)))})"
                    yield Fault(file, f"{key}.{number}.facts", what, "Say the same facts on the same page.")


def r48_texts_are_cut_alike(case: Case) -> Iterator[Fault]:
    """The line cuts no message of one language into more parts than in the other."""
    for ref, topic in case.graph.topics.items():
        counts = {language: len(topic.pages[(language, Medium.TEXT)]) for language in case.graph.languages}
        if len(set(counts.values())) > 1:
            shown = ", ".join(f"{language}: {number}" for language, number in counts.items())
            what = f"it is sent in different numbers of messages ({shown})"
            yield Fault("menus.toml", f"topics.{ref}", what, "Shorten the message that was cut.", level=WARNING)


_ENGLISH = re.compile(
    r"(?<![\w'-])(the|and|of|with|your|you|are|this|that|have|for|from|will|not|they|their|what|when|was|call|press)(?![\w-])"
)
_SPANISH = re.compile(
    r"(?<![\w'-])(el|los|las|del|una|para|con|por|que|su|sus|usted|está|cuando|pero|como|más|sobre|oprima|llame)(?![\w-])"
)
_NAMES = re.compile(
    r"Road To Recovery|Road to Recovery|Hope Lodge|American Cancer Society|National Cancer Institute|City of Hope|"
    r"Centers for Disease Control and Prevention|Lung Cancer HELPLine|Para español|For English"
)


def r48_languages_are_not_mixed(case: Case) -> Iterator[Fault]:
    """No English small words in Spanish, and none of Spanish in English."""
    for spot in case.everything():
        if spot.ref == "other_language_cue":
            continue
        text = _NAMES.sub("", spot.text)
        found = (_SPANISH if spot.language is Language.EN else _ENGLISH).findall(text)
        if found:
            words = ", ".join(dict.fromkeys(found))
            yield spot.fault(f'"{words}" is another language', "Write it in the language of the file.")


def r48_translations_are_fresh(case: Case) -> Iterator[Fault]:
    """`translated_from` says which English words were translated; when those change, the translation is due again."""
    for language, ref, topic in case.topics():
        original = case.library.written.topics.get((ORIGINAL, ref))
        if language is ORIGINAL or original is None:
            continue
        if topic.review.translated_from != translation_hash(original):
            what = "the English words have changed since this was translated"
            if not topic.review.translated_from:
                what = "it does not say which English words it was translated from"
            remedy = "Compare it with the English, then run: ivr check --stamp"
            yield Fault(topic_file(language, ref), "review.translated_from", what, remedy)


_FAMILIAR = re.compile(
    r"(?<![\w])(tú|tus?|ti|contigo|tienes|puedes|debes|quieres|eres|necesitas|sabes|vas|llámame|dime|oprime|pregúntale|tuy[oa]s?)"
    r"(?![\w])",
    re.IGNORECASE,
)


def r51_spanish_says_usted(case: Case) -> Iterator[Fault]:
    """The line says usted to everybody."""
    for spot in case.everything():
        if spot.language is Language.ES:
            found = _FAMILIAR.search(spot.text)
            if found:
                yield spot.fault(f'"{found[0]}" says tú', "Use the form for usted.")
