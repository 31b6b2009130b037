"""Whether a webhook request really comes from the carrier: the signature, and nothing else; it reads no parameter.

The carrier signs the URL it asked for, followed by every parameter of the form. The URL is rebuilt from the configured
PUBLIC_URL and the raw path and query: what a framework un-escapes or a proxy forwards is not what was signed.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from ivr.errors import LineError

Pairs = Sequence[tuple[str, str]]

_PORTS = {"https": 443, "http": 80}


class Trust:
    """The keys that may sign, and the URL that is signed. There is no switch that turns it off."""

    def __init__(self, public_url: str, auth_tokens: Iterable[str], shared_keys: Mapping[str, str] | None = None) -> None:
        """`auth_tokens`: the current one and, while rotating, others. Raises LineError `no-token`, `bad-public-url`."""
        tokens, shared = tuple(auth_tokens), dict(shared_keys or {})
        if not tokens or not all(tokens) or not all(shared.values()):
            raise LineError("no-token", "Set TWILIO_AUTH_TOKEN, with no empty part, so that webhooks can be verified.")
        # Keys are mixed in once: a copy of such a hash costs less than a new one, and does not let other threads in.
        self._tokens = tuple(hmac.new(token.encode(), digestmod="sha1") for token in tokens)
        self._shared = {name: hmac.new(secret.encode(), digestmod="sha256") for name, secret in shared.items()}
        self._origins, self.base_path = _origins(public_url)

    def accepts(self, target: str, pairs: Pairs, signature: str | None, settings: str | None = None) -> bool:
        """Whether one of the keys signed this request: raw path and query as asked for, and the decoded form."""
        if not signature:
            return False
        keys = self._keys(settings)
        form = signed_form(pairs)
        given = signature.encode("utf-8", "replace")
        for origin in self._origins:
            for path in self._paths(target):
                message = (origin + path + form).encode("utf-8", "replace")
                for key in keys:
                    if hmac.compare_digest(_signature(key, message), given):
                        return True
        return False

    def _paths(self, target: str) -> tuple[str, ...]:
        """The path as signed: a proxy may or may not have taken PUBLIC_URL's own path away."""
        base = self.base_path
        if not base:
            return (target,)
        return (target, base + target) if target.startswith(base + "/") else (base + target,)

    def sign(self, target: str, pairs: Pairs) -> str:
        """The signature that the carrier would send: for our own simulators, which are verified like everybody else."""
        message = self._origins[0] + self.base_path + target + signed_form(pairs)
        return _signature(self._tokens[0], message.encode()).decode()

    def _keys(self, settings: str | None) -> tuple[hmac.HMAC, ...]:
        """SHA-256 only when the settings header names one of our shared keys; otherwise the auth token and SHA-1."""
        if not settings:
            return self._tokens
        named = dict(part.strip().partition("=")[::2] for part in settings.split(","))
        match named.get("algorithm", "").upper():
            case "" | "HMAC_SHA1":
                return self._tokens
            case "HMAC_SHA256" if named.get("key") in self._shared:
                return (self._shared[named["key"]],)
            case _:
                return ()


def _signature(key: hmac.HMAC, message: bytes) -> bytes:
    mixed = key.copy()
    mixed.update(message)
    return b64encode(mixed.digest())


def signed_form(pairs: Pairs) -> str:
    """Names and values one after the other, sorted; a value that came twice under one name counts once."""
    return "".join([name + value for name, value in sorted(set(pairs))])


def _origins(public_url: str) -> tuple[tuple[str, ...], str]:
    """Scheme and host as the carrier may have signed them, with and without the port, and our path below it."""
    parts = urlsplit(public_url)
    host = parts.netloc
    try:
        port = parts.port
    except ValueError:
        port, host = None, ""
    if parts.scheme not in _PORTS or not parts.hostname or not host or parts.query or parts.fragment:
        raise LineError("bad-public-url", "PUBLIC_URL must be like https://line.example.org, without query or fragment.")
    bare = host.removesuffix(f":{port}") if port else host.removesuffix(":")
    with_port = f"{bare}:{port or _PORTS[parts.scheme]}"
    as_given = with_port if port else bare
    ordered = dict.fromkeys((as_given, bare, with_port))
    return tuple(f"{parts.scheme}://{name}" for name in ordered), parts.path.rstrip("/")
