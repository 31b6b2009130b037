"""Keys for tests: the same at every run, and of no use anywhere else."""

from __future__ import annotations

import base64
import hashlib


def a_key(name: str) -> str:
    """URL-safe base64 of 32 bytes made from the name."""
    return base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()
