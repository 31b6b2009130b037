"""Stamps of translations, the map and the report say what the content says."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from small_line import TODAY, SmallLine

from ivr.dialog.types import Language
from ivr.library import map as call_flow
from ivr.library.check import check
from ivr.library.faults import Fault
from ivr.library.loader import load
from ivr.library.rehearsal import ends, menu_message, message, opening
from ivr.library.report import html
from ivr.library.schema import TopicFile
from ivr.library.translation import stamp_translations, translation_hash

FILE = """# kept
label = "dolor"          # kept too
[[voice]]
text = '''El dolor
se calma.'''
[[sms]]
text = "El dolor se calma."
[review]
sources = []
written_by = "x"
{line}note = "y"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An English topic and two translations of it, one stamped before and one never."""
    for code in ("en", "es"):
        (tmp_path / code / "topics").mkdir(parents=True)
    for ref, line in (("pain", 'translated_from = "old"\n'), ("other", "")):
        (tmp_path / f"es/topics/{ref}.toml").write_text(FILE.format(line=line), "utf-8")
        (tmp_path / f"en/topics/{ref}.toml").write_text(FILE.format(line=""), "utf-8")
    return tmp_path


def test_stamping_changes_one_line_and_nothing_else(folder: Path) -> None:
    assert stamp_translations(folder) == ("es/topics/other.toml", "es/topics/pain.toml")
    digest = re.search(r'translated_from = "([0-9a-f]{12})"', (folder / "es/topics/pain.toml").read_text("utf-8"))
    assert digest
    stamped = f'translated_from = "{digest[1]}"\n'
    assert (folder / "es/topics/pain.toml").read_text("utf-8") == FILE.format(line=stamped)
    assert (folder / "en/topics/pain.toml").read_text("utf-8") == FILE.format(line="")


def test_stamping_twice_changes_nothing(folder: Path) -> None:
    stamp_translations(folder)
    assert stamp_translations(folder) == ()


def test_a_translation_without_its_original_is_left_alone(folder: Path) -> None:
    (folder / "en/topics/pain.toml").unlink()
    assert stamp_translations(folder) == ("es/topics/other.toml",)


def test_the_stamp_follows_words_and_not_line_breaks() -> None:
    def topic(label: str, text: str) -> TopicFile:
        page = {"text": text}
        review = {"sources": [], "written_by": ""}
        return TopicFile.model_validate({"label": label, "voice": [page], "sms": [page], "review": review})

    assert translation_hash(topic("a", "b c")) == translation_hash(topic("a", "b\n c "))
    assert translation_hash(topic("a", "b c")) != translation_hash(topic("a", "b d"))
    assert translation_hash(topic("a", "b c")) != translation_hash(topic("z", "b c"))


def test_the_map_shows_every_place_and_every_key_of_a_menu(small: SmallLine) -> None:
    graph = load(small.write()).graph
    text = call_flow.mermaid(graph, Language.EN)
    assert text.startswith("flowchart LR\n")
    assert 'p_when_to_call("when to call"):::topic' in text
    assert 'p_outlook{{"what may come"}}:::sensitive' in text
    assert "p_symptoms -->|2| p_pain" in text
    assert "p_pain" in call_flow.mermaid(graph, Language.ES)
    assert "-.->|2| p_outlook" in call_flow.mermaid(graph, Language.EN, related=True)
    assert '"main" -> "symptoms" [label="2"];' in call_flow.dot(graph, Language.EN)


def test_without_graphviz_there_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert call_flow.svg("digraph {}") is None


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_with_graphviz_the_map_is_a_picture(small: SmallLine) -> None:
    picture = call_flow.svg(call_flow.dot(load(small.write()).graph, Language.ES, related=True))
    assert picture
    assert "<svg" in picture
    assert call_flow.svg("this is not a graph") is None


class Outline(HTMLParser):
    """Headings, ids and everything that a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.fetched: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a" and str(found.get("href", "")).startswith("#"):
            self.targets.append(str(found["href"])[1:])
        if tag in ("script", "link", "img", "iframe"):
            self.fetched.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))


def test_the_report_stands_alone_and_shows_both_languages(small: SmallLine) -> None:
    library = load(small.write())
    fault = Fault("en/topics/pain.toml", "voice.1", "it says <b>too</b> much", "Say less.", "R17")
    page = html(library, [fault, *check(library, today=TODAY)], TODAY)
    outline = Outline()
    outline.feed(page)
    assert outline.fetched == []
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)
    assert outline.headings[0] == 1
    assert all(after <= before + 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert "Pain can be eased." in page
    assert "El dolor se puede calmar." in page
    assert "&lt;b&gt;too&lt;/b&gt;" in page
    assert "no reviewer yet" in page
    assert "<strong>1 error</strong>" in page


def test_a_rehearsal_says_what_the_line_says(small: SmallLine) -> None:
    graph = load(small.write()).graph
    moments = opening(graph, Language.EN)
    assert [moment.language for moment in moments][:2] == [Language.EN, Language.ES]
    assert [moment.starts for moment in moments] == sorted(moment.starts for moment in moments)
    assert ends(moments) > moments[-1].starts
    assert message(graph, "pain", Language.EN, 1) == "Pain can be eased.\n(1/2) MORE"
    assert message(graph, "pain", Language.EN, 1, first=True).endswith("Español: 8")
    assert menu_message(graph, "symptoms", Language.ES).splitlines()[1:] == ["1 La hora de llamar", "2 El dolor"]
