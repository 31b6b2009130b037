"""The practice page's own requests: who may ask, what comes back, and that the browser can make us sign nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from conftest import line_with_page
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ivr import transcripts
from ivr.dialog.types import Language
from ivr.library.line_rules import Library

ROUTES = ("call", "text", "arrived", "phone", "transcript")


class Browser:
    """The page as its script uses it, without a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.html = client.get("/try").get_data(as_text=True)
        self.token, self.phone = self._kept("token"), self._kept("phone")

    def _kept(self, name: str) -> str:
        found = re.search(f'data-{name}="([^"]*)"', self.html)
        assert found
        return unescape(found[1])

    def ask(self, route: str, body: Any, **headers: str) -> TestResponse:
        """Post as the page does."""
        return self.client.post(f"/try/{route}", json=body, headers={"X-CSRFToken": self.token} | headers)

    def start(self, **more: Any) -> dict[str, Any]:
        """Call the line."""
        return self._json("call", {"event": "start", "phone": self.phone, "language": "en"} | more)

    def then(self, heard: dict[str, Any], **event: Any) -> dict[str, Any]:
        """What the caller does at the step that waits."""
        step = max(number for number, one in enumerate(heard["steps"]) if one["do"] in ("gather", "dial"))
        return self._json("call", {"call": heard["call"], "step": step} | event)

    def text(self, body: str) -> dict[str, Any]:
        """Send a text."""
        answer = self._json("text", {"phone": self.phone, "body": body})
        self.phone = answer["phone"]
        return answer

    def _json(self, route: str, body: Any) -> dict[str, Any]:
        answer = self.ask(route, body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        assert isinstance(answer.json, dict)
        return answer.json


@pytest.fixture
def at(app: Flask) -> Browser:
    """A page that was just opened."""
    return Browser(app.test_client())


@pytest.fixture(scope="module")
def closed(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as production has it."""
    with line_with_page(library, tmp_path_factory.mktemp("closed"), is_open=False) as made:
        yield made


def words_of(steps: list[dict[str, Any]]) -> str:
    """All that a document says."""
    return " ".join(step.get("text") or words_of(step.get("inside", [])) for step in steps).strip()


# --- who may ask


def test_every_route_is_not_there_in_production(closed: Flask) -> None:
    client = closed.test_client()
    assert [client.get(path).status_code for path in ("/try", "/try/", "/try/static/js/main.js")] == [404] * 3
    assert {client.post(f"/try/{route}", json={}).status_code for route in ROUTES} == {404}


def test_a_page_without_a_policy_is_never_sent(at: Browser) -> None:
    for answer in (at.client.get("/try"), at.ask("phone", {}), at.ask("call", {}), at.client.get("/try/static/js/main.js")):
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"]
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache")
    assert at.client.get("/try").headers["Cache-Control"] == "no-store"


def test_the_page_has_no_inline_script_style_or_handler(at: Browser) -> None:
    assert not re.search(r"<script(?![^>]*\bsrc=)", at.html)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", at.html)


def test_nothing_is_fetched_from_elsewhere(at: Browser) -> None:
    folder = Path(at.client.application.blueprints["web_phone"].static_folder or "")
    sources = [at.html, *(path.read_text() for path in folder.rglob("*") if path.suffix in (".js", ".css"))]
    assert not [found for source in sources for found in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", source)]


@pytest.mark.parametrize("route", ROUTES)
def test_another_site_can_ask_for_nothing(at: Browser, route: str) -> None:
    assert at.ask(route, {}, Origin="https://elsewhere.example").status_code == 403
    assert at.ask(route, {}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert at.client.post(f"/try/{route}", json={}).status_code == 403
    assert at.ask(route, {}, **{"X-CSRFToken": "forged"}).status_code == 403


@pytest.mark.parametrize("body", [[], "words", None, 5])
def test_a_request_that_is_no_object_is_told_so(at: Browser, body: Any) -> None:
    answer = at.ask("call", body)
    assert (answer.status_code, answer.json["error"]) == (400, "not-json")  # type: ignore[index]


def test_a_form_instead_of_json_is_refused(at: Browser) -> None:
    answer = at.client.post("/try/call", data={"event": "start"}, headers={"X-CSRFToken": at.token})
    assert answer.status_code == 400


# --- a call


def test_a_call_opens_with_the_name_of_the_line_and_the_main_menu(at: Browser, library: Library) -> None:
    heard = at.start()
    assert words_of(heard["steps"]).startswith(library.graph.name[Language.EN])
    assert heard["place"]["ref"] == "main"
    assert [key["key"] for key in heard["place"]["keys"]] == ["1", "2", "3", "4", "5"]
    assert "<Gather" in heard["twiml"]
    assert heard["request"].startswith("POST /voice/answer")


def test_words_carry_their_language_and_pace(at: Browser) -> None:
    heard = at.start(place="pain", language="es", pace="slow")
    said = [inner for step in heard["steps"] for inner in step.get("inside", []) if inner["do"] == "say"]
    assert {one["language"] for one in said} == {"es-US"}
    assert {one["wpm"] for one in said} == {115}
    assert {one["wpm"] for step in at.start()["steps"] for one in step.get("inside", []) if one["do"] == "say"} == {150}


def test_a_key_leads_on_and_the_place_is_told(at: Browser) -> None:
    heard = at.then(at.start(), event="press", digits="3")
    heard = at.then(heard, event="press", digits="4")
    place = heard["place"]
    assert (place["ref"], place["page"]) == ("breathing", 1)
    assert len(place["path"]) == 2
    assert place["keys"][0]["key"] == "1"


def test_words_are_heard_and_silence_is_told(at: Browser) -> None:
    asked = at.then(at.start(), event="say", words="what is immunotherapy")
    assert asked["place"]["ref"] == "immunotherapy"
    silent = at.then(at.start(), event="silence")
    assert silent["place"]["ref"] == "main"


@pytest.mark.parametrize("outcome", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_every_outcome_of_a_transfer_leads_to_choices(at: Browser, outcome: str) -> None:
    ringing = at.then(at.start(), event="press", digits="0")
    dial = ringing["steps"][-1]
    assert (dial["do"], dial["numbers"], dial["star"]) == ("dial", ["1-888-552-6760"], True)
    assert ringing["place"]["keys"] == []
    after = at.then(ringing, event="dial_ended", outcome=outcome, seconds=200)
    assert after["steps"][-1]["do"] in ("gather", "redirect")
    assert after["place"]["keys"]


def test_hanging_up_is_told_to_the_line(at: Browser) -> None:
    answer = at.ask("call", {"event": "hang_up", "call": at.start()["call"], "seconds": 12})
    assert answer.json == {"ended": True}


def test_a_withheld_number_is_not_known_to_the_line(at: Browser) -> None:
    heard = at.start(caller="withheld", place="pain")
    assert "From: anonymous" in heard["request"]
    assert at.then(heard, event="press", digits="7")["steps"][0]["digits"] > 9


@pytest.mark.parametrize(
    "event",
    [
        {"event": "press", "digits": "²"},
        {"event": "press", "digits": "1" * 21},
        {"event": "press"},
        {"event": "say", "words": "  "},
        {"event": "say"},
        {"event": "dial_ended", "outcome": "busy"},
        {"event": "go"},
        {"event": "dance"},
        {"event": 5},
        {},
        {"event": "press", "digits": "1", "step": 99},
        {"event": "press", "digits": "1", "step": -1},
        {"event": "press", "digits": "1", "step": "0"},
        {"event": "hang_up", "seconds": "long"},
    ],
)
def test_what_cannot_happen_is_refused_with_a_sentence(at: Browser, event: dict[str, Any]) -> None:
    heard = at.start()
    answer = at.ask("call", {"call": heard["call"], "step": 0} | event)
    assert answer.status_code == 400
    assert answer.json
    assert answer.json["sentence"]


def test_a_changed_ticket_signs_nothing(at: Browser) -> None:
    ticket = at.start()["call"]
    for forged in ("", "x", ticket[:-2], ticket.replace(ticket[5], "A"), at.phone):
        answer = at.ask("call", {"call": forged, "step": 0, "event": "press", "digits": "1"})
        assert (answer.status_code, answer.json and answer.json["error"]) == (400, "not-ours")


def test_no_account_and_no_signature_is_shown(at: Browser) -> None:
    heard = at.then(at.start(), event="press", digits="1")
    assert "Account" not in heard["request"]
    assert "Signature" not in heard["request"]


# --- from any place


def test_a_call_can_start_at_every_place_of_the_list(at: Browser, library: Library) -> None:
    listed = re.findall(r'<option value="([a-z0-9-]+)"', at.html.partition('id="start-place"')[2])
    graph = library.graph
    assert sorted(listed) == sorted({*graph.topics, *graph.menus, "specialist"} - {graph.start})
    for ref in listed:
        heard = at.start(place=ref)
        assert ref == "specialist" or heard["place"]["ref"] == ref, ref


def test_the_way_to_a_place_is_a_call_that_a_test_can_play(at: Browser, library: Library) -> None:
    heard = at.start(place="treatment-brain", language="es")
    assert [passed["act"] for passed in heard["way"]] == ["press 8", "press 2", "press 3"]
    assert words_of(heard["way"][0]["steps"]).startswith(library.graph.name[Language.EN])


def test_a_place_that_is_not_there_is_refused(at: Browser) -> None:
    answer = at.ask("call", {"event": "start", "phone": at.phone, "place": "nowhere"})
    assert (answer.status_code, answer.json and answer.json["error"]) == (400, "no-such-place")


# --- texts


def test_a_reply_shows_its_segments_and_encoding(at: Browser) -> None:
    reply = at.text("what is immunotherapy")["replies"][0]
    assert reply["cost"]["encoding"] == "GSM-7"
    assert reply["cost"]["segments"] == 2
    spanish = at.text("qué es la quimioterapia")["replies"][0]
    assert spanish["cost"]["encoding"] == "UCS-2"
    assert "á" in "".join(spanish["cost"]["because"]) or spanish["cost"]["because"]


def test_the_phone_company_answers_stop_and_the_line_keeps_silent(at: Browser) -> None:
    at.text("hi")
    stopped = at.text("STOP")
    assert (stopped["note"], stopped["replies"]) == ("carrier_stop", [])
    assert at.text("hi")["replies"] == []
    assert at.text("START")["note"] == "carrier_start"


def test_two_pages_are_two_telephones_that_nobody_has(app: Flask) -> None:
    numbers = {Browser(app.test_client()).start()["request"].partition("From: ")[2][:12] for _ in range(8)}
    assert len(numbers) > 1
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", number) for number in numbers)


def test_a_text_longer_than_the_carrier_takes_is_refused(at: Browser) -> None:
    assert at.ask("text", {"phone": at.phone, "body": "x" * 1601}).status_code == 400


# --- keeping


def test_a_saved_call_is_a_transcript_that_can_be_read_again(at: Browser) -> None:
    steps = [
        {
            "act": "call",
            "came": [{"text": "Hello. Hello again.", "language": "en-US"}, {"text": "Hola.", "language": "es-US"}],
        },
        {"act": "press 0", "came": [{"rings": "+18885526760"}]},
        {"act": "transfer busy", "came": [{"over": True}]},
    ]
    answer = at.ask("transcript", {"medium": "call", "title": "A call", "steps": steps, "phone": at.phone})
    assert answer.json
    read = transcripts.loads(answer.json["text"])
    assert [transcripts.act_text(step.act) for step in read.steps] == ["call", "press 0", "transfer busy"]
    assert [getattr(came, "text", "") for came in read.steps[0].came] == ["Hello.", "Hello again.", "Hola."]


@pytest.mark.parametrize("steps", [[], [{"act": "dance"}], ["call"], [{"act": "call", "came": 5}], [{"act": "call"}] * 500])
def test_what_is_no_conversation_is_not_saved(at: Browser, steps: list[Any]) -> None:
    answer = at.ask("transcript", {"medium": "call", "title": "", "steps": steps, "phone": at.phone})
    assert (answer.status_code, answer.json and answer.json["error"]) == (400, "bad-transcript")
