"""A PostgreSQL server of our own on loopback, for as long as the tests run; it never touches one that runs already.

`start()` gives (url, "") or ("", why not). TEST_DATABASE_URL, if set, names a server on which the tests may create and
drop databases; otherwise Debian's binaries make a throw-away cluster under an account other than root, which initdb
refuses.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path

ACCOUNTS = ("postgres", "nobody")
SETTINGS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=60"


@cache
def start() -> tuple[str, str]:
    """The URL of a server, or the reason why there is none; the same for the whole run."""
    if os.environ.get("TEST_DATABASE_URL"):
        return os.environ["TEST_DATABASE_URL"], ""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "", "psycopg is not installed"
    binaries = _binaries()
    if binaries is None:
        return "", "no PostgreSQL server on this machine (Debian: apt-get install postgresql)"
    account = _account()
    if account is None:
        return "", "PostgreSQL does not run as root, and there is no other account to run it as"
    try:
        return _run(binaries, account), ""
    except (OSError, subprocess.SubprocessError) as fault:
        return "", f"PostgreSQL did not start ({type(fault).__name__})"


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
    usable = [name for name in ACCOUNTS if name in known]
    return usable[0] if usable and shutil.which("runuser") else None


def _run(binaries: Path, account: str) -> str:
    place = Path(tempfile.mkdtemp(prefix="line-postgresql-"))
    if account:
        shutil.chown(place, account)
    before = ["runuser", "-u", account, "--"] if account else []
    data = place / "data"

    def run(*words: str) -> None:
        with (place / "words").open("a") as said:
            subprocess.run([*before, *words], check=True, timeout=60, stdout=said, stderr=said, cwd="/")

    run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "line", "-E", "UTF8", "--locale=C", "--no-sync")
    port = _free_port()
    control = str(binaries / "pg_ctl")
    run(control, "-D", str(data), "-w", "-l", str(data / "log"), "-o", f"-p {port} {SETTINGS}", "start")

    def stop() -> None:
        subprocess.run(
            [*before, control, "-D", str(data), "-m", "immediate", "stop"],
            check=False, timeout=30, capture_output=True, cwd="/",
        )  # fmt: skip
        shutil.rmtree(place, ignore_errors=True)

    atexit.register(stop)
    return f"postgresql://line@127.0.0.1:{port}/postgres"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
