"""The application as a whole: no door is open, every fault stops the start, and bad input harms nobody."""

from __future__ import annotations

import hmac
import io
import json
import logging
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from whole_line import LINE, WholeLine, a_line

from ivr.app import Line, assemble, create_app
from ivr.channels.carrier import Carrier, read_document
from ivr.config import SettingsError, load_settings, practice_settings
from ivr.library.faults import ContentError
from ivr.library.line_rules import Library
from ivr.store import Store, StoreError

VOICE = ("/voice/answer", "/voice/turn", "/voice/fallback", "/voice/status", "/voice/whisper")
TEXTS = ("/sms/message", "/sms/status", "/sms/fallback")
WEBHOOKS = (*VOICE, *TEXTS)
FORM = {"CallSid": "CA1", "MessageSid": "SM1", "From": "+12025550143", "To": LINE, "Body": "hi", "Digits": "0"}


class Untouchable:
    """A store that nobody may touch; whoever does has not been verified."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the store was touched: {name}")


@pytest.fixture(scope="module")
def line(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeLine]:
    """The line as production runs it: the browser phone is not open."""
    with a_line(library, tmp_path_factory.mktemp("app")) as made:
        yield made


@pytest.fixture(scope="module")
def closed(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """The same with a store that must not be touched."""
    settings = practice_settings(tmp_path_factory.mktemp("closed"), {})
    return Line(settings, library, cast(Store, Untouchable()))


def _posted(line: Line, path: str, body: bytes, **headers: str) -> int:
    """The status of a post through the whole application."""
    kind = headers.pop("content_type", "application/x-www-form-urlencoded")
    return assemble(line).test_client().post(path, data=body, content_type=kind, headers=headers).status_code


def _signature(line: Line, path: str) -> str:
    return line.trust.sign(path, list(FORM.items()))


# --- no door is open


def test_the_webhooks_are_those_that_are_promised(line: WholeLine) -> None:
    posts = {rule.rule for rule in line.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert set(WEBHOOKS) <= posts
    assert posts - set(WEBHOOKS) == {"/voice/ring"}


def test_every_post_but_the_carriers_own_is_refused_and_touches_nothing(closed: Line) -> None:
    form = urlencode(FORM).encode()
    app = assemble(closed)
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        right = _signature(closed, rule.rule)
        other = _signature(closed, rule.rule + "x")
        signed = {"X-Twilio-Signature": right}
        plain = "application/x-www-form-urlencoded"
        tries: list[tuple[bytes, str, dict[str, str]]] = [
            (form, plain, {}),
            (form, plain, {"X-Twilio-Signature": ""}),
            (form, plain, {"X-Twilio-Signature": other}),
            (form, plain, {"X-Twilio-Signature": right[:-2]}),
            (form, plain, {"Authorization": "Bearer " + right}),
            (form + b"&Extra=1", plain, signed),
            (form.replace(b"Digits=0", b"Digits=9"), plain, signed),
            (json.dumps(FORM).encode(), "application/json", signed),
            (json.dumps(FORM).encode(), plain, signed),
            (form, "multipart/form-data; boundary=x", signed),
            (form, "text/plain", signed),
            (form, plain, signed | {"X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_SHA256,key=x"}),
        ]
        for body, kind, headers in tries:
            for path in (rule.rule, rule.rule + "/", rule.rule + "?x=1"):
                if headers == signed and (body, kind) == (form, plain) and path == rule.rule:
                    continue
                answer = client.post(path, data=body, content_type=kind, headers=headers)
                assert answer.status_code == 403, (path, headers)
                assert answer.data == b"Forbidden\n"


def test_a_token_that_is_empty_signs_nothing(closed: Line) -> None:
    for path in WEBHOOKS:
        signed = closed.settings.public_url + path + "".join(name + value for name, value in sorted(FORM.items()))
        forged = b64encode(hmac.digest(b"", signed.encode(), "sha1")).decode()
        assert _posted(closed, path, urlencode(FORM).encode(), **{"X-Twilio-Signature": forged}) == 403


def test_what_the_carrier_signed_gets_in(line: WholeLine) -> None:
    for path in WEBHOOKS:
        answer = line.carrier.post(path, FORM | {"MessageSid": f"SM{path}"})
        assert answer.good, path


@pytest.mark.parametrize("path", ["/voice/answer", "/voice/turn", "/sms/message"])
def test_nothing_signed_is_refused_for_its_account_or_our_number(line: WholeLine, path: str) -> None:
    """A second number, a subaccount, a parameter of next year: the signature is what counts."""
    strange = {"To": "+12025550199", "AccountSid": "AC-other", "ApiVersion": "2030-01-01", "NewParameter": "x"}
    answer = line.carrier.post(path, {"From": "+12025550178", "MessageSid": f"SM-other{path}"} | strange)
    assert answer.status == 200
    assert read_document(answer.body)


def test_a_forwarded_host_changes_nothing(closed: Line) -> None:
    """Only PUBLIC_URL is signed; what a proxy or an attacker says of the host is not."""
    status = _posted(
        closed, "/voice/answer", urlencode(FORM).encode(),
        **{"X-Twilio-Signature": "x", "X-Forwarded-Host": "line.example.org", "X-Forwarded-Proto": "https"},
    )  # fmt: skip
    assert status == 403


@pytest.mark.parametrize("path", WEBHOOKS)
def test_a_webhook_takes_posts_only_and_never_redirects(line: WholeLine, path: str) -> None:
    client = line.app.test_client()
    for asked in (path, path + "/", path + "?l=en"):
        assert client.get(asked).status_code == 405
        assert client.put(asked).status_code == 405
        assert client.post(asked).status_code == 403


@pytest.mark.parametrize("path", ["/voice/answer/", "/voice/turn/", "/sms/message/"])
def test_a_closing_slash_is_the_same_webhook(line: WholeLine, path: str) -> None:
    answer = line.carrier.post(path, FORM | {"MessageSid": "SM-slash", "From": "+12025550177"})
    assert answer.status == 200
    assert read_document(answer.body)


def test_the_whole_site_below_a_path_of_public_url(library: Library, tmp_path: Path) -> None:
    """Every URL the line writes lies below PUBLIC_URL, and the proxy may or may not have taken the path away."""
    with a_line(library, tmp_path, settings={"public_url": "https://example.org/phone/line"}) as line:
        call = line.call()
        assert call.faults == []
        for keys in "1", "1", "0":
            call.press(keys)
        assert call.faults == []
        assert call.last is not None
        assert call.last.url.startswith("https://example.org/phone/line/voice/turn?")
        whole = Line(line.line.settings, library, line.store)
        kept = _posted(whole, "/phone/line/sms/status", urlencode(FORM).encode(),
                       **{"X-Twilio-Signature": whole.trust.sign("/sms/status", list(FORM.items()))})  # fmt: skip
        assert kept == 204


# --- too large


@pytest.mark.parametrize("path", WEBHOOKS)
def test_two_megabytes_are_refused_unread(closed: Line, path: str) -> None:
    huge = b"Body=" + b"x" * 2_000_000
    assert _posted(closed, path, huge, **{"X-Twilio-Signature": "x"}) == 413
    assert _posted(closed, path, huge, content_type="application/json") in (403, 413)


def test_the_limit_is_64_kilobytes(line: WholeLine) -> None:
    assert line.carrier.post("/sms/message", FORM | {"MessageSid": "SM-big", "Body": "x" * 60_000}).status == 200
    assert line.carrier.post("/sms/message", FORM | {"MessageSid": "SM-big2", "Body": "x" * 70_000}).status == 413


def test_a_body_of_unknown_length_is_not_believed(closed: Line) -> None:
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/sms/message", "QUERY_STRING": "", "SERVER_NAME": "x", "SERVER_PORT": "80",
        "wsgi.url_scheme": "http", "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "99x",
        "wsgi.input": io.BytesIO(b"Body=hi"), "wsgi.errors": io.StringIO(),
    }  # fmt: skip
    begun: list[str] = []
    list(assemble(closed).wsgi_app(environ, lambda status, headers, *more: begun.append(status)))
    assert begun == ["413 Content Too Large"]


# --- health


def test_healthz_says_that_the_process_is_up(closed: Line) -> None:
    answer = assemble(closed).test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "up"})


def test_readyz_says_that_promises_can_be_kept(line: WholeLine) -> None:
    answer = line.app.test_client().get("/readyz")
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["ready"], told["faults"]) == (True, [])
    assert told["revision"] == line.line.graph().revision


def test_readyz_says_which_part_is_not_ready_and_why(library: Library, tmp_path: Path) -> None:
    with a_line(library, tmp_path) as line:
        with line.store.database.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
        answer = line.app.test_client().get("/readyz")
        assert answer.status_code == 503
        (fault,) = answer.get_json()["faults"]
        assert fault["part"] == "store"
        assert fault["code"].startswith("store-")
        assert len(fault["sentence"].split()) > 3
        assert line.app.test_client().get("/healthz").status_code == 200


def test_readyz_survives_a_store_that_raises_anything(closed: Line) -> None:
    answer = assemble(closed).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["faults"][0]["part"] == "store"


def test_readyz_tells_warnings_of_a_pilot_without_values(library: Library, tmp_path: Path) -> None:
    warned = replace(practice_settings(tmp_path, {}), warnings=("CALLER_KEY: repeats a key.",))
    with a_line(library, tmp_path, settings={"warnings": warned.warnings}) as line:
        assert line.app.test_client().get("/readyz").get_json()["warnings"] == ["CALLER_KEY: repeats a key."]


# --- the practice phone


def test_the_practice_phone_is_not_there_in_production(line: WholeLine) -> None:
    client = line.app.test_client()
    assert client.get("/try").status_code == 404
    assert client.post("/try/call", json={}).status_code == 404


def test_a_page_carries_the_headers_that_protect_its_reader(library: Library, tmp_path: Path) -> None:
    with a_line(library, tmp_path, settings={"browser_phone": True}) as line:
        client = line.app.test_client()
        for path in ("/try", "/try/", "/try/static/js/main.js"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Referrer-Policy" in answer.headers
            assert "frame-ancestors 'none'" in policy
        assert "no-store" in client.get("/try").headers["Cache-Control"]
        for path in ("call", "text", "arrived", "phone", "transcript"):
            assert client.post(f"/try/{path}", json={}).status_code == 403, "a page of somebody else may not press keys"


def test_an_unknown_page_is_a_plain_404(line: WholeLine) -> None:
    answer = line.app.test_client().get("/voice/nothing")
    assert answer.status_code == 404
    assert b"Traceback" not in answer.data


# --- what stops the start


def test_bad_settings_stop_the_start_and_every_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = (
        "PUBLIC_URL",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_NUMBER",
        "SECRET_KEY",
        "CALLER_KEY",
        "DATA_KEY",
    )
    for name in needed:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "many")
    with pytest.raises(SettingsError) as caught:
        create_app()
    assert {fault.name for fault in caught.value.faults} >= {*needed, "PORT"}
    assert all(name in caught.value.sentence for name in needed)


def test_faults_in_the_words_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "line.toml").write_text("start = 'main'\n[name\n")
    with pytest.raises(ContentError) as caught:
        create_app(replace(practice_settings(tmp_path, {}), content=str(tmp_path / "content")))
    assert "line.toml" in str(caught.value.sentence)


def test_a_database_that_is_not_there_stops_the_start_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        create_app(practice_settings(tmp_path, {}))
    assert caught.value.code.startswith("store-")
    assert "ivr db upgrade" in caught.value.sentence or "ivr release" in caught.value.sentence
    assert not (tmp_path / "practice.db").exists(), "a forgotten migration must not look like an empty opt-out list"


def test_a_server_that_is_away_does_not_keep_the_line_from_starting(tmp_path: Path) -> None:
    """A call needs no database, so a restart while PostgreSQL is away must not be the end of the line."""
    away = replace(practice_settings(tmp_path, {}), database_url="postgresql://line@127.0.0.1:1/nowhere")
    app = create_app(away)
    line: Line = app.extensions["line"]
    try:
        answer = Carrier.for_line(app, line.settings).post("/voice/answer", {"CallSid": "CA1", "From": "+12025550143"})
        assert answer.status == 200
        assert b"Gather" in answer.body
        ready = app.test_client().get("/readyz")
        assert ready.status_code == 503
        assert ready.get_json()["faults"][0]["code"] == "store-gone"
    finally:
        line.store.close()


def test_a_migrated_database_lets_the_line_start(tmp_path: Path) -> None:
    from ivr.store.migrate import upgrade

    settings = practice_settings(tmp_path, {})
    upgrade(settings.database_url)
    app = create_app(settings)
    try:
        assert app.test_client().get("/readyz").status_code == 200
    finally:
        app.extensions["line"].store.close()


def test_the_line_starts_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The servers call the factory without arguments."""
    from ivr.config import demo_environment
    from ivr.store.migrate import upgrade

    for name, value in demo_environment(tmp_path, 8080, {}).items():
        monkeypatch.setenv(name, value)
    upgrade(load_settings().database_url)
    app = create_app()
    try:
        assert app.test_client().get("/try").status_code == 200
    finally:
        app.extensions["line"].store.close()


