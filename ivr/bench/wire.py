"""The pretend carrier in front of a real server: its signed requests go over HTTP to a loopback port; it counts nothing."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from ivr.channels.carrier import Answer, Carrier
from ivr.errors import LineError

SECONDS = 15.0  # the carrier gives up then
NO_ANSWER = 0  # stands for a status


class Exchange(NamedTuple):
    """One delivery of one request, and what came back; times are of the monotonic clock."""

    path: str
    form: Mapping[str, str]
    token: str
    began: float
    ended: float
    answer: Answer


class OnTheWire(Carrier):
    """As the carrier in this process, for one thread, over one kept connection; `latest` is the last exchange."""

    def __init__(self, port: int, settings: Mapping[str, str], again: Callable[[int], bool] = lambda tried: False) -> None:
        """To the line with this environment on this port. `again`: whether to deliver once more after so many tries."""
        super().__init__(
            _nobody, settings["PUBLIC_URL"], settings["TWILIO_AUTH_TOKEN"], settings["TWILIO_NUMBER"],
            settings["TWILIO_ACCOUNT_SID"],
        )  # fmt: skip
        self.latest: Exchange | None = None
        self._port, self._again = port, again
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path_or_url: str, params: Mapping[str, str], token: str = "") -> Answer:
        """One request, delivered until it is answered or `again` has had enough."""
        token = token or secrets.token_hex(16)
        answer = self.deliver(path_or_url, params, token).answer
        tried = 1
        while not answer.good and self._again(tried):
            answer = self.deliver(path_or_url, params, token).answer
            tried += 1
        return answer

    def deliver(self, path_or_url: str, params: Mapping[str, str], token: str) -> Exchange:
        """One delivery. Raises LineError `11205` off our site; whatever else goes wrong is status 0."""
        url = self.url(path_or_url)
        if not url.startswith(self.public_url + "/"):
            raise LineError("11205", "The line named an address that is not below PUBLIC_URL.")
        began = time.monotonic()
        answer = self._asked(url, params, token)
        self.latest = Exchange(url.removeprefix(self.public_url), dict(params), token, began, time.monotonic(), answer)
        return self.latest

    def _asked(self, url: str, params: Mapping[str, str], token: str) -> Answer:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": self.signature(url, params),
            "I-Twilio-Idempotency-Token": token,
        }
        connection = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        self._connection = connection
        try:
            connection.request("POST", url.removeprefix(self.public_url), urlencode(params), headers)
            came = connection.getresponse()
            body = came.read()
        except (OSError, http.client.HTTPException):
            with contextlib.suppress(OSError):
                connection.close()
            self._connection = None
            return Answer(NO_ANSWER, b"", "", url)
        return Answer(came.status, body, came.getheader("Content-Type", ""), url)


def _nobody(*_: object) -> list[bytes]:
    raise LineError("no-line", "This carrier asks a server, not an application.")
