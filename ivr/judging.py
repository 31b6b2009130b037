"""What `ivr check` and `ivr map` do, and whether words and settings are fit for service: loads, asks the rules, prints."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from ivr.config import Settings, SettingsError, load_settings
from ivr.dialog.types import Language
from ivr.errors import LineError
from ivr.library.check import check as judge
from ivr.library.check import passes, production_faults
from ivr.library.faults import ContentError, Fault, to_json, to_text
from ivr.library.files import find_content
from ivr.library.line_rules import Library
from ivr.library.loader import load


def load_found(*, line_number: str = "") -> Library:
    """The content that IVR_CONTENT or the checkout names; needs no other setting."""
    environment = os.environ
    return load(
        environment.get("IVR_CONTENT") or None,
        specialist_number=environment.get("SPECIALIST_NUMBER", ""),
        line_number=line_number or environment.get("TWILIO_NUMBER", ""),
    )


def check(form: str, report: Path | None, *, production: bool, stamp: bool) -> int:
    """Print every fault and, if wanted, write the page for editors; the exit status."""
    if stamp:
        return _stamp()
    try:
        library = load_found()
    except ContentError as fault:
        _show(fault.faults, form)
        return 1
    missing = _missing_settings() if production else ()
    faults = judge(library, production=production, settings_missing=missing)
    _show(faults, form)
    if report:
        from ivr.library.report import html

        report.write_text(html(library, faults, datetime.now(UTC).date()), encoding="utf-8")
        click.echo(f"Written: {report}", err=True)
    return 0 if passes(faults) else 1


def _stamp() -> int:
    from ivr.library.translation import stamp_translations

    for changed in stamp_translations(find_content(os.environ.get("IVR_CONTENT") or None)):
        click.echo(changed)
    return 0


def _show(faults: Sequence[Fault], form: str) -> None:
    if form == "json":
        click.echo(to_json(faults))
        return
    if faults:
        click.echo(to_text(faults))
    errors = sum(fault.level == "error" for fault in faults)
    click.echo(f"{errors} errors, {len(faults) - errors} warnings.")


def _missing_settings() -> tuple[str, ...]:
    try:
        load_settings()
    except SettingsError as fault:
        return tuple(dict.fromkeys(one.name for one in fault.faults))
    return ()


def fit_for_service(settings: Settings) -> Library:
    """The words, judged. Raise LineError `not-for-live` where people would depend on what must not go live; else warn."""
    library = load(settings.content, specialist_number=settings.specialist_number or "", line_number=settings.number)
    broken = [fault for fault in judge(library) if fault.level == "error"]
    if broken:
        raise LineError("content", "The words break rules:\n" + to_text(broken))
    faults = production_faults(library)
    if settings.live and not passes(faults):
        raise LineError("not-for-live", "These words must not go live:\n" + to_text(faults))
    for warning in summary(settings, faults):
        click.echo(f"warning: {warning}", err=True)
    return library


def summary(settings: Settings, faults: Sequence[Fault]) -> list[str]:
    """What must change before STAGE=live, a line a kind."""
    counted: dict[str, int] = {}
    for fault in faults:
        if fault.level == "error":
            counted[fault.rule] = counted.get(fault.rule, 0) + 1
    told = [
        f"{count} faults of rule {rule} stop a live line: see `ivr check --production`" for rule, count in counted.items()
    ]
    return [*settings.warnings, *told]


def draw_map(out: Path | None, language: str) -> None:
    """The call flow: Mermaid on stdout, or a file; .svg through Graphviz."""
    from ivr.library.map import dot, mermaid, svg

    graph = load_found().graph
    if out is None:
        click.echo(mermaid(graph, Language(language)))
    elif out.suffix == ".svg":
        picture = svg(dot(graph, Language(language)))
        if picture is None:
            raise LineError("no-graphviz", "Graphviz is not installed: apt-get install graphviz, or leave out --out.")
        out.write_text(picture, encoding="utf-8")
        click.echo(f"Written: {out}", err=True)
    else:
        text = dot(graph, Language(language)) if out.suffix == ".dot" else mermaid(graph, Language(language))
        out.write_text(text, encoding="utf-8")
        click.echo(f"Written: {out}", err=True)
