"""Erasure of authors and deleted posts from what outlives mentions: incident events and last situations."""

import contextlib
from collections.abc import Callable
from typing import NamedTuple

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.kafka.access.rights import TOPIC, Right
from streams.kafka.clients import broker_errors, consumer_options, producer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import require_granted
from streams.kafka.topics import INCIDENTS, SITUATIONS
from streams.mentions.erasure import Quoted, quoted, without_author, without_posts
from streams.settings.kafka import KafkaSettings
from streams.situations.situation import Situation

SEND_TIMEOUT_S = 30
Erase = Callable[[bytes], bytes | None]


class _Row(NamedTuple):
    partition: int
    written_ms: int
    value: bytes


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
    return _rewrite_both(settings, lambda value: without_author(value, names))


def erase_posts(settings: KafkaSettings, posts: frozenset[Quoted]) -> int:
    """Rewrite the published events and situations that quote some publications; otherwise as `erase_author`."""
    return _rewrite_both(settings, lambda value: without_posts(value, posts))


def quoted_posts(settings: KafkaSettings) -> list[Quoted]:
    """Return every publication that published events and ended situations quote, once, the last quoted first.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or a topic is missing.
    """
    _require(settings, "READ")
    rows = [row for row in _newest(settings, SITUATIONS).values() if _has_ended(row.value)]
    rows += _newest(settings, INCIDENTS).values()
    rows.sort(key=lambda row: -row.written_ms)
    return list(dict.fromkeys(post for row in rows for post in quoted(row.value)))


def _require(settings: KafkaSettings, *operations: str) -> None:
    topics = [settings.topic(name) for name in (INCIDENTS, SITUATIONS)]
    require_granted(settings, [Right(TOPIC, topic, operation) for topic in topics for operation in operations])


def _rewrite_both(settings: KafkaSettings, erase: Erase) -> int:
    _require(settings, "READ", "WRITE")
    return _rewrite(settings, INCIDENTS, erase, lambda _: True) + _rewrite(settings, SITUATIONS, erase, _has_ended)


def _has_ended(value: bytes) -> bool:
    return Situation.from_json(value).ended


def _newest(settings: KafkaSettings, name: str) -> dict[bytes, _Row]:
    """Return the newest value of each key of a topic."""
    topic, newest = settings.topic(name), dict[bytes, _Row]()
    with broker_errors(settings), contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer:
        numbers = consumer.partitions_for_topic(topic) or ()
        for record in read_to_end(consumer, [TopicPartition(topic, number) for number in sorted(numbers)]):
            if record.value is not None:
                newest[record.key] = _Row(record.partition, record.timestamp, record.value)
    return newest


def _rewrite(settings: KafkaSettings, name: str, erase: Erase, may: Callable[[bytes], bool]) -> int:
    """Rewrite the newest value of each key of a topic from which something is erased, and which may be rewritten."""
    rewritten = [
        (row.partition, key, erased)
        for key, row in _newest(settings, name).items()
        if (erased := erase(row.value)) is not None and may(row.value)
    ]
    if rewritten:
        topic = settings.topic(name)
        with broker_errors(settings), contextlib.closing(KafkaProducer(**producer_options(settings))) as producer:
            for sent in [producer.send(topic, key=key, value=value, partition=at) for at, key, value in rewritten]:
                sent.get(SEND_TIMEOUT_S)
    return len(rewritten)
