"""What the settings are and when they are right: every fault at once, with a remedy and never with a value.

Plain checks and no schema library: its messages would show values, and most rules here are about several settings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from ivr.dialog.types import NumberType
from ivr.errors import LineError
from ivr.secrets import key_bytes

Environment = Mapping[str, str]

DEFAULT_DATABASE = "sqlite:///var/line.db"
KEYS = ("SECRET_KEY", "CALLER_KEY", "DATA_KEY")
NUMBER_TYPES = (NumberType.LONG_CODE, NumberType.TOLL_FREE, NumberType.SHORT_CODE)
# Set by platforms that wipe the disk at every restart, unless a volume is attached.
WIPED_DISKS = ("DYNO", "K_SERVICE", "RENDER", "RAILWAY_ENVIRONMENT", "FLY_APP_NAME")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

_E164 = re.compile(r"\+[1-9][0-9]{6,14}\Z")
_SHORT_CODE = re.compile(r"[0-9]{3,8}\Z")
_TOLL_FREE = re.compile(r"\+18(?:00|33|44|55|66|77|88)[0-9]{7}\Z")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")
_KEY_REMEDY = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a setting: its name, what is wrong, what to do. Never its value."""

    name: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what} {self.remedy}"


class SettingsError(LineError):
    """The settings do not allow a start; `faults` are all of them."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("settings", "\n".join(["The settings need mending before the line can start.", *map(str, faults)]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings that were checked. Secrets are left out of the repr."""

    public_url: str
    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    secret_keys: tuple[bytes, ...] = field(repr=False)
    caller_keys: tuple[str, ...] = field(repr=False)
    data_keys: tuple[str, ...] = field(repr=False)
    number: str = ""
    messaging_service_sid: str = ""
    number_type: NumberType = NumberType.LONG_CODE
    shared_keys: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    stage: str = "pilot"
    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    specialist_number: str = ""
    content: str | None = None
    port: int = 8000
    web_concurrency: int = 1
    browser_phone: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        """Whether people depend on this line."""
        return self.stage == "live"


