"""The composition root: it wires settings, words, store and channels into one WSGI application, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import Flask, Response, jsonify

from ivr.channels.flask_routes import blueprint
from ivr.channels.sms.routes import TextWebhooks
from ivr.channels.trust import Trust
from ivr.channels.voice.routes import VoiceWebhooks
from ivr.channels.webhook import Answer, Webhook
from ivr.config import Settings, load_settings
from ivr.conversation import Conversation
from ivr.dialog.types import Graph
from ivr.errors import LineError
from ivr.library.line_rules import Library, Served
from ivr.messenger.standing import standing
from ivr.secrets import Secrets
from ivr.store import Store, open_store
from ivr.waiting import within

READY_SECONDS = 3.0  # the longest that /readyz may look at the store

log = logging.getLogger(__name__)

StartResponse = Callable[..., Any]


class Line:
    """The line as its channels see it; one for each process."""

    def __init__(self, settings: Settings, library: Library | Served, store: Store) -> None:
        self.settings = settings
        self.library = library
        self.store = store
        self.trust = Trust(settings.public_url, settings.auth_tokens, settings.shared_keys)
        self.cursor_keys = settings.secret_keys
        self.number_type = settings.number_type
        self.conversation = Conversation(self.graph, lambda: self.library.texting, store)

    def graph(self) -> Graph:
        """The words and ways that hold now."""
        return self.library.graph


class Webhooks:
    """Serves the carrier's webhooks below the framework, and hands everything else to it."""

    def __init__(self, paths: Mapping[str, Webhook], otherwise: Callable[..., Iterable[bytes]], base_path: str) -> None:
        self._paths = {base_path + path: webhook for path, webhook in paths.items()} | dict(paths)
        self._otherwise = otherwise

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        webhook = self._paths.get(environ["PATH_INFO"])
        if webhook is None or environ["REQUEST_METHOD"] != "POST":
            return self._otherwise(environ, start_response)
        answer = webhook(environ)
        start_response(_STATUS[answer.status], _headers(answer))
        return (answer.body,)


_STATUS = {200: "200 OK", 204: "204 No Content", 403: "403 Forbidden", 413: "413 Content Too Large", 503: "503 Busy"}


def _headers(answer: Answer) -> list[tuple[str, str]]:
    if answer.status == 204:
        return []
    return [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body)))]


def create_app(settings: Settings | None = None, words: Served | None = None) -> Flask:
    """The line as a WSGI application. Raises LineError (settings, content, store) before anything is served."""
    return assemble(put_together(settings or load_settings(), words))


def put_together(settings: Settings, words: Served | None = None) -> Line:
    """The line behind the settings: these words or those it loads itself, and its store opened. Raises LineError."""
    library = words or _loaded(settings)
    secrets = Secrets(settings.caller_keys, settings.data_keys)
    store = open_store(settings.database_url, secrets, even_away=True)
    if store.trouble:
        log.error("the line starts although its store does not answer: %s", store.trouble)
    return Line(settings, library, store)


def _loaded(settings: Settings) -> Library:
    from ivr.library.loader import load

    return load(settings.content, specialist_number=settings.specialist_number or "", line_number=settings.number)


def assemble(line: Line, deliveries: Callable[[str], Sequence[str]] | None = None) -> Flask:
    """The application around a line; `deliveries` hands the browser phone what a practice worker would have texted."""
    app = Flask("ivr", static_folder=None)
    app.extensions["line"] = line
    app.config["SECRET_KEY"] = line.settings.secret_keys[0]
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024
    app.url_map.strict_slashes = False
    voice, texts = VoiceWebhooks(line).paths, TextWebhooks(line).paths
    app.register_blueprint(blueprint("voice", voice))
    app.register_blueprint(blueprint("sms", texts))
    _add_health(app, line)
    _add_browser_phone(app, line, deliveries)
    app.wsgi_app = Webhooks({**voice, **texts}, app.wsgi_app, line.trust.base_path)  # type: ignore[method-assign]
    return app


def _add_health(app: Flask, line: Line) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="up")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        faults, alarms = looked_at(line)
        state = {
            "ready": not faults, "revision": line.graph().revision, "faults": faults, "alarms": alarms,
            "warnings": list(line.settings.warnings),
        }  # fmt: skip
        return jsonify(state), 503 if faults else 200


def looked_at(line: Line) -> tuple[list[dict[str, str]], list[str]]:
    """What stands in the way of keeping promises now (a code and a sentence, never a value), and what needs somebody."""

    def look() -> list[str]:
        line.store.ready()
        return list(standing(line.store, line.conversation.now()).alarms)

    try:
        return [], within(READY_SECONDS, look)
    except LineError as fault:
        return [{"part": "store", "code": fault.code, "sentence": fault.sentence}], []
    except Exception as fault:
        log.error("readyz: %s", type(fault).__name__)
        return [{"part": "store", "code": "store-unknown", "sentence": "The store cannot be looked at; see its log."}], []


def _add_browser_phone(app: Flask, line: Line, deliveries: Callable[[str], Sequence[str]] | None) -> None:
    """The practice phone, only where it is open."""
    if not line.settings.browser_phone:
        return
    from ivr.channels.carrier import Carrier
    from ivr.channels.web_phone import web_phone_blueprint

    carrier = Carrier.for_line(app, line.settings)
    app.register_blueprint(web_phone_blueprint(line, carrier, deliveries=deliveries), url_prefix="/try")
