"""Sending idle heartbeats: the watcher's worker checks its brands every few seconds and writes into `mentions`."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.kafka.clients import producer_options
from streams.kafka.topics import MENTIONS
from streams.kafka.transactions import close_producer
from streams.settings.config import Config
from streams.watching.rows.state_store import BrandStateStore
from streams.worker.idle_heartbeats import IdleHeartbeat, IdleHeartbeats

logger = logging.getLogger(__name__)

CHECK_S = 5.0
SLICE_BRANDS = 200
SEND_TIMEOUT_S = 10.0


class StateOwner(Protocol):
    """The watcher, as the sender needs it; methods as in `streams.worker.watcher.Watcher`."""

    def owns_state(self) -> bool:
        """Return whether the store holds the state of the partitions assigned now."""

    def fail(self, error: Exception) -> None:
        """Record an error that the watcher cannot go on after."""


class IdleHeartbeatSender:
    """Send the idle heartbeats of the brands that this worker watches.

    Parameters
    ----------
    config
        Where Kafka is, and after how long a partition is idle.
    store
        State of the brands.
    owner
        The watcher.
    """

    def __init__(self, config: Config, store: BrandStateStore, owner: StateOwner) -> None:
        self._config = config
        self._store = store
        self._owner = owner
        self._heartbeats = IdleHeartbeats(config.worker.clock_after_s)
        self._producer: Any = None
        # A thread of its own: a broker that is away must not hold up the watcher's writes.
        self._io = ThreadPoolExecutor(1, "idle-heartbeats")

    async def run(self) -> None:
        """Check all brands every few seconds, until cancelled."""
        while self._config.worker.clock_after_s:
            await asyncio.sleep(CHECK_S)
            try:
                due = await self._due()
                if due and self._owner.owns_state():
                    await asyncio.get_running_loop().run_in_executor(self._io, self.send, due)
            except Exception as error:  # reported by the watcher's `failure`
                self._owner.fail(error)

    def close(self) -> None:
        """Close the producer."""
        self._io.shutdown()
        self._close_producer()

    async def _due(self) -> list[IdleHeartbeat]:
        """Return the heartbeats that are due, checked in slices: messages go first."""
        due: list[IdleHeartbeat] = []
        brands = list(self._store.watches)
        self._heartbeats.forget_except(self._store.watches)
        for first in range(0, len(brands), SLICE_BRANDS):
            if not self._owner.owns_state():
                return []
            for brand in brands[first : first + SLICE_BRANDS]:
                if entry := self._store.watches.get(brand):
                    entry.apply_pending()
                    watch = entry.watch
                    now_s, now_ms = time.monotonic(), time.time_ns() // 1_000_000
                    due += self._heartbeats.due(now_s, now_ms, brand, watch.times, watch.closing_ms)
            await asyncio.sleep(0)
        return due

    def send(self, due: list[IdleHeartbeat]) -> None:
        """Send heartbeats; what cannot be sent now is due again later."""
        topic = self._config.kafka.topic(MENTIONS)
        try:
            known = self._partitions(topic)
            if not known.issuperset(each.partition for each in due):
                # Partitions were added: the producer would learn of them within minutes, a new one knows them now.
                self._close_producer()
                known = self._partitions(topic)
            sent = [
                self._producer.send(topic, value=each.value, key=each.brand.encode(), partition=each.partition)
                for each in due
                if each.partition in known
            ]
            self._producer.flush(SEND_TIMEOUT_S)
            for future in sent:
                future.get(0)
        except KafkaError as error:
            logger.warning("idle heartbeats wait for the broker: %s: %s", type(error).__name__, error)
            self._close_producer()

    def _partitions(self, topic: str) -> set[int]:
        if self._producer is None:
            self._producer = KafkaProducer(**producer_options(self._config.kafka))
        return set(self._producer.partitions_for(topic) or ())

    def _close_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            close_producer(producer)
