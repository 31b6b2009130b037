"""Nobody is shut out of the page: axe over every state and every way of looking at it, sizes, contrast, reflow.

What axe cannot decide (`incomplete`) was looked at one by one; anything new fails until somebody has looked at it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from conftest import PATIENCE, go
from playwright.sync_api import Browser, Page, Route, expect
from practice_acts import at_once, call, in_state, key, listening, press, text

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Rule, why axe could not decide, and where; with what was found on looking.
REVIEWED = {
    ("color-contrast", "elmPartiallyObscured", ".log"): (
        "Words that are scrolled out of the log, and so lie under what is beside it. Every kind of words in a log is "
        "measured in test_words_in_the_logs_stand_out."
    ),
}
WHOLE = ("light",)  # looked at in every state; the other ways in those that tell most
TELLING = ("idle, thread empty", "in a menu", "in a topic, with the markup", "transferring", "thread long")

WAYS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark, moving": {"color_scheme": "dark", "reduced_motion": "no-preference"},
    "320 px dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "200 % text": {},
    "320 px 200 % text": {"viewport": {"width": 320, "height": 640}},
    "Spanish": {},
}


@pytest.fixture(params=list(WAYS))
def looked_at(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The page, looked at in one way."""
    way = request.param
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | WAYS[way]))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    go(page, f"{address}?language=es" if way == "Spanish" else address)
    page.evaluate(AXE_SCRIPT)
    if "200 %" in way:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.way = way  # type: ignore[attr-defined]
    yield page
    context.close()


def judged(page: Page, state: str) -> list[str]:
    """Everything that axe objects to, or that it cannot decide and nobody has looked at."""
    found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations', 'incomplete']})", TAGS)
    wrong = [_told(state, rule, node) for rule in found["violations"] for node in rule["nodes"]]
    unclear = [
        _told(state, rule, node)
        for rule in found["incomplete"]
        for node in rule["nodes"]
        if not _reviewed(page, rule["id"], node)
    ]
    return wrong + unclear


def _reviewed(page: Page, rule: str, node: dict[str, Any]) -> bool:
    return any(
        (rule, _reason(node)) == (known, reason)
        and page.evaluate(
            "([target, where]) => !!document.querySelector(target)?.closest(where)", [node["target"][-1], where]
        )
        for known, reason, where in REVIEWED
    )


def _reason(node: dict[str, Any]) -> str:
    checks = (*node["any"], *node["all"], *node["none"])
    return ", ".join(sorted({str((check.get("data") or {}).get("messageKey") or check["id"]) for check in checks}))


def _told(state: str, rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{state}: {rule['id']} ({_reason(node)}) {json.dumps(node['target'])} {node['html'][:120]}"


def two_way_scroll(page: Page, state: str) -> list[str]:
    """Whether anything sticks out to the side."""
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"{state}: the page is {wide[0]} px wide in a window of {wide[1]}"] if wide[0] > wide[1] else []


def test_every_state_of_the_page_is_for_everybody(looked_at: Page) -> None:
    faults: list[str] = []
    states = STATES if looked_at.way in WHOLE else {state: STATES[state] for state in TELLING}  # type: ignore[attr-defined]
    for state, reach in states.items():
        reach(looked_at)
        faults += judged(looked_at, state) + two_way_scroll(looked_at, state)
    assert faults == []


HELD: list[Route] = []  # requests that the line has not answered yet


def _ringing(page: Page) -> None:
    """The line does not pick up until `_main_menu` lets it."""
    HELD.clear()
    page.route("**/try/call", lambda route: HELD.append(route))
    at_once(page)
    page.locator("#call").click()
    in_state(page, "ringing")


def _main_menu(page: Page) -> None:
    if page.locator("#phone[data-state=idle]").count():
        at_once(page)
        page.locator("#call").click()
    for route in HELD:
        route.continue_()
    HELD.clear()
    page.unroute("**/try/call")
    listening(page)


def _topic(page: Page) -> None:
    press(page, "2")
    press(page, "3")
    page.locator("summary").click()


def _speaking(page: Page) -> None:
    """In the middle of the words."""
    page.locator("summary").click()
    page.locator("#instant").uncheck()
    key(page, "9").click()
    in_state(page, "speaking")
    expect(page.locator("#captions .now .now")).to_be_attached()


def _transferring(page: Page) -> None:
    page.locator("#instant").check()
    listening(page)
    key(page, "0").click()
    in_state(page, "transferring")


def _connected(page: Page) -> None:
    page.locator("[data-outcome=answered]").click()
    in_state(page, "connected")


def _busy(page: Page) -> None:
    page.locator("[data-seconds='180']").click()
    listening(page)
    key(page, "1").click()
    in_state(page, "transferring")
    page.locator("[data-outcome=busy]").click()
    listening(page)


def _typing_a_number(page: Page) -> None:
    page.locator("#caller-withheld").check()
    page.locator("#start-place").select_option("pain")
    page.locator("#start-form button").click()
    listening(page)
    press(page, "7")
    for digit in "202555":
        key(page, digit).click()
    expect(page.locator("#typed")).to_have_text("202555")


