"""A request is read once, verified, and only then believed."""

from __future__ import annotations

import io
import json
import logging
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signed import TRUST, environ

from ivr.channels.webhook import FORBIDDEN, LARGEST_BODY, TOO_LARGE, Form, decoded, target, verified

FORM = {"CallSid": "CA1", "From": "+12025550123", "Body": "¿Qué es? & más \U0001f642", "Empty": ""}


def test_a_signed_form_is_read() -> None:
    form = verified(TRUST, environ("/voice/turn?l=en", FORM, HTTP_I_TWILIO_IDEMPOTENCY_TOKEN="t1"))
    assert isinstance(form, Form)
    assert form.get("Body") == FORM["Body"]
    assert form.get("Empty") == ""
    assert "Empty" in form
    assert form.get("Missing") == ""
    assert form.sid("CallSid") == "CA1"
    assert form.token == "t1"


@pytest.mark.parametrize(
    "changes",
    [
        {"HTTP_X_TWILIO_SIGNATURE": None},
        {"HTTP_X_TWILIO_SIGNATURE": ""},
        {"CONTENT_TYPE": None},
        {"CONTENT_TYPE": "application/json"},
        {"CONTENT_TYPE": "multipart/form-data; boundary=x"},
        {"CONTENT_TYPE": "text/plain"},
        {"QUERY_STRING": "l=es"},
        {"PATH_INFO": "/voice/answer"},
        {"wsgi.input": io.BytesIO(b"CallSid=CA2")},
        {"CONTENT_LENGTH": "3"},
        {"CONTENT_LENGTH": None},
        {"CONTENT_LENGTH": ""},
    ],
)
def test_anything_else_is_forbidden(changes: dict[str, Any]) -> None:
    assert verified(TRUST, environ("/voice/turn?l=en", FORM, **changes)) == FORBIDDEN


def test_json_is_refused_even_when_its_url_is_signed() -> None:
    body = json.dumps(FORM).encode()
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        changes = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": content_type}
        assert verified(TRUST, environ("/voice/turn", {}, **changes)) == FORBIDDEN


@pytest.mark.parametrize("length", [str(LARGEST_BODY + 1), "9" * 400, "-1", "1e3", "²"])
def test_a_body_that_is_too_large_or_lies_about_its_length_is_not_read(length: str) -> None:
    class Unread:
        def read(self, size: int) -> bytes:
            raise AssertionError("read")

    assert verified(TRUST, environ("/voice/turn", FORM, CONTENT_LENGTH=length, **{"wsgi.input": Unread()})) == TOO_LARGE


def test_a_body_without_a_length_is_read_only_up_to_the_limit() -> None:
    body = io.BytesIO(b"x" * 2_000_000)
    changes = {"CONTENT_LENGTH": None, "wsgi.input": body, "wsgi.input_terminated": True}
    assert verified(TRUST, environ("/voice/turn", FORM, **changes)) == TOO_LARGE
    assert body.tell() == LARGEST_BODY + 1


def test_a_body_whose_end_the_server_marks_is_read() -> None:
    changes = {"CONTENT_LENGTH": None, "wsgi.input_terminated": True}
    assert isinstance(verified(TRUST, environ("/voice/turn", FORM, **changes)), Form)


def test_too_many_fields_are_refused() -> None:
    assert verified(TRUST, environ("/voice/turn", [("a", str(n)) for n in range(301)])) == TOO_LARGE


def test_bytes_that_are_no_text_are_no_fault_of_ours() -> None:
    made = environ("/voice/turn", FORM, **{"wsgi.input": io.BytesIO(b"Body=%ff%fe&x=\xff"), "CONTENT_LENGTH": "18"})
    assert verified(TRUST, made) == FORBIDDEN


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"PATH_INFO": "/voice/turn", "QUERY_STRING": "a=%7E~%5B"}, "/voice/turn?a=%7E~%5B"),
        ({"PATH_INFO": "/voice/turn"}, "/voice/turn"),
        ({"PATH_INFO": "/voice/turn", "QUERY_STRING": ""}, "/voice/turn"),
        ({"PATH_INFO": "/a b/%/\xc3\xa9", "QUERY_STRING": "x"}, "/a%20b/%25/%C3%A9?x"),
        ({"SCRIPT_NAME": "/base", "PATH_INFO": "/voice/turn"}, "/base/voice/turn"),
        ({"RAW_URI": "/voice%2Fturn?x=%2F", "PATH_INFO": "/voice/turn"}, "/voice%2Fturn?x=%2F"),
        ({"REQUEST_URI": "http://host.example/voice/turn?x", "PATH_INFO": "/voice/turn"}, "/voice/turn?x"),
        ({"REQUEST_URI": "http://host.example", "PATH_INFO": "/"}, ""),
    ],
)
def test_path_and_query_stay_as_they_came(parts: dict[str, str], expected: str) -> None:
    assert target(parts) == expected


@given(st.text(alphabet=st.sampled_from("ab=&+%41Cñé;\x00\U0001f642 "), max_size=60).map(str.encode))
def test_a_form_is_decoded_as_the_standard_library_does(body: bytes) -> None:
    assert decoded(body) == parse_qsl(body.decode(), keep_blank_values=True)


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_as_the_standard_library_does(body: bytes) -> None:
    assert decoded(body) == parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


def test_a_doubled_parameter_means_the_same_in_any_order() -> None:
    pairs = [("Digits", "2"), ("Digits", "1"), ("Digits", ""), ("From", ""), ("From", "")]
    for ordered in (pairs, pairs[::-1]):
        form = Form(ordered)
        assert form.get("Digits") == "1"
        assert form.get("From") == ""
        assert "From" in form


def test_a_sid_is_opaque_and_cut() -> None:
    assert len(Form([("CallSid", "x" * 900)]).sid("CallSid")) == 64


def test_a_refusal_is_logged_without_anything_of_the_request(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        verified(TRUST, environ("/voice/turn?l=en", FORM, HTTP_X_TWILIO_SIGNATURE="wrong"))
    assert [record.getMessage() for record in caplog.records] == ["webhook refused: not signed by the carrier"]
