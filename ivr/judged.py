"""Judges the words in a process of its own, and hands them over to those that serve them: so these are the very same.

Loading and judging takes much more memory than serving. A process that has done it keeps that memory; one that was
handed the words has never needed it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import click

from ivr.errors import LineError
from ivr.library.line_rules import Served, served


@contextmanager
def elsewhere() -> Iterator[Callable[[], bytes]]:
    """Judge the words of this environment in another process; the block goes on, and asks for them when it needs them.

    Asking prints the warnings, and ends this program with the fault as its last words if the words are not fit.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    judge = subprocess.Popen(
        [sys.executable, "-m", "ivr.judged"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )

    def words() -> bytes:
        made, said = judge.communicate()
        click.echo(said.decode("utf-8", "replace"), nl=False, err=True)
        if judge.returncode:
            raise SystemExit(1)
        return made

    try:
        yield words
    finally:
        judge.kill()
        judge.wait()


def read(handed_over: bytes) -> Served:
    """The words as `elsewhere` handed them over; never for bytes from anywhere else."""
    return cast(Served, pickle.loads(handed_over))  # noqa: S301 - our own process wrote it, into a pipe of ours


def main() -> None:
    """Judge, and write the words to the standard output."""
    from ivr.config import load_settings
    from ivr.judging import fit_for_service

    try:
        library = fit_for_service(load_settings())
    except LineError as fault:
        click.echo(f"{fault.code}: {fault.sentence}", err=True)
        raise SystemExit(1) from None
    sys.stdout.buffer.write(pickle.dumps(served(library), protocol=pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    main()
