"""The process of `badbuzz live`: reads sources, watches their brands, reports incidents, until SIGTERM or Ctrl-C.

For a first look on a laptop. All is in one process and its state in one file, so nothing goes on while it is down, and
one core must do; Kafka and workers take over where that is not enough.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from streams.collecting.commit import Commit, Position
from streams.metrics import families as m
from streams.scoring.scorer import TextModel
from streams.settings.config import Config
from streams.watching.watch_event import WatchEvent
from streams.worker.collector.health import LoopTicker, source_routes
from streams.worker.collector.running import Opener, opened, run_until_stopped, served
from streams.worker.live.engine import LiveEngine
from streams.worker.live.state_file import StateFile
from streams.worker.metrics import WorkerMetrics

logger = logging.getLogger(__name__)

SAVE_EVERY_S = 10.0
ADVANCE_EVERY_S = 5.0


class LiveCommits:
    """The commits of one source, applied in this process; methods as in `streams.collecting.commit.CommitLog`.

    Parameters
    ----------
    engine
        Applies them.
    name
        Of the source.
    """

    def __init__(self, engine: LiveEngine, name: str) -> None:
        self._engine = engine
        self._name = name

    async def open(self) -> Position:
        """Return what was committed last."""
        return self._engine.position(self._name)

    async def write(self, commit: Commit) -> None:
        """Apply a commit."""
        self._engine.apply(self._name, commit)

    async def close(self) -> None:
        """Do nothing: the state is saved once for all sources."""


def run_live(
    config: Config,
    opener: Opener,
    names: Sequence[str],
    model: TextModel,
    state: Path,
    on_event: Callable[[WatchEvent], None],
) -> None:
    """Run until SIGTERM or SIGINT; the state is saved every ten seconds and at the end.

    Parameters
    ----------
    config
        Configuration.
    opener
        Opens each source.
    names
        The sources to read, as `source_names` returns them.
    model
        Scores texts.
    state
        The state file. After a crash, what came since it was written is read again where the network can replay it.
    on_event
        Called with each event.

    Raises
    ------
    ConfigError
        The settings of a source are wrong, a port is in use, or the state file is.
    InputError
        The state file cannot be read or written.
    """
    file = StateFile(state)
    metrics = WorkerMetrics(config, on_event)
    with file.claimed():
        engine = LiveEngine(config, model, file.read(), metrics)
        asyncio.run(_run(config, opener, names, engine, file, metrics))


async def _run(
    config: Config,
    opener: Opener,
    names: Sequence[str],
    engine: LiveEngine,
    file: StateFile,
    metrics: WorkerMetrics,
) -> None:
    metrics.attach(asyncio.get_running_loop(), engine.store.watches)
    ticker = LoopTicker()
    async with opened(config, opener, names, metrics.metrics, lambda name: LiveCommits(engine, name)) as runners:
        routes = source_routes(runners, ticker) | {"/metrics": lambda accept: metrics.render({}, accept)}
        with served(config.metrics_port, config.metrics_host, "metrics_port", routes):
            parts = [ticker.run(), _advance(engine, metrics), _save(engine, file)]
            try:
                await run_until_stopped([*parts, *(runner.run() for runner in runners)])
            finally:
                file.write(engine.encoded())


async def _advance(engine: LiveEngine, metrics: WorkerMetrics) -> None:
    while True:
        engine.advance()
        for stage in ("scorer", "watcher"):
            metrics.metrics.set(m.PROGRESS, time.time(), stage)
        await asyncio.sleep(ADVANCE_EVERY_S)


async def _save(engine: LiveEngine, file: StateFile) -> None:
    while True:
        await asyncio.sleep(SAVE_EVERY_S)
        file.write(engine.encoded())
