"""What happens in months of service: the clock jumps, keys are changed, a backup is put back; people notice none of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from both_stores import KEYRING, kind, server_database, store
from store_keys import a_key
from whole_line import OTHER, PERSON, WholeLine, a_line, replies, words

from ivr.library.line_rules import Library
from ivr.secrets import Secrets
from ivr.store import Store, StoreError, fresh_store, migrate, open_store
from ivr.store.backup import copy

__all__ = ["kind", "server_database", "store"]


@pytest.fixture
def line(library: Library, store: Store, tmp_path: Path) -> Iterator[WholeLine]:
    """The shipped line."""
    with a_line(library, tmp_path, store=store) as made:
        yield made


# --- the clock (F20)


@pytest.mark.parametrize("hours", [-24, -1, 1, 23])
def test_a_conversation_goes_on_when_the_clock_jumps(line: WholeLine, hours: int) -> None:
    texter = line.texter()
    replies(texter, "what is immunotherapy")
    line.clock.later(hours=hours)
    assert "2/" in replies(texter, "MORE")
    assert "3/" in replies(texter, "MORE")
    assert replies(texter, "STOP") == ""
    assert line.store.opted_out(PERSON)


def test_replies_of_tomorrow_silence_nobody_today(line: WholeLine) -> None:
    texter = line.texter()
    for _ in range(13):
        replies(texter, "menu")
    line.clock.later(days=-1)
    for _ in range(5):
        assert "short time" not in replies(texter, "menu")
        assert replies(texter, "menu")


def test_a_text_of_tomorrow_does_not_begin_the_conversation_anew_each_time(line: WholeLine) -> None:
    call = line.call()
    for key in ("1", "1", "7", "7"):
        call.press(key)
    assert "on its way" in words(call)
    line.work()
    assert len(line.texted) == 1
    line.clock.later(days=-1)
    texter = line.texter()
    replies(texter, "what is immunotherapy")
    assert "2/" in replies(texter, "MORE")
    assert "3/" in replies(texter, "MORE")


def test_a_call_does_not_ask_what_time_it_was(line: WholeLine) -> None:
    call = line.call()
    call.press("1")
    line.clock.later(days=-1)
    call.press("1")
    line.clock.later(days=2)
    heard = call.press("1")
    assert heard
    assert call.faults == []


# --- the keys (F29)


def test_people_notice_nothing_of_new_keys(line: WholeLine, library: Library, tmp_path: Path) -> None:
    texter = line.texter()
    replies(texter, "what is immunotherapy")
    second = replies(texter, "MORE")
    replies(line.texter(OTHER), "please stop texting me")
    setting = line.store.database.engine.url.render_as_string(hide_password=False)
    rotated = open_store(setting, Secrets([a_key("next"), a_key("caller")], [a_key("next data"), a_key("data")]))
    try:
        with a_line(library, tmp_path, store=rotated, clock=line.clock) as restarted:
            texter.carrier = restarted.carrier
            assert "\n".join(reply.body for reply in texter.deliver_again()) == second
            assert "3/" in replies(texter, "MORE")
            assert replies(restarted.texter(OTHER), "hi") == ""
            assert "texts again" in replies(restarted.texter(OTHER), "START")
    finally:
        rotated.close()


# --- a backup (F28)


def test_a_copy_made_while_people_text_is_whole_and_has_every_stop_from_before(library: Library, tmp_path: Path) -> None:
    setting = f"sqlite:///{tmp_path}/line.db"
    migrate.upgrade(setting)
    store = open_store(setting, KEYRING)
    with a_line(library, tmp_path, store=store) as line:
        stopped = [f"+12025550{place}" for place in range(150, 160)]
        for number in stopped:
            replies(line.texter(number), "STOP")
        replies(line.texter(), "what is immunotherapy")
        over = threading.Event()
        busy = threading.Thread(target=_texts_until, args=(line, over))
        busy.start()
        copied = copy(setting, tmp_path / "copy.db")
        over.set()
        busy.join()
    store.close()
    assert copied.opt_outs == len(stopped)
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0, "nobody else may read it"
    _put_back(tmp_path / "copy.db", tmp_path / "line.db")
    restored = open_store(setting, KEYRING)
    with a_line(library, tmp_path, store=restored) as line:
        assert all(replies(line.texter(number), "hi") == "" for number in stopped)
        assert "2/" in replies(line.texter(), "MORE")
    restored.close()


def _texts_until(line: WholeLine, over: threading.Event) -> None:
    for place in range(10_000):
        replies(line.texter(f"+1202555{1000 + place % 1000}"), "menu")
        if over.is_set():
            return


def _put_back(copied: Path, lost: Path) -> None:
    """As after the loss of a disk."""
    for path in lost.parent.glob(f"{lost.name}*"):
        path.unlink()
    copied.rename(lost)


def test_a_backup_replaces_nothing_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    setting = f"sqlite:///{tmp_path}/line.db"
    migrate.upgrade(setting)
    (tmp_path / "copy.db").write_text("something else")
    for to, code in (("copy.db", "store-exists"), ("nowhere/copy.db", "store-backup")):
        with pytest.raises(StoreError) as fault:
            copy(setting, tmp_path / to)
        assert fault.value.code == code
    assert (tmp_path / "copy.db").read_text() == "something else"
    with pytest.raises(StoreError) as fault:
        copy(f"sqlite:///{tmp_path}/gone.db", tmp_path / "other.db")
    assert fault.value.code == "store-missing"
    assert not (tmp_path / "other.db").exists()


def test_a_server_has_its_own_way(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match="pg_dump"):
        copy("postgresql://line@127.0.0.1:1/nowhere", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_the_file_alone_is_no_backup(tmp_path: Path) -> None:
    """Why there is a command for it: what was promised last is in another file."""
    store = fresh_store(f"sqlite:///{tmp_path}/line.db", KEYRING)
    store.opt_out(PERSON, "words", "staff", datetime.now(UTC))
    (tmp_path / "cp.db").write_bytes((tmp_path / "line.db").read_bytes())
    with sqlite3.connect(tmp_path / "cp.db") as alone:
        assert alone.execute("SELECT count(*) FROM opt_outs").fetchone() == (0,)
    assert copy(f"sqlite:///{tmp_path}/line.db", tmp_path / "copy.db").opt_outs == 1
    store.close()
