"""A producer that can no longer send is closed all the same."""

import os
import signal

from kafka import KafkaProducer

from deploy.local.kafka import LocalKafka
from streams.kafka.clients import producer_options, transactional_producer_options
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS
from streams.kafka.transactions import close_producer
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import TOPICS


def test_no_thread_is_left_behind_whether_the_broker_answers_or_not(
    broker: LocalKafka, kafka_settings: KafkaSettings
) -> None:
    create(kafka_settings, TOPICS)
    topic = kafka_settings.topic(MENTIONS)
    in_order, idempotent = (KafkaProducer(**producer_options(kafka_settings)) for _ in range(2))
    transactional = KafkaProducer(**transactional_producer_options(kafka_settings, "ends"))
    transactional.init_transactions()
    transactional.begin_transaction()
    for producer in (in_order, idempotent, transactional):
        producer.send(topic, b"{}").get(timeout=10)
    sent = in_order.send(topic, b"{}")
    close_producer(in_order)
    assert sent.succeeded()
    assert broker.pid
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        for producer in (idempotent, transactional):
            producer.send(topic, b"{}")
            close_producer(producer, 2.0)
        for producer in (in_order, idempotent, transactional):
            producer._sender.join(10)
            assert not producer._sender.is_alive()
    finally:
        os.kill(broker.pid, signal.SIGCONT)
