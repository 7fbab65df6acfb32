"""Writing to the partitions that a watcher owns: in transactions, and shutting out whoever wrote there before.

A watcher that stood still for long comes back with writes in its hands that are out of date. Each partition has a
transactional id of its own: whoever takes the partition over opens it anew, and Kafka refuses what comes from before.
What is read after that is final until this watcher itself writes.
"""

from collections.abc import Iterable
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.kafka.clients import transactional_producer_options
from streams.kafka.transactions import end_producer, within
from streams.settings.kafka import KafkaSettings


class FencedError(KafkaError):  # type: ignore[misc]
    """The partition has been taken again since: what was to be written may be out of date."""


class FencedWriters:
    """Write to partitions, each in transactions of its own; blocking, from one thread.

    Parameters
    ----------
    settings
        Where Kafka is.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        # By then the broker has ended a transaction itself.
        self._patience_s = 2 * settings.transaction_timeout_s
        self._open: dict[int, Any] = {}

    def take(self, partition: int) -> object:
        """Shut out whoever wrote to a partition before.

        Returns
        -------
        object
            Stands for this taking; see `write`.

        Raises
        ------
        KafkaError
            Kafka cannot be reached.
        """
        self._close(partition)
        name = f"{self.settings.watcher_group}-{partition}"
        producer = KafkaProducer(**transactional_producer_options(self.settings, name))
        try:
            within(self._patience_s, producer.init_transactions)
        except BaseException:
            end_producer(producer)
            raise
        self._open[partition] = producer
        return producer

    def taken(self, partition: int) -> object | None:
        """Give what stands for the last taking of a partition, if it still holds as far as is known."""
        return self._open.get(partition)

    def write(
        self, partition: int, taking: object, messages: Iterable[tuple[str, bytes, bytes | None]]
    ) -> dict[str, int]:
        """Write messages to a partition of their topics, all of them or none, and wait until they are kept.

        Parameters
        ----------
        partition
            The partition, of every topic.
        taking
            The taking after which what is written was made.
        messages
            Topic, key and value of each.

        Returns
        -------
        dict
            Of each topic, the offset of the last message.

        Raises
        ------
        FencedError
            The partition has been taken again, by this process or another.
        KafkaError
            Kafka did not take it; the partition must be taken again.
        """
        if taking is None or self._open.get(partition) is not taking:
            raise FencedError(f"partition {partition} has been taken again")
        producer = self._open[partition]

        def transaction() -> dict[str, int]:
            producer.begin_transaction()
            last = {
                topic: producer.send(topic, key=key, value=value, partition=partition) for topic, key, value in messages
            }
            producer.commit_transaction()
            return {topic: sent.get(timeout=0).offset for topic, sent in last.items()}

        try:
            return within(self._patience_s, transaction)
        except KafkaError:
            self._close(partition)
            raise

    def keep_only(self, partitions: set[int]) -> None:
        """Let go of the partitions that others write now."""
        for partition in [p for p in self._open if p not in partitions]:
            self._close(partition)

    def close(self) -> None:
        """Let go of all."""
        self.keep_only(set())

    def _close(self, partition: int) -> None:
        producer = self._open.pop(partition, None)
        if producer is not None:
            end_producer(producer)
