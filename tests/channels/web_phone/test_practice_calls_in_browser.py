"""Calls made entirely in the page, with the system's browser, through the real webhooks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import go
from flask import Flask
from playwright.sync_api import Page, expect
from practice_acts import at_once, at_place, call, captions, first_words, in_state, key, listening, press, said

from ivr import transcripts
from ivr.channels.carrier import Carrier, RecordedCall
from ivr.dialog.types import Graph, Language


@pytest.fixture
def quick(page: Page) -> Page:
    """The page with words at once."""
    at_once(page)
    return page


def test_a_call_to_a_topic_in_english(quick: Page, graph: Graph) -> None:
    call(quick)
    press(quick, "2")
    at_place(quick, "treatment")
    press(quick, "3")
    at_place(quick, "treatment-brain")
    expect(quick.locator("#place [aria-current]")).to_contain_text("part 1 of")
    assert said(graph, "general") in captions(quick)
    assert first_words(graph, "treatment-brain") in captions(quick)
    press(quick, "1")
    expect(quick.locator("#place [aria-current]")).to_contain_text("part 2 of")
    expect(quick.locator("#keys-here dd").first).to_be_visible()


def test_a_call_to_a_topic_in_spanish(quick: Page, graph: Graph) -> None:
    call(quick)
    spanish = quick.locator("#captions [lang=es-US]")
    expect(spanish.first).to_contain_text("español")
    press(quick, "8")
    press(quick, "2")
    press(quick, "3")
    at_place(quick, "treatment-brain")
    expect(quick.locator("#place")).to_have_attribute("lang", "es")
    assert said(graph, "general", Language.ES) in captions(quick)
    assert first_words(graph, "treatment-brain", Language.ES) in " ".join(spanish.all_inner_texts())


def test_a_call_to_a_busy_specialist_comes_back_to_choices(quick: Page, graph: Graph) -> None:
    call(quick)
    key(quick, "0").click()
    in_state(quick, "transferring")
    expect(quick.get_by_text("The line rings 1-888-552-6760")).to_be_visible()
    quick.get_by_role("button", name="Busy").click()
    listening(quick)
    label = graph.handoffs["specialist"].labels[Language.EN]
    assert said(graph, "transfer_busy", label=label) in captions(quick)
    expect(quick.locator("#keys-here dt")).to_have_text(["1", "2", "3", "4"])
    press(quick, "3")
    assert captions(quick).count("six seven six zero") == 2


def test_every_end_of_a_transfer_is_heard(quick: Page, graph: Graph) -> None:
    label = graph.handoffs["specialist"].labels[Language.EN]
    call(quick)
    for choice, prompt in (("No answer", "transfer_no_answer"), ("It fails", "transfer_failed")):
        key(quick, "0").click()
        in_state(quick, "transferring")
        quick.get_by_role("button", name=choice).click()
        listening(quick)
        assert said(graph, prompt, label=label) in captions(quick)
    for end, prompt in (("After a while", "transfer_completed"), ("Cut off at once", "transfer_short")):
        key(quick, "0").click()
        quick.get_by_role("button", name="They answer").click()
        in_state(quick, "connected")
        quick.get_by_role("button", name=end).click()
        listening(quick)
        assert said(graph, prompt) in captions(quick)


def test_star_comes_back_from_a_talk(quick: Page) -> None:
    call(quick)
    key(quick, "0").click()
    quick.get_by_role("button", name="They answer").click()
    in_state(quick, "connected")
    key(quick, "*").click()
    listening(quick)
    expect(quick.locator("#talk")).to_be_hidden()


def test_typed_words_are_heard_as_spoken(quick: Page) -> None:
    call(quick)
    quick.get_by_label("Say a few words").fill("what is immunotherapy")
    quick.get_by_role("button", name="Say", exact=True).click()
    at_place(quick, "immunotherapy")
    expect(quick.get_by_text("You said: what is immunotherapy")).to_be_visible()


def test_silence_is_told_when_the_wait_is_skipped(quick: Page, graph: Graph) -> None:
    call(quick)
    quick.get_by_role("button", name="Skip the wait").click()
    expect(quick.locator("#captions > .did").last).to_have_text("You said nothing")
    listening(quick)
    assert said(graph, "silence") in captions(quick)


def test_hanging_up_ends_the_call_and_calling_again_begins_anew(quick: Page) -> None:
    call(quick)
    press(quick, "1")
    quick.get_by_role("button", name="Hang up").click()
    in_state(quick, "ended")
    expect(quick.locator("#state")).to_have_text(re.compile("The call has ended after 0:0"))
    key(quick, "1").click()
    expect(quick.locator("#phone-note")).to_have_text("Press Call first.")
    call(quick)
    expect(quick.locator("#captions > .did")).to_have_count(1)


def test_a_number_is_typed_key_by_key(quick: Page) -> None:
    quick.get_by_label("Place", exact=True).select_option("pain")
    quick.get_by_label("Withheld").check()
    quick.get_by_role("button", name="Call from here").click()
    listening(quick)
    press(quick, "7")
    for digit in "2025550143":
        key(quick, digit).click()
    expect(quick.locator("#typed")).to_have_text("2025550143")
    key(quick, "#").click()
    expect(quick.locator("#captions > .did").last).to_have_text("You pressed 2 0 2 5 5 5 0 1 4 3 pound")
    listening(quick)


def test_a_call_starts_from_any_place_in_spanish_and_slowly(quick: Page, address: str, graph: Graph) -> None:
    go(quick, f"{address}?place=breathing&call=es&pace=slow")
    quick.get_by_role("button", name="Call from here").click()
    listening(quick)
    at_place(quick, "breathing")
    assert first_words(graph, "breathing", Language.ES) in captions(quick)


def test_the_page_speaks_spanish_too(quick: Page, address: str) -> None:
    go(quick, f"{address}?language=es")
    expect(quick.locator("html")).to_have_attribute("lang", "es")
    expect(quick.get_by_role("complementary")).to_contain_text("Nadie escucha")
    quick.get_by_role("button", name="Llamar", exact=True).click()
    listening(quick)
    expect(quick.locator("#captions [lang=en-US]").first).to_have_attribute("data-changes", "inglés")


def test_the_request_and_the_markup_are_behind_a_disclosure(quick: Page) -> None:
    call(quick)
    expect(quick.locator("#twiml")).to_be_hidden()
    quick.get_by_text("How it works").click()
    expect(quick.locator("#twiml")).to_contain_text("<Gather")
    expect(quick.locator("#request")).to_contain_text("POST /voice/answer")


def test_the_page_always_says_that_nobody_listens(page: Page) -> None:
    expect(page.get_by_role("complementary")).to_have_text(
        "Practice phone. No one is listening. Emergency: call 911. Crisis: call or text 988."
    )


def test_a_server_that_is_gone_is_told_and_the_call_ends(quick: Page) -> None:
    quick.route("**/try/call", lambda route: route.abort())
    quick.get_by_role("button", name="Call", exact=True).click()
    in_state(quick, "failed")
    expect(quick.locator("#state")).to_have_text("The server did not answer. Is it still running?")


# --- keeping what happened


def test_a_call_is_saved_as_a_test_that_plays_again(quick: Page, tmp_path: Path, app: Flask) -> None:
    quick.get_by_label("Place", exact=True).select_option("treatment-liver")
    quick.get_by_role("button", name="Call from here").click()
    listening(quick)
    press(quick, "1")
    key(quick, "0").click()
    quick.get_by_role("button", name="Busy").click()
    listening(quick)
    quick.get_by_role("button", name="Hang up").click()
    with quick.expect_download() as saved:
        quick.get_by_role("button", name="Save the call as a test").click()
    assert saved.value.suggested_filename == "practice-call.txt"
    saved.value.save_as(tmp_path / "call.txt")
    written = transcripts.loads((tmp_path / "call.txt").read_text())
    assert [transcripts.act_text(step.act) for step in written.steps] == [
        "call", "press 2", "press 2", "press 1", "press 0", "transfer busy", "hang up",
    ]  # fmt: skip
    assert played(written, app) == written.steps


def played(written: transcripts.Transcript, app: Flask) -> tuple[transcripts.Step, ...]:
    """The same acts through the same webhooks, without the page."""
    settings = app.extensions["line"].settings
    carrier = Carrier(app, settings.public_url, settings.auth_tokens[0], settings.number, settings.account_sid)
    recorded = RecordedCall(carrier, written.sender)
    return tuple(recorded.do(step.act) for step in written.steps)


def test_what_was_said_can_be_read_as_text(quick: Page, tmp_path: Path, graph: Graph) -> None:
    call(quick)
    press(quick, "1")
    with quick.expect_download() as saved:
        quick.get_by_role("button", name="Download as text").click()
    saved.value.save_as(tmp_path / "practice.txt")
    text = (tmp_path / "practice.txt").read_text()
    assert "Practice only." in text
    assert "(You pressed 1)" in text
    assert "  " + graph.menus["disease"].intros[Language.EN] in text
    assert "<" not in text


def test_with_nothing_done_there_is_nothing_to_keep(page: Page) -> None:
    for name in ("Copy as text", "Download as text", "Save the call as a test", "Save the texts as a test"):
        page.get_by_role("button", name=name).click()
        expect(page.locator("#share-status")).to_have_text("There is nothing to keep yet.")
