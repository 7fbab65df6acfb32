"""Reading the topic `incidents`: the events that are there, and new ones as they are published."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, TopicPartition

from streams.errors import InputError
from streams.kafka.clients import broker_errors, consumer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import require_topic
from streams.kafka.topics import INCIDENTS
from streams.response.desk_event import DeskEvent
from streams.settings.kafka import KafkaSettings
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import WatchEvent

POLL_MS = 500


class PublishedEvent(NamedTuple):
    """An incident event and the bytes it was published as."""

    event: IncidentEvent
    line: bytes


class _Type(msgspec.Struct):
    type: str


_decode_type = msgspec.json.Decoder(_Type).decode
_decode_event = msgspec.json.Decoder(IncidentEvent).decode
_decode_desk = msgspec.json.Decoder(DeskEvent).decode


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
        # An event that was rewritten (`streams.kafka.logs.erasure`) is there twice until the topic is compacted.
        newest = {record.key: event for record in read_to_end(consumer, partitions) for event in _decoded(record.value)}
    return sorted(newest.values(), key=lambda each: (each.event.at, each.event.brand, each.event.id), reverse=True)


def read_watch_events(settings: KafkaSettings) -> list[WatchEvent]:
    """Return the events of incidents and of the response desk that are published now, in no order.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    InputError
        An event was written by another version.
    """
    with _opened(settings) as (consumer, partitions):
        newest = {record.key: record.value for record in read_to_end(consumer, partitions)}
    return [event for value in newest.values() for event in decode_watch_events(value)]


def decode_watch_events(value: bytes | None) -> Iterator[WatchEvent]:
    """Yield the event that a message holds, of an incident or of the response desk; events of other types are left out.

    Raises
    ------
    InputError
        It was written by another version.
    """
    yield from _desk_events(value)
    for published in _decoded(value):
        yield published.event


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


def _desk_events(value: bytes | None) -> Iterator[DeskEvent]:
    """Yield the event of the response desk that a message holds."""
    try:
        if value and _decode_type(value).type == "desk":
            yield _decode_desk(value)
    except msgspec.DecodeError as error:
        raise InputError(f"expected desk events of this version, got {value!r:.80}: {error}") from None


def _decoded(value: bytes | None) -> Iterator[PublishedEvent]:
    """Yield the incident event that a message holds; events of other types are left out."""
    try:
        if value and _decode_type(value).type == "incident":
            yield PublishedEvent(_decode_event(value), value)
    except msgspec.DecodeError as error:
        raise InputError(f"expected incident events of this version, got {value!r:.80}: {error}") from None
