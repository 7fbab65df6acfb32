"""How a worker is, over HTTP: is it alive, is it ready; and a place for other pages."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Protocol

from streams.errors import ConfigError

# Longer than any call to Kafka may take.
STALLED_S = 60.0


class Answer(NamedTuple):
    """What a page answers."""

    status: int
    content_type: str
    body: bytes


Routes = dict[str, Callable[[str], Answer]]
"""Path to what answers it, given the request's `Accept` header."""


class Part(Protocol):
    """A part of a worker whose health is asked for."""

    progressed: float
    ready: bool
    lag: dict[int, int]


def health_routes(parts: dict[str, Part], clock: Callable[[], float] = time.monotonic) -> Routes:
    """Give the pages `/healthz` (200 while every part goes round) and `/readyz` (200 when every part is ready).

    Examples
    --------
    >>> class Busy:
    ...     progressed, ready, lag = 10.0, False, {0: 7}
    >>> routes = health_routes({"scorer": Busy()}, lambda: 12.5)
    >>> routes["/healthz"]("").status, routes["/readyz"]("").status
    (200, 503)
    """

    def answer(well: Callable[[Part], bool]) -> Answer:
        told = {
            name: {
                "ready": part.ready,
                "seconds_since_progress": round(clock() - part.progressed, 1),
                "lag": sum(part.lag.values()),
            }
            for name, part in parts.items()
        }
        status = 200 if all(well(part) for part in parts.values()) else 503
        return Answer(status, "application/json", json.dumps(told).encode() + b"\n")

    return {
        "/healthz": lambda _: answer(lambda part: clock() - part.progressed < STALLED_S),
        "/readyz": lambda _: answer(lambda part: part.ready),
    }


class HealthServer:
    """Serve pages until closed, on a thread of its own.

    Parameters
    ----------
    port
        0 takes a free one.
    routes
        The pages.
    host
        Address to listen on.

    Raises
    ------
    ConfigError
        The port is taken.
    """

    def __init__(self, port: int, routes: Routes, host: str = "127.0.0.1") -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(routes))
        except OSError as error:
            raise ConfigError(
                f"metrics_port (BADBUZZ_METRICS_PORT): expected a free port on {host}, got {port}: {error.strerror}"
            ) from None
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.server_port

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(routes: Routes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            route = routes.get(self.path.partition("?")[0])
            answer = route(self.headers.get("Accept", "")) if route else Answer(404, "text/plain", b"not found\n")
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Probes come every few seconds: they are not worth a line."""

    return Handler
