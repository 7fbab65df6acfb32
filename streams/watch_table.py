"""Faust as the watcher needs it: a table whose rows are known to be kept, and commits that never run ahead of them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any

import faust
from faust.tables.table import Table
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.kafka_settings import BROKER_DEFAULT
from streams.rollup_batch import brand_partition
from streams.watch_memory import key_brand

# A table's log is read whole after a restart; Kafka compacts only what is not in its newest segment.
CHANGELOG = {
    "cleanup.policy": "compact",
    "segment.bytes": str(16 * 1024 * 1024),
    "segment.ms": str(3_600_000),
    "min.cleanable.dirty.ratio": "0.2",
}


class WatchTable(Table[bytes, bytes]):
    """A table of bytes by bytes: each brand's rows live on the brand's partition, and writes are counted until kept.

    Attributes
    ----------
    replication
        Copies of the table's log; -1: whatever the broker's default gives, which Faust has no setting for.
    failed
        Why a row could not be kept, if one could not: nothing may be committed from then on.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.replication = BROKER_DEFAULT
        self.failed: BaseException | None = None
        self._sent = 0
        self._waiting: dict[Any, int] = {}

    def partition_for_key(self, key: bytes) -> int:
        """Give the partition of a row: its brand's."""
        return brand_partition(key_brand(key), self.partitions)

    def _new_changelog_topic(self, **kwargs: Any) -> Any:
        topic: Any = super()._new_changelog_topic(**kwargs)
        topic.replicas = self.replication
        return topic

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        """Send a row to the table's log, and wait for it to be kept."""
        future = super().send_changelog(*args, **kwargs)
        self._sent += 1
        self._waiting[future] = self._sent
        return future

    def _on_changelog_sent(self, fut: Any) -> None:
        self._waiting.pop(fut, None)
        if fut.cancelled() or fut.exception() is not None:
            self.failed = self.failed or (ConnectionError("cancelled") if fut.cancelled() else fut.exception())

    def rows_sent(self) -> int:
        """Tell how many rows have been sent."""
        return self._sent

    def are_kept(self, sent: int) -> bool:
        """Tell whether the first so many rows sent are all kept."""
        return self.failed is None and next(iter(self._waiting.values()), sent + 1) > sent

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Drop the rows of partitions that went or came: these are read again from their log."""
        name = self.changelog_topic.get_topic_name()
        moved = {tp.partition for tp in revoked | newly_assigned if tp.topic == name}
        store: Any = self.data
        rows, partitions = store.data, store._key_partition
        for key in [key for key in rows if self.partition_for_key(key) in moved]:
            del rows[key]
            partitions.pop(key, None)
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)


class _Thread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Read when it starts, which comes later. A batch that was aborted must not be seen.
        consumer._isolation_level = "read_committed"
        return consumer


class _Consumer(driver.Consumer):
    app: "WatchApp"

    def _new_consumer_thread(self) -> Any:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    # Faust lets messages through while it still seeks to where they are to be read from, the later before the earlier:
    # what a brand's row says of the last offset applied would then be wrong.
    _seeks = 0
    _sought_in = -1
    _dropped = False

    async def perform_seek(self) -> None:
        generation = self.app.consumer_generation_id
        self._seeks += 1
        await super().perform_seek()
        self._seeks += 1
        self._sought_in = generation

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        """Give messages in their order from where they were committed: none fetched before the seek or beside it."""
        if self._dropped and self._settled():
            self._dropped = False
            await self.perform_seek()  # nothing is being fetched now
        seeks = self._seeks
        async for tp, message in super().getmany(timeout):
            in_order = seeks == self._seeks and self._sought_in == self.app.consumer_generation_id
            if in_order or tp.topic != self.app.rollups_topic:
                yield tp, message
            else:
                self._dropped = True

    def _settled(self) -> bool:
        """Tell whether no rebalance and no seek is going on: a second one may come between the first and its seek."""
        app: Any = self.app
        return self._seeks % 2 == 0 and not app.rebalancing and not app.tables.recovery.in_recovery

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Offsets without a message are a transaction's markers: nothing to wait for."""

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


class WatchApp(faust.App):
    """A Faust app that reads committed messages only, and commits only what is in its tables.

    Attributes
    ----------
    rollups_topic
        The topic whose offsets are committed.
    safe_offset
        Gives the offset a successor must read a partition from, or `None`.
    rows_kept
        Waits until all rows sent so far are kept; false where they cannot be.
    before_revoked
        Called when partitions are about to go, once no message is being worked on.
    """

    rollups_topic: str = ""
    safe_offset: Callable[[int], int | None]
    rows_kept: Callable[[], Awaitable[bool]]
    before_revoked: Callable[[], None]

    def _new_transport(self) -> Any:
        return _Transport(self.conf.broker_consumer, self)

    async def _consumer_wait_empty(self, consumer: Any, logger: Any) -> None:
        await super()._consumer_wait_empty(consumer, logger)
        self.before_revoked()
        await consumer.commit()
