"""The terminal phone: calls and texts by plain lines that a screen reader can follow; nothing is ever dialled or sent."""

from ivr.channels.terminal_phone.calling import run_call
from ivr.channels.terminal_phone.commands import call_command, text_command
from ivr.channels.terminal_phone.playing import acts_of
from ivr.channels.terminal_phone.texting import run_texts

__all__ = ["acts_of", "call_command", "run_call", "run_texts", "text_command"]
