"""A busy day through the real webhooks: afterwards no file, log line, figure or page tells who it was or what they wrote."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from both_stores import KEYRING
from whole_line import Clock, WholeLine, a_line, changed_library, offering_callbacks

from ivr.channels.carrier import ANONYMOUS, PretendCall, PretendTexter, Waits
from ivr.dialog.types import TransferOutcome
from ivr.keeping import report
from ivr.messenger import Counters
from ivr.messenger.standing import lines, standing
from ivr.store import fresh_store

AREAS = ("202", "212", "303", "305", "404", "512", "602", "713", "804", "919")
NUMBERS = [f"+1{area}55501{place:02}" for place, area in enumerate(AREAS * 3, start=10)]
# Words nobody else would write, so that they are found wherever they are.
PRIVATE = [
    "my name is Quillonia Brambleworth", "quillonia@brambleworth.example", "zorptangle in my left lung",
    "does zorptangle hurt", "I live in Wexmoorhollow", "tell Doctor Pendragonfly I am scared", "vexillary pudding dreams",
]  # fmt: skip
ASKED = ["what is immunotherapy", "where does it spread", "is it curable", "side effects of chemo", "MENU", "1", "2", "MORE"]
# A question that nothing answered is kept for 90 days, without names of numbers and addresses (retention in line.toml).
KEPT_WORDS = {"zorptangle", "wexmoorhollow", "pendragonfly", "vexillary", "quillonia", "brambleworth"}


@dataclass
class Day:
    """What is left of the day."""

    line: WholeLine
    folder: Path
    log: str
    pages: str
    keys: list[str]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The database as it lies on the disk, with everything beside it."""
        for path in sorted(self.folder.glob("line.db*")):
            yield path.name, path.read_bytes()


def writings(number: str) -> list[str]:
    """A number as people and programs write it: +12025550143, 2025550143, 202-555-0143, (202) 555-0143, 202 555 0143."""
    area, office, line = number[2:5], number[5:8], number[8:]
    return [number[2:], f"{area}-{office}-{line}", f"({area}) {office}-{line}", f"{area} {office} {line}"]


def _texts(line: WholeLine, number: str, dice: Random) -> None:
    """What somebody texts on such a day."""
    texter = PretendTexter(line.carrier, dice.choice(["", "", "", "whatsapp:"]) + number)
    bodies = [dice.choice(ASKED), dice.choice(PRIVATE), f"call me at {number} or {writings(number)[2]}", dice.choice(ASKED)]
    bodies += dice.sample(["PERSON", "CALL", "8", "I want to kill myself", "I cannot breathe", "asdf", "HELP"], 3)
    bodies.append(dice.choice(["stop texting me", "STOP", "FORGET", "START", "call me back", "thank you"]))
    for body in bodies:
        texter.send(body)
        if dice.random() < 0.2:
            texter.deliver_again()
        line.clock.later(seconds=20)
    if bodies[-1] == "call me back":
        texter.send("1")
        texter.send("2")
    assert texter.faults == []


def _calls(line: WholeLine, number: str, dice: Random) -> None:
    """What somebody presses and says on such a day."""
    call = line.call(dice.choice([number, number, ANONYMOUS]))
    for _ in range(12):
        if call.waits is Waits.TRANSFER:
            call.transfer_ended(dice.choice(list(TransferOutcome)), 5)
        elif dice.random() < 0.2:
            call.say(dice.choice(PRIVATE + ASKED))
        else:
            call.press(dice.choice("1123456789077*#"))
        if dice.random() < 0.1:
            call.deliver_again()
    if call.from_number == ANONYMOUS and call.waits is Waits.KEYS:
        call.press(number[2:] + "#")
        call.press("1")
    call.hang_up()
    line.clock.later(seconds=20)
    assert call.faults == []


def _rings(line: WholeLine, seen: int) -> int:
    """Everybody whom the line rings back picks up."""
    for to, path in line.rung[seen:]:
        call = PretendCall(line.carrier, line.carrier.line_number, to=to, direction="outbound-api")
        call.start(path)
        call.press("1")
        call.hang_up()
        assert call.faults == []
    return len(line.rung)


def _statuses(line: WholeLine, seen: int) -> int:
    """The carrier tells what became of each text, out of order and twice."""
    for place, (to, _) in enumerate(line.texted[seen:], start=seen + 1):
        for status in ("delivered", "sent", "delivered"):
            form = {"MessageSid": f"SM{place:032x}", "MessageStatus": status, "To": to, "From": line.carrier.line_number}
            assert line.carrier.post("/sms/status", form).good
    return len(line.texted)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """Thirty people, calls and texts of all kinds, a worker that sends, and one late callback."""
    folder, dice = tmp_path_factory.mktemp("day"), Random(20261123)
    records: list[str] = []
    watching = _Watching(records)
    root = logging.getLogger()
    loud = [root, logging.getLogger("sqlalchemy.engine"), logging.getLogger("sqlalchemy.pool")]
    before = [logger.level for logger in loud]
    root.addHandler(watching)
    for logger in loud:
        logger.setLevel(logging.DEBUG)
    store = fresh_store(f"sqlite:///{folder}/line.db", KEYRING)
    library = changed_library(folder, offering_callbacks)
    try:
        with a_line(library, folder, store=store, clock=Clock(), settings={"browser_phone": True}) as line:
            _lived_through(line, dice)
            store.events.flush()
            keys = [key for number in NUMBERS for key in KEYRING.caller_keys(number)]
            yield Day(line, folder, "\n".join(records), _pages(line), keys)
    finally:
        root.removeHandler(watching)
        for logger, level in zip(loud, before, strict=True):
            logger.setLevel(level)
        store.close()


