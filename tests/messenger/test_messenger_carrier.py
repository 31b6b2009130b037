"""Which failures of a connection are certain, tried on real sockets of this machine; and what each code means."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote_plus

import pytest
import requests

from ivr.messenger.carrier import Account, Kind, Refused
from ivr.messenger.official_client import CarrierHttp, TwilioCarrier, never_left
from ivr.messenger.refusals import refused, retry_after, wait_for

MESSAGES = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@contextmanager
def listening(behave: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server for one connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                behave(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join(5)


def failure(url: str, seconds: float = 5.0) -> requests.RequestException:
    with pytest.raises(requests.RequestException) as caught:
        CarrierHttp().request("POST", url, data={"Body": "x"}, timeout=seconds)
    return caught.value


def test_a_refused_connection_never_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}/"
    assert never_left(failure(closed))


def test_a_name_that_does_not_exist_never_left() -> None:
    assert never_left(failure("http://nowhere.invalid/"))


def test_a_server_that_reads_and_hangs_up_may_have_taken_it() -> None:
    with listening(lambda connection: connection.recv(1000) and None) as url:
        assert not never_left(failure(url))


def test_a_server_that_reads_and_stays_silent_may_have_taken_it() -> None:
    done = threading.Event()
    with listening(lambda connection: done.wait(5) and None) as url:
        assert not never_left(failure(url, 0.05))
        done.set()


def test_half_an_answer_may_have_been_a_yes() -> None:
    def half(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{")

    with listening(half) as url:
        assert not never_left(failure(url))


def test_something_that_is_not_tls_is_no_certainty() -> None:
    with listening(lambda connection: connection.sendall(b"nonsense\r\n")) as url:
        assert not never_left(failure(url.replace("http://", "https://")))


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "21610", Kind.NEVER), (400, "21614", Kind.NEVER), (400, "21211", Kind.NEVER), (400, "77777", Kind.NEVER),
        (429, "20429", Kind.LATER), (429, "", Kind.LATER), (503, "", Kind.LATER), (500, "20500", Kind.LATER),
        (400, "21611", Kind.LATER), (401, "20003", Kind.OURS), (403, "20005", Kind.OURS), (404, "20404", Kind.OURS),
        (400, "21606", Kind.OURS), (401, "", Kind.OURS), (403, "21408", Kind.NEVER),
    ],
)  # fmt: skip
def test_what_a_code_means(status: int, code: str, kind: Kind) -> None:
    assert refused(status, code, None).kind is kind


def test_only_a_server_error_may_have_taken_it() -> None:
    assert refused(500, "", None).may_have_taken
    assert refused(504, "", None).may_have_taken
    assert not refused(503, "", None).may_have_taken
    assert not refused(429, "20429", None).may_have_taken


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0), ("Mon, 23 Nov 2026 17:00:30 GMT", 30.0), ("Mon, 23 Nov 2026 16:00:00 GMT", 0.0),
        ("soon", None), ("", None), (None, None), ("-3", None), ("99999999999999", 86_400.0),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_waits_double_with_jitter_and_never_undercut_the_carrier() -> None:
    dice = Random(1)
    for attempts, least in enumerate((5, 10, 20, 40, 80, 160, 240, 240)):
        waits = {wait_for(None, attempts, dice) for _ in range(20)}
        assert all(least <= wait <= least * 1.25 for wait in waits)
        assert len(waits) > 1
    assert wait_for(Refused("20429", Kind.LATER, 100.0), 0, dice) >= 100
    assert wait_for(refused(500, "", None), 0, dice) >= 30


def test_every_request_has_a_time_limit_and_no_connection_is_kept() -> None:
    carrier = TwilioCarrier(Account("AC1", "t", "", "MG1", "https://line.example"))
    assert carrier._http.timeout == 10
    assert carrier._http.session is None


@pytest.mark.parametrize(("service", "to"), [("MG1", "rcs:+12025550143"), ("", "+12025550143")])
def test_without_a_service_an_rcs_sender_gets_an_ordinary_text(service: str, to: str) -> None:
    import responses

    carrier = TwilioCarrier(Account("AC1", "t", "+12025550100", service, "https://line.example"))
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, MESSAGES, json={"sid": "SM1"}, status=201)
        assert carrier.text("rcs:+12025550143", "Info line: hello", 60) == "SM1"
        assert f"To={quote_plus(to)}" in str(mock.calls[0].request.body)


def test_behind_a_service_a_stop_to_another_kind_of_sender_is_found() -> None:
    """An RCS sender has no number that could be asked for."""
    import responses

    def one(sid: str, to: str, service: str | None) -> dict[str, object]:
        return {"sid": sid, "direction": "inbound", "from": "rcs:+12025550143", "to": to, "body": "STOP",
                "date_sent": "Mon, 23 Nov 2026 17:00:00 +0000", "messaging_service_sid": service}  # fmt: skip

    listed = [
        one("SM1", "rcs:info_line_agent", "MG1"), one("SM2", "+12025550100", None),
        one("SM3", "whatsapp:+12025550100", "MG1"),
        one("SM4", "+12025550199", None), one("SM5", "rcs:another_agent", "MG2"),
    ]  # fmt: skip
    carrier = TwilioCarrier(Account("AC1", "t", "+12025550100", "MG1", "https://line.example"))
    with responses.RequestsMock() as mock:
        mock.add(responses.GET, MESSAGES, json={"messages": listed, "next_page_uri": None})
        found = [message.sid for message in carrier.inbound(NOW - timedelta(minutes=5))]
    assert found == ["SM1", "SM2", "SM3"]


def test_with_a_service_everything_of_the_account_is_listed_and_the_rest_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import json

    import responses

    def one(sid: str, **more: object) -> dict[str, object]:
        shown = {"sid": sid, "direction": "inbound", "from": "+12025550143", "to": "+12025550100", "body": "STOP",
                 "date_sent": "Mon, 23 Nov 2026 17:00:00 +0000", "messaging_service_sid": "MG1"}  # fmt: skip
        return shown | more

    listed = [
        one("SM1"), one("SM2", direction="outbound-api"), one("SM3", messaging_service_sid="MG2"),
        one("SM4", messaging_service_sid=None), one("SM5", date_sent="Mon, 23 Nov 2026 10:00:00 +0000"),
    ]  # fmt: skip
    carrier = TwilioCarrier(Account("AC1", "t", "", "MG1", "https://line.example"))
    with responses.RequestsMock() as mock:
        first = {"messages": listed[:3], "next_page_uri": "/2010-04-01/Accounts/AC1/Messages.json?Page=1"}
        mock.add(responses.GET, MESSAGES, body=json.dumps(first))
        mock.add(responses.GET, MESSAGES, body=json.dumps({"messages": listed[3:], "next_page_uri": None}))
        found = list(carrier.inbound(NOW - timedelta(minutes=5)))
    assert [message.sid for message in found] == ["SM1", "SM4"]