class Reader:
    """Reads one environment and collects every fault on the way."""

    def __init__(self, environ: Environment) -> None:
        self._environ = environ
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def settings(self) -> Settings:
        """All settings, or SettingsError with all faults."""
        public_url = self._public_url()
        number = self._number()
        made = Settings(
            public_url=public_url,
            account_sid=self._required("TWILIO_ACCOUNT_SID", "Copy it from the carrier's console."),
            auth_tokens=self._tokens(),
            secret_keys=tuple(key_bytes(key, "SECRET_KEY") for key in self._keys("SECRET_KEY")),
            caller_keys=self._keys("CALLER_KEY"),
            data_keys=self._keys("DATA_KEY"),
            number=number,
            messaging_service_sid=self._get("TWILIO_MESSAGING_SERVICE_SID"),
            number_type=self._number_type(number),
            shared_keys=self._shared_keys(),
            stage=self._choice("STAGE", ("pilot", "live"), "pilot"),
            database_url=self._database(),
            specialist_number=self._specialist(),
            content=self._content(),
            port=self._whole("PORT", 8000, 0, 65535),
            web_concurrency=self._whole("WEB_CONCURRENCY", 1, 1, 64),
            browser_phone=self._browser_phone(public_url),
            warnings=(),
        )
        return self._judged(made)

    def _judged(self, made: Settings) -> Settings:
        self._equal_keys()
        if made.live:
            self.faults += self.warnings
        if self.faults:
            raise SettingsError(tuple(dict.fromkeys(self.faults)))
        return replace(made, warnings=tuple(map(str, self.warnings)))

    def _fault(self, name: str, what: str, remedy: str) -> None:
        self.faults.append(Fault(name, what, remedy))

    def _get(self, name: str) -> str:
        return self._environ.get(name, "").strip()

    def _required(self, name: str, remedy: str) -> str:
        value = self._get(name)
        if not value:
            self._fault(name, "is not set.", remedy)
        return value

    def _public_url(self) -> str:
        remedy = "Set it to where the carrier reaches the line, like https://line.example.org."
        value = self._required("PUBLIC_URL", remedy).rstrip("/")
        if not value:
            return ""
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host, parts = None, urlsplit("")
        if not host or "_" in host or parts.query or parts.fragment or parts.scheme not in ("http", "https"):
            self._fault("PUBLIC_URL", "is not an address the carrier can sign.", remedy)
        elif parts.scheme == "http" and host not in LOOPBACK:
            self._fault("PUBLIC_URL", "is not encrypted.", "Use https://; http:// is for this machine only.")
        return value

    def _tokens(self) -> tuple[str, ...]:
        value = self._required("TWILIO_AUTH_TOKEN", "Copy it from the carrier's console.")
        tokens = tuple(token.strip() for token in value.split(",")) if value else ()
        if not all(tokens):
            self._fault("TWILIO_AUTH_TOKEN", "has an empty part.", "Take out the comma too many.")
        return tokens

    def _keys(self, name: str) -> tuple[str, ...]:
        value = self._required(name, _KEY_REMEDY)
        keys = tuple(key.strip() for key in value.split(",")) if value else ()
        try:
            for key in keys:
                key_bytes(key, name)
        except LineError:
            self._fault(name, "has a part that is not URL-safe base64 of 32 bytes.", _KEY_REMEDY)
            return ()
        return keys

    def _equal_keys(self) -> None:
        """One key for several purposes, or twice in a list: what leaks of one would then open the others."""
        seen: dict[bytes, str] = {}
        for name in KEYS:
            for key in self._get(name).split(","):
                try:
                    raw = key_bytes(key, name)
                except LineError:
                    continue
                if raw in seen:
                    both = f"{seen[raw]} and {name}" if seen[raw] != name else name
                    self.warnings.append(Fault(name, f"repeats a key of {both}.", "Make a key for each purpose."))
                seen.setdefault(raw, name)

    def _number(self) -> str:
        number = self._get("TWILIO_NUMBER")
        if not number and not self._get("TWILIO_MESSAGING_SERVICE_SID"):
            self._fault("TWILIO_NUMBER", "is not set.", "Set it, or TWILIO_MESSAGING_SERVICE_SID.")
        elif number and not (_E164.match(number) or _SHORT_CODE.match(number)):
            self._fault("TWILIO_NUMBER", "is not a phone number.", "Write it like +18885550100, or as a short code.")
        return number

    def _number_type(self, number: str) -> NumberType:
        """What kind of number texts come from; where it is not said, the number itself tells."""
        inferred = NumberType.LONG_CODE
        if _TOLL_FREE.match(number):
            inferred = NumberType.TOLL_FREE
        elif _SHORT_CODE.match(number):
            inferred = NumberType.SHORT_CODE
        return NumberType(self._choice("TWILIO_NUMBER_TYPE", tuple(kind.value for kind in NUMBER_TYPES), inferred.value))

    def _shared_keys(self) -> Mapping[str, str]:
        value = self._get("TWILIO_SHARED_KEYS")
        pairs = [part.strip().partition("=")[::2] for part in value.split(",")] if value else []
        if not all(_NAME.match(name) and secret for name, secret in pairs):
            self._fault("TWILIO_SHARED_KEYS", "cannot be read.", "Write it like name=secret,name2=secret2.")
        return MappingProxyType(dict(pairs))

    def _choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self._get(name) or default
        if value not in allowed:
            self._fault(name, "is none of the values it can have.", f"Set it to {' or '.join(allowed)}, or leave it out.")
            return default
        return value

    def _database(self) -> str:
        value = self._get("DATABASE_URL") or DEFAULT_DATABASE
        kind = value.partition(":")[0].partition("+")[0]
        remedy = "Set it to sqlite:///FILE or postgresql://..., or leave it out."
        if kind not in ("sqlite", "postgresql", "postgres"):
            self._fault("DATABASE_URL", "is not an address of SQLite or PostgreSQL.", remedy)
        elif kind == "sqlite" and value.partition(":///")[2] in ("", ":memory:"):
            self._fault("DATABASE_URL", "names no file, so that opt-outs would be forgotten.", remedy)
        lasts = self._choice("STORE_LASTS", ("yes", "no"), "no") == "yes"
        platform = next((name for name in WIPED_DISKS if self._environ.get(name)), None)
        if kind == "sqlite" and platform and not lasts:
            what = "is SQLite on a platform that wipes its disk: every restart would forget who opted out."
            self.warnings.append(Fault("DATABASE_URL", what, "Use PostgreSQL, or a volume that lasts and STORE_LASTS=yes."))
        return value

    def _specialist(self) -> str:
        value = self._get("SPECIALIST_NUMBER")
        if value and not _E164.match(value):
            self._fault("SPECIALIST_NUMBER", "is not a phone number.", "Write it like +18885550100, or leave it out.")
        return value

    def _content(self) -> str | None:
        value = self._get("IVR_CONTENT")
        if value and not Path(value).is_dir():
            self._fault("IVR_CONTENT", "is not a folder.", "Set it to a folder like content/, or leave it out.")
        return value or None

    def _whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self._get(name)
        if not value:
            return default
        if not re.fullmatch("[0-9]{1,6}", value) or not least <= int(value) <= most:
            self._fault(name, f"is not a whole number from {least} to {most}.", "Mend it, or leave it out.")
            return default
        return int(value)

    def _browser_phone(self, public_url: str) -> bool:
        wanted = self._choice("BROWSER_PHONE", ("yes", "no"), "no") == "yes"
        if wanted and urlsplit(public_url).hostname not in LOOPBACK:
            what = "opens the practice phone to everybody who knows the address."
            self.warnings.append(Fault("BROWSER_PHONE", what, "Leave it out; the demo sets it for this machine."))
        return wanted
