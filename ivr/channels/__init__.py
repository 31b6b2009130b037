"""Thin adapters between the line and the ways people reach it; no decision about what to say is made here."""
