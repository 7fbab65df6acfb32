"""A scorer whose client no longer reads joins its group anew by itself."""

import logging
import threading

import pytest
from kafka import KafkaProducer

from streams.kafka.broker_monitor import BrokerMonitor
from streams.kafka.clients import producer_options
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings, TopicSettings
from streams.worker.scorer import group_member
from streams.worker.scorer.scorer_transactions import Committed
from streams.worker.scorer.scorer_worker import ScorerWorker
from tests.helpers.cluster import wait_until
from tests.helpers.mentions import mention_line
from tests.worker.test_scorer_transactions import Flat


def test_mentions_that_wait_behind_a_client_that_no_longer_reads_are_scored(
    kafka_settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    topics = TopicSettings(mentions_partitions=2, rollups_partitions=2)
    create(kafka_settings, topics)
    monkeypatch.setattr(group_member, "STUCK_AFTER_S", 3.0)
    committed: list[int] = []
    scored = threading.Event()

    def record(done: Committed) -> None:
        committed.append(done.messages)
        if sum(committed) == 20:
            scored.set()

    stopping = threading.Event()
    topic = kafka_settings.topic(MENTIONS)
    with BrokerMonitor(kafka_settings, [topic], every_s=1.0) as monitor, caplog.at_level(logging.ERROR):
        worker = ScorerWorker(Config(kafka=kafka_settings, topics=topics), Flat(), "one", monitor, record)
        thread = threading.Thread(target=worker.run, args=[stopping])
        thread.start()
        try:
            wait_until(lambda: worker.ready and len(worker.positions) == 2, lambda: str(worker.positions))
            consumer = worker._member.consumer
            consumer.pause(*consumer.assignment())
            producer = KafkaProducer(**producer_options(kafka_settings))
            for number in range(20):
                producer.send(topic, value=mention_line(number, number, brand="Acme"), key=b"Acme")
            producer.close()
            assert scored.wait(60.0)
        finally:
            stopping.set()
            thread.join()
    assert "joining the group anew" in caplog.text
