"""What a person does on the practice page, and how the page looks then; it waits on conditions only."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


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


def at_place(page: Page, name: str) -> None:
    """Wait until the call is at this place."""
    expect(page.locator("#place [aria-current]")).to_have_text(re.compile(re.escape(name)))


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
