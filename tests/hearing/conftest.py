"""The compiled hearing of the shipped content."""

from __future__ import annotations

import pytest

from ivr.dialog.hearing import Hearing
from ivr.dialog.types import Graph


@pytest.fixture(scope="session")
def hearing(graph: Graph) -> Hearing:
    return graph.hearing
