"""The scorer on Kafka: batches of `mentions` in; rollups, dead letters and offsets out, in one transaction.

While one batch is being committed the next is read and scored, and is forgotten again should that commit fail.
A killed scorer's batch is read again by its successor: what it sent is aborted with its transaction. What it had seen
(for duplicates, and for what is late) is learned again from the partition's last messages, and is a function of these
alone: after a restart or a rebalance every mention is judged as if nothing had happened.
"""

import bisect
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.structs import OffsetAndMetadata

from streams.bounded import within
from streams.config import Config
from streams.dead_letter_topic import MAX_VALUE, headers
from streams.deadletters import DeadLetter
from streams.kafka_clients import clear_errors, consumer_options, producer_options, transactional_producer_options
from streams.rollup_batch import pack
from streams.scorer import Batch, Message, Scorer, TextModel
from streams.source_clock import SourceClock
from streams.topics import DEAD_LETTERS, MENTIONS, ROLLUPS

logger = logging.getLogger(__name__)

MAX_REQUEST = 4 * 1024 * 1024
CLOCK_EVERY_S = 15.0
# Fewer messages at once than this, and it pays to wait for more of them before asking again.
FEW = 200

Records = dict[TopicPartition, list[ConsumerRecord]]


class Scored(NamedTuple):
    """What one transaction held: messages, dead letters by reason, seconds it took to score and to commit."""

    messages: int
    letters: list[DeadLetter]
    scoring_s: float
    committing_s: float


class _Committing(NamedTuple):
    """A batch whose transaction is on its way, and the seconds that takes."""

    got: Records
    messages: int
    letters: list[DeadLetter]
    scoring_s: float
    seconds: "Future[float]"


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
        self._transactional_id = f"{config.kafka.scorer_group}-{instance}"
        self._partitions: dict[int, _Partition] = {}
        self._clock = SourceClock(config.worker.clock_after_s)
        self._clock_at = time.monotonic()
        self._moved = _Moved()
        self._committing: _Committing | None = None
        self._committer = ThreadPoolExecutor(1, "commit")
        # By then the broker has ended the transaction itself.
        self._patience_s = 2 * config.kafka.transaction_timeout_s
        kafka = config.kafka
        with clear_errors(kafka):
            self._consumer = KafkaConsumer(
                **consumer_options(kafka, kafka.scorer_group),
                max_poll_records=config.worker.batch_messages,
                max_partition_fetch_bytes=MAX_REQUEST,
                partition_assignment_strategy=[StickyPartitionAssignor],
            )
            self._consumer.subscribe([kafka.topic(MENTIONS)], listener=self._moved)
            self._producer: Any = self._new_producer()

    def run(self, stopping: threading.Event) -> None:
        """Work until the event is set; the batch being worked on is finished."""
        try:
            while not stopping.is_set():
                self.progressed = time.monotonic()
                if self._producer is None and not self._reconnect():
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
            self._committer.shutdown()
            self._consumer.close()
            if self._producer is not None:
                with contextlib.suppress(KafkaError):
                    within(10.0, lambda: self._producer.close(timeout=5))

    def _new_producer(self) -> Any:
        options = transactional_producer_options(self.config.kafka, self._transactional_id)
        producer = KafkaProducer(**options, max_request_size=MAX_REQUEST)
        try:
            producer.init_transactions()  # ends what a former life of this worker left open
        except BaseException:
            producer.close(timeout=1)
            raise
        return producer

    def _reconnect(self) -> bool:
        try:
            self._producer = self._new_producer()
        except KafkaError as error:
            logger.warning("no transactions yet: %s", error)
        return self._producer is not None

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
                known = _Partition(self.config, self.model, place.partition, committed or 0)
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
        scored = time.perf_counter()
        if not self._settle():
            return  # it was judged by what the batch before had left: both are read again
        if offsets:
            letters = [letter for _, batch in batches for letter in batch.letters]
            messages = sum(batch.messages for _, batch in batches)
            seconds = self._committer.submit(self._commit, got, batches, offsets, group)
            self._committing = _Committing(got, messages, letters, scored - started, seconds)
        self.ready = all(partition.position >= partition.until for partition in self._partitions.values())
        self._measure_lag()

    def _settle(self) -> bool:
        """Wait for the transaction on its way, if there is one; tell whether what was scored may be built upon."""
        done, self._committing = self._committing, None
        if done is None:
            return True
        try:
            seconds = done.seconds.result()
        except KafkaError as error:
            logger.warning("a batch is scored again: %s: %s", type(error).__name__, error)
            self._undo(done.got, error)
            return False
        self.on_scored(Scored(done.messages, done.letters, done.scoring_s, seconds))
        return True

    def _commit(
        self,
        got: Records,
        batches: list[tuple[TopicPartition, Batch]],
        offsets: dict[TopicPartition, OffsetAndMetadata],
        group: Any,
    ) -> float:
        kafka, producer = self.config.kafka, self._producer
        made = [(place.partition, rollup) for place, batch in batches for rollup in batch.rollups]
        started = time.perf_counter()

        def transaction() -> bool:
            producer.begin_transaction()
            for partition, value in pack(made, self.config.topics.rollups_partitions):
                producer.send(kafka.topic(ROLLUPS), value=value, partition=partition)
            for place, batch in batches:
                if batch.letters:
                    keys = {record.offset: record.key for record in got[place]}
                    for letter in batch.letters:
                        producer.send(
                            kafka.topic(DEAD_LETTERS),
                            value=letter.value[:MAX_VALUE],
                            key=keys[letter.offset],
                            headers=headers(letter),
                            partition=0,
                        )
            producer.send_offsets_to_transaction(offsets, group)
            producer.commit_transaction()
            return True

        within(self._patience_s, transaction)
        return time.perf_counter() - started

    def _undo(self, got: Records, why: KafkaError) -> None:
        """End a transaction that failed, and have its messages read again."""
        try:
            if isinstance(why, KafkaTimeoutError):
                raise why  # its call may still be waiting: this producer is not to be used again
            within(self._patience_s, self._producer.abort_transaction)
        except KafkaError:
            # Fenced, or the broker is away: a new producer of the same name finds out what became of it.
            with contextlib.suppress(KafkaError):
                # Not at once: it must first give up what it was still to send, or its thread would go on for ever.
                within(2.0, lambda: self._producer.close(timeout=1))
            self._producer = None
        for place in got:
            self._partitions.pop(place.partition, None)
        self._moved.pending = True

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
            producer.close(timeout=1)


