"""A carrier for the tests: Twilio's REST paths answered by `responses` under the official client; nothing leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import responses
import urllib3.exceptions as lower

from ivr.bench.twilio_api import message_json
from ivr.messenger import Account
from ivr.store import Outcome

ACCOUNT = Account("ACtest", "token", "+12025550100", "", "https://line.example")
BASE = "https://api.twilio.com/2010-04-01/Accounts/ACtest"
MESSAGES, CALLS = f"{BASE}/Messages.json", f"{BASE}/Calls.json"

NUMBER = "+12025550143"  # Washington, D.C.: Eastern time
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # noon in Washington

Queue = Callable[..., Outcome]
Answer = Callable[[dict[str, str]], Any]


class Clock:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


@dataclass
class FakeTwilio:
    """What was sent, what the message list shows, and what the next requests meet. `order` names requests as they came."""

    clock: Clock
    sent: list[dict[str, str]] = field(default_factory=list)
    rung: list[dict[str, str]] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    next_sends: list[Answer] = field(default_factory=list)
    next_lists: list[Answer] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def mount(self, mock: responses.RequestsMock) -> None:
        mock.add_callback(responses.POST, MESSAGES, callback=self._send)
        mock.add_callback(responses.POST, CALLS, callback=self._ring)
        mock.add_callback(responses.GET, MESSAGES, callback=self._list_messages)
        mock.add_callback(responses.GET, CALLS, callback=self._list_calls)

    # --- what the tests say about the world

    def received(self, sid: str, sender: str, body: str, at: datetime | None = None) -> None:
        """Somebody texted the line."""
        self._list(sid, "inbound", sender, ACCOUNT.number, body, at)

    def took(self, form: dict[str, str]) -> dict[str, Any]:
        """The carrier takes a text or a call, and lists it."""
        calls = "Url" in form
        kind = "CA" if calls else "SM"
        sid = f"{kind}{len(self.listed):032d}"
        (self.rung if calls else self.sent).append(form)
        return self._list(sid, "outbound-api", form.get("From", ""), form["To"], form.get("Body", ""), None)

    def _list(self, sid: str, direction: str, sender: str, to: str, body: str, at: datetime | None) -> dict[str, Any]:
        shown = message_json(sid, direction, sender, to, body, at or self.clock())
        shown["start_time"] = shown["date_created"]  # of a call
        self.listed.insert(0, shown)
        return shown

    # --- what the client meets

    def _send(self, request: Any) -> tuple[int, dict[str, str], str]:
        form = _form(request.body)
        self.order.append("send")
        return self._answer(self.next_sends, form, lambda form: created(self.took(form)))

    def _ring(self, request: Any) -> tuple[int, dict[str, str], str]:
        form = _form(request.body)
        self.order.append("ring")
        return self._answer(self.next_sends, form, lambda form: created(self.took(form)))

    def _list_messages(self, request: Any) -> tuple[int, dict[str, str], str]:
        return self._answer(self.next_lists, self._asked(request, "list"), lambda asked: self.shows(asked, "SM"))

    def _list_calls(self, request: Any) -> tuple[int, dict[str, str], str]:
        return self._answer(self.next_lists, self._asked(request, "list-calls"), lambda asked: self.shows(asked, "CA"))

    def _asked(self, request: Any, name: str) -> dict[str, str]:
        self.order.append(name)
        return _form(urlsplit(request.url).query)

    def shows(self, asked: dict[str, str], kind: str) -> tuple[int, dict[str, str], str]:
        """What the list of texts (SM) or calls (CA) shows now."""
        fits = [one for one in self.listed if asked.get("To") in (None, one["to"]) and one["sid"].startswith(kind)]
        name = "messages" if kind == "SM" else "calls"
        return 200, {}, json.dumps({name: fits, "next_page_uri": None, "page": 0})

    def _answer(
        self, planned: list[Answer], form: dict[str, str], usual: Callable[[dict[str, str]], Any]
    ) -> tuple[int, dict[str, str], str]:
        answer = planned.pop(0) if planned else usual
        found: tuple[int, dict[str, str], str] = answer(form)
        return found


def _form(text: str | bytes | None) -> dict[str, str]:
    written = text.decode() if isinstance(text, bytes) else text or ""
    return {name: values[0] for name, values in parse_qs(written, keep_blank_values=True).items()}


def created(shown: dict[str, Any]) -> tuple[int, dict[str, str], str]:
    return 201, {}, json.dumps(shown)


def says_no(status: int, code: int | None = None, **headers: str) -> Answer:
    """The carrier answers with an error."""
    words = {"code": code or status, "message": "The number +12025550143 is not good", "status": status}
    return lambda form: (status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(words))


def breaks(error: Exception) -> Answer:
    """The connection breaks."""

    def answer(form: dict[str, str]) -> Any:
        raise error

    return answer


def taken_then(twilio: FakeTwilio, after: Answer) -> Answer:
    """The carrier carries the request out, and then this happens to its answer."""

    def answer(form: dict[str, str]) -> Any:
        twilio.took(form)
        return after(form)

    return answer


READ_TIMEOUT = requests.ReadTimeout("read timed out")
CUT = requests.ConnectionError(lower.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")))
NO_ROUTE = requests.ConnectionError(
    lower.MaxRetryError(None, "/", lower.NewConnectionError(None, "refused"))  # type: ignore[arg-type]
)
