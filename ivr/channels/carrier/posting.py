"""Signed webhook requests into a WSGI application in this process; it never opens a connection."""

from __future__ import annotations

import hmac
import io
import secrets
import sys
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes, urlencode, urljoin, urlsplit

from ivr.dialog.types import NumberType
from ivr.errors import LineError

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

ANSWER_PATH = "/voice/answer"
VOICE_FALLBACK_PATH = "/voice/fallback"
VOICE_STATUS_PATH = "/voice/status"
MESSAGE_PATH = "/sms/message"
SMS_FALLBACK_PATH = "/sms/fallback"

_SERVER = {
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


class LineSettings(Protocol):
    """The settings of the line that the carrier knows too."""

    @property
    def public_url(self) -> str: ...
    @property
    def auth_tokens(self) -> tuple[str, ...]: ...
    @property
    def number(self) -> str: ...
    @property
    def number_type(self) -> NumberType: ...
    @property
    def account_sid(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the line answered to one request; `url` is the whole address that was asked."""

    status: int
    body: bytes
    content_type: str = ""
    url: str = ""

    @property
    def good(self) -> bool:
        """Whether the carrier would take it."""
        return 200 <= self.status < 300


class Carrier:
    """The carrier as the line meets it: one account, one number, and requests that carry a right signature."""

    def __init__(
        self,
        app: WsgiApp,
        public_url: str,
        auth_token: str,
        line_number: str = "",
        account_sid: str = "",
        number_type: NumberType = NumberType.LONG_CODE,
    ) -> None:
        """`public_url`: the PUBLIC_URL setting; `auth_token`: what signs; both as the application has them."""
        self.app = app
        self.public_url = public_url.rstrip("/")
        self.line_number = line_number
        self.account_sid = account_sid
        self.number_type = number_type
        self._token = auth_token.encode()

    @classmethod
    def for_line(cls, app: WsgiApp, settings: LineSettings) -> Carrier:
        """The carrier of this line: it signs with the first of the line's own tokens."""
        return cls(
            app,
            settings.public_url,
            settings.auth_tokens[0],
            settings.number,
            settings.account_sid,
            settings.number_type,
        )

    def url(self, path_or_url: str, base: str = "") -> str:
        """The whole address of a webhook: a path of ours, a whole URL, or one relative to the document at `base`."""
        if base:
            return urljoin(base, path_or_url).partition("#")[0]
        if urlsplit(path_or_url).scheme:
            return path_or_url.partition("#")[0]
        return (self.public_url + path_or_url).partition("#")[0]

    def post(self, path_or_url: str, params: Mapping[str, str], token: str = "") -> Answer:
        """One signed form post. `token` marks deliveries of the same request. Raises LineError `11205` off our site."""
        url = self.url(path_or_url)
        if url != self.public_url and not url.startswith((self.public_url + "/", self.public_url + "?")):
            raise LineError("11205", f"{urlsplit(url).netloc}{urlsplit(url).path} is not below PUBLIC_URL.")
        form = urlencode(params).encode()
        environ = self._environ(url, form)
        environ["HTTP_X_TWILIO_SIGNATURE"] = self.signature(url, params)
        environ["HTTP_I_TWILIO_IDEMPOTENCY_TOKEN"] = token or secrets.token_hex(16)
        status, kind, body = _call(self.app, environ)
        return Answer(status, body, kind, url)

    def signature(self, url: str, params: Mapping[str, str]) -> str:
        """HMAC-SHA1 over the URL and every parameter in order of name, as the carrier signs a form post."""
        signed = url + "".join(name + value for name, value in sorted(params.items()))
        return b64encode(hmac.digest(self._token, signed.encode(), "sha1")).decode()

    def _environ(self, url: str, form: bytes) -> dict[str, Any]:
        """The request as a server would hand it over, the path of PUBLIC_URL already taken away by its proxy."""
        site, asked = urlsplit(self.public_url), urlsplit(url)
        path = asked.path.removeprefix(site.path) or "/"
        return {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": asked.query,
            "RAW_URI": f"{path}?{asked.query}" if asked.query else path,
            "SERVER_NAME": asked.hostname or "localhost",
            "SERVER_PORT": str(asked.port or (443 if asked.scheme == "https" else 80)),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "CONTENT_LENGTH": str(len(form)),
            "HTTP_HOST": asked.netloc,
            "HTTP_USER_AGENT": "TwilioProxy/1.1",
            "wsgi.url_scheme": asked.scheme,
            "wsgi.input": io.BytesIO(form),
            "wsgi.errors": sys.stderr,
            **_SERVER,
        }


def _call(app: WsgiApp, environ: dict[str, Any]) -> tuple[int, str, bytes]:
    """Run the application once: status, content type, body."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        begun.append((status, headers))
        return written.append

    result = app(environ, start_response)
    try:
        body = b"".join([*written, *result])
    finally:
        close = getattr(result, "close", None)
        if close:
            close()
    status, headers = begun[-1]
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return int(status.split(" ", 1)[0]), kind, body
