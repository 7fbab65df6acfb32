"""One transactional producer per owned partition; opening it fences the previous owner.

A watcher that was suspended for long comes back with buffered writes that are out of date. Each partition has a
transactional id of its own: a new owner opens it again, and from then on Kafka refuses the previous owner's
transactions. What the new owner reads after that is final until it writes itself.
"""

from collections.abc import Iterable
from typing import Any

from kafka.errors import KafkaError

from streams.kafka.transactions import close_producer, open_producer, transaction_limit_s, within
from streams.settings.kafka import KafkaSettings


class FencedError(KafkaError):  # type: ignore[misc]
    """The partition has been acquired again since: what was to be written may be out of date."""


class FencedWriters:
    """Write to partitions, each with a transactional producer of its own; blocking, from one thread.

    Parameters
    ----------
    settings
        Connection settings.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self._producers: dict[int, Any] = {}

    def acquire(self, partition: int) -> object:
        """Open the producer of a partition, fencing the previous owner.

        Returns
        -------
        object
            The lease: a token that stays valid until the partition is acquired again; see `write`.

        Raises
        ------
        KafkaError
            Kafka cannot be reached.
        """
        self._release(partition)
        producer = open_producer(self.settings, f"{self.settings.watcher_group}-{partition}")
        self._producers[partition] = producer
        return producer

    def current_lease(self, partition: int) -> object | None:
        """Return the lease of a partition, if this process holds one and does not know that it has ended."""
        return self._producers.get(partition)

    def write(
        self, partition: int, lease: object, messages: Iterable[tuple[str, bytes, bytes | None]]
    ) -> dict[str, int]:
        """Write messages to a partition of their topics in one transaction, and wait for its commit.

        Parameters
        ----------
        partition
            The partition, of every topic.
        lease
            The lease under which the messages were made.
        messages
            Topic, key and value of each.

        Returns
        -------
        dict
            Of each topic, the offset of the last message.

        Raises
        ------
        FencedError
            The partition has been acquired again, by this process or another.
        KafkaError
            The transaction failed; the partition must be acquired again.
        """
        if lease is None or self._producers.get(partition) is not lease:
            raise FencedError(f"partition {partition} has been acquired again")
        producer = self._producers[partition]

        def transaction() -> dict[str, int]:
            producer.begin_transaction()
            last = {
                topic: producer.send(topic, key=key, value=value, partition=partition) for topic, key, value in messages
            }
            producer.commit_transaction()
            return {topic: sent.get(timeout=0).offset for topic, sent in last.items()}

        try:
            return within(transaction_limit_s(self.settings), transaction)
        except KafkaError:
            self._release(partition)
            raise

    def release_except(self, partitions: set[int]) -> None:
        """Close the producers of all partitions but these."""
        for partition in [p for p in self._producers if p not in partitions]:
            self._release(partition)

    def close(self) -> None:
        """Close all producers."""
        self.release_except(set())

    def _release(self, partition: int) -> None:
        producer = self._producers.pop(partition, None)
        if producer is not None:
            close_producer(producer)
