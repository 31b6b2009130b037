"""A telephone in the browser: it plays the real webhooks through the pretend carrier; nothing is ever dialled or sent."""

from ivr.channels.web_phone.blueprint import web_phone_blueprint

__all__ = ["web_phone_blueprint"]
