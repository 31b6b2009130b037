"""One PostgreSQL server for as long as the tests run, and the databases they make on it; it never touches one of others.

`start()` gives (url, "") or ("", why not). TEST_DATABASE_URL, if set, names a server on which the tests may create and
drop databases; otherwise there is a throw-away one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from ivr.bench import postgres
from ivr.errors import LineError


@cache
def start() -> tuple[str, str]:
    """The URL of a server, or the reason why there is none; the same for the whole run."""
    if os.environ.get("TEST_DATABASE_URL"):
        return os.environ["TEST_DATABASE_URL"], ""
    reason = postgres.why_not()
    if reason:
        return "", reason
    folder = Path(tempfile.mkdtemp(prefix="line-postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        server = postgres.start(folder, durable=False)
    except LineError as fault:
        return "", fault.sentence
    atexit.register(server.stop)
    return server.url, ""


def new_database(name: str) -> str:
    """The address of an empty database of this name on that server."""
    return postgres.new_database(start()[0], name)


def drop_database(name: str) -> None:
    """Away with it, whoever is connected."""
    postgres.drop_database(start()[0], name)
