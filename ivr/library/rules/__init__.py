"""All rules that content must obey, each a small function named after its rule; which of them run is decided in check."""

from __future__ import annotations

import re
from types import ModuleType

from ivr.library.rules import examples, languages, places, plain, production, provenance, safety, texts, timing, wording
from ivr.library.rules.case import Case, Rule

__all__ = ["PRODUCTION", "RULES", "Case", "Rule", "rule_name"]

_NAME = re.compile(r"^r[0-9]+_")


def _of(module: ModuleType) -> tuple[Rule, ...]:
    """The rules of a module, in the order in which they are written."""
    return tuple(found for name, found in vars(module).items() if _NAME.match(name) and found.__module__ == module.__name__)


RULES: tuple[Rule, ...] = tuple(
    rule
    for module in (places, timing, wording, texts, languages, plain, safety, examples, provenance)
    for rule in _of(module)
)
PRODUCTION: tuple[Rule, ...] = _of(production)


def rule_name(rule: Rule) -> str:
    """ "R17" for r17_menus_are_short."""
    return rule.__name__.partition("_")[0].upper()
