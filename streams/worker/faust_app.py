"""Faust adapted for the watcher: committed messages, each partition in order without a gap, offsets after the state.

Faust delivers messages that were fetched before its seek after a rebalance, drops others without reading them again,
and does not seek at all where no offset is committed. Here its consumer's thread seeks by itself, between two fetches,
and records for each message the end of the one before it, so that the watcher can detect a missing one
(`streams.worker.health.delivery_gaps`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any

import faust
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.kafka.clients import FETCH_WAIT_MS, faust_options
from streams.kafka.topics import ROLLUPS
from streams.settings.kafka import KafkaSettings
from streams.worker.health.delivery_gaps import START

RETRY_S = 0.05


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    """Read each assignment from its committed offsets.

    Attributes
    ----------
    previous_end
        Of each message read since, by partition and offset: the offset after the one before it, or `START`.
    end
        Offset after the last message read of each partition, or `START`.
    fetch_positions
        Offset of the next fetch of each partition: beyond `end` where only transaction markers follow.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.previous_end: dict[tuple[int, int], int] = {}
        self.end: dict[int, int] = {}
        self.fetch_positions: dict[int, int] = {}
        # The assignment whose partitions are at their committed offsets.
        self._positioned: Any = None

    def rewind(self) -> None:
        """Seek back to the committed offsets before the next fetch."""
        self._positioned = None

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # These take effect when the consumer starts, which is later. Messages of an aborted batch must not be read.
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # Faust's own is 1.5 s
        return consumer

    async def _fetch_records(self, consumer: Any, active_partitions: Any, *args: Any, **kwargs: Any) -> Any:
        if consumer._closed:
            raise ConsumerStoppedError
        assignment = consumer._subscription.subscription.assignment
        if assignment is None or (self._positioned is not assignment and not await self._seek(consumer, assignment)):
            await asyncio.sleep(RETRY_S)  # Faust calls again at once
            return {}
        fetched = await super()._fetch_records(consumer, active_partitions, *args, **kwargs)
        if self._positioned is not assignment or consumer._subscription.subscription.assignment is not assignment:
            return {}  # read again after the seek
        for partition, records in fetched.items():
            for record in records:
                self.previous_end[partition.partition, record.offset] = self.end[partition.partition]
                self.end[partition.partition] = record.offset + 1
        self.fetch_positions = {
            tp.partition: position for tp in assignment.tps if (position := _position(assignment, tp)) is not None
        }
        return fetched

    async def _seek(self, consumer: Any, assignment: Any) -> bool:
        self.previous_end.clear()
        self.end = {partition.partition: START for partition in assignment.tps}
        app: Any = self.app
        self.fetch_positions = {}
        try:
            for partition in assignment.tps:
                committed = await consumer.committed(partition)
                if committed is None or partition.partition in app.from_first:
                    await consumer.seek_to_beginning(partition)
                else:
                    consumer.seek(partition, committed)
        except KafkaError:  # the group is rebalancing again, or the broker is away
            return False
        self._positioned = assignment
        return True


def _position(assignment: Any, partition: Any) -> int | None:
    state = assignment.state_value(partition)
    position: int | None = state.position if state.has_valid_position else None
    return position


class _Consumer(driver.Consumer):
    app: "WatcherApp"

    def _new_consumer_thread(self) -> Any:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Do nothing: only the consumer's thread knows when no fetch is in progress, and seeks by itself."""

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        """Yield messages without Faust's record of the last offset, which would drop those that are read again."""
        async for tp, message in super().getmany(timeout):
            self._read_offset.pop(tp, None)
            yield tp, message

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Do nothing: offsets without a message are transaction markers."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Do nothing: this would only warn, and crashes Faust where a position is not known yet."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        # What may be committed follows from the state that is stored, not from Faust's acknowledgements.
        return (tp for tp in self.assignment() if tp.topic == self.app.rollups_topic)

    def _new_offset(self, tp: TP) -> int | None:
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.app.committable_offset(tp.partition)

    def _should_commit(self, tp: TP, offset: int) -> bool:
        # Faust's own commits no offset below the last: a topic that was created anew begins there.
        return offset != self._committed_offset[tp]

    async def _commit_tps(self, tps: Iterable[TP], start_new_transaction: bool) -> bool:
        # The order matters: offsets as of now first, then the state they stand for, then the commit.
        offsets = self._filter_committable_offsets(tps)
        if not offsets or not await self.app.persist_state():
            return False
        return await self._commit_offsets(offsets, start_new_transaction=start_new_transaction)


class _Transport(driver.Transport):
    Consumer = _Consumer


class WatcherApp(faust.App):
    """A Faust app that reads committed messages only, and commits only offsets whose state is stored.

    Attributes
    ----------
    rollups_topic
        The topic it consumes.
    from_first
        Partitions whose committed offset is ignored: it belongs to another log.
    committable_offset
        Returns the offset from which a new owner must read a partition, or `None`.
    persist_state
        Waits until all state written so far is stored; returns False where it cannot be.
    before_drain
        Called when partitions are about to be revoked: the message being processed is awaited next.
    after_drain
        Called when that message is done, before the last commit.
    """

    rollups_topic: str = ""
    from_first: frozenset[int] = frozenset()
    committable_offset: Callable[[int], int | None]
    persist_state: Callable[[], Awaitable[bool]]
    before_drain: Callable[[], None]
    after_drain: Callable[[], None]

    def consume_rollups(self, agent: Callable[[Any], Awaitable[None]]) -> None:
        """Process the messages of `rollups`, undecoded and one at a time, with an agent."""
        rollups = self.topic(
            self.rollups_topic,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            allow_empty=True,
        )
        self.agent(rollups, concurrency=1)(agent)

    def previous_end(self, partition: int, offset: int) -> int | None:
        """Return the offset after the message before this one, `START`, or `None` for one that will be read again."""
        consumer: Any = self.consumer
        end: int | None = consumer._thread.previous_end.pop((partition, offset), None)
        return end

    def read_ends(self) -> dict[int, int]:
        """Return the offset after the last message read of each partition, or `START`."""
        consumer: Any = self.consumer
        return dict(consumer._thread.end)

    def read_positions(self) -> dict[int, int]:
        """Return the offset of the next fetch of each partition that is at a valid one."""
        consumer: Any = self.consumer
        return dict(consumer._thread.fetch_positions)

    def rewind(self) -> None:
        """Read all partitions again from their committed offsets."""
        consumer: Any = self.consumer
        consumer._thread.rewind()

    def _create_directories(self) -> None:
        """Create none: no table needs one, and a killed watcher would leave it behind."""

    def _new_transport(self) -> Any:
        return _Transport(self.conf.broker_consumer, self)

    async def _consumer_wait_empty(self, consumer: Any, logger: Any) -> None:
        self.before_drain()
        await super()._consumer_wait_empty(consumer, logger)
        self.after_drain()
        await consumer.commit()


def create_app(settings: KafkaSettings) -> WatcherApp:
    """Return the watcher's app, not started; the caller sets its callbacks and agent."""
    app = WatcherApp(
        **faust_options(settings),
        web_enabled=False,
        topic_disable_leader=True,
        broker_commit_interval=1.0,
        stream_wait_empty=True,
        processing_guarantee="at_least_once",
    )
    app.rollups_topic = settings.topic(ROLLUPS)
    return app
