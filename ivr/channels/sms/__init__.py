"""The text channel: trust, hear, answer, render; locate and record happen in the transaction of the answer."""
