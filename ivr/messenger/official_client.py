"""The carrier through its official client; imported by a worker only (0.2-0.6 s), and it decides nothing about rows.

Every request makes a connection of its own: one that was kept open and closed by the other side in the meantime looks
like a request cut off on its way, and such a text would have to be given up as doubtful.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import requests
import urllib3.exceptions as lower
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.messenger.carrier import Account, CarrierError, Inbound, Kind, Listed, NotReached, Refused, Unsure
from ivr.messenger.refusals import refused, retry_after

SECONDS = 10.0  # for the connection, and again for the answer (R30, reliability F8)
RINGING = 25  # seconds, less than most voicemail waits
LISTED = 50  # how many of the latest texts to one number are looked through

T = TypeVar("T")

# The client's own log lines hold numbers and bodies.
_silent = logging.getLogger("ivr.messenger.silent")
_silent.disabled = True


class CarrierHttp(TwilioHttpClient):  # type: ignore[misc]
    """The client's HTTP with a time limit, no log, and the one header that its exceptions leave out."""

    def __init__(self) -> None:
        super().__init__(pool_connections=False, timeout=SECONDS, logger=_silent)
        self.wait: float | None = None

    def request(self, *args: Any, **kwargs: Any) -> Response:
        self.wait = None
        answer = super().request(*args, **kwargs)
        self.wait = retry_after((answer.headers or {}).get("Retry-After"), datetime.now(UTC))
        return answer


class TwilioCarrier:
    """Implements Carrier."""

    def __init__(self, account: Account, http: CarrierHttp | None = None) -> None:
        """`http` is for measurements on one machine; no setting leads to it, so nothing can turn the line's texts away."""
        for name in ("urllib3", "twilio.http_client"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._account = account
        self._http = http or CarrierHttp()
        self._client = Client(account.sid, account.token, http_client=self._http)

    def text(self, to: str, body: str, seconds: int) -> str:
        """Hand over one text; the carrier drops it too when it could not send it in time."""
        made = self._ask(
            lambda: self._client.messages.create(
                to=self._reachable(to),
                body=body,
                status_callback=f"{self._account.public_url}/sms/status",
                validity_period=max(10, min(seconds, 14_400)),
                **self._sender(to),
            )
        )
        return self._sid(made)

    def _reachable(self, to: str) -> str:
        """RCS needs the service that holds its sender; without one it is an ordinary text to the same telephone."""
        return to if self._account.service else to.removeprefix("rcs:")

    def _sender(self, to: str) -> dict[str, str]:
        """A messaging service if there is one; otherwise our number, on the channel of the other side."""
        if self._account.service:
            return {"messaging_service_sid": self._account.service}
        return {"from_": "whatsapp:" + self._account.number if to.startswith("whatsapp:") else self._account.number}

    def call(self, to: str, path: str) -> str:
        """Ring; a machine that answers is told apart first, so that nothing is left on it."""
        made = self._ask(
            lambda: self._client.calls.create(
                to=to,
                from_=self._account.number,
                url=self._account.public_url + path,
                method="POST",
                timeout=RINGING,
                machine_detection="Enable",
                machine_detection_timeout=10,
                status_callback=f"{self._account.public_url}/voice/status",
                status_callback_event=["completed"],
            )
        )
        return self._sid(made)

    def texts_to(self, to: str) -> list[Listed]:
        """By number only: a text still queued has no sending date to filter by."""
        address = self._reachable(to)
        found = self._ask(lambda: self._client.messages.list(to=address, limit=LISTED, page_size=LISTED))
        ours = (one for one in found if str(one.direction).startswith("outbound"))
        return [Listed(one.sid, one.body or "", _moment(one.date_created or one.date_sent)) for one in ours]

    def calls_to(self, to: str) -> list[Listed]:
        """The latest calls from this line's number."""
        found = self._ask(lambda: self._client.calls.list(to=to, limit=LISTED, page_size=LISTED))
        ours = (one for one in found if str(one.direction) == "outbound-api")
        return [Listed(one.sid, "", _moment(one.date_created or one.start_time)) for one in ours]

    def inbound(self, since: datetime) -> Iterator[Inbound]:
        """Page after page, so that no number of texts is too many."""
        for narrowed in self._inboxes():
            begin = partial(self._client.messages.stream, date_sent_after=since, page_size=500, **narrowed)
            pages = self._ask(begin)
            while (one := self._ask(partial(next, pages, None))) is not None:
                if str(one.direction) != "inbound" or not self._ours(one):
                    continue
                at = _moment(one.date_sent or one.date_created)
                if at >= since:
                    yield Inbound(one.sid, str(one.from_ or ""), one.body or "", at)

    def _inboxes(self) -> list[dict[str, str]]:
        """Our number on its two channels; behind a service there may be more senders, such as RCS, so everything."""
        if self._account.number and not self._account.service:
            return [{"to": self._account.number}, {"to": "whatsapp:" + self._account.number}]
        return [{}]

    def _ours(self, message: Any) -> bool:
        """Where everything of the account is listed: what belongs to another number or another service is not ours."""
        number, service = self._account.number, message.messaging_service_sid
        if number and str(message.to or "").removeprefix("whatsapp:") == number:
            return True
        return bool(service == self._account.service) if service else not number

    def _sid(self, made: Any) -> str:
        if not made.sid:
            raise Unsure("no-sid")
        return str(made.sid)

    def _ask(self, request: Callable[[], T]) -> T:
        """One request, with its failure told in our three ways; the original is dropped, since it may hold a number."""
        fault: CarrierError
        try:
            return request()
        except (TwilioRestException, TwilioServiceException) as error:
            fault = _refused(error, self._http.wait)
        except requests.RequestException as error:
            fault = NotReached() if never_left(error) else Unsure(_how(error))
        except TwilioException:
            fault = Refused("client-settings", Kind.OURS)
        except Exception as error:  # an answer that cannot be read is an answer that may have been a yes
            fault = Unsure(f"unreadable-{type(error).__name__}"[:40])
        raise fault from None


def _refused(error: TwilioRestException | TwilioServiceException, wait: float | None) -> Refused:
    """The client puts the status where a code is missing."""
    status, code = int(error.status), str(error.code or "")
    return refused(status, "" if code == str(status) else code, wait)


def never_left(error: requests.RequestException) -> bool:
    """Whether this failure came before a single byte of the request was sent."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, lower.ProxyError):
        reason = reason.original_error
    if isinstance(reason, lower.SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, lower.NewConnectionError | lower.ConnectTimeoutError)


def _how(error: requests.RequestException) -> str:
    return "no-answer" if isinstance(error, requests.Timeout) else "cut-off"


def _moment(at: datetime | None) -> datetime:
    if at is None:
        return datetime.now(UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
