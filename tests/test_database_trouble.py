"""A database that is locked, full, read-only, damaged or gone: what a caller hears and a texter reads, then and after.

Real SQLite and, where this machine has it, a real PostgreSQL server that is harmed. Nobody waits here: limits are made
short. `ivr bench trouble` measures a real web process with the limits of production while people call and text.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from both_stores import KEYRING
from whole_line import LINE, OTHER, PERSON, WholeLine, a_line, replies, words

from ivr import serving, waiting
from ivr.bench import harm, postgres
from ivr.library.line_rules import Library
from ivr.store import Store, StoreError, brief, fresh_store
from ivr.store import database as limits
from ivr.store.comparing import held
from ivr.store.schema import metadata

NUMBER_SHOWN, IN_SPANISH = "1-888-552-6760", "1-800-227-2345"
SMALL_PAGES = "PRAGMA page_size = 512"  # no answer fits into one, so a full disk is met by the next text

Harm = Callable[[Store, postgres.Running | None], AbstractContextManager[None]]


# --- ways into trouble


@contextmanager
def _opened_with(store: Store, *pragmas: str) -> Iterator[None]:
    """Connections that are opened anew, on which these hold too, and which wait for nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "PRAGMAS", (*limits.PRAGMAS, "PRAGMA busy_timeout = 1", *pragmas))
        store.database.engine.dispose()
        yield
    store.database.engine.dispose()


@contextmanager
def _locked(store: Store, _: object) -> Iterator[None]:
    with _opened_with(store), harm.TO_A_FILE["locked"](f"sqlite:///{store.database.path}", None):
        yield


