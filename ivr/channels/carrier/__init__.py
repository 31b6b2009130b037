"""A pretend carrier in this process: it signs, posts and executes as the real one does; it never dials or sends."""

from ivr.channels.carrier.call import PretendCall, Waits
from ivr.channels.carrier.markup import (
    Dial,
    Gather,
    Hangup,
    Message,
    Pause,
    Play,
    Redirect,
    Say,
    Step,
    read_document,
)
from ivr.channels.carrier.posting import Answer, Carrier
from ivr.channels.carrier.recording import ANONYMOUS, RecordedCall, RecordedTexts
from ivr.channels.carrier.texter import PretendTexter, Received, Sent, message_form

__all__ = [
    "ANONYMOUS",
    "Answer",
    "Carrier",
    "Dial",
    "Gather",
    "Hangup",
    "Message",
    "Pause",
    "Play",
    "PretendCall",
    "PretendTexter",
    "Received",
    "RecordedCall",
    "RecordedTexts",
    "Redirect",
    "Say",
    "Sent",
    "Step",
    "Waits",
    "message_form",
    "read_document",
]
