"""The limit: read, decode and score in batches, and nothing else."""

from kafka import KafkaConsumer, TopicPartition

from detectors.negativity import NegativityModel
from streams.kafka.clients import consumer_options
from streams.kafka.topics import MENTIONS
from streams.mentions.mention import decode
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.engines.clock import Clock
from tests.benchmarks.engines.feed import TOPICS


def kafka_python(settings: KafkaSettings, clock: Clock) -> None:
    """On badbuzz's own client, with its own settings."""
    model = NegativityModel.load()
    consumer = KafkaConsumer(**consumer_options(settings, None), max_partition_fetch_bytes=4 << 20)
    partitions = [TopicPartition(settings.topic(MENTIONS), p) for p in range(TOPICS.mentions_partitions)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    while True:
        for records in consumer.poll(timeout_ms=200, max_records=5000).values():
            model.score_many([decode(record.value).text or "" for record in records])
            if clock.add(len(records)):
                clock.report()
                return


def confluent(settings: KafkaSettings, clock: Clock) -> None:
    """On librdkafka, the client of quixstreams and bytewax."""
    from confluent_kafka import Consumer  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    model = NegativityModel.load()
    consumer = Consumer(
        {"bootstrap.servers": settings.bootstrap_servers, "group.id": "bare", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([settings.topic(MENTIONS)])
    while True:
        messages = consumer.consume(5000, timeout=0.2)
        if messages:
            model.score_many([decode(message.value()).text or "" for message in messages])
            if clock.add(len(messages)):
                clock.report()
                return
