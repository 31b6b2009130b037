"""What every answer of the practice page carries, and what every request must show; it knows nothing of calls."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, jsonify, request
from itsdangerous import BadSignature, URLSafeSerializer

from ivr.errors import LineError

LARGEST_BODY = 256 * 1024  # bytes: a long call saved as a test; everything else is far smaller
TOKEN_DAYS = 7  # a page may stay open for long
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Kind = TypeVar("Kind", str, int, float, bool, list[Any], dict[str, Any])


def harden(response: Response) -> Response:
    """The headers of every answer; only files that never hold a person's words may be kept, and are asked for again."""
    response.headers.update(_HEADERS)
    is_file = (request.endpoint or "").endswith(".static")
    response.headers["Cache-Control"] = "no-cache" if is_file else "no-store"
    return response


def refused(fault: LineError) -> tuple[Response, int]:
    """An error as a code for the script and a sentence for the person."""
    return jsonify(error=fault.code, sentence=fault.sentence), _STATUS.get(fault.code, 400)


_STATUS = {"not-from-here": 403, "page-too-old": 403, "too-large": 413}


def asked() -> dict[str, Any]:
    """The JSON object of a request from this very page. Raises LineError: it names what is missing."""
    _must_come_from_this_page()
    if (request.content_length or 0) > LARGEST_BODY:
        raise LineError("too-large", "That is more than this page ever sends.")
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise LineError("not-json", "The request must be a JSON object.")
    return found


def _must_come_from_this_page() -> None:
    """Same origin, and a token that only our page can have."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site != "same-origin" or (origin is not None and urlsplit(origin).netloc != request.host):
        raise LineError("not-from-here", "Only the practice page itself may ask for this.")
    if not _token_is_ours(request.headers.get("X-CSRFToken", "")):
        raise LineError("page-too-old", "This page is too old. Reload it, please.")


def _token_is_ours(token: str) -> bool:
    from flask_wtf.csrf import validate_csrf  # type: ignore[import-untyped]
    from wtforms import ValidationError  # type: ignore[import-untyped]

    try:
        validate_csrf(token, time_limit=TOKEN_DAYS * 24 * 3600)
    except ValidationError:
        return False
    return True


def page_token() -> str:
    """The token for a page that is being printed."""
    from flask_wtf.csrf import generate_csrf

    return str(generate_csrf())


def field(body: dict[str, Any], name: str, kind: type[Kind], default: Kind | None = None) -> Kind:
    """One value of a request, of this type. Raises LineError `bad-field`."""
    value = body.get(name, default)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise LineError("bad-field", f"The field {name!r} is missing or of the wrong kind.")
    return value


# --- what the browser keeps for us: it may read it, but only we can write it


def signed(what: Any, purpose: str) -> str:
    """Something for the browser to keep and bring back."""
    return str(_signer(purpose).dumps(what))


def opened(token: str, purpose: str) -> Any:
    """What we gave the browser to keep. Raises LineError `not-ours` when anything about it was changed."""
    try:
        return _signer(purpose).loads(token)
    except BadSignature:
        raise LineError("not-ours", "This call or text cannot go on. Please start again.") from None


def _signer(purpose: str) -> URLSafeSerializer:
    key = current_app.secret_key
    if not key:
        raise LineError("no-secret-key", "Set SECRET_KEY, so that the practice page can sign what the browser keeps.")
    return URLSafeSerializer(key, salt=f"practice-{purpose}")
