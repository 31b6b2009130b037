"""Time and sound as on a telephone: pace, barge-in, silence; with a voice, with a broken one, and with none.

Time is pretended: the tests move it.
"""

from __future__ import annotations

import pytest
from conftest import go
from playwright.sync_api import Page, expect
from practice_acts import at_once, at_place, captions, in_state, key, last_option, listening, said

from ivr.dialog.types import Graph, Language

# A voice of the browser that the test moves along: it says nothing aloud and remembers what it was asked to say.
VOICE = """
window.spoken = [];
const pretend = {
  getVoices: () => ["en-US", "es-ES", "es-US"].map((lang) => ({lang, localService: true})),
  speak: (utterance) => {
    window.spoken.push(utterance);
    if (window.voiceWorks !== false) queueMicrotask(() => utterance.onstart?.({}));
  },
  cancel: () => { window.cancelled = (window.cancelled ?? 0) + 1; },
  addEventListener() {},
};
Object.defineProperty(window, "speechSynthesis", {value: pretend, configurable: true});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
window.finish = () => window.spoken.at(-1).onend?.({});
"""
NO_VOICE = "delete window.speechSynthesis; delete Window.prototype.speechSynthesis; delete window.SpeechSynthesisUtterance;"


@pytest.fixture
def timed(blank: Page, address: str) -> Page:
    """The page with time in the test's hands, and no voice."""
    blank.add_init_script(NO_VOICE)
    blank.clock.install()
    go(blank, address)
    assert blank.evaluate("'speechSynthesis' in window") is False
    return blank


@pytest.fixture
def voiced(blank: Page, address: str) -> Page:
    """The page with a voice in the test's hands."""
    blank.add_init_script(VOICE)
    blank.clock.install()
    go(blank, address)
    return blank


def pick_up(page: Page) -> None:
    """Call, and let it ring until the line answers."""
    page.get_by_role("button", name="Call", exact=True).click()
    in_state(page, "ringing")
    page.clock.run_for(2000)
    in_state(page, "speaking")


def let_time_pass(page: Page, state: str) -> None:
    """Move time until the call is in this state."""
    for _ in range(120):
        if page.locator(f"#phone[data-state={state}]").count():
            return
        page.clock.run_for(1000)
    in_state(page, state)


def test_captions_go_on_at_the_pace_of_speech_without_any_voice(timed: Page, graph: Graph) -> None:
    pick_up(timed)
    first = timed.locator("#captions .said").first
    expect(first).to_have_text(f"{graph.name[Language.EN]}. ")
    before = captions(timed)
    timed.clock.run_for(6000)
    assert len(captions(timed)) > len(before)
    assert last_option(graph) not in captions(timed)
    let_time_pass(timed, "listening")
    assert last_option(graph) in captions(timed)


def test_a_key_interrupts_the_words(timed: Page, graph: Graph) -> None:
    pick_up(timed)
    key(timed, "2").click()
    at_place(timed, "treatment")
    said_so_far = captions(timed)
    assert "You pressed 2" in said_so_far
    assert last_option(graph) not in said_so_far.partition("You pressed 2")[0]


def test_a_key_does_not_interrupt_what_must_be_heard(timed: Page, graph: Graph) -> None:
    pick_up(timed)
    timed.get_by_label("Say a few words").fill("I cannot breathe")
    timed.get_by_role("button", name="Say", exact=True).click()
    expect(timed.locator("#phone-note")).to_have_text("You will say it when the line listens.")
    for _ in range(60):
        if timed.locator("#captions .said", has_text=said(graph, "emergency")).count():
            break
        timed.clock.run_for(1000)
    expect(timed.locator("#captions .said", has_text=said(graph, "emergency")).first).to_be_visible()
    key(timed, "1").click()
    expect(timed.locator("#phone-note")).to_have_text("These words cannot be stopped by a key.")


def test_silence_runs_out_as_on_a_telephone(timed: Page, graph: Graph) -> None:
    pick_up(timed)
    let_time_pass(timed, "listening")
    expect(timed.locator("#wait-left")).to_have_text("10 s")
    timed.clock.run_for(4000)
    expect(timed.locator("#wait-left")).to_have_text("6 s")
    timed.clock.run_for(7000)
    expect(timed.locator("#captions > .did").last).to_have_text("You said nothing")
    let_time_pass(timed, "listening")
    assert said(graph, "silence") in captions(timed)


def test_who_types_words_is_not_silent(timed: Page) -> None:
    pick_up(timed)
    let_time_pass(timed, "listening")
    timed.get_by_label("Say a few words").fill("what is")
    timed.clock.run_for(60_000)
    listening(timed)
    expect(timed.locator("#wait-left")).to_have_text("No hurry")


