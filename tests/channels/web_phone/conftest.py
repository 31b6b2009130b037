"""A whole line with its practice page open, served on loopback, and the system's own browser in front of it."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.app import Line, assemble
from ivr.channels.web_phone.pictures import BROWSER_FLAGS
from ivr.config import practice_settings
from ivr.library.line_rules import Library
from ivr.messenger import Messenger, Rehearsal
from ivr.secrets import Secrets
from ivr.serving import PracticeTexts
from ivr.store import fresh_store

NO_BROWSER = "Chromium is not installed: the practice page was not tried in a browser (apt-get install chromium)"
PATIENCE = 10_000  # milliseconds that any condition may take on a slow machine

expect.set_options(timeout=PATIENCE)


@contextmanager
def line_with_page(library: Library, folder: Path, *, is_open: bool) -> Iterator[Flask]:
    """The line as the demo runs it, or as production does."""
    settings = replace(practice_settings(folder), browser_phone=is_open)
    store = fresh_store(settings.database_url, Secrets(settings.caller_keys, settings.data_keys))
    try:
        line = Line(settings, library, store)
        yield assemble(line, _sent_by_practice(line))
    finally:
        store.close()


def _sent_by_practice(line: Line) -> Callable[[str], Sequence[str]]:
    """The worker of the demo, at work whenever the page looks for texts."""
    texts = PracticeTexts()
    rehearsal = Rehearsal(on_text=texts.put)
    messenger = Messenger(line.store, lambda: line.library, lambda: rehearsal, number_type=line.number_type)

    def look(number: str) -> Sequence[str]:
        messenger.work_once()
        return texts.take(number)

    return look


@pytest.fixture(scope="session")
def app(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with the page open."""
    with line_with_page(library, tmp_path_factory.mktemp("practice"), is_open=True) as made:
        yield made


class _KeepsConnections(WSGIRequestHandler):
    """A page of many small files is read over few connections."""

    protocol_version = "HTTP/1.1"


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """Where the page is served."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_KeepsConnections)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}/try"
    server.shutdown()
    serving.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are left out, loudly."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(BROWSER_FLAGS))
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has never seen the page."""
    made = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    made.set_default_timeout(PATIENCE)
    yield made
    made.close()


@pytest.fixture
def blank(context: BrowserContext) -> Iterator[Page]:
    """A page that was not opened yet; nothing may be wrong in its console at the end."""
    faults: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield opened
    assert [fault for fault in faults if "ERR_FAILED" not in fault] == []


@pytest.fixture
def page(blank: Page, address: str) -> Page:
    """The page, ready."""
    go(blank, address)
    return blank


def go(page: Page, address: str) -> None:
    """Open the page and wait until its script is there."""
    page.goto(address)
    expect(page.locator("body[data-ready]")).to_be_attached()
