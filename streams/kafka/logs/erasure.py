"""Erasure of an author from what is published for longer than mentions are: incident events and last situations."""

import contextlib
from collections.abc import Callable

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.kafka.clients import broker_errors, consumer_options, producer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import require_topic
from streams.kafka.topics import INCIDENTS, SITUATIONS
from streams.mentions.erasure import without_author
from streams.settings.kafka import KafkaSettings
from streams.situations.situation import Situation

SEND_TIMEOUT_S = 30


def erase_author(settings: KafkaSettings, names: frozenset[str]) -> int:
    """Rewrite the published events and situations that quote an author, without the quotations; return how many.

    Each is written under its own key, so that compaction removes what was there. The situation of an open incident is
    left alone: the next minute writes another one.

    Parameters
    ----------
    settings
        Connection settings.
    names
        The author as events have it: the account, the pseudonym, or both.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, a topic is missing, or its right to be written is.
    """
    return _rewrite(settings, INCIDENTS, names, lambda _: True) + _rewrite(settings, SITUATIONS, names, _has_ended)


def _has_ended(value: bytes) -> bool:
    return Situation.from_json(value).ended


def _rewrite(settings: KafkaSettings, name: str, names: frozenset[str], may: Callable[[bytes], bool]) -> int:
    """Rewrite the newest value of each key of a topic that quotes an author and may be rewritten."""
    require_topic(settings, name, "READ")
    require_topic(settings, name, "WRITE")
    topic, newest = settings.topic(name), dict[bytes, tuple[int, bytes]]()
    with broker_errors(settings), contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer:
        numbers = consumer.partitions_for_topic(topic) or ()
        for record in read_to_end(consumer, [TopicPartition(topic, number) for number in sorted(numbers)]):
            if record.value is not None:
                newest[record.key] = record.partition, record.value
    rewritten = [
        (partition, key, erased)
        for key, (partition, value) in newest.items()
        if (erased := without_author(value, names)) is not None and may(value)
    ]
    if rewritten:
        with broker_errors(settings), contextlib.closing(KafkaProducer(**producer_options(settings))) as producer:
            for sent in [producer.send(topic, key=key, value=value, partition=at) for at, key, value in rewritten]:
                sent.get(SEND_TIMEOUT_S)
    return len(rewritten)
