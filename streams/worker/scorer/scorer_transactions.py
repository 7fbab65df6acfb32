"""The scorer's transactions: rollups, dead letters and offsets of a batch, committed together on a thread of their own.

One transaction is in flight while the next batch is scored. Where it fails, nothing of it is visible and the batch's
messages have to be read again.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from streams.kafka.logs.dead_letters import MAX_DEAD_LETTER_BYTES, headers
from streams.kafka.partitioning import pack
from streams.kafka.topics import DEAD_LETTERS, ROLLUPS
from streams.kafka.transactions import close_producer, open_producer, transaction_limit_s, within
from streams.mentions.dead_letter import DeadLetter
from streams.scoring.scorer import Batch
from streams.settings.config import Config

logger = logging.getLogger(__name__)

CLOSE_TIMEOUT_S = 10.0

Records = dict[TopicPartition, list[ConsumerRecord]]


class Transaction(NamedTuple):
    """Content of one transaction: the records read, the batches scored from them, their offsets, the group metadata."""

    records: Records
    batches: list[tuple[TopicPartition, Batch]]
    offsets: dict[TopicPartition, OffsetAndMetadata]
    group: Any


class Committed(NamedTuple):
    """Number of messages in a committed transaction, and its dead letters."""

    messages: int
    letters: list[DeadLetter]


class ScorerTransactions:
    """Commit batches, one transaction after the other.

    Parameters
    ----------
    config
        Configuration.
    instance
        Name of the worker, the same over its restarts: opening aborts the transaction a previous run left open.

    Raises
    ------
    KafkaError
        Kafka cannot be reached.
    """

    def __init__(self, config: Config, instance: str) -> None:
        self.config = config
        self._transactional_id = f"{config.kafka.scorer_group}-{instance}"
        self._limit_s = transaction_limit_s(config.kafka)
        self._committer = ThreadPoolExecutor(1, "commit")
        self._in_flight: tuple[Transaction, Future[bool]] | None = None
        self._producer: Any = self._open_producer()

    def connect(self) -> bool:
        """Open the producer again where a failed transaction closed it; return whether transactions are possible."""
        if self._producer is None:
            try:
                self._producer = self._open_producer()
            except KafkaError as error:
                logger.warning("no transactions yet: %s", error)
        return self._producer is not None

    def begin(self, transaction: Transaction) -> None:
        """Begin to commit a batch; `await_commit` must have returned for the previous one."""
        self._in_flight = transaction, self._committer.submit(self._commit, transaction)

    def await_commit(self) -> tuple[Committed | None, set[int]]:
        """Wait for the transaction in flight, if there is one.

        Returns
        -------
        committed
            What was committed.
        failed
            Partitions to rewind to their committed offsets after a failed transaction; their state is out of date.
        """
        if self._in_flight is None:
            return None, set()
        (transaction, commit), self._in_flight = self._in_flight, None
        try:
            commit.result()
        except KafkaError as error:
            logger.warning("a batch is scored again: %s: %s", type(error).__name__, error)
            self._discard_producer()
            return None, {partition.partition for partition in transaction.records}
        letters = [letter for _, batch in transaction.batches for letter in batch.letters]
        messages = sum(batch.messages for _, batch in transaction.batches)
        return Committed(messages, letters), set()

    def stop(self) -> None:
        """Wait for the transaction in flight; accept no other."""
        self._committer.shutdown()

    def close(self) -> None:
        """Close the producer."""
        if self._producer is not None:
            close_producer(self._producer, CLOSE_TIMEOUT_S)

    def _open_producer(self) -> Any:
        return open_producer(self.config.kafka, self._transactional_id)

    def _commit(self, transaction: Transaction) -> bool:
        kafka, producer = self.config.kafka, self._producer
        made = [(partition.partition, rollup) for partition, batch in transaction.batches for rollup in batch.rollups]

        def commit() -> bool:
            producer.begin_transaction()
            for partition, value in pack(made, self.config.topics.rollups_partitions):
                producer.send(kafka.topic(ROLLUPS), value=value, partition=partition)
            for source, batch in transaction.batches:
                self._send_letters(producer, batch.letters, transaction.records[source])
            producer.send_offsets_to_transaction(transaction.offsets, transaction.group)
            producer.commit_transaction()
            return True

        return within(self._limit_s, commit)

    def _send_letters(self, producer: Any, letters: list[DeadLetter], records: list[ConsumerRecord]) -> None:
        if not letters:
            return
        keys = {record.offset: record.key for record in records}
        for letter in letters:
            producer.send(
                self.config.kafka.topic(DEAD_LETTERS),
                value=letter.value[:MAX_DEAD_LETTER_BYTES],
                key=keys[letter.offset],
                headers=headers(letter),
                partition=0,
            )

    def _discard_producer(self) -> None:
        """Close the producer of a failed transaction; opening the next one aborts or completes it."""
        # kafka-python 3.0 keeps the offsets of a transaction that failed and would commit them with the next one.
        close_producer(self._producer)
        self._producer = None
