"""Idle heartbeats reach a partition that was added while their sender ran."""

import time

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import NewPartitions

from streams.kafka.clients import consumer_options, open_admin
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from streams.watching.rows.state_store import BrandStateStore
from streams.worker.idle_heartbeat_sender import IdleHeartbeatSender
from streams.worker.idle_heartbeats import IdleHeartbeat
from tests.helpers.cluster import TOPICS, wait_until


class Owner:
    """A watcher that owns its state; nothing may fail it."""

    def owns_state(self) -> bool:
        return True

    def fail(self, error: Exception) -> None:
        raise error


def test_a_partition_that_was_added_gets_its_heartbeats_and_ends_no_worker(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TOPICS)
    config = Config(kafka=kafka_settings, topics=TOPICS)
    sender = IdleHeartbeatSender(config, BrandStateStore(config, {}, time.monotonic), Owner())
    topic, added = kafka_settings.topic(MENTIONS), TOPICS.mentions_partitions
    consumer = KafkaConsumer(**consumer_options(kafka_settings, None))

    def arrived() -> bool:
        sender.send([IdleHeartbeat(added, "Acme", b"{}")])
        partition = TopicPartition(topic, added)
        return bool(consumer.end_offsets([partition])[partition])

    try:
        sender.send([IdleHeartbeat(0, "Acme", b"{}")])
        with open_admin(kafka_settings) as admin:
            admin.create_partitions({topic: NewPartitions(added + 1)})
        wait_until(arrived, lambda: "no heartbeat on the added partition", 30.0)
    finally:
        consumer.close()
        sender.close()
