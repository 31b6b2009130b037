"""Rules for plain words: reading grades, sentences, medical words, the shape of a topic, and how numbers are told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.dialog.types import Language, Medium
from ivr.library.faults import ERROR, WARNING, Fault, Level
from ivr.library.grades import grade
from ivr.library.readability import sentences, words
from ivr.library.rules.case import Case, Spot, topic_file

SMOG_RAW, SMOG_MASKED, SMOG_MASKED_HARD = 8.0, 6.0, 6.9
ENOUGH_SENTENCES = 20  # SMOG says little about fewer: only its hard limit counts then
FLESCH_KINCAID = 6.0
INFLESZ, INFLESZ_HARD = 60.0, 55.0
FERNANDEZ_HUERTA = 60.0
LONGEST_SENTENCE = 20
MEAN_WORDS = {Medium.VOICE: 12.0, Medium.TEXT: 15.0}
DEFINITION_WORDS = 12
NEW_WORDS = 2
NEAR = 15  # words around a medical word within which its meaning must stand


def r52_english_reads_easily(case: Case) -> Iterator[Fault]:
    """SMOG pooled per topic: at most 8 raw and 6 with the glossary masked (6.9 is refused); Flesch-Kincaid 6."""
    for language, ref, topic in case.topics():
        if language is not Language.EN:
            continue
        grades = grade(topic, language, case.finder(language))
        for name, figure, most, hard in (
            ("SMOG", grades.raw["SMOG"], SMOG_RAW, SMOG_RAW),
            ("SMOG with the glossary masked", grades.masked["SMOG"], SMOG_MASKED, SMOG_MASKED_HARD),
            ("Flesch-Kincaid with the glossary masked", grades.masked["Flesch-Kincaid"], FLESCH_KINCAID, 99.0),
        ):
            if figure > most and (figure > hard or grades.counts.sentences >= ENOUGH_SENTENCES):
                level: Level = ERROR if figure > hard else WARNING
                what, remedy = f"{name} is grade {figure:.1f}, at most {most:g}", "Use shorter words and sentences."
                yield Fault(topic_file(language, ref), "voice", what, remedy, level=level)


def r51_spanish_reads_easily(case: Case) -> Iterator[Fault]:
    """INFLESZ at least 60 per topic (below 55 is refused), Fernandez-Huerta at least 60."""
    for language, ref, topic in case.topics():
        if language is not Language.ES:
            continue
        raw = grade(topic, language, case.finder(language)).raw
        for name, least, hard in (("INFLESZ", INFLESZ, INFLESZ_HARD), ("Fernandez-Huerta", FERNANDEZ_HUERTA, 0.0)):
            if raw[name] < least:
                level: Level = ERROR if raw[name] < hard else WARNING
                what, remedy = f"{name} is {raw[name]:.0f}, at least {least:g}", "Use shorter words and sentences."
                yield Fault(topic_file(language, ref), "voice", what, remedy, level=level)


def r54_sentences_are_short(case: Case) -> Iterator[Fault]:
    """No sentence over 20 words, neither in topics nor in prompts."""
    for spot in (*case.pages(), *case.prompts()):
        for sentence in sentences(spot.text):
            count = len(words(sentence))
            if count > LONGEST_SENTENCE:
                what = f'"{_short(sentence)}" has {count} words'
                yield spot.fault(what, f"Make it two sentences of at most {LONGEST_SENTENCE} words.")


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= 40 else sentence[:37].rstrip() + "..."


def r54_sentences_are_short_on_average(case: Case) -> Iterator[Fault]:
    """The mean is at most 12 words by voice and 15 by text, per topic."""
    for language, ref, topic in case.topics():
        for medium, key, pages in ((Medium.VOICE, "voice", topic.voice), (Medium.TEXT, "sms", topic.sms)):
            found = [len(words(sentence)) for page in pages for sentence in sentences(page.text)]
            mean = sum(found) / len(found) if found else 0
            if mean > MEAN_WORDS[medium]:
                what = f"a sentence has {mean:.1f} words on average, at most {MEAN_WORDS[medium]:g}"
                yield Fault(topic_file(language, ref), key, what, "Use shorter sentences.")


def r53_definitions_are_short(case: Case) -> Iterator[Fault]:
    """A meaning has at most 12 words and ends without a stop: the prompt adds its own."""
    for spot in case.definitions():
        count = len(spot.text.split())
        if count > DEFINITION_WORDS:
            yield spot.fault(f"this meaning has {count} words", f"Use at most {DEFINITION_WORDS}.")
        if spot.text.rstrip().endswith((".", "!", "?")):
            yield spot.fault("this meaning ends with a stop", "Take it away; the prompt adds one.")


def r53_medical_words_are_defined(case: Case) -> Iterator[Fault]:
    """A medical word is explained near its first use in a topic, by voice; by text `WORD ...` explains it too."""
    for language, ref, _topic in case.topics():
        spots = [spot for spot in case.pages(Medium.VOICE) if spot.ref == ref and spot.language is language]
        seen: set[str] = set()
        for spot in spots:
            for term, around in _first_uses(case, spot, seen):
                name = case.graph.glossary[term].terms[language]
                meaning = case.graph.glossary[term].definitions[language]
                if not _explains(around, meaning, name):
                    what = f'"{name}" is not explained within {NEAR} words of its first use'
                    yield spot.fault(what, f'Say its meaning: "{meaning}".', WARNING)


def _first_uses(case: Case, spot: Spot, seen: set[str]) -> Iterator[tuple[str, str]]:
    """(term, the words around it) for terms that no earlier page has used; meanings of other terms do not count."""
    text = spot.text
    for term in case.graph.glossary.values():
        meaning = term.definitions[spot.language]
        text = re.sub(re.escape(meaning), lambda match: "-" * len(match[0]), text, flags=re.IGNORECASE)
    for term_ref, start, end in case.finder(spot.language).found(text):
        if term_ref not in seen:
            seen.add(term_ref)
            yield term_ref, " ".join([*spot.text[:start].split()[-NEAR:], *spot.text[end:].split()[: NEAR + 5]])


_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an the of to in and or that it is for with on your you can by at one its so not from un una el la los las de "
        "del en y o que es para con por se su sus lo al está como no",
    )
)


def _explains(around: str, meaning: str, name: str) -> bool:
    """Whether at least half of the words of the meaning, or of their beginnings, stand nearby."""
    near = {word.lower()[:4] for word in words(around)}
    own = {word.lower()[:4] for word in words(name)}
    wanted = {word.lower()[:4] for word in words(meaning) if word.lower() not in _SMALL} - own
    return not wanted or len(wanted & near) * 2 >= len(wanted)


def r53_at_most_two_new_words_a_page(case: Case) -> Iterator[Fault]:
    """A page brings at most two medical words that the topic has not used before."""
    for language, ref, _topic in case.topics():
        seen: set[str] = set()
        for spot in case.pages(Medium.VOICE):
            if spot.ref != ref or spot.language is not language:
                continue
            new = [term for term, _ in _first_uses(case, spot, seen)]
            if len(new) > NEW_WORDS:
                what = f"this page brings {len(new)} medical words ({', '.join(new)})"
                yield spot.fault(what, "Bring at most two on a page, or use plain words.", WARNING)


_STEP = {
    Language.EN: re.compile(
        r"\b(ask|call|tell|talk|say|write|text|save|bring|keep|press|reply|next step|read|let|give|take|go|try|quit)\b", re.I
    ),
    Language.ES: re.compile(
        r"\b(pregunt|llam|d[íi]ga|habl|escrib|mand|guard|llev|oprim|respond|pid|siguiente paso|cuént|av[íi]s|hag|prueb|"
        r"busqu|anot|teng|dé|lea|deje)",
        re.I,
    ),
}


def r56_topics_end_with_a_next_step(case: Case) -> Iterator[Fault]:
    """A topic has 2 to 4 voice pages, and the last one says what to do next."""
    for language, ref, topic in case.topics():
        if case.graph.topics[ref].message:
            continue
        file = topic_file(language, ref)
        if not 2 <= len(topic.voice) <= 4:
            what = f"there are {len(topic.voice)} voice pages"
            yield Fault(file, "voice", what, "Make it 2 to 4.", level=WARNING)
        if not _STEP[language].search(topic.voice[-1].text):
            yield Fault(file, f"voice.{len(topic.voice)}", "it does not end with what to do next", "Add a next step.")


def r56_groups_are_small(case: Case) -> Iterator[Fault]:
    """Between two blank lines of a voice page stand one to three sentences; more than four are refused."""
    for spot in case.pages(Medium.VOICE):
        groups = re.split(r"\n\s*\n", spot.text.strip())
        for group in groups:
            count = len(sentences(group))
            if count > 3:
                level: Level = ERROR if count > 4 else WARNING
                remedy = "Divide them by a blank line into groups of at most three."
                yield spot.fault(f"{count} sentences stand together", remedy, level)


_ONE_IN = re.compile(r"\b(1|one) (in|out of) (\d+|[a-z]+ty|ten|hundred)\b|\b(1|uno|una) de cada \d+", re.I)
_RELATIVE = re.compile(
    r"\b(twice as|times (more|less) likely|relative risk|doubles? the|halves|el doble de|veces más)\b|"
    r"[0-9.]+ ?(%|percent\b|por ciento)",
    re.I,
)
_VAGUE = re.compile(
    r"\b(?<!more )(?<!most )(rare|rarely|uncommon|common|commonly|raro|rara|raras|raros|raramente)\b"
    r"(?! (type|kind|sign|form))",
    re.I,
)


def r57_numbers_are_plain(case: Case) -> Iterator[Fault]:
    """Frequencies are "X out of 100", never "1 in X", percentages or relative risks; "rare" alone says nothing."""
    for spot in case.pages():
        found = _ONE_IN.search(spot.text) or _RELATIVE.search(spot.text)
        if found:
            yield spot.fault(f'"{found[0]}" is hard to picture', 'Say "X out of 100".')
        vague = _VAGUE.search(spot.text)
        if vague and not re.search(r"más común|\d+ (out of|de cada)", spot.text, re.I):
            yield spot.fault(
                f'"{vague[0]}" means anything from 0 to 80 in 100 to people', "Give a number, or say some.", WARNING
            )