# --- bad input: a clear answer, nothing lost, nothing in the log

HOSTILE_VOICE: list[tuple[str, dict[str, str]]] = [
    ("nothing at all", {}),
    ("fifty digits", {"Digits": "9" * 50}),
    ("a superscript digit", {"Digits": "\u00b2"}),
    ("Arabic digits", {"Digits": "\u0661\u0662\u0663"}),
    ("letters for digits", {"Digits": "abcd"}),
    ("a star and a pound", {"Digits": "*#*#"}),
    ("markup in the words", {"SpeechResult": "</Say><Dial>+19005550100</Dial>", "Confidence": "0.9"}),
    ("control characters in the words", {"SpeechResult": "pain\x00\x01\x1b[31m\x7f\u2028\ufffe", "Confidence": "0.9"}),
    ("lone surrogates in the words", {"SpeechResult": "\u202e\u0000\u200f liver", "Confidence": "0.9"}),
    ("ten thousand words", {"SpeechResult": "secretword " * 5000}),
    ("an impossible confidence", {"SpeechResult": "pain", "Confidence": "NaN"}),
    ("another impossible confidence", {"SpeechResult": "pain", "Confidence": "1e400"}),
    ("a word for a confidence", {"SpeechResult": "pain", "Confidence": "sure"}),
    ("a caller who withholds", {"From": "anonymous", "Digits": "7"}),
    ("letters for a number", {"From": "SecretName", "Digits": "7"}),
    ("ANONYMOUS in keys", {"From": "+266696687", "Digits": "7"}),
    ("an app", {"From": "client:secretname", "Digits": "7"}),
    ("a SIP address", {"From": "sip:secretname@example.org", "Digits": "0"}),
    ("no caller", {"From": "", "Digits": "0"}),
    ("a long SID", {"CallSid": "CA" + "f" * 500, "Digits": "1"}),
    ("a SID of control characters", {"CallSid": "\x00\n\r", "Digits": "1"}),
    ("an unknown outcome", {"DialCallStatus": "exploded", "DialCallDuration": "-1"}),
    ("a long duration", {"DialCallStatus": "completed", "DialCallDuration": "9" * 400}),
    ("an Arabic duration", {"DialCallStatus": "completed", "DialCallDuration": "\u0663"}),
    ("strange parameters", {f"Strange{n}": "\x00" * 50 for n in range(100)}),
    ("an event", {"CallStatus": "\x00", "AnsweredBy": "machine_start"}),
]
CURSORS = [
    "",
    "l=en&a=main",
    "l=en&a=gone-for-ever&u=also-gone.disease&p=3",
    "l=en&a=gone-for-ever",
    "l=xx&a=%00%ff&p=-1&g=999999999999&m=²",
    "a=what-it-is&p=999&k=choose.gone.word~gone&x=notsealed&t=gone",
    "a=what-it-is&k=confirm.nothing-like-this&o=strange&c=fast&h=9",
    "k=enter.text-me&x=" + "A" * 128 + "&a=main",
    "k=confirm.typed~text-me&x=AAAA&a=main",
    "k=define.gone&a=main",
    "a=" + "x" * 3000,
    "&&&===&a&=b&%",
    "e=9&a=main",
    "l=es&a=outlook&k=consent.outlook&h=2",
]


