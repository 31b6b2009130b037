"""Requests as the carrier would make them, for the tests of the channels: a WSGI environment with a right signature."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, fromstring

from ivr.channels.trust import Trust


def parsed(document: bytes) -> Element:
    """A document of ours; that it parses is the first thing every test of it shows."""
    return fromstring(document)  # noqa: S314 - our own documents


TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://line.example.org"
TRUST = Trust(PUBLIC, [TOKEN])


def environ(target: str, form: list[tuple[str, str]] | dict[str, str], **changes: Any) -> dict[str, Any]:
    """A signed form post to this path and query; `changes` replace parts of the environment (None takes one away)."""
    pairs = list(form.items()) if isinstance(form, dict) else form
    body = urlencode(pairs).encode()
    path, _, query = target.partition("?")
    made: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_X_TWILIO_SIGNATURE": TRUST.sign(target, pairs),
    }
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}
