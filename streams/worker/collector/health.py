"""Liveness and readiness of the sources of a process over HTTP."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence

from streams.web.server import Response, Routes
from streams.worker.collector.source_runner import SourceRunner

TICK_S = 1.0
STALLED_S = 60.0


class LoopTicker:
    """Record that the event loop goes on.

    Attributes
    ----------
    ticked
        Time of the last tick, `time.monotonic` seconds.
    """

    def __init__(self) -> None:
        self.ticked = time.monotonic()

    async def run(self) -> None:
        """Tick once a second, until cancelled."""
        while True:
            self.ticked = time.monotonic()
            await asyncio.sleep(TICK_S)


def source_routes(runners: Sequence[SourceRunner], ticker: LoopTicker) -> Routes:
    """Return the liveness and the readiness probe of sources.

    `/healthz` is 200 while the event loop goes on: restarting brings no network back. `/readyz` is 200 when the cursor
    of each source was read and its commits are accepted. Both show each source as JSON; one that cannot be read is an
    alert, and no reason to restart the others.
    """

    def respond(healthy: Callable[[], bool]) -> Response:
        states = {
            runner.name: {
                "ready": runner.opened and not runner.away,
                "failure": runner.failure or None,
                "queued": runner.buffer.messages,
            }
            for runner in runners
        }
        return Response(200 if healthy() else 503, "application/json", json.dumps(states).encode() + b"\n")

    return {
        "/healthz": lambda _: respond(lambda: time.monotonic() - ticker.ticked < STALLED_S),
        "/readyz": lambda _: respond(lambda: all(runner.opened and not runner.away for runner in runners)),
    }
