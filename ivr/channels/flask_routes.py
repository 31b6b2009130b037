"""The webhooks as a Flask blueprint, for applications that want all their URLs in one map; it adds nothing to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, request

from ivr.channels.webhook import Webhook


def blueprint(name: str, webhooks: Mapping[str, Webhook]) -> Blueprint:
    """One POST rule for each path; a closing slash is the same URL, since the carrier refuses a redirect to it."""
    made = Blueprint(name, __name__)
    for path, webhook in webhooks.items():
        endpoint = path.strip("/").replace("/", "-")
        made.add_url_rule(path, endpoint, _view(webhook), methods=["POST"], strict_slashes=False)
    return made


def _view(webhook: Webhook) -> Callable[[], Response]:
    def view() -> Response:
        status, body, content_type = webhook(request.environ)
        return Response(body, status, content_type=content_type)

    return view
