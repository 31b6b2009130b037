"""Only the carrier is believed: the signature agrees with the carrier's own library, and forgeries never pass."""

from __future__ import annotations

import hmac
import random
from base64 import b64encode

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.channels.trust import Trust
from ivr.errors import LineError

TOKEN = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
PUBLIC = "https://line.example.org"
TARGET = "/voice/turn?l=en&at=main"
PAIRS = [("CallSid", "CA1"), ("From", "+12025550123"), ("Digits", "1")]

NAMES = ["CallSid", "From", "To", "Digits", "Body", "SpeechResult", "a", "A", "Ab", "ñ", ""]
VALUES = [
    "",
    "1",
    "+12025550123",
    "¿qué?",
    "a b&c=d",
    "\U0001f642" * 3,
    "\n",
    "%41",
    "0",
    "cáncer de pulmón",
    "x" * 500,
]
PUBLICS = [
    "https://line.example.org",
    "https://line.example.org/",
    "https://line.example.org:443",
    "https://line.example.org:8443",
    "http://127.0.0.1:8080",
    "https://line.example.org/base/path",
]
TARGETS = [
    "/voice/answer",
    "/voice/turn/",
    "/voice/turn?at=main&l=en",
    "/voice/turn?q=a%3Ab%7E%2C%5B%5D%22&e=%C3%A9+x",
    "/sms/message?x=%2F%3F",
]


def _validator_agrees(rng: random.Random) -> None:
    public, target = rng.choice(PUBLICS), rng.choice(TARGETS)
    pairs = [(rng.choice(NAMES), rng.choice(VALUES)) for _ in range(rng.randrange(1, 12))]
    url = public.rstrip("/") + target
    validator = RequestValidator(TOKEN)
    signed_url = url
    if ":443" in url and rng.random() < 0.5:
        signed_url = url.replace(":443", "")
    elif public == PUBLICS[0] and rng.random() < 0.5:
        signed_url = url.replace(".org", ".org:443")
    signature = validator.compute_signature(signed_url, MultiDict(pairs))
    if rng.random() < 0.3:
        pairs[rng.randrange(len(pairs))] = (rng.choice(NAMES), rng.choice(VALUES))
    if rng.random() < 0.1:
        signature = signature[:-2] + "A="
    expected = validator.validate(url, MultiDict(pairs), signature)
    assert Trust(public, [TOKEN]).accepts(target, pairs, signature) is expected, (url, signed_url, pairs)


def test_it_agrees_with_the_carriers_library_on_thousands_of_requests() -> None:
    rng = random.Random(20271)
    for _ in range(3000):
        _validator_agrees(rng)


def test_what_it_signs_is_accepted_by_the_carriers_library() -> None:
    signature = Trust(PUBLIC, [TOKEN]).sign(TARGET, PAIRS)
    assert RequestValidator(TOKEN).validate(PUBLIC + TARGET, dict(PAIRS), signature)


def test_the_order_of_parameters_does_not_matter_but_every_value_does() -> None:
    trust = Trust(PUBLIC, [TOKEN])
    signature = trust.sign(TARGET, PAIRS)
    assert trust.accepts(TARGET, PAIRS[::-1], signature)
    assert trust.accepts(TARGET, PAIRS + PAIRS, signature)
    for number in range(len(PAIRS)):
        assert not trust.accepts(TARGET, PAIRS[:number] + PAIRS[number + 1 :], signature)


def test_while_a_token_rotates_the_old_and_the_new_are_accepted() -> None:
    both = Trust(PUBLIC, [OTHER, TOKEN])
    assert both.accepts(TARGET, PAIRS, Trust(PUBLIC, [TOKEN]).sign(TARGET, PAIRS))
    assert both.accepts(TARGET, PAIRS, Trust(PUBLIC, [OTHER]).sign(TARGET, PAIRS))
    assert not Trust(PUBLIC, [OTHER]).accepts(TARGET, PAIRS, Trust(PUBLIC, [TOKEN]).sign(TARGET, PAIRS))


def _sha256(secret: str) -> str:
    message = PUBLIC + TARGET + "".join(name + value for name, value in sorted(PAIRS))
    return b64encode(hmac.digest(secret.encode(), message.encode(), "sha256")).decode()


