"""Takes the screenshots of the practice page for the README; it needs Chromium and is never part of a running line."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from werkzeug.serving import WSGIRequestHandler, make_server

from ivr.errors import LineError

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parent
BROWSER_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

Scheme = Literal["light", "dark"]
_PICTURES: tuple[tuple[str, int, int, Scheme], ...] = (
    ("practice-phone-light", 1280, 860, "light"),
    ("practice-phone-dark", 1280, 860, "dark"),
    ("practice-phone-small", 360, 740, "light"),
)


def take(app: Flask, out: Path | None = None) -> tuple[Path, ...]:
    """Serve the line on loopback, act a short call and a text, and write the pictures. Raises LineError `no-browser`."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise LineError("no-browser", "Chromium is needed for the pictures: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    folder = out or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with _served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(BROWSER_FLAGS))
        made = tuple(_picture(browser, address, folder, *picture) for picture in _PICTURES)
        browser.close()
    return made


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: the command prints results only."""


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/try"
    finally:
        server.shutdown()
        serving.join()


def _picture(browser: Browser, address: str, folder: Path, name: str, width: int, height: int, scheme: Scheme) -> Path:
    """One picture: a caller at a topic, and a question by text."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    page.locator("body[data-ready]").wait_for(state="attached")
    _act(page)
    path = folder / f"{name}.png"
    page.evaluate("document.activeElement.blur()")
    if width < 600:
        page.locator(".captions").scroll_into_view_if_needed()
        page.evaluate("document.querySelector('.captions').scrollIntoView({block: 'start'}); scrollBy(0, -12)")
    else:
        page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=path)
    context.close()
    return path


def _act(page: Page) -> None:
    """Into a topic by keys, and a question by text."""
    page.locator("#instant").check()
    page.locator("#call").click()
    for key, place in (("2", "Treatment"), ("5", "each treatment"), ("3", "Immunotherapy")):
        page.locator("#phone[data-state=listening]").wait_for()
        page.locator(f'[data-key="{key}"]').click()
        page.locator("#place [aria-current]", has_text=place).wait_for()
    page.locator("#phone[data-state=listening]").wait_for()
    page.locator("#write-words").fill("can it spread to the brain")
    page.locator("#write button").click()
    page.locator(".bubble:not(.mine)").wait_for()
