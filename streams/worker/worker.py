"""The worker process: runs the scorer and the watcher on Kafka, or one of them, until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Iterator
from typing import Literal

from kafka.errors import AuthorizationError

from streams.errors import BadBuzzError, WorkerError
from streams.kafka.access.failures import broker_error
from streams.kafka.access.rights import scorer_rights, watcher_rights
from streams.kafka.broker_monitor import BrokerMonitor
from streams.kafka.topic_admin import require
from streams.kafka.topics import expected_topics
from streams.oncall.annotations import annotation_sender
from streams.scoring.scorer import TextModel
from streams.settings.config import Config
from streams.web.server import Routes, Server
from streams.worker.health.endpoints import health_routes
from streams.worker.health.stage_health import StageHealth
from streams.worker.instance import claimed_instance
from streams.worker.learning_log import LearningLog
from streams.worker.metrics import WorkerMetrics
from streams.worker.scorer.scorer_worker import ScorerWorker
from streams.worker.watcher import Watcher

logger = logging.getLogger(__name__)

PartName = Literal["scorer", "watcher"]
STOP_CHECK_S = 0.2


def run_worker(config: Config, model: TextModel | None, which: tuple[PartName, ...] = ("scorer", "watcher")) -> None:
    """Run until SIGTERM or SIGINT; the batch or message in progress is completed and committed.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts; a watcher alone needs none.
    which
        The parts to run.

    Raises
    ------
    BrokerError
        Kafka cannot be reached or is not set up.
    WorkerError
        A part cannot go on.
    ConfigError
        The metrics port is in use.
    """
    rights = {"scorer": scorer_rights, "watcher": watcher_rights}
    require(config.kafka, config.topics, [right for part in which for right in rights[part](config.kafka)])
    with claimed_instance(config) as instance, _measured(config) as metrics:
        asyncio.run(_run(config, model, which, instance, metrics))


async def _run(
    config: Config, model: TextModel | None, which: tuple[PartName, ...], instance: str, metrics: WorkerMetrics
) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    stages: dict[str, StageHealth] = {}
    monitor = _monitor(config)
    failures: list[Exception] = []
    scorer = watcher = thread = None
    scorer_stopping = threading.Event()
    if "watcher" in which:
        watcher = Watcher(config, monitor, on_letter=metrics.record_letter)
        watcher.on_applied = LearningLog(config, watcher.store.watches).after(metrics.record_applied)
        stages["watcher"] = StageHealth(watcher, monitor)
        metrics.attach(loop, watcher.store.watches)
    if "scorer" in which and model is not None:
        scorer = ScorerWorker(config, model, instance, monitor, metrics.record_scored)
        stages["scorer"] = StageHealth(scorer, monitor)
        thread = threading.Thread(
            target=_run_scorer, args=(scorer, scorer_stopping, failures, loop, stopping), name="scorer"
        )
    for stage in stages.values():
        monitor.subscribe(stage.observe)
    with _served(config, health_routes(stages) | {"/metrics": lambda accept: metrics.render(stages, accept)}):
        try:
            monitor.start()
            if thread is not None:
                thread.start()
            if watcher is not None:
                await watcher.start()
            logger.info("worker %s runs %s", instance, " and ".join(which))
            while not stopping.is_set() and (watcher is None or watcher.failure is None):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), STOP_CHECK_S)
        finally:
            scorer_stopping.set()
            if watcher is not None:
                await watcher.stop()
            if thread is not None and thread.is_alive():
                await asyncio.to_thread(thread.join)
            await asyncio.to_thread(monitor.stop)
    if watcher is not None and watcher.failure is not None:
        failures.append(watcher.failure)
    if failures:
        raise _worker_error(failures[0])


def _monitor(config: Config) -> BrokerMonitor:
    kafka = config.kafka
    topics = [spec.name for spec in expected_topics(config.topics, kafka.topic_prefix)]
    groups = [kafka.topic(kafka.scorer_group), kafka.topic(kafka.watcher_group)]
    return BrokerMonitor(kafka, topics, groups)


def _run_scorer(
    scorer: ScorerWorker,
    scorer_stopping: threading.Event,
    failures: list[Exception],
    loop: asyncio.AbstractEventLoop,
    stopping: asyncio.Event,
) -> None:
    try:
        scorer.run(scorer_stopping)
    except AuthorizationError as error:
        failures.append(broker_error(scorer.config.kafka, error))
    except Exception as error:  # raised by the main thread
        # An error raised on purpose says all in its own line; any other is a defect and needs its traceback.
        logger.error("the scorer cannot go on: %s", error, exc_info=not isinstance(error, BadBuzzError))
        failures.append(error)
    with contextlib.suppress(RuntimeError):  # the loop may have ended first
        loop.call_soon_threadsafe(stopping.set)


def _worker_error(failure: Exception) -> BadBuzzError:
    """Return a failure as the one line that ends the command."""
    if isinstance(failure, BadBuzzError):
        return failure
    error = WorkerError(f"the worker cannot go on: {type(failure).__name__}: {' '.join(str(failure).split())}")
    error.__cause__ = failure
    return error


@contextlib.contextmanager
def _measured(config: Config) -> Iterator[WorkerMetrics]:
    """Yield the worker's metrics, which also send its incident events to Grafana where one is configured."""
    sender = annotation_sender()
    try:
        yield WorkerMetrics(config, sender.send if sender else lambda _: None)
    finally:
        if sender is not None:
            sender.close()


@contextlib.contextmanager
def _served(config: Config, routes: Routes) -> Iterator[None]:
    if not config.metrics_port:
        yield
        return
    setting = "metrics_port (BADBUZZ_METRICS_PORT)"
    server = Server(config.metrics_port, routes, config.metrics_host, setting=setting)
    try:
        yield
    finally:
        server.close()
