"""The worker of the line with one thing changed: what it asks of Twilio goes to a port of this machine.

`python -m ivr.bench.worker PORT [SECONDS [once]]`; its clock can be ahead by so many seconds, so that a measurement need
not wait for leases to run out. No setting of the line leads here, and nothing but this module changes where requests go.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio.http.response import Response

from ivr import serving
from ivr.messenger.official_client import CarrierHttp, TwilioCarrier

TWILIO = "https://api.twilio.com/"


class OnLoopback(CarrierHttp):
    """The client's HTTP as the worker has it, to another address. Raises ValueError for an address that is not Twilio's."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._here = f"http://127.0.0.1:{port}/"

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """One request, unchanged but for the beginning of its address."""
        if not url.startswith(TWILIO):
            raise ValueError("the worker asked somebody other than Twilio")
        return super().request(method, self._here + url.removeprefix(TWILIO), *args, **kwargs)


def main(port: int, ahead: float, *, once: bool) -> None:
    """Run it until told to stop, or for one round."""
    serving.work(
        lambda account: TwilioCarrier(account, OnLoopback(port)),
        once=once,
        clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0, once="once" in sys.argv)
