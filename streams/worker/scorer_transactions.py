"""What a scorer made of a batch, committed: rollups, dead letters and offsets in one transaction, on its own thread.

One transaction at a time is on its way while the next batch is scored. Where it fails the batch's messages are to be
read again: nothing of it is there.
"""

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from kafka import KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.structs import OffsetAndMetadata

from streams.kafka.clients import transactional_producer_options
from streams.kafka.dead_letters import MAX_VALUE, headers
from streams.kafka.partitioning import pack
from streams.kafka.topics import DEAD_LETTERS, ROLLUPS
from streams.kafka.transactions import end_producer, within
from streams.mentions.dead_letter import DeadLetter
from streams.scoring.scorer import Batch
from streams.settings.config import Config

logger = logging.getLogger(__name__)

Records = dict[TopicPartition, list[ConsumerRecord]]


class Work(NamedTuple):
    """A batch as it was read, what was made of it, up to where, in which generation of the group, and in what time."""

    got: Records
    batches: list[tuple[TopicPartition, Batch]]
    offsets: dict[TopicPartition, OffsetAndMetadata]
    group: Any
    scoring_s: float


class Scored(NamedTuple):
    """What one transaction held: messages, dead letters by reason, seconds it took to score and to commit."""

    messages: int
    letters: list[DeadLetter]
    scoring_s: float
    committing_s: float


class ScorerTransactions:
    """Commit batches, one after the other.

    Parameters
    ----------
    config
        Configuration.
    instance
        Name of the worker: what a former life of it left open is ended first.

    Raises
    ------
    KafkaError
        Kafka cannot be reached.
    """

    def __init__(self, config: Config, instance: str) -> None:
        self.config = config
        self._transactional_id = f"{config.kafka.scorer_group}-{instance}"
        # By then the broker has ended the transaction itself.
        self._patience_s = 2 * config.kafka.transaction_timeout_s
        self._committer = ThreadPoolExecutor(1, "commit")
        self._under_way: tuple[Work, Future[float]] | None = None
        self._producer: Any = self._new_producer()

    def connected(self) -> bool:
        """Tell whether anything can be committed; tries to mend it."""
        if self._producer is None:
            try:
                self._producer = self._new_producer()
            except KafkaError as error:
                logger.warning("no transactions yet: %s", error)
        return self._producer is not None

    def begin(self, work: Work) -> None:
        """Commit a batch; the one before must have been settled."""
        self._under_way = work, self._committer.submit(self._commit, work)

    def settle(self) -> tuple[Scored | None, set[int]]:
        """Wait for the batch under way, if there is one.

        Returns
        -------
        scored
            What was committed.
        again
            Partitions whose messages must be read again from where they were committed, and forgotten till then.
        """
        if self._under_way is None:
            return None, set()
        (work, done), self._under_way = self._under_way, None
        try:
            seconds = done.result()
        except KafkaError as error:
            logger.warning("a batch is scored again: %s: %s", type(error).__name__, error)
            self._undo(error)
            return None, {place.partition for place in work.got}
        letters = [letter for _, batch in work.batches for letter in batch.letters]
        messages = sum(batch.messages for _, batch in work.batches)
        return Scored(messages, letters, work.scoring_s, seconds), set()

    def stop(self) -> None:
        """Finish what is under way."""
        self._committer.shutdown()

    def close(self) -> None:
        """Let go."""
        if self._producer is not None:
            end_producer(self._producer, 10.0)

    def _new_producer(self) -> Any:
        options = transactional_producer_options(self.config.kafka, self._transactional_id)
        producer = KafkaProducer(**options)
        try:
            producer.init_transactions()  # ends what a former life of this worker left open
        except BaseException:
            end_producer(producer)
            raise
        return producer

    def _commit(self, work: Work) -> float:
        kafka, producer = self.config.kafka, self._producer
        made = [(place.partition, rollup) for place, batch in work.batches for rollup in batch.rollups]
        started = time.perf_counter()

        def transaction() -> bool:
            producer.begin_transaction()
            for partition, value in pack(made, self.config.topics.rollups_partitions):
                producer.send(kafka.topic(ROLLUPS), value=value, partition=partition)
            for place, batch in work.batches:
                if batch.letters:
                    keys = {record.offset: record.key for record in work.got[place]}
                    for letter in batch.letters:
                        producer.send(
                            kafka.topic(DEAD_LETTERS),
                            value=letter.value[:MAX_VALUE],
                            key=keys[letter.offset],
                            headers=headers(letter),
                            partition=0,
                        )
            producer.send_offsets_to_transaction(work.offsets, work.group)
            producer.commit_transaction()
            return True

        within(self._patience_s, transaction)
        return time.perf_counter() - started

    def _undo(self, why: KafkaError) -> None:
        """End a transaction that failed."""
        try:
            if isinstance(why, KafkaTimeoutError):
                raise why  # its call may still be waiting: this producer is not to be used again
            within(self._patience_s, self._producer.abort_transaction)
        except KafkaError:
            # Fenced, or the broker is away: a new producer of the same name finds out what became of it.
            end_producer(self._producer)
            self._producer = None
