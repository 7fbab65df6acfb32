"""A batch is scored while the previous one is being committed: a failed commit discards both."""

import threading

from kafka import KafkaProducer, TopicPartition
from kafka.structs import ConsumerGroupMetadata, OffsetAndMetadata

from streams.kafka.broker_monitor import BrokerMonitor
from streams.kafka.clients import open_admin, producer_options, transactional_producer_options
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings, TopicSettings
from streams.settings.worker import WorkerSettings
from streams.worker.scorer.scorer_transactions import Committed, ScorerTransactions, Transaction
from streams.worker.scorer.scorer_worker import ScorerWorker
from tests.benchmarks.engines.check import rolled_up
from tests.helpers.mentions import mention_line

MENTIONS_SENT = 6000
BRANDS = 20
PER_BRAND_MINUTE = 30


class Flat:
    def score_many(self, texts: list[str]) -> list[float]:
        return [0.9 for _ in texts]


def test_failed_commits_neither_lose_nor_duplicate_mentions(kafka_settings: KafkaSettings) -> None:
    topics = TopicSettings(mentions_partitions=2, rollups_partitions=2)
    create(kafka_settings, topics)
    producer = KafkaProducer(**producer_options(kafka_settings))
    for number in range(MENTIONS_SENT):
        brand = f"brand {number % BRANDS}"
        line = mention_line(number, number * 60 / (BRANDS * PER_BRAND_MINUTE), brand=brand, author=f"author {number}")
        producer.send(kafka_settings.topic(MENTIONS), value=line, key=brand.encode())
    producer.close()

    config = Config(kafka=kafka_settings, topics=topics, worker=WorkerSettings(batch_messages=250))
    stopping = threading.Event()
    committed: list[int] = []

    def record_committed(done: Committed) -> None:
        committed.append(done.messages)
        if sum(committed) >= MENTIONS_SENT:
            stopping.set()
        elif len(committed) % 4 == 0:
            # Fence the producer that is about to commit the batch scored meanwhile.
            options = transactional_producer_options(kafka_settings, f"{kafka_settings.scorer_group}-one")
            other = KafkaProducer(**options)
            other.init_transactions()
            other.close()

    with BrokerMonitor(kafka_settings, [kafka_settings.topic(MENTIONS)]) as monitor:
        ScorerWorker(config, Flat(), "one", monitor, record_committed).run(stopping)

    minutes = rolled_up(kafka_settings)
    assert sum(committed) == MENTIONS_SENT
    assert sum(mentions for networks in minutes.values() for mentions, _, _ in networks.values()) == MENTIONS_SENT
    assert {networks["forum"][0] for networks in minutes.values()} == {PER_BRAND_MINUTE}


def test_the_offsets_of_a_failed_transaction_are_not_committed_by_the_next(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TopicSettings(mentions_partitions=2, rollups_partitions=2))
    topic, group = kafka_settings.topic(MENTIONS), kafka_settings.topic(kafka_settings.scorer_group)
    first, second = TopicPartition(topic, 0), TopicPartition(topic, 1)
    no_member = ConsumerGroupMetadata(group, -1, "", None)
    evicted_member = ConsumerGroupMetadata(group, 7, "evicted", None)
    transactions = ScorerTransactions(Config(kafka=kafka_settings), "one")

    transactions.begin(Transaction({first: []}, [], {first: OffsetAndMetadata(500, "", -1)}, evicted_member))
    assert transactions.await_commit() == (None, {0})
    assert transactions.connect()
    transactions.begin(Transaction({second: []}, [], {second: OffsetAndMetadata(250, "", -1)}, no_member))
    assert transactions.await_commit() == (Committed(0, []), set())
    transactions.stop()
    transactions.close()

    with open_admin(kafka_settings) as admin:
        committed = admin.list_group_offsets(group)[group]
    assert {partition: offset.offset for partition, offset in committed.items()} == {second: 250}