@contextmanager
def _full(store: Store, _: object) -> Iterator[None]:
    """Not a page more, and what was left of the pages is used up."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with store.voice("+12025550177", "CA-long-ago", long_ago) as effect:
        effect.queue_text({"topic": "what-it-is"}, "en", expires_at=long_ago)
    with store.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    with _opened_with(store, f"PRAGMA max_page_count = {pages}"):
        with pytest.raises(StoreError, match="disk is full"):
            _fill(store, long_ago)
        yield


def _fill(store: Store, at: datetime) -> None:
    for place in itertools.count():
        store.set_mark(f"f{place}", "1", at)


@contextmanager
def _read_only(store: Store, _: object) -> Iterator[None]:
    with _opened_with(store, "PRAGMA query_only = ON"):
        yield


@contextmanager
def _damaged(store: Store, _: object) -> Iterator[None]:
    """Something has written over the file; at the end a copy from before is put back."""
    store.events.flush()
    assert store.database.scrub()
    store.database.engine.dispose()
    path = store.database.path
    assert path is not None
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xa5" * (len(whole) - 100))
    yield
    store.database.engine.dispose()
    path.write_bytes(whole)


@contextmanager
def _file_gone(store: Store, _: object) -> Iterator[None]:
    with harm.TO_A_FILE["gone"](f"sqlite:///{store.database.path}", None):
        yield


def _to_a_server(name: str) -> Harm:
    @contextmanager
    def harmed(store: Store, server: postgres.Running | None) -> Iterator[None]:
        with harm.TO_A_SERVER[name](store.database.engine.url.set(drivername="postgresql").render_as_string(), server):
            yield

    return harmed


@dataclass(frozen=True)
class Trouble:
    """How it is made, and what /readyz may call it."""

    harm: Harm
    codes: frozenset[str]


TROUBLES = {
    "sqlite locked": Trouble(_locked, frozenset({"store-busy"})),
    "sqlite full": Trouble(_full, frozenset({"store-full"})),
    "sqlite read-only": Trouble(_read_only, frozenset({"store-readonly"})),
    "sqlite damaged": Trouble(_damaged, frozenset({"store-broken"})),
    "sqlite gone": Trouble(_file_gone, frozenset({"store-missing", "store-gone"})),
    "postgresql locked": Trouble(_to_a_server("locked"), frozenset({"store-busy"})),
    "postgresql read-only": Trouble(_to_a_server("read-only"), frozenset({"store-readonly"})),
    "postgresql gone": Trouble(_to_a_server("gone"), frozenset({"store-gone"})),
}


# --- the line in trouble


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Running | None]:
    """A server that may be harmed; None where there can be none."""
    if postgres.why_not():
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="line-harmed-"))
    running = postgres.start(folder, durable=False)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=TROUBLES)
def trouble(request: pytest.FixtureRequest, server: postgres.Running | None) -> Trouble:
    """One of them."""
    if request.param.startswith("postgresql") and server is None:
        pytest.skip(f"a PostgreSQL server in trouble was left out: {postgres.why_not()}")
    return TROUBLES[request.param]


@pytest.fixture
def line(
    trouble: Trouble, server: postgres.Running | None, library: Library, tmp_path: Path,
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch,
) -> Iterator[WholeLine]:  # fmt: skip
    """A line that is well: somebody reads about a topic, and somebody has said STOP."""
    if "postgresql" in request.node.callspec.params["trouble"] and server is not None:
        monkeypatch.setattr(limits, "_SERVER_LIMITS", limits._SERVER_LIMITS.replace("lock_timeout=2000", "lock_timeout=50"))
        store = fresh_store(server.url, KEYRING)
        with store.database.writing() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete())
    else:
        with monkeypatch.context() as patch:
            patch.setattr(limits, "PRAGMAS", (SMALL_PAGES, *limits.PRAGMAS))
            store = fresh_store(f"sqlite:///{tmp_path}/line.db", KEYRING)
    with a_line(library, tmp_path, store=store) as made:
        assert "immunotherapy" in replies(made.texter(), "what is immunotherapy").lower()
        assert replies(made.texter(OTHER), "STOP") == ""
        yield made
    store.close()


@contextmanager
def in_trouble(line: WholeLine, trouble: Trouble, server: postgres.Running | None) -> Iterator[None]:
    """For as long as the block lasts."""
    with trouble.harm(line.store, server):
        yield


def _posted(line: WholeLine, body: str, sid: str) -> tuple[int, str]:
    answer = line.carrier.post("/sms/message", {"MessageSid": sid, "From": PERSON, "To": LINE, "Body": body})
    return answer.status, answer.body.decode()


def test_a_caller_reaches_everything_and_is_promised_nothing(
    line: WholeLine, trouble: Trouble, server: postgres.Running | None
) -> None:
    with in_trouble(line, trouble, server):
        call = line.call()
        for key in ("1", "1", "1", "8", "8", "9", "6", "*", "#"):
            call.press(key)
            assert words(call)
        call.say("what is immunotherapy")
        assert "immunotherapy" in words(call).lower()
        for key in ("#", "1", "1", "7", "7"):
            call.press(key)
        assert "could not" in words(call)
        call.say("I cannot breathe")
        assert "nine one one" in words(call)
        call.press("0")
        assert "nine one one" in words(call) or call.dial is not None
        assert call.faults == []


def test_a_texter_reads_an_honest_sentence_with_the_number(
    line: WholeLine, trouble: Trouble, server: postgres.Running | None
) -> None:
    with in_trouble(line, trouble, server):
        for body in ("MORE", "hi", "what is chemotherapy", "CALL"):
            assert NUMBER_SHOWN in replies(line.texter(), body), body
        assert IN_SPANISH in replies(line.texter(), "qué es la quimioterapia")
        assert "911" in replies(line.texter(), "I cannot breathe")
        assert "988" in replies(line.texter(), "I want to kill myself")


def test_a_stop_is_stored_or_refused_and_never_pretended(
    line: WholeLine, trouble: Trouble, server: postgres.Running | None
) -> None:
    with in_trouble(line, trouble, server):
        status, said = _posted(line, "STOP", "SM1")
        own_words = _posted(line, "please stop texting me", "SM2")[1]
        assert "texts again" not in _posted(line, "START", "SM3")[1]
        erased = "erased" in _posted(line, "FORGET", "SM4")[1]
    stored = line.store.opted_out(PERSON)
    assert (status, stored) in ((503, False), (200, True)), said
    assert stored or "no more texts" not in own_words
    about = held(line.store).get(KEYRING.caller_keys(PERSON)[0], {})
    assert not erased or list(about) == ["opt-out"] * stored
    assert line.store.opted_out(OTHER), "and what was accepted before is kept"


def test_readyz_says_which_part_and_why_and_nothing_is_sent(
    line: WholeLine, trouble: Trouble, server: postgres.Running | None
) -> None:
    client = line.app.test_client()
    assert client.get("/readyz").status_code == 200
    with in_trouble(line, trouble, server):
        replies(line.texter(), "hi")
        answer = client.get("/readyz")
        assert answer.status_code == 503
        (fault,) = answer.get_json()["faults"]
        assert (fault["part"], fault["code"] in trouble.codes) == ("store", True), fault
        assert len(fault["sentence"].split()) > 3
        assert client.get("/healthz").status_code == 200
        assert line.work().trouble in trouble.codes
    assert client.get("/readyz").status_code == 200
    assert line.texted == []


def test_afterwards_everything_goes_on_where_it_was(
    line: WholeLine, trouble: Trouble, server: postgres.Running | None
) -> None:
    texter = line.texter()
    with in_trouble(line, trouble, server):
        unanswered = replies(texter, "MORE")
        assert "2/" not in unanswered
        call = line.call()
        for key in ("1", "1", "7", "7"):
            call.press(key)
        assert "could not" in words(call)
    assert "2/" in "\n".join(reply.body for reply in texter.deliver_again()), "delivered once more, it is answered now"
    assert "3/" in replies(texter, "MORE")
    assert replies(line.texter(OTHER), "hi") == "", "who said STOP before the trouble still gets nothing"
    assert replies(texter, "STOP") == ""
    assert line.store.opted_out(PERSON)
    line.clock.later(minutes=2)  # a worker that met trouble rests
    assert line.work().trouble == ""
    assert line.texted == [], "a text that could not be promised is not sent either"


# --- a database that does not answer at all


@pytest.fixture
def hanging(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WholeLine]:
    """A line whose store, once it is asked to keep something, says nothing until the test is over."""
    go_on = threading.Event()

    @contextmanager
    def never(*_: object) -> Iterator[None]:
        go_on.wait(60)
        raise StoreError("store-gone")
        yield

    monkeypatch.setattr("ivr.conversation.EFFECT_SECONDS", 0.01)
    with a_line(library, tmp_path) as line:
        monkeypatch.setattr(line.store, "voice", never)
        yield line
        go_on.set()
        for thread in [one for one in threading.enumerate() if one.name == "bounded"]:
            thread.join(10)


def test_a_caller_does_not_wait_for_a_database_that_does_not_answer(hanging: WholeLine) -> None:
    call = hanging.call()
    for key in ("1", "1", "7", "7"):
        call.press(key)
    assert "could not" in words(call)
    call.press("#")
    assert "press one" in words(call)
    assert call.faults == []


def test_the_limits_of_a_call_are_less_than_two_seconds_together() -> None:
    """What is known of the caller, and what must be stored before it is spoken: no turn waits for more than these."""
    assert waiting.EFFECT_SECONDS + brief.SECONDS < 2
    assert waiting.WEBHOOK_SECONDS < 15, "the carrier gives up then"


def test_texts_that_wait_leave_room_for_calls() -> None:
    assert waiting.MOST_AT_ONCE <= serving.PLACES * 3 // 4


def test_a_promise_that_came_true_after_the_caller_was_told_otherwise_is_made_once(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The carrier asks once more after a lost answer: then it is there, and it is not made a second time."""
    monkeypatch.setattr("ivr.conversation.EFFECT_SECONDS", 0.01)
    with a_line(library, tmp_path) as line:
        call = line.call()
        for key in ("1", "1", "7"):
            call.press(key)
        with line.store.database.writing():
            call.press("7")
            assert "could not" in words(call)
        for thread in [one for one in threading.enumerate() if one.name == "bounded"]:
            thread.join(10)
        monkeypatch.setattr("ivr.conversation.EFFECT_SECONDS", 10)
        assert b"on its way" in call.deliver_again().body
        line.work()
        assert len(line.texted) == 1
