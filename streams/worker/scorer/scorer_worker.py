"""The scorer on Kafka: consumes `mentions`; produces rollups, dead letters and offsets in one transaction a batch.

While one batch is being committed the next is read and scored; if that commit fails, the next is discarded too. A
killed scorer's batch is read again by the next owner of its partitions, since the broker aborts its transaction. The
scorer's state (recent ids for deduplication, newest event times for lateness) is rebuilt from the partition's last
messages and depends on these alone: after a restart or a rebalance every mention is treated as if nothing had happened.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from streams.kafka.broker_monitor import BrokerMonitor, TopicState
from streams.kafka.clients import broker_errors
from streams.kafka.start_offset import StartCounts, StartOffset, start_offset
from streams.kafka.topics import MENTIONS
from streams.scoring.scorer import Batch, TextModel
from streams.settings.config import Config
from streams.worker.scorer.group_member import STUCK_AFTER_S, GroupMember
from streams.worker.scorer.partition_scorer import PartitionScorer
from streams.worker.scorer.scorer_transactions import Committed, Records, ScorerTransactions, Transaction

if TYPE_CHECKING:
    from kafka import TopicPartition

logger = logging.getLogger(__name__)

POLL_S = 0.2
RECONNECT_S = 0.5
COMMITTED_TIMEOUT_MS = 5000
POSITION_TIMEOUT_MS = 500
TOPIC_TIMEOUT_S = 2.0
# After a poll that brings fewer messages than this it pays to wait for more before polling again.
SMALL_POLL = 200


class ScorerWorker:
    """Score mentions until stopped.

    Parameters
    ----------
    config
        Configuration.
    model
        Scores texts.
    instance
        Name of this worker: the same over its restarts, and different from every other that runs.
    monitor
        Knows the log of `mentions`.
    on_committed
        Called after each transaction.

    Attributes
    ----------
    ticked
        Time of the last loop iteration, `time.monotonic` seconds.
    ready
        It is a member of the group, and the state of its partitions is rebuilt.
    topic
        Full name of `mentions`.
    positions
        Next offset to score of each partition owned.
    log
        Counts committed offsets that were ignored, and messages that were lost.

    Raises
    ------
    BrokerError
        Kafka cannot be reached.
    """

    def __init__(
        self,
        config: Config,
        model: TextModel,
        instance: str,
        monitor: BrokerMonitor,
        on_committed: Callable[[Committed], None] = lambda _: None,
    ) -> None:
        self.config = config
        self.model = model
        self.on_committed = on_committed
        self.monitor = monitor
        self.topic = config.kafka.topic(MENTIONS)
        self.ticked = time.monotonic()
        self.ready = False
        self.positions: dict[int, int | None] = {}
        self.log = StartCounts()
        self._topic_id = ""
        self._partitions: dict[int, PartitionScorer] = {}
        with broker_errors(config.kafka):
            self._member = GroupMember(config, self.topic)
            self._transactions = ScorerTransactions(config, instance)

    def run(self, stopping: threading.Event) -> None:
        """Run until the event is set; the current batch is completed."""
        try:
            while not stopping.is_set():
                self.ticked = time.monotonic()
                self._check_membership()
                if not (self._transactions.connect() and self._member.subscribe()):
                    stopping.wait(RECONNECT_S)
                    continue
                records, group = self._read_batch(stopping)
                if records:
                    self._score(records, group)
                elif self._await_commit() and not self._member.pending:
                    self._on_caught_up()
            self._await_commit()
        finally:
            self.ready = False
            self._transactions.stop()
            self._member.close()
            self._transactions.close()

    def _read_batch(self, stopping: threading.Event) -> tuple[Records, Any]:
        """Read a batch, limited by count and by time, and the group metadata to commit it with."""
        limit, wait_s = self.config.worker.batch_messages, self.config.worker.batch_ms / 1000
        batch: Records = {}
        count, until, group = 0, 0.0, None
        while count < limit and not stopping.is_set():
            left_s = until - time.monotonic() if batch else POLL_S
            if left_s <= 0:
                break
            polled: Records = self._member.consumer.poll(timeout_ms=int(left_s * 1000), max_records=limit - count)
            if self._member.pending:
                if self._await_commit():
                    self._start_partitions()
                return {}, None  # the records are read again from the committed offset
            # Read the metadata now: after an eviction it is empty, and a commit with empty metadata is not fenced.
            group = self._member.consumer.group_metadata()
            if group.generation_id < 0:
                self.ready = False
                self._member.pending = True
                return {}, None
            if not polled:
                break
            if not batch:
                until = time.monotonic() + wait_s
            new = sum(map(len, polled.values()))
            count += new
            for partition, records in polled.items():
                batch.setdefault(partition, []).extend(records)
            if new < SMALL_POLL and count < limit:
                stopping.wait(max(0.0, min(until - time.monotonic(), wait_s / 4)))
        return batch, group

    def _start_partitions(self) -> None:
        """Seek to each assigned partition's committed offset, or as far before it as its state has to be rebuilt."""
        self.ready = False
        # Cleared first: a rebalance that comes while the offsets are asked for must not be missed.
        self._member.pending = False
        try:
            assigned = self._member.consumer.assignment()
            offsets = {
                partition: self._member.consumer.committed(partition, metadata=True, timeout_ms=COMMITTED_TIMEOUT_MS)
                for partition in assigned
            }
        except KafkaError as error:
            logger.warning("the committed offsets are not known yet: %s", error)
            self._member.pending = True
            return
        topic = self.monitor.topic_now(self.topic, TOPIC_TIMEOUT_S)
        if topic is None or self._topic_id not in ("", topic.id):
            self._member.pending = True
            return
        scorers = {}
        for partition, stored in offsets.items():
            start = self._start(partition.partition, stored, topic)
            scorer = self._partitions.get(partition.partition)
            if scorer is None or start.reset or scorer.position != start.offset:
                scorer = PartitionScorer(self.config, self.model, partition.partition, start.offset, bool(start.reset))
            scorers[partition.partition] = scorer
            if scorer.position:
                self._member.consumer.seek(partition, scorer.position)
            else:
                self._member.consumer.seek_to_beginning(partition)
        if scorers.keys() != self._partitions.keys():
            logger.info("scoring partitions %s", sorted(scorers))
        self._partitions = scorers
        self._topic_id = topic.id
        self._measure_positions()

    def _start(self, partition: int, stored: OffsetAndMetadata | None, topic: TopicState) -> StartOffset:
        start = start_offset(stored.offset if stored else None, stored.metadata if stored else "", topic, partition)
        if not self.log.uncounted(topic.id, partition, start):
            return start
        if start.reset:
            self.log.resets += 1
            logger.error(
                "%s/%d: the committed offset %s is of another log (%s): scoring from the first message, %d",
                self.topic, partition, stored.offset if stored else None, start.reset, start.offset,
            )  # fmt: skip
        if start.lost:
            self.log.lost += start.lost
            lost = "%s/%d: retention deleted %d messages before they were scored"
            logger.error(lost, self.topic, partition, start.lost)
        return start

    def _check_membership(self) -> None:
        """Join the group anew where `mentions` was created anew, or the client no longer reads what waits."""
        topic = self.monitor.topic(self.topic) if self.monitor.reachable() else None
        if topic is not None and self._topic_id not in ("", topic.id):
            # This member may have joined while the client did not know the topic (see `GroupMember.subscribe`).
            logger.error("topic %s was created anew: its messages are scored from the first", self.topic)
            # The broker has deleted the committed offsets with the topic: no later start finds one to ignore.
            self.log.resets += len(self._partitions)
        elif self._member.stuck(self.positions, topic):
            logger.error("mentions wait and none has come for %.0f s: joining the group anew", STUCK_AFTER_S)
        else:
            return
        self._await_commit()
        self._member.join_anew()
        self._topic_id, self.ready = "", False
        self._partitions, self.positions = {}, {}

    def _score(self, records: Records, group: Any) -> None:
        """Score a batch while the previous one is being committed, then begin its own transaction."""
        batches: list[tuple[TopicPartition, Batch]] = []
        offsets = {}
        for partition, of_partition in records.items():
            for batch in self._partitions[partition.partition].feed(of_partition):
                batches.append((partition, batch))
                last = of_partition[-1]
                # The topic's id shows a later start that this offset is of this log.
                offsets[partition] = OffsetAndMetadata(last.offset + 1, self._topic_id, last.leader_epoch)
        if not self._await_commit():
            return
        if offsets:
            self._transactions.begin(Transaction(records, batches, offsets, group))
        self.ready = all(scorer.position >= scorer.committed for scorer in self._partitions.values())
        self._measure_positions()

    def _await_commit(self) -> bool:
        """Wait for the transaction in flight; return False if it failed: the state since then must be discarded."""
        committed, failed = self._transactions.await_commit()
        if committed is not None:
            self.on_committed(committed)
        for partition in failed:
            self._partitions.pop(partition, None)
            self._member.pending = True
        return not failed

    def _measure_positions(self) -> None:
        self.positions = {number: scorer.position for number, scorer in self._partitions.items()}

    def _on_caught_up(self) -> None:
        """Every message is read and committed: update positions and readiness."""
        # Nothing is left to read: what lies between the last message and the next fetch are transaction markers.
        try:
            self.positions = {
                tp.partition: self._member.consumer.position(tp, timeout_ms=POSITION_TIMEOUT_MS)
                for tp in self._member.consumer.assignment()
            }
        except KafkaError as error:  # the broker is away: the last positions stand
            logger.debug("positions are not known: %s", error)
            return
        self.ready = self._member.joined() and all(
            (self.positions.get(number) or 0) >= scorer.committed for number, scorer in self._partitions.items()
        )
