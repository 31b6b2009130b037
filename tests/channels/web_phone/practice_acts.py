"""What a person does on the practice page, and how the page looks then; it waits on conditions only."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from ivr.dialog.places import label
from ivr.dialog.types import Graph, Language, Medium
from ivr.speech.pronunciation import spoken


def at_once(page: Page) -> None:
    """Words appear at once, and the line waits."""
    if not page.locator("#instant").is_checked():
        page.locator("#instant").check()


def call(page: Page) -> None:
    """Call, and hear the line until it listens."""
    page.get_by_role("button", name="Call", exact=True).click()
    listening(page)


def in_state(page: Page, state: str) -> None:
    """Wait until the call is there."""
    expect(page.locator("#phone")).to_have_attribute("data-state", state)


def listening(page: Page) -> None:
    """Wait until it is the caller's turn."""
    in_state(page, "listening")


def key(page: Page, name: str) -> Locator:
    """One key of the phone."""
    return page.locator(f'[data-key="{name}"]')


def press(page: Page, name: str) -> None:
    """Press a key, and hear the answer until the line listens again."""
    said = page.locator("#captions > .did")
    before = said.count()
    key(page, name).click()
    expect(said).to_have_count(before + 1)
    page.locator("#phone:not([data-state=thinking]):not([data-state=speaking])").wait_for()


def at_place(page: Page, ref: str) -> None:
    """Wait until the call is at this place."""
    expect(page.locator("#place")).to_have_attribute("data-ref", ref)


def text(page: Page, words: str) -> None:
    """Send a text and wait until the line has answered or kept silent."""
    shown = page.locator(".bubble.mine .bubble-cost")
    before = shown.count()
    page.get_by_label("Your message").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(shown).to_have_count(before + 1)


def captions(page: Page) -> str:
    """All that was said so far."""
    return " ".join(page.locator("#captions").inner_text().split())


def last_reply(page: Page) -> str:
    """The newest text from the line."""
    return page.locator(".bubble:not(.mine) .bubble-body").last.inner_text()


# --- what the line's own words are, so that nobody who edits them breaks a test of the page


def said(graph: Graph, prompt: str, language: Language = Language.EN, **blanks: object) -> str:
    """A prompt as it is spoken."""
    return _spoken(graph, graph.prompts[(language, Medium.VOICE)][prompt].format(**blanks), language)


def first_words(graph: Graph, topic: str, language: Language = Language.EN) -> str:
    """How the first page of a topic begins, as it is spoken."""
    group = graph.topics[topic].pages[(language, Medium.VOICE)][0].text.split("\n\n")[0]
    return _spoken(graph, group, language)


def last_option(graph: Graph) -> str:
    """The last option of the main menu, as it is spoken."""
    option = graph.menus[graph.start].options[-1]
    return said(graph, "option", label=label(graph, option.to, Language.EN, Medium.VOICE), digit=option.digit)


def first_text(graph: Graph, topic: str) -> str:
    """How the first text of a topic begins."""
    return graph.topics[topic].pages[(Language.EN, Medium.TEXT)][0].text.split(". ")[0]


def _spoken(graph: Graph, words: str, language: Language) -> str:
    return " ".join(spoken(words, language, graph.pronunciations.get(language, {})).split())
