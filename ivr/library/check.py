"""Judges content by all rules, for `ivr check`; it prints nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from ivr.library.faults import ERROR, Fault, in_order
from ivr.library.line_rules import Library
from ivr.library.rules import PRODUCTION, RULES, Case, rule_name
from ivr.library.rules.production import missing_settings


def check(
    library: Library,
    *,
    today: date | None = None,
    production: bool = False,
    settings_missing: Sequence[str] = (),
) -> list[Fault]:
    """Every fault, errors first. `production` adds what stops a live line; then the missing settings count too."""
    case = Case(library, today or datetime.now(UTC).date())
    found = [*library.warnings, *_run(case, production)]
    if production:
        found += missing_settings(settings_missing)
    return in_order(found)


def _run(case: Case, production: bool) -> Iterator[Fault]:
    for rule in (*RULES, *(PRODUCTION if production else ())):
        for fault in rule(case):
            yield replace(fault, rule=rule_name(rule))


def production_faults(library: Library, today: date | None = None) -> list[Fault]:
    """Only what `production` adds to check."""
    case = Case(library, today or datetime.now(UTC).date())
    return in_order([replace(fault, rule=rule_name(rule)) for rule in PRODUCTION for fault in rule(case)])


def passes(faults: Sequence[Fault], *, strict: bool = False) -> bool:
    """Whether content with these faults may go out; `strict` lets no warning pass."""
    return not faults if strict else all(fault.level != ERROR for fault in faults)
