"""The console's `/metrics` and `/healthz`: what people owe, beside the page and on a port of its own."""

import contextlib
from collections.abc import Iterator

from streams.console.feed import Feed
from streams.console.state import ConsoleState
from streams.metrics.desk_action_gauges import DeskActionGauges, Watched
from streams.metrics.registry import Metrics
from streams.settings.config import Config
from streams.web.server import Response, Routes, Server


class ConsoleMetrics:
    """Metrics of the incidents that a console shows, set before each scrape.

    Parameters
    ----------
    config
        Limits on the number of series, and the name of the installation.
    state, feed
        The incidents, and the clock.
    """

    def __init__(self, config: Config, state: ConsoleState, feed: Feed) -> None:
        self._metrics = Metrics(config.brands, config.metrics, installation=config.installation)
        self._gauges = DeskActionGauges(self._metrics)
        self._state = state
        self._feed = feed

    def routes(self) -> Routes:
        """Return what answers each path."""
        return {"/metrics": self._scrape, "/healthz": self._health}

    def _scrape(self, accept: str) -> Response:
        cases = list(self._state.cases.values())
        self._gauges.update([Watched(case.brand, case.situation, case.desk) for case in cases], self._feed.now_ms())
        body, content_type = self._metrics.render(accept)
        return Response(200, content_type, body)

    def _health(self, _: str) -> Response:
        failure = self._feed.failure()
        status, text = (503, f"records no longer come: {failure}\n") if failure else (200, "ok\n")
        return Response(status, "text/plain", text.encode())


@contextlib.contextmanager
def metrics_served(config: Config, state: ConsoleState, feed: Feed) -> Iterator[None]:
    """Serve the metrics while in the context.

    Raises
    ------
    ConfigError
        The port is in use.
    """
    if not config.console.metrics_port:
        yield
        return
    setting = "console.metrics_port (BADBUZZ_CONSOLE_METRICS_PORT)"
    routes = ConsoleMetrics(config, state, feed).routes()
    server = Server(config.console.metrics_port, routes, config.metrics_host, setting=setting)
    try:
        yield
    finally:
        server.close()
