"""Keyed hashes and encryption of phone numbers and SIDs; it knows no SQL, and never writes a key or a number anywhere.

A key is URL-safe base64 of 32 bytes. The first key of a list writes, all of them read. To rotate: deploy `old,new`
(every process can read what will be written), then `new,old`, then rewrite (`Store.rotate`). An old CALLER_KEY stays in
the list for as long as an opt-out is known only under it (`Store.keys_in_use` says so), because a hash cannot be
written anew without its number.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ivr.errors import LineError

KEY_BYTES = 32
ID_LENGTH = 4

_PREFIXED = re.compile(r"[a-z]{2,16}:(?=\+)")


def key_bytes(text: str, setting: str) -> bytes:
    """The 32 bytes of one key; raises LineError `bad-key`, naming the setting and never the key."""
    plain = text.strip().rstrip("=")
    try:
        raw = base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise LineError("bad-key", f"{setting} must be URL-safe base64 of {KEY_BYTES} bytes, or several with commas.")
    return raw


def person(number: str) -> str:
    """The one form in which a number is hashed: a WhatsApp or RCS sender is the same person as the plain number."""
    return _PREFIXED.sub("", number.strip(), count=1)


class Secrets:
    """Both lists of keys, ready for use."""

    def __init__(self, caller_keys: Sequence[str], data_keys: Sequence[str]) -> None:
        """Raise LineError `bad-key` if a list is empty or holds something that is no key."""
        # Keys are mixed in once: a copy of such a hash costs less than a new one, and does not let other threads in.
        self._hashing = tuple(hmac.new(key_bytes(key, "CALLER_KEY"), digestmod="sha256") for key in caller_keys)
        ciphers = [Fernet(base64.urlsafe_b64encode(key_bytes(key, "DATA_KEY"))) for key in data_keys]
        if not self._hashing or not ciphers:
            raise LineError("bad-key", "CALLER_KEY and DATA_KEY must each hold at least one key.")
        self._ciphers = MultiFernet(ciphers)
        self.key_ids = tuple(_digest(key, b"key id")[:ID_LENGTH] for key in self._hashing)

    def caller_keys(self, number: str | None) -> tuple[str, ...]:
        """What stands for this number under every key, the one that writes first; empty when there is no number."""
        return self.digests("caller", person(number)) if number else ()

    def digests(self, purpose: str, text: str) -> tuple[str, ...]:
        """The keyed hash of a text under every key; the purpose keeps hashes of different things apart."""
        message = purpose.encode() + b"\x00" + text.encode("utf-8", "surrogatepass")
        return tuple([f"{name}.{_digest(key, message)}" for name, key in zip(self.key_ids, self._hashing, strict=True)])

    def digest(self, purpose: str, text: str) -> str:
        """The keyed hash under the key that writes."""
        return self.digests(purpose, text)[0]

    def encrypt(self, text: str) -> str:
        """Encrypt with the first data key."""
        return self._ciphers.encrypt(text.encode("utf-8", "surrogatepass")).decode("ascii")

    def decrypt(self, token: str) -> str:
        """Read what any data key wrote; raises LineError `unreadable` when none of them did."""
        try:
            return self._ciphers.decrypt(token.encode("ascii", "replace")).decode("utf-8", "surrogatepass")
        except InvalidToken:
            raise _unreadable() from None

    def rotate(self, token: str) -> str:
        """The same secret written with the first data key; raises LineError `unreadable`."""
        try:
            return self._ciphers.rotate(token.encode("ascii", "replace")).decode("ascii")
        except InvalidToken:
            raise _unreadable() from None


def _digest(key: hmac.HMAC, message: bytes) -> str:
    mixed = key.copy()
    mixed.update(message)
    return base64.urlsafe_b64encode(mixed.digest()).decode("ascii").rstrip("=")


def _unreadable() -> LineError:
    return LineError("unreadable", "Something stored was written with a DATA_KEY that is not in the list any more.")
