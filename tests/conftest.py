"""What every test shares: the hypothesis profile, the shipped words loaded once, and loud words about what was left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings

from ivr.dialog.types import Graph
from ivr.library.line_rules import Library
from ivr.library.loader import load

settings.register_profile("line", derandomize=True, deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
settings.load_profile("line")

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped content, with a number for the line."""
    return load(line_number="+12025550100")


@pytest.fixture(scope="session")
def graph(library: Library) -> Graph:
    """The shipped words and ways."""
    return library.graph


@pytest.fixture
def now() -> datetime:
    """A Monday at noon in New York."""
    return NOON


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which real parts the tests ran without."""
    reasons = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", []) if report.longrepr}
    if reasons:
        terminalreporter.section("LEFT OUT, because this machine does not have it")
        for reason in sorted(reasons):
            terminalreporter.line(reason.removeprefix("Skipped: "))
