"""Measurements on this machine: speed and memory. Loopback only; nothing here is imported by the running line."""
