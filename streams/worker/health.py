"""Liveness and readiness of a worker over HTTP."""

import json
import time
from collections.abc import Callable
from typing import Protocol

from streams.web.server import Response, Routes

# Longer than any call to Kafka may take.
STALLED_S = 60.0


class Part(Protocol):
    """A part of a worker, scorer or watcher, whose health is reported."""

    progressed: float
    ready: bool
    lag: dict[int, int]


def health_routes(parts: dict[str, Part], clock: Callable[[], float] = time.monotonic) -> Routes:
    """Return the liveness and the readiness probe of a worker's parts.

    `/healthz` is 200 while every part makes progress, `/readyz` is 200 when every part is ready; else 503. Both show
    the state of each part as JSON.

    Examples
    --------
    >>> class Busy:
    ...     progressed, ready, lag = 10.0, False, {0: 7}
    >>> routes = health_routes({"scorer": Busy()}, lambda: 12.5)
    >>> routes["/healthz"]("").status, routes["/readyz"]("").status
    (200, 503)
    """

    def respond(healthy: Callable[[Part], bool]) -> Response:
        states = {
            name: {
                "ready": part.ready,
                "seconds_since_progress": round(clock() - part.progressed, 1),
                "lag": sum(part.lag.values()),
            }
            for name, part in parts.items()
        }
        status = 200 if all(healthy(part) for part in parts.values()) else 503
        return Response(status, "application/json", json.dumps(states).encode() + b"\n")

    return {
        "/healthz": lambda _: respond(lambda part: clock() - part.progressed < STALLED_S),
        "/readyz": lambda _: respond(lambda part: part.ready),
    }