def _lived_through(line: WholeLine, dice: Random) -> None:
    rung = texted = 0
    for number in NUMBERS:
        _texts(line, number, dice)
        _calls(line, number, dice)
        line.work()
        rung, texted = _rings(line, rung), _statuses(line, texted)
    line.clock.later(hours=25)
    for _ in range(3):
        line.work()
    assert len(line.texted) > 3, "the day was busy"
    assert line.rung, "somebody asked to be rung"


def _pages(line: WholeLine) -> str:
    """Everything that the line tells about itself to whoever asks."""
    client = line.app.test_client()
    told = [client.get(path).get_data(as_text=True) for path in ("/healthz", "/readyz", "/metrics", "/try")]
    counters: Counters = line.worker.counters
    from prometheus_client import generate_latest

    told.append(generate_latest(counters.registry).decode())
    told += lines(standing(line.store, line.clock()))
    told += [repr(one) for one in line.store.audit_records()]
    told.append(repr(line.store.event_counts(line.clock.moment.replace(year=2020), line.clock.moment.replace(year=2030))))
    return "\n".join(told)


class _Watching(logging.Handler):
    """Keeps every record of every logger, with its trace."""

    def __init__(self, records: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._records = records
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._records.append(self.format(record) + repr(record.args))


def test_the_day_was_busy(day: Day) -> None:
    store = day.line.store
    counted = store.event_counts(day.line.clock.moment.replace(year=2020), day.line.clock.moment.replace(year=2030))
    names = {name for name, _ in counted}
    assert {"arrival", "topic", "menu", "emergency", "crisis", "transfer", "no-match"} <= names
    assert store.opt_outs_count() > 2
    assert [key for key in day.keys if any(key.encode() in held for _, held in day.files())], "numbers are there as hashes"
    assert "INSERT INTO inbound" in day.log, "even the database's own log was on"


def test_no_file_of_the_database_holds_a_number(day: Day) -> None:
    names = []
    for name, held in day.files():
        names.append(name)
        assert not [form for number in NUMBERS for form in writings(number) if form.encode() in held], name
    assert "line.db" in names
    assert "line.db-wal" in names


def test_no_file_of_the_database_holds_an_address_or_what_was_answered(day: Day) -> None:
    answers = [body for _, body in day.line.texted]
    for name, held in day.files():
        assert b"brambleworth.example" not in held.lower(), name
        assert not [body for body in answers if body.encode() in held], name


def test_only_questions_that_nothing_answered_keep_their_words(day: Day) -> None:
    """They are kept redacted, for whoever mends the words; nothing else that anybody wrote is."""
    kept = " ".join(
        one.question.lower() for one in day.line.store.unmatched_questions(day.line.clock.moment.replace(year=2020))
    )
    for number in NUMBERS:
        assert not [form for form in writings(number) if form in kept]
    assert "@" not in kept
    with day.line.store.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM unmatched")
    assert day.line.store.database.scrub()
    for name, held in day.files():
        assert not [word for word in KEPT_WORDS if word in held.lower().decode("latin-1")], name


def test_no_log_line_holds_a_number_or_a_word(day: Day) -> None:
    assert not [form for number in NUMBERS for form in writings(number) if form in day.log]
    assert not [word for word in KEPT_WORDS if word in day.log.lower()]
    assert not [body for _, body in day.line.texted if body in day.log]
    ours = [line for line in day.log.splitlines() if line.startswith("ivr")]  # the database's own log shows its rows
    assert not [key for key in day.keys if any(key in line for line in ours)]


def test_no_page_and_no_figure_holds_a_number_or_a_word(day: Day) -> None:
    assert not [form for number in NUMBERS for form in writings(number) if form in day.pages]
    assert not [word for word in KEPT_WORDS if word in day.pages.lower()]
    assert not [key for key in day.keys if key in day.pages]


def test_the_report_counts_and_names_nobody(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    @contextmanager
    def here() -> Iterator[object]:
        yield None, day.line.store

    monkeypatch.setattr("ivr.keeping._store", here)
    shown = "\n".join(report(400))
    assert "topic" in shown
    assert not [form for number in NUMBERS for form in writings(number) if form in shown]


def test_no_hash_can_be_made_without_the_key(day: Day) -> None:
    """Ten digits are soon guessed: whoever has the files and no key must not be able to try them all."""
    for name, held in day.files():
        for number in NUMBERS:
            for form in (number, number[1:], number[2:]):
                raw = form.encode()
                digests = [hashlib.new(kind, raw, usedforsecurity=False).digest() for kind in ("sha256", "md5", "sha1")]
                digests += [hmac.digest(b"", raw, "sha256"), hmac.digest(b"", b"caller\x00" + raw, "sha256")]
                for digest in digests:
                    shown = (
                        digest,
                        digest.hex().encode(),
                        base64.b64encode(digest)[:22],
                        base64.urlsafe_b64encode(digest)[:22],
                    )
                    assert not [one for one in shown if one in held], name


def test_nothing_in_the_schema_could_hold_a_number_in_the_open(day: Day) -> None:
    """Every value that looks like a telephone number, in any column of any table."""
    from sqlalchemy import select

    from ivr.store.schema import metadata

    with day.line.store.database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)).all():
                for value in row:
                    if isinstance(value, str):
                        assert not re.search(
                            r"(?<![A-Za-z0-9_-])\+?1?[2-9][0-9]{2}[ .)-]*[2-9][0-9]{2}[ .-]*[0-9]{4}\b", value
                        ), table.name