def _steps(line: WholeLine, path: str, form: dict[str, str]) -> tuple[Any, ...]:
    answer = line.carrier.post(path, {"CallSid": "CAbad", "From": "+12025550166", "To": LINE} | form)
    assert answer.status in (200, 204), (path, answer.status)
    return read_document(answer.body) if answer.status == 200 else ()


def _private(form: dict[str, str]) -> list[str]:
    """The parts of the input that would tell who or what, if they were in the log."""
    told = [value for name, value in form.items() if name in ("From", "SpeechResult", "Body", "Digits") and len(value) > 3]
    return [*told, "secretword", "SecretName", "secretname", "2025550166"]


@pytest.mark.parametrize("cursor", CURSORS)
@pytest.mark.parametrize(("what", "form"), HOSTILE_VOICE, ids=[what for what, _ in HOSTILE_VOICE])
def test_bad_input_in_a_call_is_answered_with_words(
    line: WholeLine, caplog: pytest.LogCaptureFixture, what: str, form: dict[str, str], cursor: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        steps = _steps(line, f"/voice/turn?{cursor}" if cursor else "/voice/turn", form)
    assert steps, "a caller always hears something"
    assert not [word for word in _private(form) if word in caplog.text]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text


@pytest.mark.parametrize("path", ["/voice/answer", "/voice/fallback", "/voice/status", "/voice/whisper", "/voice/ring"])
@pytest.mark.parametrize(("what", "form"), HOSTILE_VOICE, ids=[what for what, _ in HOSTILE_VOICE])
def test_bad_input_at_the_other_voice_webhooks_is_answered(
    line: WholeLine, caplog: pytest.LogCaptureFixture, path: str, what: str, form: dict[str, str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        _steps(line, path, form | {"ErrorCode": "\x0011200\u00b2"})
    assert not [word for word in _private(form) if word in caplog.text]


HOSTILE_TEXTS: list[tuple[str, dict[str, str]]] = [
    ("nothing at all", {}),
    ("1,600 emoji", {"Body": "\U0001f642" * 1600}),
    ("only NULs", {"Body": "\x00" * 200}),
    ("an empty body", {"Body": ""}),
    ("a picture without words", {"Body": "", "NumMedia": "10", "MediaUrl0": "https://example.org/x.jpg"}),
    ("spaces", {"Body": " \t\r\n\u2003"}),
    ("markup", {"Body": "<Message>&amp;</Body>]]>"}),
    ("control characters", {"Body": "liver\x00\x07\x1b[2J\u202e\ufffe"}),
    ("digits of another script", {"Body": "\u0662"}),
    ("a superscript", {"Body": "\u00b2"}),
    ("right to left", {"Body": "\u0645\u0627 \u0647\u0648 \u0633\u0631\u0637\u0627\u0646 \u0627\u0644\u0631\u0626\u0629"}),
    ("a long word", {"Body": "secretword" * 150}),
    ("a format string", {"Body": "{number} %s %(x)s {0.__class__}"}),
    ("a statement", {"Body": "'; DROP TABLE opt_outs; --"}),
    ("nobody", {"From": "", "Body": "menu"}),
    ("anonymous", {"From": "anonymous", "Body": "menu"}),
    ("letters", {"From": "SecretName", "Body": "menu"}),
    ("ANONYMOUS in keys", {"From": "+266696687", "Body": "menu"}),
    ("an app", {"From": "client:secretname", "Body": "menu"}),
    ("an empty prefix", {"From": "whatsapp:", "Body": "menu"}),
    ("a long sender", {"From": "whatsapp:+" + "1" * 400, "Body": "menu"}),
    ("a number of NULs", {"From": "+1202555\x000143", "Body": "menu"}),
    ("a long SID", {"MessageSid": "SM" + "f" * 500, "Body": "menu"}),
    ("no SID", {"MessageSid": "", "Body": "menu"}),
    ("a SID of NULs", {"MessageSid": "SM\x00\n", "Body": "menu"}),
    ("an unknown keyword", {"OptOutType": "\x00MAYBE", "Body": "menu"}),
    ("a wrong count", {"NumMedia": "\u0663", "NumSegments": "-1", "Body": "menu"}),
]


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize(("what", "form"), HOSTILE_TEXTS, ids=[what for what, _ in HOSTILE_TEXTS])
def test_bad_input_in_a_text_gets_one_clear_answer_or_none(
    line: WholeLine, caplog: pytest.LogCaptureFixture, path: str, what: str, form: dict[str, str]
) -> None:
    sent = {"MessageSid": f"SM{what}", "From": "+12025550166", "To": LINE} | form
    with caplog.at_level(logging.DEBUG):
        answer = line.carrier.post(path, sent)
        if answer.status == 200:
            assert len(read_document(answer.body)) <= 1
        else:
            assert answer.status == 204
    assert not [word for word in _private(form) if word in caplog.text]
    faults = [record for record in caplog.records if record.levelno >= logging.ERROR and "fallback" not in record.message]
    assert not faults, caplog.text


def test_doubled_parameters_cannot_decide_by_their_order(line: WholeLine) -> None:
    """The carrier's signature does not cover the order of equal names, so both orders must have the same effect."""
    said = []
    for pair in ((("Digits", "1"), ("Digits", "2")), (("Digits", "2"), ("Digits", "1"))):
        pairs = [("CallSid", "CAdouble"), ("From", "+12025550166"), *pair]
        target = "/voice/turn?l=en&a=main"
        answer = line.app.test_client().post(
            target,
            data=urlencode(pairs),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": line.line.trust.sign(target, pairs)},
        )
        assert answer.status_code == 200
        said.append(answer.data)
    assert said[0] == said[1]


def test_bytes_that_are_no_text_are_still_no_error(line: WholeLine) -> None:
    from ivr.channels.webhook import decoded

    for body in (b"Body=%ff%fe%c3%28&From=%00", b"Body=\xff\xfe&=&&==&%zz=%", b"\xed\xa0\x80=\xed\xa0\x80"):
        signature = line.line.trust.sign("/sms/message", decoded(body))
        answer = line.app.test_client().post(
            "/sms/message",
            data=body,
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": signature},
        )
        assert answer.status_code == 200, body
        read_document(answer.data)


_LETTERS = st.characters(codec="utf-8")
_VALUES = st.one_of(
    st.text(_LETTERS, max_size=40),
    st.sampled_from(["", "0", "7", "*", "#", "STOP", "stop texting me", "911", "help", "\x00", "²", "I want to die", "8"]),
)
_FORMS = st.dictionaries(
    st.sampled_from(["Digits", "SpeechResult", "Confidence", "From", "To", "CallSid", "DialCallStatus", "Body", "OptOutType",
                     "MessageSid", "Direction", "AnsweredBy", "CallStatus", "MessageStatus", "ErrorCode", "x"]),
    _VALUES,
    max_size=6,
)  # fmt: skip


@examples(max_examples=150)
@given(path=st.sampled_from([*WEBHOOKS, "/voice/ring"]), cursor=st.sampled_from(CURSORS), form=_FORMS)
def test_any_signed_form_at_any_webhook_is_answered(line: WholeLine, path: str, cursor: str, form: dict[str, str]) -> None:
    answer = line.carrier.post(f"{path}?{cursor}" if cursor and path.startswith("/voice") else path, form)
    assert answer.status in (200, 204)
    if answer.status == 200:
        read_document(answer.body)


def test_a_bug_below_is_answered_with_words_and_logged_without_any(
    library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a fault nobody thought of ends in words and a number, never in a stack trace with somebody's words in it."""

    def broken(*given: object, **more: object) -> None:
        raise RuntimeError("+12025550143 said secretword")

    with a_line(library, tmp_path) as line:
        monkeypatch.setattr("ivr.conversation.take_turn", broken)
        with caplog.at_level(logging.DEBUG):
            call = line.call()
            assert call.faults == []
            assert call.dial is not None, "the last resort rings a person"
            answer = line.carrier.post("/sms/message", FORM | {"Body": "secretword"})
        assert answer.status == 200
        assert b"911" in answer.body
        assert "secretword" not in caplog.text
        assert "2025550143" not in caplog.text


def test_the_carrier_of_the_tests_signs_as_the_real_one(line: WholeLine) -> None:
    from twilio.request_validator import RequestValidator

    carrier: Carrier = line.carrier
    url = carrier.url("/voice/turn?l=en&a=main")
    signature = carrier.signature(url, FORM)
    assert RequestValidator(line.line.settings.auth_tokens[0]).validate(url, FORM, signature)
