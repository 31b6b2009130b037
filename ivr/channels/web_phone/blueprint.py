"""The routes of the practice page. They translate between the browser and the pretend carrier and decide nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from ivr.channels.carrier import Carrier
from ivr.channels.line import Line
from ivr.channels.web_phone import calls, guard, places_list, saving, texts, wording
from ivr.dialog.types import Language, Pace
from ivr.errors import LineError

CALL, PHONE = "call", "phone"  # purposes of what the browser keeps
NUMBER_SHOWN, NUMBER_WITHHELD = "shown", "withheld"

Deliveries = Callable[[str], Sequence[str]]


def web_phone_blueprint(
    line: Line, carrier: Carrier | None, *, open: bool = True, deliveries: Deliveries | None = None
) -> Blueprint:
    """The page and its API, to be mounted at /try; with `open=False` every route answers 404.

    `deliveries`, if given, takes a fictional number and hands over, once, the texts that the line has sent to it.
    """
    made = Blueprint("web_phone", __name__, template_folder="templates", static_folder="static")
    made.before_request(lambda: None if open and carrier else abort(404))
    made.after_request(guard.harden)
    made.register_error_handler(LineError, guard.refused)
    if carrier is None:
        return made
    page = _Page(line, carrier, deliveries)
    made.add_url_rule("", "page", page.show)
    made.add_url_rule("/", "page_with_slash", page.show)
    for name in ("call", "text", "arrived", "phone", "transcript"):
        made.add_url_rule(f"/{name}", name, getattr(page, name), methods=["POST"])
    return made


class _Page:
    """The views."""

    def __init__(self, line: Line, carrier: Carrier, deliveries: Deliveries | None) -> None:
        self._line, self._carrier, self._deliveries = line, carrier, deliveries

    def show(self) -> str:
        """The page, in the language asked for; ?place=&call=&pace= choose where a call starts."""
        graph = self._line.graph()
        language = _language(request.args.get("language"), Language.EN)
        groups = places_list.groups(graph, language)
        words = wording.page_words(language)
        return render_template(
            "web_phone/page.html",
            words=words,
            script_words=dict(wording.script_words(language)),
            language=language.value,
            other="es" if language is Language.EN else "en",
            name=graph.name[language],
            line_number=self._carrier.line_number,
            groups=[group | {"label": words.get(group["label"], group["label"])} for group in groups],
            chosen={
                "place": request.args.get("place", ""),
                "language": _language(request.args.get("call"), language).value,
                "pace": "slow" if request.args.get("pace") == "slow" else "normal",
            },
            token=guard.page_token(),
            phone=self._new_phone(),
            texts_arrive=self._deliveries is not None,
        )

    def call(self) -> Response:
        """One event of a call; what comes next."""
        body = guard.asked()
        event = guard.field(body, "event", str)
        if event == "start":
            return self._start(body)
        ticket = _ticket(guard.opened(guard.field(body, "call", str), CALL))
        if event == "hang_up":
            calls.hang_up(self._carrier, ticket, guard.field(body, "seconds", int, 0))
            return jsonify(ended=True)
        heard = calls.go_on(self._carrier, ticket, guard.field(body, "step", int, -1), body)
        return self._answer(heard)

    def _start(self, body: dict[str, Any]) -> Response:
        """A new call, and the way to a place when it does not start at the opening."""
        graph = self._line.graph()
        phone = guard.opened(guard.field(body, "phone", str), PHONE)
        withheld = body.get("caller") == NUMBER_WITHHELD
        pace = Pace.SLOW if body.get("pace") == "slow" else Pace.NORMAL
        language = _language(body.get("language"), Language.EN)
        way = places_list.way_to(graph, guard.field(body, "place", str, ""), language, pace)
        if way is None:
            raise LineError("no-such-place", "The line has no such place.")
        heard = calls.begin(self._carrier, calls.WITHHELD if withheld else phone["number"])
        passed: list[dict[str, Any]] = []
        for act in way:
            passed.append({"act": act, "steps": calls.document(heard, graph)["steps"]})
            heard = calls.act(self._carrier, heard, act)
        return self._answer(heard, way=passed)

    def _answer(self, heard: calls.Heard, **more: Any) -> Response:
        ticket = [heard.ticket.sid, heard.ticket.number, heard.ticket.exits]
        return jsonify(calls.document(heard, self._line.graph()) | {"call": guard.signed(ticket, CALL)} | more)

    def text(self) -> Response:
        """One text, and the replies."""
        body = guard.asked()
        phone = guard.opened(guard.field(body, "phone", str), PHONE)
        sent, stopped = texts.send(
            self._carrier, phone["number"], phone["stopped"], self._line.number_type, guard.field(body, "body", str)
        )
        return jsonify(sent | {"phone": guard.signed(phone | {"stopped": stopped}, PHONE)})

    def arrived(self) -> Response:
        """Texts that the line has sent by itself since the last time, for example by key 7."""
        phone = guard.opened(guard.field(guard.asked(), "phone", str), PHONE)
        bodies = self._deliveries(phone["number"]) if self._deliveries else ()
        return jsonify(texts=[texts.delivered(body) for body in bodies])

    def phone(self) -> Response:
        """A telephone with another number that belongs to nobody."""
        guard.asked()
        return jsonify(phone=self._new_phone())

    def transcript(self) -> Response:
        """What was done on the page, as a transcript test."""
        body = guard.asked()
        phone = guard.opened(guard.field(body, "phone", str), PHONE)
        sender = "withheld" if body.get("caller") == NUMBER_WITHHELD else phone["number"]
        title, steps = guard.field(body, "title", str, ""), guard.field(body, "steps", list)
        return jsonify(text=saving.transcript(guard.field(body, "medium", str), title, sender, steps))

    def _new_phone(self) -> str:
        return guard.signed({"number": texts.fictional_number(), "stopped": False}, PHONE)


def _language(code: object, otherwise: Language) -> Language:
    return next((language for language in Language if language.value == code), otherwise)


def _ticket(kept: Any) -> calls.Ticket:
    sid, number, exits = kept
    return calls.Ticket(sid, number, tuple((kind, address) for kind, address in exits))
