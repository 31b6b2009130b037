"""Conversations by text, entirely in the page: replies, what they cost, the opt-out, numbers that ring nobody."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from practice_acts import at_once, captions, first_text, last_reply, listening, press, said, text

from ivr import transcripts
from ivr.dialog.types import Graph, Language, Medium


def test_a_question_is_answered_and_its_cost_is_shown(page: Page, graph: Graph) -> None:
    text(page, "what is immunotherapy")
    assert first_text(graph, "immunotherapy") in last_reply(page)
    expect(page.locator(".bubble:not(.mine) .bubble-cost").last).to_have_text(
        re.compile(r"^[1-3] segments?, \d+ units, GSM-7$")
    )


def test_what_makes_a_text_dear_is_named(page: Page) -> None:
    text(page, "qué es la quimioterapia")
    reply = page.locator(".bubble:not(.mine)").last
    expect(reply.locator(".bubble-cost")).to_have_text(re.compile("UCS-2 because of"))
    expect(reply.locator(".bubble-body")).to_have_attribute("lang", "es")


def test_an_opt_out_is_answered_by_the_phone_company_and_then_nothing_comes(page: Page, graph: Graph) -> None:
    text(page, "hi")
    replies = page.locator(".bubble:not(.mine)")
    expect(replies).to_have_count(1)
    text(page, "STOP")
    expect(page.locator(".carrier").first).to_contain_text("The phone company answers this word itself.")
    text(page, "what is immunotherapy")
    expect(page.locator(".carrier").last).to_have_text("The line sends no reply to this.")
    expect(replies).to_have_count(1)
    text(page, "START")
    text(page, "what is immunotherapy")
    assert first_text(graph, "immunotherapy") in last_reply(page)


def test_an_opt_out_in_own_words_is_confirmed_once_by_the_line(page: Page, graph: Graph) -> None:
    text(page, "please stop texting me")
    assert graph.prompts[(Language.EN, Medium.TEXT)]["stopped"] in last_reply(page)
    text(page, "hi")
    expect(page.locator(".carrier").last).to_have_text("The line sends no reply to this.")


def test_a_number_can_be_tapped_and_rings_nobody(page: Page) -> None:
    text(page, "PERSON")
    number = page.locator("#thread a[href='tel:+18885526760']").first
    expect(number).to_have_text("1-888-552-6760")
    number.click()
    expect(page.locator("#thread-status")).to_have_text(
        "In real life this would ring 1-888-552-6760. Here nothing is dialed."
    )


def test_a_text_asked_for_by_key_arrives_in_the_thread(page: Page, graph: Graph) -> None:
    at_once(page)
    page.locator("#start-place").select_option("pain")
    page.locator("#start-form button").click()
    listening(page)
    press(page, "7")
    assert said(graph, "text_me") in captions(page)
    press(page, "7")
    reply = page.locator(".bubble:not(.mine) .bubble-body")
    expect(reply).to_contain_text(first_text(graph, "pain"))
    expect(page.locator(".carrier").last).to_have_text("This text came because of your call.")


def test_ideas_can_be_tapped(page: Page) -> None:
    page.get_by_role("button", name="hi", exact=True).click()
    expect(page.locator(".bubble:not(.mine)")).to_have_count(1)
    expect(page.locator("#thread-empty")).to_have_count(0)


def test_enter_sends_and_shift_enter_makes_a_new_line(page: Page) -> None:
    page.get_by_label("Your message").click()
    page.keyboard.type("what is")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("immunotherapy")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.mine .bubble-body")).to_have_text(re.compile("what is\nimmunotherapy"))
    expect(page.get_by_label("Your message")).to_have_value("")


def test_a_new_number_is_a_new_person(page: Page) -> None:
    text(page, "STOP")
    page.get_by_role("button", name="Start over with a new number").click()
    expect(page.locator("#thread-status")).to_have_text("You now text from a new number.")
    expect(page.locator(".bubble")).to_have_count(0)
    text(page, "hi")
    assert "MENU" in last_reply(page)


def test_texts_are_saved_as_a_test(page: Page, tmp_path: Path) -> None:
    text(page, "hi")
    text(page, "STOP")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the texts as a test").click()
    saved.value.save_as(tmp_path / "texts.txt")
    written = transcripts.loads((tmp_path / "texts.txt").read_text())
    assert written.medium == transcripts.TEXTS
    assert [transcripts.act_text(step.act) for step in written.steps] == ["text hi", "text STOP"]
    assert written.steps[1].came == (transcripts.Note(transcripts.NOTHING),)


def test_words_of_a_text_are_never_read_as_markup(page: Page) -> None:
    text(page, "<img src=x onerror=alert(1)>")
    expect(page.locator(".bubble.mine .bubble-body")).to_have_text(re.compile("<img src=x"))
    expect(page.locator("#thread img")).to_have_count(0)
