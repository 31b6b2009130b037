"""The whole page by keyboard alone: everything is reached in order, focus is seen, and nothing holds it (R65)."""

from __future__ import annotations

import re

import pytest
from conftest import go
from playwright.sync_api import Page, expect
from practice_acts import at_place, captions, first_text, in_state, last_reply, listening

from ivr.dialog.places import label
from ivr.dialog.types import Graph, Language, Medium

FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const [x, y] = [box.x + Math.min(box.width / 2, 40), box.y + Math.min(box.height / 2, 20)];
  const top = document.elementFromPoint(x, y);
  const all = [...document.querySelectorAll('*')];
  return {
    name: element.id || element.textContent.trim().slice(0, 30) || element.tagName,
    order: all.indexOf(element),
    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    seen: box.width > 0 && y >= 0 && y <= innerHeight,
    covered: !(top && (element.contains(top) || top.contains(element) || top.closest('label')?.control === element)),
  };
}"""
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter((element) => element.checkVisibility({visibilityProperty: true}))
  .filter((element) => element.type !== 'radio' || element.checked)
  .map((element) => element.id || element.textContent.trim().slice(0, 30) || element.tagName)"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    target = page.locator(selector)
    for _ in range(120):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


@pytest.mark.parametrize("width", [320, 1280])
def test_tab_reaches_everything_in_order_and_focus_is_seen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    walked = []
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here is None or (walked and here["order"] == walked[0]["order"]):
            break
        walked.append(here)
    assert walked[0]["name"] == "Skip to the phone"
    assert [one["name"] for one in walked] == page.evaluate(REACHABLE)
    assert [one["order"] for one in walked] == sorted(one["order"] for one in walked)
    assert [one["name"] for one in walked if one["outline"] < 2] == []
    assert [one["name"] for one in walked if not one["seen"] or one["covered"]] == []


def test_the_skip_link_leads_to_the_phone(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#phone")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#call")).to_be_focused()


def test_a_whole_call_by_keyboard_alone(page: Page) -> None:
    tab_to(page, "#instant")
    page.keyboard.press("Space")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+Tab")
    tab_to(page, "#call")
    page.keyboard.press("Enter")
    listening(page)
    page.keyboard.press("2")
    at_place(page, "treatment")
    listening(page)
    page.keyboard.press("#")
    at_place(page, "main")
    listening(page)
    tab_to(page, '[data-key="4"]')
    page.keyboard.press("Space")
    at_place(page, "living")
    listening(page)
    page.keyboard.press("*")
    at_place(page, "main")
    listening(page)
    page.keyboard.press("0")
    in_state(page, "transferring")
    tab_to(page, "[data-outcome=busy]")
    page.keyboard.press("Enter")
    listening(page)
    expect(page.locator("#captions")).to_contain_text("The number was busy")
    tab_to(page, "#say-words")
    page.keyboard.type("main menu 2")
    expect(page.locator("#say-words")).to_have_value("main menu 2")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("what is immunotherapy")
    page.keyboard.press("Enter")
    at_place(page, "immunotherapy")
    tab_to(page, "#call")
    page.keyboard.press("Enter")
    in_state(page, "ended")


def test_texting_starting_anywhere_and_keeping_by_keyboard_alone(page: Page, graph: Graph) -> None:
    tab_to(page, "#write-words")
    page.keyboard.type("911?")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("what is immunotherapy")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble:not(.mine)")).to_have_count(1)
    assert first_text(graph, "immunotherapy") in last_reply(page)
    tab_to(page, "#instant")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+Tab")
    tab_to(page, "#start-place")
    page.keyboard.type(label(graph, "pain", Language.EN, Medium.VOICE))
    expect(page.locator("#start-place")).to_have_value("pain")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#language-es")).to_be_checked()
    tab_to(page, "#start-form button")
    page.keyboard.press("Enter")
    listening(page)
    at_place(page, "pain")
    tab_to(page, "#share-download")
    with page.expect_download():
        page.keyboard.press("Enter")
    expect(page.locator("#share-status")).to_have_text("Saved as practice.txt.")


def test_keyboard_keys_can_be_turned_off(page: Page, address: str) -> None:
    page.locator("#instant").check()
    page.get_by_label("Keyboard keys").uncheck()
    page.locator("#call").click()
    listening(page)
    page.keyboard.press("2")
    page.locator('[data-key="1"]').click()
    at_place(page, "disease")
    assert "You pressed 2" not in captions(page)
    go(page, address)
    expect(page.get_by_label("Keyboard keys")).not_to_be_checked()


def test_a_screen_reader_is_told_the_great_turns_of_a_call(page: Page) -> None:
    page.locator("#instant").check()
    page.locator("#call").click()
    listening(page)
    page.keyboard.press("0")
    in_state(page, "transferring")
    expect(page.locator("#announce")).to_have_text("Ringing a person")
    page.locator("#call").click()
    expect(page.locator("#announce")).to_have_text(re.compile("The call has ended"))
