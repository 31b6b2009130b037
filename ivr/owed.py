"""Closes connections whose client began to say something and has been owed an answer for too long; it reads no byte of it.

A thread that waits for the rest of a body cannot be told to stop, but its connection can be closed, and the kernel knows
when each connection of this process last received and last sent. Where it does not tell (not Linux), none is closed.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SECONDS = 12.0  # longer than any answer takes (8 s, ivr/waiting.py), shorter than the carrier waits for one (15 s)

_FILES = Path("/proc/self/fd")
_TIMES = struct.Struct("=44xI4xI")  # of the kernel's tcp_info: milliseconds since data was last sent, and last received
_SAME = 0.5  # seconds by which two readings of one moment may differ


class Debt(NamedTuple):
    """A connection that is owed an answer: when it last got one (or began), and since when it waits; monotonic seconds."""

    answered: float
    since: float


class Owed:
    """The connections of this process to one port of ours, and how long each has been owed an answer."""

    def __init__(self, port: int, seconds: float = SECONDS) -> None:
        self._port = port
        self._seconds = seconds
        self._debts: dict[Any, Debt] = {}  # by the address of the other side

    def hang_up(self) -> int:
        """Look at every connection, close those that have been owed an answer for so long, and say how many those were."""
        debts: dict[Any, Debt] = {}
        closed = 0
        for connection in _connections(self._port):
            with connection, contextlib.suppress(OSError, struct.error):
                peer, debt = connection.getpeername(), _debt(connection)
                if debt is None:
                    continue
                before = self._debts.get(peer)
                if before and abs(before.answered - debt.answered) < _SAME:
                    debt = before  # more has come, but nothing was answered: whoever trickles gains no time
                if time.monotonic() - debt.since > self._seconds:
                    connection.shutdown(socket.SHUT_RDWR)
                    closed += 1
                else:
                    debts[peer] = debt
        self._debts = debts
        return closed

    def forget(self) -> None:
        """Nobody has stopped: what was seen before no longer counts."""
        self._debts.clear()


def _connections(port: int) -> Iterator[socket.socket]:
    """A second handle to each connection to this port; closing the handle leaves the connection as it is."""
    if not hasattr(socket, "TCP_INFO") or not _FILES.exists():
        return
    for file in map(int, os.listdir(_FILES)):
        with contextlib.suppress(OSError):  # it has gone meanwhile
            if not stat.S_ISSOCK(os.fstat(file).st_mode):
                continue
            connection = socket.socket(fileno=os.dup(file))
            if connection.family in (socket.AF_INET, socket.AF_INET6) and connection.getsockname()[1] == port:
                yield connection
            else:
                connection.close()


def _debt(connection: socket.socket) -> Debt | None:
    """What this connection is owed; None when the last word was plainly ours (in the same millisecond it may not be)."""
    sent, received = _TIMES.unpack_from(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TIMES.size))
    if received > sent:
        return None
    now = time.monotonic()
    return Debt(now - sent / 1000, now - received / 1000)
