"""Liveness and readiness of a worker over HTTP."""

import json
import time
from collections.abc import Callable, Mapping

from streams.web.server import Response, Routes
from streams.worker.health.stage_health import StageHealth

# Longer than any call to Kafka may take.
STALLED_S = 60.0


def health_routes(stages: Mapping[str, StageHealth], clock: Callable[[], float] = time.monotonic) -> Routes:
    """Return the liveness and the readiness probe of a worker's stages.

    `/healthz` is 200 while the loop of every stage goes on: restarting a worker brings no broker back. `/readyz` is
    200 when every stage does its work; without a broker it is 503. Both show the state of each stage as JSON.
    """

    def respond(healthy: Callable[[StageHealth], bool]) -> Response:
        states = {
            name: {
                "ready": stage.ready,
                "seconds_since_progress": round(clock() - stage.progressed, 1),
                "seconds_since_broker_answered": round(stage.monitor.silent_s(), 1),
                "lag": sum(stage.lag.values()),
                "partitions_owned": len(stage.positions),
                "partitions_expected": stage.expected,
            }
            for name, stage in stages.items()
        }
        status = 200 if all(healthy(stage) for stage in stages.values()) else 503
        return Response(status, "application/json", json.dumps(states).encode() + b"\n")

    return {
        "/healthz": lambda _: respond(lambda stage: clock() - stage.part.ticked < STALLED_S),
        "/readyz": lambda _: respond(lambda stage: stage.ready),
    }
