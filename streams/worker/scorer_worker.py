"""The scorer on Kafka: batches of `mentions` in; rollups, dead letters and offsets out, in one transaction.

While one batch is being committed the next is read and scored, and is forgotten again should that commit fail.
A killed scorer's batch is read again by its successor: what it sent is aborted with its transaction. What it had seen
(for duplicates, and for what is late) is learned again from the partition's last messages, and is a function of these
alone: after a restart or a rebalance every mention is judged as if nothing had happened.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from streams.kafka.clients import MAX_REQUEST, clear_errors, consumer_options, producer_options
from streams.kafka.topics import MENTIONS
from streams.kafka.transactions import end_producer
from streams.scoring.scorer import Batch, TextModel
from streams.settings.config import Config
from streams.worker.idle_heartbeats import IdleHeartbeats
from streams.worker.partition_scorer import PartitionScorer
from streams.worker.scorer_transactions import Records, Scored, ScorerTransactions, Work

logger = logging.getLogger(__name__)

CLOCK_EVERY_S = 15.0
# Fewer messages at once than this, and it pays to wait for more of them before asking again.
FEW = 200


class ScorerWorker:
    """Score mentions until told to stop.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts.
    instance
        Name of this worker: the same over its restarts, and no other's that runs.
    on_scored
        Called after each transaction.

    Attributes
    ----------
    progressed
        When its loop last went round, `time.monotonic` seconds.
    ready
        It belongs to the group, and has learned what its partitions had seen.
    lag
        Messages written and not yet read, by partition.

    Raises
    ------
    BrokerError
        Kafka cannot be reached.
    """

    def __init__(
        self, config: Config, model: TextModel, instance: str, on_scored: Callable[[Scored], None] = lambda _: None
    ) -> None:
        self.config = config
        self.model = model
        self.on_scored = on_scored
        self.progressed = time.monotonic()
        self.ready = False
        self.lag: dict[int, int] = {}
        self._partitions: dict[int, PartitionScorer] = {}
        self._clock = IdleHeartbeats(config.worker.clock_after_s)
        self._clock_at = time.monotonic()
        self._moved = _Moved()
        kafka = config.kafka
        with clear_errors(kafka):
            self._consumer = KafkaConsumer(
                **consumer_options(kafka, kafka.scorer_group),
                max_poll_records=config.worker.batch_messages,
                max_partition_fetch_bytes=MAX_REQUEST,
                partition_assignment_strategy=[StickyPartitionAssignor],
            )
            self._consumer.subscribe([kafka.topic(MENTIONS)], listener=self._moved)
            self._commits = ScorerTransactions(config, instance)

    def run(self, stopping: threading.Event) -> None:
        """Work until the event is set; the batch being worked on is finished."""
        try:
            while not stopping.is_set():
                self.progressed = time.monotonic()
                if not self._commits.connected():
                    stopping.wait(0.5)
                    continue
                got, group = self._gather(stopping)
                if got:
                    self._work(got, group)
                elif self._settle() and not self._moved.pending:
                    self._let_clock_step_in()
            self._settle()
        finally:
            self.ready = False
            self._commits.stop()
            self._consumer.close()
            self._commits.close()

    def _gather(self, stopping: threading.Event) -> tuple[Records, Any]:
        """Read a batch, by count and by time, and the group's generation it belongs to."""
        most, wait_s = self.config.worker.batch_messages, self.config.worker.batch_ms / 1000
        got: Records = {}
        count, until, group = 0, 0.0, None
        while count < most and not stopping.is_set():
            left = until - time.monotonic() if got else 0.2
            if left <= 0:
                break
            polled: Records = self._consumer.poll(timeout_ms=int(left * 1000), max_records=most - count)
            if self._moved.pending:
                if self._settle():
                    self._take_over()
                return {}, None  # whatever came is read again from where it was committed
            # Now, not at the commit: a worker that was evicted meanwhile must not commit as nobody in particular.
            group = self._consumer.group_metadata()
            if group.generation_id < 0:
                self.ready = False
                self._moved.pending = True
                return {}, None
            if not polled:
                break
            if not got:
                until = time.monotonic() + wait_s
            few = sum(map(len, polled.values()))
            count += few
            for place, records in polled.items():
                got.setdefault(place, []).extend(records)
            if few < FEW and count < most:
                stopping.wait(max(0.0, min(until - time.monotonic(), wait_s / 4)))
        return got, group

    def _take_over(self) -> None:
        """Start each partition where it was committed, knowing what was seen before."""
        self.ready = False
        try:
            assigned = self._consumer.assignment()
            offsets = {place: self._consumer.committed(place, timeout_ms=5000) for place in assigned}
        except KafkaError as error:
            logger.warning("where to go on is not known yet: %s", error)
            return
        kept = {}
        for place, committed in offsets.items():
            known = self._partitions.get(place.partition)
            if known is None or known.position != committed:
                known = PartitionScorer(self.config, self.model, place.partition, committed or 0)
            kept[place.partition] = known
            if known.position:
                self._consumer.seek(place, known.position)
            else:
                self._consumer.seek_to_beginning(place)
        if kept.keys() != self._partitions.keys():
            logger.info("scoring partitions %s", sorted(kept))
        self._partitions = kept
        self._moved.pending = False

    def _work(self, got: Records, group: Any) -> None:
        started = time.perf_counter()
        batches: list[tuple[TopicPartition, Batch]] = []
        offsets = {}
        for place, records in got.items():
            partition = self._partitions[place.partition]
            for batch in partition.feed(records, self._clock):
                batches.append((place, batch))
                last = records[-1]
                offsets[place] = OffsetAndMetadata(last.offset + 1, "", last.leader_epoch)
        scored_s = time.perf_counter() - started
        if not self._settle():
            return  # it was judged by what the batch before had left: both are read again
        if offsets:
            self._commits.begin(Work(got, batches, offsets, group, scored_s))
        self.ready = all(partition.position >= partition.until for partition in self._partitions.values())
        self._measure_lag()

    def _settle(self) -> bool:
        """Wait for the transaction on its way, if there is one; tell whether what was scored may be built upon."""
        scored, again = self._commits.settle()
        if scored is not None:
            self.on_scored(scored)
        for partition in again:
            self._partitions.pop(partition, None)
            self._moved.pending = True
        return not again

    def _measure_lag(self) -> None:
        lag = {}
        for place in self._consumer.assignment():
            end = self._consumer.highwater(place)
            known = self._partitions.get(place.partition)
            if end is not None and known is not None:
                lag[place.partition] = max(0, end - known.position)
        self.lag = lag

    def _let_clock_step_in(self) -> None:
        """Nothing is left to read: move on the brands that nobody moves on."""
        self._measure_lag()
        now = time.monotonic()
        # A partition that holds nothing has nothing to learn.
        self.ready = self._consumer.group_metadata().generation_id >= 0 and all(
            self.lag.get(number) == 0 or partition.position >= partition.until
            for number, partition in self._partitions.items()
        )
        if not self.config.worker.clock_after_s or now - self._clock_at < CLOCK_EVERY_S:
            return
        self._clock_at = now
        newest = {
            key: ms
            for number, partition in self._partitions.items()
            if self.lag.get(number) == 0
            for key, ms in partition.scorer.newest().items()
        }
        beats = self._clock.due(now, time.time_ns() // 1_000_000, newest)
        if not beats:
            return
        producer = KafkaProducer(**producer_options(self.config.kafka))
        try:
            topic = self.config.kafka.topic(MENTIONS)
            for beat in beats:
                producer.send(topic, value=beat.value, key=beat.brand.encode(), partition=beat.partition)
            producer.flush(10)
        except KafkaError as error:
            logger.warning("heartbeats wait for the broker: %s", error)
        finally:
            end_producer(producer)


class _Moved(ConsumerRebalanceListener):  # type: ignore[misc]
    """Note that partitions have come or gone."""

    def __init__(self) -> None:
        self.pending = True

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.pending = True

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.pending = True
