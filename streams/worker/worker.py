"""A worker: the scorer and the watcher against Kafka, or one of them, until SIGTERM or Ctrl-C."""

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

from streams.errors import BadBuzzError, BrokerError, WorkerError
from streams.kafka import topics
from streams.oncall.annotations import annotation_sender
from streams.scoring.scorer import TextModel
from streams.settings.config import Config
from streams.web.server import Routes, Server
from streams.worker.health import Part, health_routes
from streams.worker.metrics import WorkerMetrics
from streams.worker.scorer_worker import ScorerWorker
from streams.worker.watcher import Watcher

logger = logging.getLogger(__name__)

Which = Literal["scorer", "watcher"]
MOST_INSTANCES = 1000


def run_worker(config: Config, model: TextModel | None, which: tuple[Which, ...] = ("scorer", "watcher")) -> None:
    """Work until told to stop by SIGTERM or SIGINT; what is being worked on is finished and committed.

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
        The metrics port is taken.
    """
    topics.require(config.kafka, config.topics)
    with claimed_instance(config) as instance, _measured(config) as metrics:
        asyncio.run(_run(config, model, which, instance, metrics))


async def _run(
    config: Config, model: TextModel | None, which: tuple[Which, ...], instance: str, metrics: WorkerMetrics
) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    parts: dict[str, Part] = {}
    failures: list[BaseException] = []
    scorer = watcher = thread = None
    scorer_stopping = threading.Event()
    if "watcher" in which:
        watcher = parts["watcher"] = Watcher(config, metrics.record_applied)
        metrics.attach(loop, watcher.memory.watches)
    if "scorer" in which and model is not None:
        scorer = parts["scorer"] = ScorerWorker(config, model, instance, metrics.record_scored)
        thread = threading.Thread(
            target=_run_scorer, args=(scorer, scorer_stopping, failures, loop, stopping), name="scorer"
        )
    with _served(config, health_routes(parts) | {"/metrics": lambda accept: metrics.render(parts, accept)}):
        try:
            if thread is not None:
                thread.start()
            if watcher is not None:
                await watcher.start()
            logger.info("worker %s runs %s", instance, " and ".join(which))
            while not stopping.is_set() and (watcher is None or watcher.failure is None):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), 0.2)
        finally:
            scorer_stopping.set()
            if watcher is not None:
                await watcher.stop()
            if thread is not None and thread.is_alive():
                await asyncio.to_thread(thread.join)
    if watcher is not None and watcher.failure is not None:
        failures.append(watcher.failure)
    for failure in failures:
        if isinstance(failure, BadBuzzError):
            raise failure
        raise WorkerError(f"the worker cannot go on: {type(failure).__name__}: {failure}") from failure


def _run_scorer(
    scorer: ScorerWorker,
    scorer_stopping: threading.Event,
    failures: list[BaseException],
    loop: asyncio.AbstractEventLoop,
    stopping: asyncio.Event,
) -> None:
    try:
        scorer.run(scorer_stopping)
    except Exception as error:  # told by the main thread
        logger.exception("the scorer cannot go on")
        failures.append(error)
    with contextlib.suppress(RuntimeError):  # the loop may have ended first
        loop.call_soon_threadsafe(stopping.set)


@contextlib.contextmanager
def _measured(config: Config) -> Iterator[WorkerMetrics]:
    """Measure a worker, and send its incident events to Grafana where one is configured."""
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


@contextlib.contextmanager
def claimed_instance(config: Config) -> Iterator[str]:
    """Give this worker its name: the one configured, or the host's and the first number no other worker here holds.

    A number is held by a lock that ends with the process, however it ends, so that its next start has it again.
    """
    if config.worker.instance:
        yield config.worker.instance
        return
    where = f"{config.kafka.bootstrap_servers}\0{config.kafka.topic_prefix}\0{config.kafka.scorer_group}"
    folder = Path(tempfile.gettempdir()) / f"badbuzz-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    host = socket.gethostname()
    for number in range(MOST_INSTANCES):
        lock = folder / f"{hashlib.sha256(where.encode()).hexdigest()[:16]}-{number}.lock"
        with lock.open("w") as file:
            if _locked(file):
                yield f"{host}-{number}"
                return
    raise BrokerError(f"{MOST_INSTANCES} workers run here already: name this one with BADBUZZ_WORKER_INSTANCE")


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
