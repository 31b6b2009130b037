"""A typed phone number on its way through an action URL: sealed to one call, opened only here; it stores nothing."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESSIV:
    """The cipher of one key. Its import is dear and most calls never type a number, so it waits for the first."""
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(hmac.digest(key, b"cursor", "sha256"))


def seal(number: str, call_sid: str, keys: Sequence[bytes]) -> str:
    """The number, readable only with our key and only in this call.

    AES-SIV needs no random nonce: the same turn gives the same cursor, as the cursor demands.
    """
    sealed = _cipher(keys[0]).encrypt(number.encode(), [b"number", call_sid.encode("utf-8", "replace")])
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal(sealed: str, call_sid: str, keys: Sequence[bytes]) -> str:
    """The number again, or "" when this was not sealed by us for this call."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    except ValueError:
        return ""
    for key in keys:
        try:
            return _cipher(key).decrypt(raw, [b"number", call_sid.encode("utf-8", "replace")]).decode()
        except (InvalidTag, ValueError):
            continue
    return ""
