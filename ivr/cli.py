"""The command `ivr`: reads arguments, calls the part that does the work, prints results. It does no work itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ivr.errors import LineError


class _Commands(click.Group):
    """The group of commands; an error of the line is a sentence and exit status 1, never a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except LineError as fault:
            click.echo(f"{fault.code}: {fault.sentence}", err=True)
            raise SystemExit(1) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A phone and text line about metastatic lung cancer and its treatment options.

    To try it here without any account: `ivr demo` and open the address it prints, `ivr call` for a call in this
    terminal, `ivr text` for texts.
    """


# --- running


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), envvar="PORT", default=8080, show_default=True)
def demo(port: int) -> None:
    """Start the line on this machine with the browser phone; nothing is ever dialled or sent."""
    from ivr import serving

    serving.demo(port)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), envvar="PORT", default=8000, show_default=True)
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")  # noqa: S104 - behind a proxy
@click.option("--workers", type=click.IntRange(1, 64), envvar="WEB_CONCURRENCY", default=1, show_default=True)
def serve(port: int, host: str, workers: int) -> None:
    """Start the production server; it needs the settings of the README."""
    from ivr import serving

    serving.serve(host, port, workers)


@main.command()
@click.option("--once", is_flag=True, help="One round, then stop.")
def worker(once: bool) -> None:
    """Send what was promised: texts, ring-backs, late-callback notes; and purge daily."""
    from ivr import serving

    serving.worker(once=once)


@main.command()
def release() -> None:
    """Before a new version goes live: migrations, then the rules of the words (for the Procfile)."""
    from ivr import serving

    serving.release()


# --- trying


@main.command()
@click.option("--keys", help="Play a call: keys with commas between; also `silence`, `say:WORDS`, `dial:busy`.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the call as a transcript test.")
@click.option("--from", "from_number", default="+12025550143", show_default=True, help="The caller's number.")
@click.option("--language", type=click.Choice(["en", "es"]), help="Switch to this language first.")
def call(keys: str | None, save: Path | None, from_number: str, language: str | None) -> None:
    """A phone in this terminal: it runs the real webhooks with signed requests."""
    from ivr import serving

    with serving.practice() as line:
        from ivr.channels.terminal_phone import call_command

        raise SystemExit(call_command(line.carrier, keys=keys, save=save, from_number=from_number, language=language))


@main.command()
@click.argument("bodies", nargs=-1)
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write the texts as a transcript test.")
@click.option("--from", "from_number", default="+12025550143", show_default=True, help="The texter's number.")
def text(bodies: tuple[str, ...], save: Path | None, from_number: str) -> None:
    """Text the line from this terminal, or play BODIES; shows segments and encoding of each reply."""
    from ivr import serving

    with serving.practice() as line:
        from ivr.channels.terminal_phone import text_command

        raise SystemExit(text_command(line.carrier, bodies, save=save, from_number=from_number))


# --- words


@main.command()
@click.argument("words", required=False)
@click.option("--language", type=click.Choice(["en", "es"]), help="The language of the words; otherwise detected.")
@click.option("--jsonl", is_flag=True, help="One utterance a line on stdin, one JSON object a line on stdout.")
@click.option("--evaluate", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Score a labelled TSV.")
def ask(words: str | None, language: str | None, jsonl: bool, evaluate: Path | None) -> None:
    """What the line understands of WORDS, and why."""
    from ivr import asking
    from ivr.dialog.types import Language
    from ivr.judging import load_found

    tongue = Language(language) if language else None
    graph = load_found().graph
    if jsonl:
        for line in asking.jsonl(graph, sys.stdin, tongue):
            click.echo(line)
    elif evaluate:
        for line in asking.evaluate(graph, evaluate).lines():
            click.echo(line)
    elif words:
        for line in asking.explain(graph, words, tongue):
            click.echo(line)
    else:
        raise click.UsageError('Say what to understand: ivr ask "what is immunotherapy", or use --jsonl or --evaluate.')


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write a page for content editors.")
@click.option("--production", is_flag=True, help="Also refuse what must not go live.")
@click.option("--stamp", is_flag=True, help="Mark the translations as made from the English words of now.")
def check(form: str, report: Path | None, production: bool, stamp: bool) -> None:
    """Judge the words by every rule; exit status 1 when one is broken."""
    from ivr import judging

    raise SystemExit(judging.check(form, report, production=production, stamp=stamp))


@main.command("map")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here; .svg needs Graphviz.")
@click.option("--language", type=click.Choice(["en", "es"]), default="en", show_default=True)
def map_command(out: Path | None, language: str) -> None:
    """The call flow as Mermaid text, or as a picture where Graphviz is installed."""
    from ivr import judging

    judging.draw_map(out, language)


@main.command()
def fallback() -> None:
    """Print the fixed documents to host at the carrier, for when this whole program is gone."""
    from ivr import serving

    for line in serving.fallback_documents():
        click.echo(line)


@main.command("twilio")
@click.option("--apply", "write", is_flag=True, help="Set what is not right.")
@click.option("--voice-fallback", default="", help="A document hosted at the carrier, from `ivr fallback`.")
@click.option("--sms-fallback", default="", help="The same for texts.")
def twilio_command(write: bool, voice_fallback: str, sms_fallback: str) -> None:
    """Compare the number's webhooks at the carrier with what the line needs, and set them."""
    from ivr import serving

    raise SystemExit(serving.wire_number(write=write, voice_fallback=voice_fallback, sms_fallback=sms_fallback))


