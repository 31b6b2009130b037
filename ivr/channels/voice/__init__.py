"""The voice channel: trust, locate, hear, answer, record, render. It decides nothing about what is said."""
