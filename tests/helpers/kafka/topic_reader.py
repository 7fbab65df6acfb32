"""A reader of one topic from its beginning, for a test that follows what workers write."""

from collections.abc import Callable

from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.settings.kafka import KafkaSettings


class TopicReader:
    """Read a topic from its beginning, further at each call."""

    def __init__(self, settings: KafkaSettings, name: str) -> None:
        self.consumer = KafkaConsumer(**consumer_options(settings, None))
        self.partitions = [TopicPartition(settings.topic(name), p) for p in range(4)]
        self.consumer.assign(self.partitions)
        self.consumer.seek_to_beginning(*self.partitions)
        self.next: dict[int, int] = {}

    def read_on(
        self, on_value: Callable[[bytes], None], on_key: Callable[[bytes], None] = lambda _: None
    ) -> dict[int, int]:
        """Read to the end; return the offset after the last message of each partition."""
        ends = self.consumer.end_offsets(self.partitions)
        while any(self.consumer.position(partition) < end for partition, end in ends.items()):
            for partition, records in self.consumer.poll(timeout_ms=500, max_records=5000).items():
                self.next[partition.partition] = records[-1].offset + 1
                for record in records:
                    if record.value is not None:
                        on_value(record.value)
                        on_key(record.key)
        return self.next

    def close(self) -> None:
        self.consumer.close()
