"""Measurements on this machine: speed, memory, durability. Loopback only; nothing here is imported by the running line."""