def _ended(page: Page) -> None:
    page.locator("#call").click()
    in_state(page, "ended")
    key(page, "5").click()


def _short_thread(page: Page) -> None:
    _write(page, "hi")


def _long_thread(page: Page) -> None:
    for words in ("what is immunotherapy", "MORE", "PERSON", "qué es la quimioterapia", "3", "STOP", "hi"):
        _write(page, words)


def _write(page: Page, words: str) -> None:
    sent = page.locator(".bubble.mine .bubble-cost")
    before = sent.count()
    page.locator("#write-words").fill(words)
    page.locator("#write button").click()
    expect(sent).to_have_count(before + 1)


def _kept(page: Page) -> None:
    page.locator("#microphone").check()
    page.evaluate("document.getElementById('share-status').textContent = 'Saved as practice.txt.'")


STATES: dict[str, Callable[[Page], object]] = {
    "idle, thread empty": lambda page: None,
    "ringing": _ringing,
    "in a menu": _main_menu,
    "in a topic, with the markup": _topic,
    "speaking": _speaking,
    "transferring": _transferring,
    "connected": _connected,
    "busy": _busy,
    "typing a number": _typing_a_number,
    "ended": _ended,
    "thread short": _short_thread,
    "thread long": _long_thread,
    "kept, microphone on": _kept,
}


# --- contrast, where axe cannot see

CONTRAST = """selectors => {
  const parsed = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parsed(getComputedStyle(at).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  return selectors.map((selector) => {
    const element = document.querySelector(selector);
    const [one, other] = [light(parsed(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    return [selector, (one + 0.05) / (other + 0.05)];
  });
}"""
IN_THE_LOGS = (
    "#captions .said", "#captions .did", "#captions .noted", ".bubble-body a", ".mine .bubble-body",
    ".bubble:not(.mine) .bubble-body", ".bubble-cost", "#thread .carrier",
)  # fmt: skip


def test_words_in_the_logs_stand_out(page: Page) -> None:
    at_once(page)
    call(page)
    key(page, "0").click()
    in_state(page, "transferring")
    text(page, "PERSON")
    text(page, "STOP")
    for theme in ("light", "dark"):
        page.locator("#theme").select_option(theme)
        assert [pair for pair in page.evaluate(CONTRAST, list(IN_THE_LOGS)) if pair[1] < 4.5] == []


# --- sizes

SIZES = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter((element) => element.checkVisibility({visibilityProperty: true}) && !element.closest('.skip'))
  .map((element) => {
    const box = element.getBoundingClientRect();
    const label = element.labels?.[0]?.getBoundingClientRect();
    const beside = element.matches('[type=checkbox], [type=radio]') && label ? label.height : 0;
    return [element.id || element.textContent.trim().slice(0, 30), box.width, Math.max(box.height, beside)];
  })"""


def test_every_target_is_large_enough_for_a_finger(page: Page) -> None:
    at_once(page)
    call(page)
    text(page, "PERSON")
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        sizes = page.evaluate(SIZES)
        assert len(sizes) > 30
        assert [size for size in sizes if min(size[1:]) < 24] == []
        in_a_sentence = [size for size in sizes if re.fullmatch("[0-9-]+", size[0])]
        assert [size for size in sizes if size[2] < 44 and size not in in_a_sentence] == []


def test_no_width_needs_scrolling_in_two_directions(page: Page) -> None:
    at_once(page)
    call(page)
    page.locator("summary").click()
    text(page, "x" * 300)
    for width in (320, 400, 640, 768, 1024, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 640})
        assert two_way_scroll(page, str(width)) == []


SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }'
    + ' p { margin-bottom: 2em !important }');
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll('button, label, h1, h2, p, .key-does')]
  .filter((element) => element.checkVisibility() && !element.closest('.for-readers, .log'))
  .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
  .map((element) => element.textContent.trim().slice(0, 40))"""


def test_wider_spacing_cuts_nothing_off(page: Page) -> None:
    page.evaluate(SPACING)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(CUT) == []
        assert two_way_scroll(page, "spaced") == []


def test_the_colours_can_be_chosen_and_stay(page: Page, address: str) -> None:
    page.get_by_label("Colors").select_option("dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    go(page, address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    page.get_by_label("Colors").select_option("light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_less_motion_is_no_motion(page: Page) -> None:
    at_once(page)
    call(page)
    key(page, "0").click()
    in_state(page, "transferring")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_page_has_landmarks_one_heading_and_labels(page: Page) -> None:
    expect(page.locator("h1")).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("contentinfo")).to_have_count(1)
    for name in ("The line says", "Call", "Text", "Start from any place", "Sound and time", "Keep or share"):
        expect(page.get_by_role("region", name=name, exact=True)).to_have_count(1)
    assert page.locator("#captions").get_attribute("aria-live") == "polite"
