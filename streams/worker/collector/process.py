"""The collector process: reads the sources of the configuration into Kafka, until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from streams.collecting.collection import Collection
from streams.collecting.commit import CommitLog
from streams.errors import BadBuzzError, ConfigError
from streams.kafka.topic_admin import require
from streams.metrics.registry import Metrics
from streams.settings.config import Config
from streams.web.server import Response, Routes, Server
from streams.worker.collector.health import LoopTicker, source_routes
from streams.worker.collector.kafka_commits import KafkaCommits
from streams.worker.collector.source_metrics import SourceMetrics
from streams.worker.collector.source_runner import SourceRunner

logger = logging.getLogger(__name__)

OpenCollection = Callable[[str], Collection]
"""Opens a source of the configuration by its name, ready to be collected."""


def source_names(config: Config, names: Sequence[str] = ()) -> list[str]:
    """Return the names of the sources to read: those given, or all of the configuration.

    Raises
    ------
    ConfigError
        One is not in the configuration, or there is none.
    """
    if not config.sources:
        raise ConfigError(
            "expected a table [sources.NAME] in badbuzz.toml, got none: docs/sources.md has one a network"
        )
    for name in names:
        if name not in config.sources:
            raise ConfigError(f"expected one of the sources {', '.join(sorted(config.sources))}, got {name!r}")
    return list(dict.fromkeys(names)) or list(config.sources)


def run_collector(config: Config, open_collection: OpenCollection, names: Sequence[str] = ()) -> None:
    """Read sources until SIGTERM or SIGINT; what was read by then is committed.

    Parameters
    ----------
    config
        Configuration.
    open_collection
        Opens each source.
    names
        The sources to read; empty: all of the configuration.

    Raises
    ------
    BrokerError
        Kafka cannot be reached at the start, or is not set up.
    WorkerError
        Another collector reads one of the sources.
    ConfigError
        A source is not in the configuration, or the metrics port is in use.
    """
    chosen = source_names(config, names)
    require(config.kafka, config.topics)
    metrics = Metrics(config.brands, config.metrics, installation=config.installation)
    asyncio.run(_run(config, open_collection, chosen, metrics))


async def _run(config: Config, open_collection: OpenCollection, names: Sequence[str], metrics: Metrics) -> None:
    runners = open_runners(config, open_collection, names, metrics, lambda name: KafkaCommits(config.kafka, name))
    ticker = LoopTicker()
    with served(config, source_routes(runners, ticker) | {"/metrics": lambda accept: rendered(metrics, accept)}):
        logger.info("collector reads %s", ", ".join(names))
        await run_until_stopped([ticker.run(), *(runner.run() for runner in runners)])


def open_runners(
    config: Config,
    open_collection: OpenCollection,
    names: Sequence[str],
    metrics: Metrics,
    open_log: Callable[[str], CommitLog],
) -> list[SourceRunner]:
    """Open the runner of each source."""
    seconds = config.source.commit_seconds
    return [
        SourceRunner(open_collection(name), open_log(name), SourceMetrics(metrics, name), seconds) for name in names
    ]


def rendered(metrics: Metrics, accept: str) -> Response:
    """Answer a scrape."""
    body, content_type = metrics.render(accept)
    return Response(200, content_type, body)


async def run_until_stopped(parts: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run coroutines until SIGTERM, SIGINT or the first error, then cancel them and wait for their orderly end.

    Raises
    ------
    BadBuzzError
        The first error of a part.
    """
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    tasks = [asyncio.ensure_future(part) for part in parts]
    waiting = asyncio.ensure_future(stopping.wait())
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, *tasks):
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    errors = [result for result in results if isinstance(result, Exception)]
    for error in errors:
        if not isinstance(error, BadBuzzError):
            raise error
    if errors:
        raise errors[0]


@contextlib.contextmanager
def served(config: Config, routes: Routes) -> Iterator[None]:
    """Serve health and metrics of the collector, where a port is configured."""
    if not config.source.metrics_port:
        yield
        return
    setting = "source.metrics_port (BADBUZZ_SOURCE_METRICS_PORT)"
    server = Server(config.source.metrics_port, routes, config.metrics_host, setting=setting)
    try:
        yield
    finally:
        server.close()
