"""Reading the topic `incidents`: the events that are there, and new ones as they are published."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.errors import InputError
from streams.kafka.clients import broker_errors, consumer_options, producer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import require_topic
from streams.kafka.topics import INCIDENTS
from streams.mentions.erasure import without_author
from streams.settings.kafka import KafkaSettings
from streams.watching.incident_event import IncidentEvent

POLL_MS = 500
SEND_TIMEOUT_S = 30


class PublishedEvent(NamedTuple):
    """An incident event and the bytes it was published as."""

    event: IncidentEvent
    line: bytes


class _Type(msgspec.Struct):
    type: str


_decode_type = msgspec.json.Decoder(_Type).decode
_decode_event = msgspec.json.Decoder(IncidentEvent).decode


def read_incidents(settings: KafkaSettings) -> list[PublishedEvent]:
    """Return the incident events that are published now, newest first.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    InputError
        An event was written by another version.
    """
    with _opened(settings) as (consumer, partitions):
        # An event that was rewritten (`erase_author`) is there twice until the topic is compacted.
        newest = {record.key: event for record in read_to_end(consumer, partitions) for event in _decoded(record.value)}
    return sorted(newest.values(), key=lambda each: (each.event.at, each.event.brand, each.event.id), reverse=True)


def follow_incidents(settings: KafkaSettings) -> Iterator[PublishedEvent]:
    """Yield the incident events that are published from now on, as they come, without end.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    InputError
        An event was written by another version.
    """
    with _opened(settings) as (consumer, partitions):
        consumer.assign(partitions)
        consumer.seek_to_end(*partitions)
        while True:
            for records in consumer.poll(timeout_ms=POLL_MS).values():
                for record in records:
                    yield from _decoded(record.value)


def erase_author(settings: KafkaSettings, names: frozenset[str]) -> int:
    """Rewrite the published events that quote an author, without what they quote; return how many.

    Each is written under its own key, so that compaction removes what was there.

    Parameters
    ----------
    settings
        Connection settings.
    names
        The author as events have it: the account, the pseudonym, or both.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, the topic is missing, or its right to be written is.
    """
    require_topic(settings, INCIDENTS, "WRITE")
    newest: dict[bytes, tuple[int, bytes]] = {}
    with _opened(settings) as (consumer, partitions):
        for record in read_to_end(consumer, partitions):
            if record.value is not None:
                newest[record.key] = record.partition, record.value
    rewritten = [
        (partition, key, event)
        for key, (partition, value) in newest.items()
        if (event := without_author(value, names)) is not None
    ]
    if rewritten:
        with broker_errors(settings), contextlib.closing(KafkaProducer(**producer_options(settings))) as producer:
            topic = settings.topic(INCIDENTS)
            sent = [
                producer.send(topic, key=key, value=event, partition=partition) for partition, key, event in rewritten
            ]
            for future in sent:
                future.get(SEND_TIMEOUT_S)
    return len(rewritten)


@contextlib.contextmanager
def _opened(settings: KafkaSettings) -> Iterator[tuple[KafkaConsumer, list[TopicPartition]]]:
    require_topic(settings, INCIDENTS, "READ")
    topic = settings.topic(INCIDENTS)
    with (
        broker_errors(settings),
        contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer,
    ):
        numbers = consumer.partitions_for_topic(topic) or ()
        yield consumer, [TopicPartition(topic, number) for number in sorted(numbers)]


def _decoded(value: bytes | None) -> Iterator[PublishedEvent]:
    """Yield the incident event that a message holds; events of other types are left out."""
    try:
        if value and _decode_type(value).type == "incident":
            yield PublishedEvent(_decode_event(value), value)
    except msgspec.DecodeError as error:
        raise InputError(f"expected incident events of this version, got {value!r:.80}: {error}") from None
