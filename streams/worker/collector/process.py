"""The collector process: reads the sources of the configuration into Kafka, until SIGTERM or Ctrl-C."""

import asyncio
import logging
from collections.abc import Sequence

from streams.kafka.access.rights import collector_rights
from streams.kafka.topic_admin import require
from streams.metrics.registry import Metrics
from streams.settings.config import Config
from streams.worker.collector.health import LoopTicker, source_routes
from streams.worker.collector.kafka_commits import KafkaCommits
from streams.worker.collector.running import Opener, opened, rendered, run_until_stopped, served

logger = logging.getLogger(__name__)


def run_collector(config: Config, opener: Opener, names: Sequence[str]) -> None:
    """Read sources until SIGTERM or SIGINT; what was read by then is committed.

    Parameters
    ----------
    config
        Configuration.
    opener
        Opens each source.
    names
        The sources to read, as `source_names` returns them.

    Raises
    ------
    BrokerError
        Kafka cannot be reached at the start, or is not set up.
    WorkerError
        Another collector reads one of the sources.
    ConfigError
        The settings of a source are wrong, or a port is in use.
    """
    require(config.kafka, config.topics, collector_rights(config.kafka))
    metrics = Metrics(config.brands, config.metrics, installation=config.installation)
    asyncio.run(_run(config, opener, names, metrics))


async def _run(config: Config, opener: Opener, names: Sequence[str], metrics: Metrics) -> None:
    async with opened(config, opener, names, metrics, lambda name: KafkaCommits(config.kafka, name)) as runners:
        ticker = LoopTicker()
        routes = source_routes(runners, ticker) | {"/metrics": lambda accept: rendered(metrics, accept)}
        with served(config.source.metrics_port, config.metrics_host, "source.metrics_port", routes):
            logger.info("collector reads %s", ", ".join(names))
            await run_until_stopped([ticker.run(), *(runner.run() for runner in runners)])