# --- keeping


@main.group("db")
def database() -> None:
    """The database: create and migrate it, see how it stands."""


@database.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Migrate up to REVISION."""
    from ivr.keeping import upgrade as run

    click.echo(run(revision))


@database.command(context_settings={"ignore_unknown_options": True})
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Migrate down to REVISION (or -1, base)."""
    from ivr.keeping import downgrade as run

    click.echo(run(revision))


@database.command()
def status() -> None:
    """Where the database stands, and what is pending."""
    from ivr.keeping import status as run

    for line in run():
        click.echo(line)


@database.command()
def rotate() -> None:
    """Write what is encrypted anew with the first DATA_KEY; say which CALLER_KEY is still needed."""
    from ivr.keeping import rotate as run

    for line in run():
        click.echo(line)


@main.command()
def purge() -> None:
    """Delete what is older than line.toml allows; say how much went."""
    from ivr.keeping import purge as run

    for line in run():
        click.echo(line)


@main.group(invoke_without_command=True)
@click.option("--days", type=click.IntRange(1, 400), default=7, show_default=True)
@click.pass_context
def report(ctx: click.Context, days: int) -> None:
    """What happened on the line lately: counts only, nobody's number."""
    if ctx.invoked_subcommand is None:
        from ivr.keeping import report as run

        for line in run(days):
            click.echo(line)


@report.command("callbacks")
@click.option("--claim", metavar="REFERENCE", help="Take this request; prints the number once.")
@click.option("--close", metavar="REFERENCE", help="This request is done; its number is erased.")
@click.option("--who", default="", help="Who claims or closes, for the audit.")
def report_callbacks(claim: str | None, close: str | None, who: str) -> None:
    """Open requests to be rung back; claim and close them."""
    from ivr.keeping import callbacks as run

    for line in run(claim, close, who):
        click.echo(line)


@main.group(invoke_without_command=True)
@click.pass_context
def bench(ctx: click.Context) -> None:
    """Speed and memory, and whether promises survive; measured on this machine, loopback only.

    Without a name: voice and ask.
    """
    if ctx.invoked_subcommand is None:
        for name in ("voice", "ask"):
            ctx.invoke(bench.commands[name])


@bench.command("voice")
@click.option("--seconds", type=click.FloatRange(0.5, 120), default=5, show_default=True)
def bench_voice(seconds: float) -> None:
    """Signed turns a second, beside a bare Flask view and the tutorial shape."""
    from ivr.bench import voice

    voice.run(seconds, click.echo)


@bench.command("ask")
def bench_ask() -> None:
    """One question heard, at 34, 340 and 3,400 topics."""
    from ivr.bench import ask as bench_of_asking

    bench_of_asking.run(click.echo)


@bench.command("durability")
@click.option("--kills", type=click.IntRange(0, 500), default=20, show_default=True, help="On each database.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 600),
    default=3,
    show_default=True,
    help="Most between being up and being killed.",
)
@click.option("--database", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True)
@click.option("--seed", default="", help="Makes the same choices again; otherwise one is made and printed.")
def bench_durability(kills: int, seconds: float, database: str, seed: str) -> None:
    """Kill a line under load again and again: is a promise lost?

    On SQLite and PostgreSQL; exit status 1 when one is lost or a text goes out twice.
    """
    from ivr.bench import durability

    raise SystemExit(0 if durability.run(click.echo, database, kills, seconds, seed) else 1)


@main.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the pictures.")
def pictures(out: Path | None) -> None:
    """Take the screenshots of the README (needs Chromium)."""
    from ivr import serving

    with serving.practice(browser_phone=True) as line:
        from ivr.channels.web_phone.pictures import take

        for path in take(line.app, out):
            click.echo(path)


if __name__ == "__main__":
    main()
