"""The commands `ivr bench ...`: reads arguments, calls a measurement, gives its exit status. It measures nothing itself."""

from __future__ import annotations

import click


@click.group(invoke_without_command=True)
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


@bench.command("crowd")
@click.option("--conversations", type=click.IntRange(1, 9_800), default=1000, show_default=True)
def bench_crowd(conversations: int) -> None:
    """Many text conversations at once; exit status 1 when an answer, a row or a sent text is not as it is alone."""
    from ivr.bench import crowd

    raise SystemExit(0 if crowd.run(click.echo, conversations) else 1)


@bench.command("text")
@click.option("--sqlite", type=click.IntRange(100, 10_000_000), default=1_000_000, show_default=True)
@click.option("--postgresql", type=click.IntRange(100, 10_000_000), default=100_000, show_default=True)
def bench_text(sqlite: int, postgresql: int) -> None:
    """One text while 10 and while so many conversations are stored; exit status 1 when it is not as quick."""
    from ivr.bench import text as bench_of_texts

    sizes = {bench_of_texts.SQLITE: sqlite, bench_of_texts.POSTGRESQL: postgresql}
    raise SystemExit(0 if bench_of_texts.run(click.echo, sizes) else 1)


@bench.command("trouble")
@click.option("--seconds", type=click.FloatRange(1, 600), default=30, show_default=True, help="Of each trouble.")
def bench_trouble(seconds: float) -> None:
    """Call and text while the database is locked, read-only, hanging or gone; exit status 1 when a promise is lost."""
    from ivr.bench import trouble

    raise SystemExit(0 if trouble.run(click.echo, seconds) else 1)


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
