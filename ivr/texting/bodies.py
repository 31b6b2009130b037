"""What a reply looks like as a text message: its words, one below the other. It pages nothing and sends nothing."""

from __future__ import annotations

import re

from ivr.dialog.types import Reply, Say
from ivr.texting.clean import printable

_NUMBER = re.compile(r"(?<![0-9])\+1([2-9][0-9]{2})([0-9]{3})([0-9]{4})(?![0-9])")


def shown(text: str) -> str:
    """North American numbers as people write them: +18885526760 becomes 1-888-552-6760."""
    return _NUMBER.sub(r"1-\1-\2-\3", text)


def body(reply: Reply) -> str:
    """The message, or "" when nothing is to be sent; pauses are for the ear and leave no trace."""
    texts = (said.text.strip() for said in reply.says if isinstance(said, Say))
    return shown(printable("\n".join(text for text in texts if text)))