@pytest.mark.parametrize(
    ("settings", "secret", "accepted"),
    [
        ("key=shared1,algorithm=HMAC_SHA256", "secret one", True),
        ("algorithm=hmac_sha256, key=shared1", "secret one", True),
        ("key=shared2,algorithm=HMAC_SHA256", "secret two", True),
        ("key=shared2,algorithm=HMAC_SHA256", "secret one", False),
        ("key=unknown,algorithm=HMAC_SHA256", "secret one", False),
        ("key=shared1,algorithm=HMAC_SHA256", TOKEN, False),
        ("algorithm=HMAC_SHA256", TOKEN, False),
        ("key=,algorithm=HMAC_SHA256", "", False),
        ("key=shared1,algorithm=HMAC_MD5", "secret one", False),
        ("key=shared1", "secret one", False),
        (None, "secret one", False),
    ],
)
def test_sha_256_counts_only_with_a_shared_key_that_we_have(settings: str | None, secret: str, accepted: bool) -> None:
    trust = Trust(PUBLIC, [TOKEN], {"shared1": "secret one", "shared2": "secret two"})
    assert trust.accepts(TARGET, PAIRS, _sha256(secret) if secret else "", settings) is accepted


def test_a_proxy_may_take_the_base_path_away_or_leave_it() -> None:
    trust = Trust("https://line.example.org/base", [TOKEN])
    signature = trust.sign(TARGET, PAIRS)
    assert trust.accepts(TARGET, PAIRS, signature)
    assert trust.accepts("/base" + TARGET, PAIRS, signature)
    assert not trust.accepts("/other" + TARGET, PAIRS, signature)


def test_a_url_with_a_password_is_signed_with_and_without_its_port() -> None:
    trust = Trust("https://name:secret@line.example.org", [TOKEN])
    for host in ("name:secret@line.example.org", "name:secret@line.example.org:443"):
        signature = RequestValidator(TOKEN).compute_signature(f"https://{host}{TARGET}", dict(PAIRS))
        assert trust.accepts(TARGET, PAIRS, signature)


GOOD = Trust(PUBLIC, [TOKEN]).sign(TARGET, PAIRS)
FORGERIES = {
    "no header": (TARGET, PAIRS, None),
    "empty header": (TARGET, PAIRS, ""),
    "rubbish": (TARGET, PAIRS, "rubbish"),
    "not even ASCII": (TARGET, PAIRS, "ñ" * 28),
    "lower case": (TARGET, PAIRS, GOOD.lower()),
    "with a space": (TARGET, PAIRS, GOOD + " "),
    "cut short": (TARGET, PAIRS, GOOD[:-1]),
    "two in one header": (TARGET, PAIRS, GOOD + "," + GOOD),
    "another path": ("/voice/answer", PAIRS, GOOD),
    "another cursor": (TARGET + "&pg=1", PAIRS, GOOD),
    "an escaped cursor": (TARGET.replace("main", "m%61in"), PAIRS, GOOD),
    "a changed value": (TARGET, [*PAIRS[:2], ("Digits", "2")], GOOD),
    "one parameter more": (TARGET, [*PAIRS, ("OptOutType", "STOP")], GOOD),
    "one parameter fewer": (TARGET, PAIRS[:2], GOOD),
    "signed with an empty key": (
        TARGET,
        PAIRS,
        b64encode(hmac.digest(b"", (PUBLIC + TARGET).encode(), "sha1")).decode(),
    ),
    "signed for another host": (TARGET, PAIRS, Trust("https://evil.example", [TOKEN]).sign(TARGET, PAIRS)),
    "signed for plain http": (TARGET, PAIRS, Trust("http://line.example.org", [TOKEN]).sign(TARGET, PAIRS)),
    "the URL alone": (TARGET, PAIRS, Trust(PUBLIC, [TOKEN]).sign(TARGET, [])),
    "the plain hash": (TARGET, PAIRS, b64encode(hmac.digest(b"x", b"", "sha1")).decode()),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused(forgery: str) -> None:
    target, pairs, signature = FORGERIES[forgery]
    assert not Trust(PUBLIC, [TOKEN]).accepts(target, pairs, signature)


@pytest.mark.parametrize("tokens", [[], [""], ["a", ""]])
def test_without_a_token_nothing_starts(tokens: list[str]) -> None:
    with pytest.raises(LineError) as caught:
        Trust(PUBLIC, tokens)
    assert caught.value.code == "no-token"


def test_an_empty_shared_key_is_no_key() -> None:
    with pytest.raises(LineError):
        Trust(PUBLIC, [TOKEN], {"shared1": ""})


@pytest.mark.parametrize("url", ["", "line.example.org", "ftp://x.org", "https://", "https://x.org?a=1", "https://x.org:no"])
def test_a_public_url_that_cannot_be_signed_is_refused(url: str) -> None:
    with pytest.raises(LineError) as caught:
        Trust(url, [TOKEN])
    assert caught.value.code == "bad-public-url"
