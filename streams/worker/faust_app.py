"""Faust as the watcher needs it: committed messages in their order with none left out, and commits behind the rows.

Faust lets messages through around its seek after a rebalance, drops others without reading them again, and does not
seek at all where nothing was committed yet. Here its consumer's thread places itself, between two fetches, and knows
of each message what stood before it: whoever applies them can tell whether one is missing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any

import faust
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.kafka.clients import FETCH_WAIT_MS
from streams.worker.delivery_gaps import START

PAUSE_S = 0.05


class _Thread(driver.AIOKafkaConsumerThread):
    """Read each assignment from where it was committed.

    Attributes
    ----------
    before
        Of each message read since, by partition and offset: the offset after the one before it, or `START`.
    end
        Offset after the last message read of each partition, or `START`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before: dict[tuple[int, int], int] = {}
        self.end: dict[int, int] = {}
        self._placed_for: Any = None

    def place_again(self) -> None:
        """Read again from where it was committed."""
        self._placed_for = None

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Read when it starts, which comes later. A batch that was aborted must not be seen.
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # Faust's own is 1.5 s
        return consumer

    async def _fetch_records(self, consumer: Any, active_partitions: Any, *args: Any, **kwargs: Any) -> Any:
        if consumer._closed:
            raise ConsumerStoppedError
        assignment = consumer._subscription.subscription.assignment
        if assignment is None or (self._placed_for is not assignment and not await self._place(consumer, assignment)):
            await asyncio.sleep(PAUSE_S)  # asked again at once
            return {}
        found = await super()._fetch_records(consumer, active_partitions, *args, **kwargs)
        if self._placed_for is not assignment or consumer._subscription.subscription.assignment is not assignment:
            return {}  # read again once placed
        for place, records in found.items():
            for record in records:
                self.before[place.partition, record.offset] = self.end[place.partition]
                self.end[place.partition] = record.offset + 1
        return found

    async def _place(self, consumer: Any, assignment: Any) -> bool:
        self.before.clear()
        self.end = {place.partition: START for place in assignment.tps}
        try:
            for place in assignment.tps:
                committed = await consumer.committed(place)
                if committed is None:
                    await consumer.seek_to_beginning(place)
                else:
                    consumer.seek(place, committed)
        except KafkaError:  # the group is moving again, or the broker is away
            return False
        self._placed_for = assignment
        return True


class _Consumer(driver.Consumer):
    app: "WatcherApp"

    def _new_consumer_thread(self) -> Any:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Leave it to the thread that reads: only it knows when nothing is being read."""

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        """Give messages; Faust's own note of the last one would drop those that are read again."""
        async for tp, message in super().getmany(timeout):
            self._read_offset.pop(tp, None)
            yield tp, message

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Offsets without a message are a transaction's markers: nothing to wait for."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Leave it to the watcher: this would only warn, and ends Faust where a position is not known yet."""

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        # What may be committed is not what was looked at, but what is in the rows.
        return (tp for tp in self.assignment() if tp.topic == self.app.rollups_topic)

    def _new_offset(self, tp: TP) -> int | None:
        self._acked[tp].clear()
        self._acked_index[tp].clear()
        return self.app.safe_offset(tp.partition)

    async def _commit_tps(self, tps: Iterable[TP], start_new_transaction: bool) -> bool:
        offsets = self._filter_committable_offsets(tps)
        if not offsets or not await self.app.rows_kept():
            return False
        return await self._commit_offsets(offsets, start_new_transaction=start_new_transaction)


class _Transport(driver.Transport):
    Consumer = _Consumer


class WatcherApp(faust.App):
    """A Faust app that reads committed messages only, and commits only what is in the watchers' rows.

    Attributes
    ----------
    rollups_topic
        The topic whose offsets are committed.
    safe_offset
        Gives the offset a successor must read a partition from, or `None`.
    rows_kept
        Waits until all rows sent so far are kept; false where they cannot be.
    on_leaving
        Called when partitions are about to go: the message being worked on is to be let go soon.
    before_revoked
        Called when it has been.
    """

    rollups_topic: str = ""
    safe_offset: Callable[[int], int | None]
    rows_kept: Callable[[], Awaitable[bool]]
    on_leaving: Callable[[], None]
    before_revoked: Callable[[], None]

    def _create_directories(self) -> None:
        """Make none: there are no tables that would need one, and a killed watcher would leave it behind."""

    def _new_transport(self) -> Any:
        return _Transport(self.conf.broker_consumer, self)

    async def _consumer_wait_empty(self, consumer: Any, logger: Any) -> None:
        self.on_leaving()
        await super()._consumer_wait_empty(consumer, logger)
        self.before_revoked()
        await consumer.commit()

    def stands_before(self, partition: int, offset: int) -> int | None:
        """Give the offset after the message before this one, `START`, or `None` for one that is read again."""
        consumer: Any = self.consumer
        found: int | None = consumer._thread.before.pop((partition, offset), None)
        return found

    def read_up_to(self) -> dict[int, int]:
        """Give the offset after the last message read of each partition, or `START`."""
        consumer: Any = self.consumer
        return dict(consumer._thread.end)

    def read_again(self) -> None:
        """Read all partitions again from where they were committed."""
        consumer: Any = self.consumer
        consumer._thread.place_again()