def test_the_line_can_be_told_to_wait(timed: Page) -> None:
    timed.get_by_label("Wait for me").check()
    pick_up(timed)
    let_time_pass(timed, "listening")
    timed.clock.run_for(600_000)
    listening(timed)
    timed.get_by_role("button", name="Skip the wait").click()
    expect(timed.locator("#captions > .did").last).to_have_text("You said nothing")


def test_words_can_be_skipped(timed: Page, graph: Graph) -> None:
    pick_up(timed)
    timed.get_by_role("button", name="Skip the words").click()
    timed.clock.run_for(1500)
    listening(timed)
    assert last_option(graph) in captions(timed)


def test_the_voice_speaks_the_right_language_at_the_right_pace(voiced: Page, graph: Graph) -> None:
    pick_up(voiced)
    spoken = "() => window.spoken.map(({text, lang, rate, voice}) => [text, lang, Math.round(rate * 100), voice.lang])"
    expect(voiced.locator("#captions .said .now")).to_be_attached()
    assert voiced.evaluate(spoken) == [[f"{graph.name[Language.EN]}.", "en-US", 86, "en-US"]]
    voiced.evaluate("finish()")
    voiced.clock.run_for(1500)
    expect(voiced.locator("#captions [lang=es-US]")).to_be_attached()
    assert voiced.evaluate(spoken)[1][1:] == ["es-US", 86, "es-US"]


def test_slow_is_spoken_slowly(voiced: Page) -> None:
    voiced.get_by_label("Slow", exact=True).check()
    voiced.get_by_role("button", name="Call from here").click()
    voiced.clock.run_for(4000)
    in_state(voiced, "speaking")
    assert voiced.evaluate("Math.round(spoken[0].rate * 100)") == 66


def test_captions_follow_the_words_of_the_voice(voiced: Page) -> None:
    pick_up(voiced)
    voiced.evaluate("finish()")
    voiced.clock.run_for(1500)
    voiced.evaluate("finish()")
    voiced.clock.run_for(1500)
    voiced.evaluate("spoken.at(-1).onboundary({charIndex: 0})")
    line = voiced.locator("#captions .said").last
    first = line.inner_text()
    voiced.evaluate("spoken.at(-1).onboundary({charIndex: spoken.at(-1).text.length - 2})")
    assert len(line.inner_text()) >= len(first)
    assert line.inner_text().strip().endswith(voiced.evaluate("spoken.at(-1).text").split()[-1])


def test_a_key_silences_the_voice(voiced: Page) -> None:
    pick_up(voiced)
    key(voiced, "2").click()
    at_place(voiced, "treatment")
    assert voiced.evaluate("cancelled") >= 1


def test_sound_off_stops_the_voice_and_not_the_words(voiced: Page, graph: Graph) -> None:
    pick_up(voiced)
    voiced.get_by_label("Sound", exact=True).uncheck()
    said = voiced.evaluate("spoken.length")
    let_time_pass(voiced, "listening")
    assert voiced.evaluate("spoken.length") == said
    assert last_option(graph) in captions(voiced)


def test_a_voice_that_never_begins_is_given_up_and_captions_go_on(voiced: Page, graph: Graph) -> None:
    voiced.evaluate("window.voiceWorks = false")
    pick_up(voiced)
    voiced.clock.run_for(3000)
    expect(voiced.locator("#phone-note")).to_have_text("This browser has no voice for this. Please read the captions.")
    let_time_pass(voiced, "listening")
    assert last_option(graph) in captions(voiced)


def test_the_microphone_is_off_until_chosen_and_on_only_while_the_line_listens(blank: Page, address: str) -> None:
    page = blank
    page.add_init_script(
        "window.microphones = [];"
        "window.webkitSpeechRecognition = window.SpeechRecognition = class {"
        " start() { window.microphones.push(this.lang); this.on = true; window.ear = this; }"
        " abort() { this.on = false; this.onend?.(); } };"
    )
    go(page, address)
    at_once(page)
    expect(page.locator("#microphone-hint")).to_contain_text("may send the sound to its maker")
    page.get_by_role("button", name="Call", exact=True).click()
    listening(page)
    assert page.evaluate("microphones") == []
    page.get_by_label("Use the microphone").check()
    key(page, "9").click()
    expect(page.locator("#captions > .did")).to_have_count(2)
    listening(page)
    assert page.evaluate("[microphones, ear.on]") == [["en-US"], True]
    page.evaluate("ear.onresult({results: [[{transcript: 'what is immunotherapy', confidence: 0.8}]]})")
    at_place(page, "immunotherapy")
    assert "You said: what is immunotherapy" in captions(page)


def test_without_speech_recognition_no_microphone_is_offered(blank: Page, address: str) -> None:
    page = blank
    page.add_init_script("window.SpeechRecognition = window.webkitSpeechRecognition = undefined;")
    go(page, address)
    expect(page.get_by_label("Use the microphone")).to_be_hidden()
