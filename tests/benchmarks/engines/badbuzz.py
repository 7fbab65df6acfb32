"""badbuzz: its scorer alone, up to committed rollups, and the worker as it is run, scorer and watcher."""

import os
import threading
import time
from collections.abc import Iterable
from unittest import mock

import msgspec

from detectors.negativity import NegativityModel
from streams.kafka.broker_monitor import BrokerMonitor
from streams.kafka.topics import MENTIONS
from streams.scoring.rollup_batch import RollupBatch
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from streams.settings.worker import WorkerSettings
from streams.watching.watch_event import WatchEvent
from streams.worker import worker
from streams.worker.metrics import ScoredBatch, WorkerMetrics
from streams.worker.scorer.scorer_transactions import Committed
from streams.worker.scorer.scorer_worker import ScorerWorker
from tests.benchmarks.engines.clock import Clock
from tests.benchmarks.engines.feed import TOPICS
from tests.benchmarks.engines.job import CONFIG


def _config(settings: KafkaSettings) -> Config:
    return msgspec.structs.replace(
        CONFIG, kafka=settings, topics=TOPICS, metrics_port=0, worker=WorkerSettings(instance="bench")
    )


def scorer(settings: KafkaSettings, clock: Clock) -> None:
    """Mentions in; rollups, offsets and dead letters out, in transactions."""
    stopping = threading.Event()

    def record_committed(done: Committed) -> None:
        if clock.add(done.messages):
            clock.report()
            stopping.set()

    with BrokerMonitor(settings, [settings.topic(MENTIONS)]) as monitor:
        ScorerWorker(_config(settings), NegativityModel.load(), "bench", monitor, record_committed).run(stopping)


def scorer_and_watcher(settings: KafkaSettings, clock: Clock) -> None:
    """Mentions in, incident events out: the command `badbuzz worker`."""
    scored = 0

    class Timed(WorkerMetrics):
        def record_scored(self, batch: ScoredBatch) -> None:
            nonlocal scored
            super().record_scored(batch)
            scored += batch.messages
            if clock.begin_at is None and scored >= clock.warm:
                while clock.seen < scored:  # so that both parts do as much while the clock runs
                    time.sleep(0.01)
                clock.begin(scored)

        def record_applied(self, batch: RollupBatch, events: Iterable[WatchEvent]) -> None:
            super().record_applied(batch, events)
            clock.seen += sum(rollup.counts.mentions + rollup.counts.duplicates for _, rollup in batch.made)
            if clock.seen >= clock.count:
                clock.report()
                os._exit(0)

    with mock.patch.object(worker, "WorkerMetrics", Timed):
        worker.run_worker(_config(settings), NegativityModel.load())
