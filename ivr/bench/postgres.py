"""A PostgreSQL server of our own on loopback, for measurements and tests; it never touches one that runs already.

Debian's binaries make a cluster in a given folder, under an account other than root, which initdb refuses.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from ivr.bench import servers
from ivr.errors import LineError

ACCOUNTS = ("postgres", "nobody")
ON_LOOPBACK = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=60")
NOT_WAITING_FOR_THE_DISK = ("-c", "fsync=off")
READY_WITHIN = 30.0  # seconds; after a kill it first reads its log again


def why_not() -> str:
    """Why no server can be started here, as a sentence; "" when one can."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    if _binaries() is None:
        return "no PostgreSQL server on this machine (Debian: apt-get install postgresql)"
    if _account() is None:
        return "PostgreSQL does not run as root, and there is no other account to run it as"
    return ""


def start(folder: Path, *, durable: bool = True) -> Running:
    """Make a cluster in this folder, which may be missing or empty and is given to the server's account, and start it.

    The account must be able to reach the folder: directly in the system's folder for temporary files it can. With
    `durable` it keeps promises as in production; without, a power cut may lose some. Raises LineError `bench-postgresql`.
    """
    reason = why_not()
    if reason:
        raise LineError("bench-postgresql", f"PostgreSQL cannot be started: {reason}.")
    folder.mkdir(exist_ok=True)
    account = _account() or ""
    if account:
        shutil.chown(folder, account)
    running = Running(folder, account, () if durable else NOT_WAITING_FOR_THE_DISK)
    running.make()
    running.start_again()
    return running


class Running:
    """One server, on the same port for as long as it lives; `url` names a database that is always there."""

    def __init__(self, folder: Path, account: str, settings: Sequence[str]) -> None:
        self._folder, self._account = folder, account
        port = servers.free_port()
        self._settings = ("-p", str(port), *ON_LOOPBACK, *settings)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://line@127.0.0.1:{port}/postgres"

    def make(self) -> None:
        """The files of a new cluster. Raises LineError `bench-postgresql`."""
        words = ("-D", str(self._data), "-A", "trust", "-U", "line", "-E", "UTF8", "--locale=C", "--no-sync")
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._run("initdb", *words).wait(60) == 0:
                return
        raise self._failed("initdb")

    def start_again(self) -> None:
        """Start it on the files that are there, and wait until it answers. Raises LineError `bench-postgresql`."""
        self._process = self._run("postgres", "-D", str(self._data), *self._settings)
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        self.kill()
        raise self._failed("postgres")

    def kill(self) -> None:
        """As a crash does it: every process at once, nothing said; what it promised must be on the disk."""
        if self._process is not None:
            servers.kill(self._process)
            self._process = None

    def stop(self) -> None:
        """Stop it for good and delete its files; harmless twice."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self.kill()
        shutil.rmtree(self._data, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        """One of Debian's binaries, under the account, away from the terminal's keys; its words go to a file."""
        binaries = _binaries()
        assert binaries is not None  # noqa: S101 - start() has looked
        who = {"user": self._account, "group": pwd.getpwnam(self._account).pw_gid} if self._account else {}
        with (self._folder / "words").open("ab") as said:
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - a program of the system
                [binaries / program, *words], stdout=said, stderr=said, cwd="/", start_new_session=True,
                **who, **({"extra_groups": []} if who else {}),
            )  # fmt: skip

    def _answers(self) -> bool:
        import psycopg

        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def _failed(self, program: str) -> LineError:
        words = (self._folder / "words").read_text(encoding="utf-8", errors="replace")[-2000:]
        return LineError("bench-postgresql", f"{program} did not start. Its last words:\n{words}")


def new_database(server_url: str, name: str) -> str:
    """The address of an empty database of this name on the server; one that was there is dropped."""
    from urllib.parse import urlsplit

    drop_database(server_url, name)
    _on_the_server(server_url, f"CREATE DATABASE {name}")
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


def drop_database(server_url: str, name: str) -> None:
    """Away with it, whoever is connected."""
    _on_the_server(server_url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _on_the_server(server_url: str, statement: str) -> None:
    import psycopg

    # What SQLAlchemy names its driver by is no part of the address.
    with psycopg.connect(server_url.replace("+psycopg:", ":", 1), autocommit=True) as connection:
        connection.execute(statement.encode())


def _binaries() -> Path | None:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda one: float(one.parts[-3]), reverse=True)
    found = newest[0] if newest else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _account() -> str | None:
    """The account to change to, or "" if this one will do."""
    if os.geteuid() != 0:
        return ""
    known = {one.pw_name for one in pwd.getpwall()}
    return next((name for name in ACCOUNTS if name in known), None)
