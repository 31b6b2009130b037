"""Twilio's REST paths for messages, on a loopback port of this process: it takes texts, lists them, and fails as asked.

It sends nothing to anybody. What it took and what it was told is kept, so that a measurement can count.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

LATE = (0.2, 1.2)  # seconds that a late answer takes
HELD = 6.0  # seconds, less than the worker waits for an answer
LARGEST_PAGE = 1000


class Meets(StrEnum):
    """What a text that is handed over meets."""

    TAKEN = "taken"
    LATE = "taken, answered late"
    HELD = "taken, answered when told to"
    CUT_AFTER = "taken, cut off"
    FAILED = "taken, answered 500"
    CUT_BEFORE = "not taken, cut off"
    LATER = "not taken, answered 429"
    BUSY = "not taken, answered 503"


# After 429, 500 and 503 the worker rests for seconds, so these are rare.
CHANCES = {
    Meets.TAKEN: 0.930, Meets.LATE: 0.030, Meets.CUT_AFTER: 0.015, Meets.CUT_BEFORE: 0.010,
    Meets.FAILED: 0.005, Meets.LATER: 0.005, Meets.BUSY: 0.005,
}  # fmt: skip
LISTING_FAILS = 0.02
_TAKES = frozenset({Meets.TAKEN, Meets.LATE, Meets.HELD, Meets.CUT_AFTER, Meets.FAILED})
_CUTS = frozenset({Meets.CUT_AFTER, Meets.CUT_BEFORE})
_SAYS = {Meets.FAILED: (500, 20500), Meets.LATER: (429, 20429), Meets.BUSY: (503, 20503)}


@dataclass(frozen=True, slots=True)
class Taken:
    """One text that was handed over and taken; `at` is in seconds of the monotonic clock, `meets` what its answer was."""

    sid: str
    to: str
    body: str
    at: float
    meets: Meets = Meets.TAKEN


class TwilioApi:
    """One account with one number. `taken` is what was handed over, `met` counts what it met; safe from any thread."""

    def __init__(self, account: str, token: str, number: str, dice: Random, on_taken: Callable[[Taken], None]) -> None:
        """`on_taken` is told of each text before its answer leaves, so that a status can be faster than the answer."""
        self.taken: list[Taken] = []
        self.met: Counter[Meets] = Counter()
        self.calm = False  # no more faults
        self._messages = f"/2010-04-01/Accounts/{account}/Messages.json"
        self._key = "Basic " + b64encode(f"{account}:{token}".encode()).decode()
        self._number = number
        self._dice = dice
        self._on_taken = on_taken
        self._listed: list[tuple[datetime, dict[str, Any]]] = []  # oldest first, so that a page token stays true
        self._lock = threading.Lock()
        self._hold_next = False
        self._held, self._go = threading.Event(), threading.Event()

    @contextlib.contextmanager
    def listening(self) -> Iterator[int]:
        """Answer on a free port while the block lasts."""
        api = self

        class Asked(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                api._send(self)

            def do_GET(self) -> None:
                api._list(self)

            def log_message(self, *_: object) -> None:
                """A request line can hold a number."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Asked) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, name="twilio", daemon=True).start()
            try:
                yield int(server.server_address[1])
            finally:
                self.let_go()
                server.shutdown()

    # --- what a measurement says

    def received(self, sid: str, sender: str, body: str) -> None:
        """Somebody texted the line; the webhook about it is not ours to deliver."""
        with self._lock:
            self._list_it(sid, "inbound", sender, self._number, body)

    def hold_next(self) -> None:
        """Take the next text, and do not answer until `let_go` or for 6 seconds."""
        self._held.clear()
        self._go.clear()
        self._hold_next = True

    def holds(self, seconds: float) -> bool:
        """Wait until a text is held; False if none came."""
        return self._held.wait(seconds)

    def let_go(self) -> None:
        """Answer what is held, and hold nothing."""
        self._hold_next = False
        self._go.set()

    # --- what the client meets

    def _send(self, asked: BaseHTTPRequestHandler) -> None:
        form = _form(asked.rfile.read(int(asked.headers.get("Content-Length", 0))).decode())
        if self._strange(asked):
            return
        with self._lock:
            meets = self._next()
            self.met[meets] += 1
            shown = self._take(form, meets) if meets in _TAKES else {}
        if meets is Meets.LATE:
            time.sleep(self._dice.uniform(*LATE))
        if meets is Meets.HELD:
            self._held.set()
            self._go.wait(HELD)
        if meets in _CUTS:
            asked.close_connection = True
        elif meets in _SAYS:
            _answer_no(asked, *_SAYS[meets])
        else:
            _answer(asked, 201, shown)

    def _next(self) -> Meets:
        if self._hold_next:
            self._hold_next = False
            return Meets.HELD
        if self.calm:
            return Meets.TAKEN
        return self._dice.choices(list(CHANCES), list(CHANCES.values()))[0]

    def _take(self, form: Mapping[str, str], meets: Meets) -> dict[str, Any]:
        sid = f"SM{len(self.taken):032x}"
        shown = self._list_it(sid, "outbound-api", form.get("From", ""), form["To"], form["Body"])
        taken = Taken(sid, form["To"], form["Body"], time.monotonic(), meets)
        self.taken.append(taken)
        self._on_taken(taken)
        return shown

    def _list_it(self, sid: str, direction: str, sender: str, to: str, body: str) -> dict[str, Any]:
        at = datetime.now(UTC)
        shown = message_json(sid, direction, sender, to, body, at)
        self._listed.append((at, shown))
        return shown

    def _list(self, asked: BaseHTTPRequestHandler) -> None:
        if self._strange(asked):
            return
        if not self.calm and self._dice.random() < LISTING_FAILS:
            _answer_no(asked, 503, 20503)
            return
        path, _, query = asked.path.partition("?")
        wanted = _form(query)
        size = min(int(wanted.get("PageSize", 50)), LARGEST_PAGE)
        with self._lock:
            found, left = self._page(wanted, int(wanted.get("PageToken", len(self._listed))), size)
        following = f"{path}?{urlencode({**wanted, 'PageToken': left})}" if left else None
        _answer(asked, 200, {"messages": found, "next_page_uri": following, "page": 0, "page_size": size})

    def _page(self, wanted: Mapping[str, str], before: int, size: int) -> tuple[list[dict[str, Any]], int]:
        """The newest that fit among those before this place, and the place before which there may be more; 0 for none."""
        after = datetime.fromisoformat(wanted["DateSent>"]) if "DateSent>" in wanted else None
        found: list[dict[str, Any]] = []
        for place in range(before - 1, -1, -1):
            at, one = self._listed[place]
            if wanted.get("To", one["to"]) == one["to"] and (after is None or at >= after):
                found.append(one)
            if len(found) == size:
                return found, place
        return found, 0

    def _strange(self, asked: BaseHTTPRequestHandler) -> bool:
        """Whether this is not a request about messages of this account; it is refused then."""
        if asked.headers.get("Authorization") != self._key:
            _answer_no(asked, 401, 20003)
        elif urlsplit(asked.path).path != self._messages:
            _answer_no(asked, 404, 20404)
        else:
            return False
        return True


def message_json(sid: str, direction: str, sender: str, to: str, body: str, at: datetime) -> dict[str, Any]:
    """One message as the carrier shows it."""
    moment = format_datetime(at)
    return {
        "sid": sid, "direction": direction, "from": sender, "to": to, "body": body, "date_sent": moment,
        "date_created": moment, "date_updated": moment, "status": "received" if direction == "inbound" else "queued",
        "messaging_service_sid": None, "error_code": None, "error_message": None, "num_segments": "1", "num_media": "0",
    }  # fmt: skip


def _form(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _answer_no(asked: BaseHTTPRequestHandler, status: int, code: int) -> None:
    _answer(asked, status, {"code": code, "message": "No", "status": status})


def _answer(asked: BaseHTTPRequestHandler, status: int, shown: Mapping[str, Any]) -> None:
    """Whoever asked may have been killed meanwhile."""
    body = json.dumps(shown).encode()
    with contextlib.suppress(OSError):
        asked.send_response(status)
        asked.send_header("Content-Type", "application/json")
        asked.send_header("Content-Length", str(len(body)))
        asked.end_headers()
        asked.wfile.write(body)
