"""What tests of the library share."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_line import SmallLine


@pytest.fixture
def small(tmp_path: Path) -> SmallLine:
    """A small line with valid content."""
    return SmallLine(tmp_path / "content")
