"""One webhook request, read once and verified before anything else; it knows no medium and no framework.

Everything works on the WSGI environment, so that it is the same below any server and costs no framework on the way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from ivr.channels.trust import Pairs, Trust

Environ = Mapping[str, Any]

LARGEST_BODY = 64 * 1024  # bytes; the carrier sends a few hundred
MOST_FIELDS = 300
LONGEST_SID = 64  # SIDs are opaque
_FORM = "application/x-www-form-urlencoded"
_XML = "text/xml; charset=utf-8"
_PATH_SAFE = "/:@!$&'()*+,;=~-._"

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What goes back: status, body, content type (none for an empty body)."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


NOTED = Answer(204)
FORBIDDEN = Answer(403, b"Forbidden\n")
TOO_LARGE = Answer(413, b"Too large\n")
EMPTY = Answer(200, b'<?xml version="1.0" encoding="UTF-8"?><Response/>', _XML)


Webhook = Callable[[Environ], Answer]


def document(body: bytes) -> Answer:
    """A document of the carrier's markup."""
    return Answer(200, body, _XML)


class Form:
    """The verified parameters of one request. Nothing else of it is ever read."""

    __slots__ = ("_values", "query", "token")

    def __init__(self, pairs: Pairs, token: str = "", query: str = "") -> None:
        """`token` is the same for repeated deliveries of one request ("" if none); `query` is raw and verified."""
        self._values = dict(pairs)
        if len(self._values) != len(pairs):
            # A doubled name: its order is not signed, so it must not decide. The least value that says anything counts.
            self._values = {}
            for name, value in sorted(set(pairs), reverse=True):
                if value or name not in self._values:
                    self._values[name] = value
        self.token = token
        self.query = query

    def get(self, name: str) -> str:
        """The value of a parameter; "" when it is missing or empty."""
        return self._values.get(name, "")

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def sid(self, name: str) -> str:
        """A SID, opaque, cut to 64 characters."""
        return self._values.get(name, "")[:LONGEST_SID]


def verified(trust: Trust, environ: Environ) -> Form | Answer:
    """The form of a request that the carrier signed; otherwise the refusal: 403, or 413 when it is too large."""
    if not _is_form(environ):
        return _refused()
    body = _body(environ)
    if body is None:
        return TOO_LARGE
    if body.count(b"&") >= MOST_FIELDS:
        return TOO_LARGE
    pairs = decoded(body)
    settings = environ.get("HTTP_X_TWILIO_WEBHOOKS_SIGNATURE_SETTINGS")
    signature = environ.get("HTTP_X_TWILIO_SIGNATURE")
    asked = target(environ)
    if not trust.accepts(asked, pairs, signature, settings):
        return _refused()
    token = environ.get("HTTP_I_TWILIO_IDEMPOTENCY_TOKEN", "")
    return Form(pairs, token[:LONGEST_SID], asked.partition("?")[2])


def decoded(body: bytes) -> list[tuple[str, str]]:
    """The pairs of a form. As urllib's parse_qsl with blank values kept, at a quarter of its time: most need no decoding."""
    pairs = []
    for part in body.decode("utf-8", "replace").split("&"):
        if part:
            name, _, value = part.partition("=")
            if "+" in part or "%" in part:
                name, value = _unescaped(name), _unescaped(value)
            pairs.append((name, value))
    return pairs


def _unescaped(text: str) -> str:
    text = text.replace("+", " ")
    return unquote_to_bytes(text).decode("utf-8", "replace") if "%" in text else text


def _refused() -> Answer:
    log.warning("webhook refused: not signed by the carrier")
    return FORBIDDEN


def target(environ: Environ) -> str:
    """The path and query as they came in; rebuilt from the decoded path only where the server keeps no raw form."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return str(raw) if raw[0] == "/" else _without_origin(str(raw))
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    if not path.isascii() or "%" in path or " " in path or not path.isprintable():
        path = quote(path.encode("latin-1", "replace"), safe=_PATH_SAFE)
    query = environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else path


def _without_origin(raw: str) -> str:
    """A request line in absolute form, http://host/path?query, without scheme and host."""
    _, separator, rest = raw.partition("://")
    _, slash, path = rest.partition("/")
    return slash + path if separator else "/" + raw


def _is_form(environ: Environ) -> bool:
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() == _FORM


def _body(environ: Environ) -> bytes | None:
    """The body, None when it is longer than allowed; without a length only a server that ends the input is believed."""
    stated = environ.get("CONTENT_LENGTH") or ""
    if stated:
        if not (stated.isascii() and stated.isdigit()) or int(stated[:20]) > LARGEST_BODY:
            return None
        return _read(environ, int(stated))
    if not environ.get("wsgi.input_terminated"):
        return b""
    body = _read(environ, LARGEST_BODY + 1)
    return None if len(body) > LARGEST_BODY else body


def _read(environ: Environ, size: int) -> bytes:
    """So much of the body; what a client that hangs up did not send is missing, and then the signature is wrong."""
    try:
        return bytes(environ["wsgi.input"].read(size))
    except OSError:
        return b""


def noted(log_to: logging.Logger, what: str, error: BaseException) -> None:
    """Log a fault by its kind and place only: a message of an exception may hold a number or somebody's words."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log_to.error("%s failed: %s at %s", what, getattr(error, "code", type(error).__name__), where)
