"""What the line's voice turn is measured against: a bare view, and the shape that tutorials show. Never part of the line."""

from __future__ import annotations

import os

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

app = Flask(__name__)
_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather numDigits="1" action="/menu"><Say>'
    "For the disease, press 1. For treatment, press 2. For symptoms, press 3."
    "</Say></Gather><Redirect>/menu</Redirect></Response>"
)


@app.get("/healthz")
def healthz() -> str:
    return "up"


@app.post("/bare")
def bare() -> Response:
    """A constant, without any check."""
    return Response(_DOCUMENT, mimetype="text/xml")


@app.post("/tutorial")
def tutorial() -> Response:
    """RequestValidator made anew and TwiML built anew each time, as tutorials do."""
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    url = os.environ["PUBLIC_URL"] + "/tutorial"
    if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
        abort(403)
    response = VoiceResponse()
    gather = Gather(num_digits=1, action="/menu", method="POST")
    gather.say("For the disease, press 1.")
    gather.say("For treatment options, press 2.")
    gather.say("For symptoms and when to call, press 3.")
    gather.say("For living with it, press 4.")
    gather.say("For a specialist, or help with this line, press 5.")
    response.append(gather)
    response.redirect("/menu")
    return Response(str(response), mimetype="text/xml")