class _Moved(ConsumerRebalanceListener):  # type: ignore[misc]
    """Note that partitions have come or gone."""

    def __init__(self) -> None:
        self.pending = True

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.pending = True

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.pending = True


class _Partition:
    """What has been seen of one partition: a function of its last messages, cut where offsets say."""

    def __init__(self, config: Config, model: TextModel, number: int, committed: int) -> None:
        self.scorer = Scorer(config, model)
        self.number = number
        self.until = committed
        self._window = config.worker.read_back
        self._source = f"{config.kafka.topic(MENTIONS)}/{number}"
        self._generation: int | None = None
        self.position = max(0, (committed // self._window - 1) * self._window)

    def feed(self, records: list[ConsumerRecord], clock: SourceClock) -> list[Batch]:
        """Learn what was committed, score what was not."""
        batches = []
        first = 0
        while first < len(records):
            offset = records[first].offset
            generation = offset // self._window
            if self._generation is not None:
                for _ in range(min(2, generation - self._generation)):
                    self.scorer.turn()
            self._generation = generation
            end = (generation + 1) * self._window
            if offset < self.until:
                end = min(end, self.until)
            last = len(records)
            if records[-1].offset >= end:
                last = bisect.bisect_left(records, end, key=lambda record: record.offset)
            messages = [Message(self._source, r.offset, r.value or b"", _arrived(r)) for r in records[first:last]]
            if offset < self.until:
                clock.heard(self.number, self.scorer.recall(messages, self.number))
            else:
                batch = self.scorer.score(messages, self.number)
                clock.heard(self.number, batch.heartbeats)
                batches.append(batch)
            first = last
        self.position = records[-1].offset + 1
        return batches


def _arrived(record: ConsumerRecord) -> int:
    """Give when the log took a message, where it says so: what lies in the future must not depend on who asks when."""
    return record.timestamp if record.timestamp_type == 1 else 0
