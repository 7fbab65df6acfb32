"""Reading what a crisis cell works on: the actions in the topic `desk`, and the latest picture of each brand.

The topic `desk` has one partition, so its order is that for everybody. An action may be there twice, from a process
that was killed before it had the answer and tried again; its id is the same, and the fold counts it once.
"""

import contextlib
from collections.abc import Iterator

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from streams.desk_log.action import DeskAction, decode_action
from streams.errors import ActionError, BrokerError, InputError
from streams.kafka.clients import broker_errors, consumer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topics import DESK, SITUATIONS
from streams.settings.kafka import KafkaSettings
from streams.situations.situation import Situation


def read_desk_log(settings: KafkaSettings) -> list[DeskAction]:
    """Return the actions that are there now, in order; what is none, or of a later version, counts for nobody.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    """
    actions = []
    with _records(settings, DESK) as records:
        for record in records:
            with contextlib.suppress(ActionError):
                actions.append(decode_action(record.value))
    return actions


def read_situations(settings: KafkaSettings) -> dict[str, Situation]:
    """Return the latest situation of each brand that ever had one, those that have ended included.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    InputError
        One was written by another version.
    """
    return {situation.brand: situation for situation in _situations(settings)}


def read_incident_situations(settings: KafkaSettings) -> dict[str, Situation]:
    """Return the latest situation of each incident that is there; compaction leaves the last one of a brand at least.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, or the topic is missing.
    InputError
        One was written by another version.
    """
    return {situation.incident: situation for situation in _situations(settings)}


def _situations(settings: KafkaSettings) -> Iterator[Situation]:
    """Yield the situations that are there, those of a brand in order."""
    with _records(settings, SITUATIONS) as records:
        for record in records:
            try:
                yield Situation.from_json(record.value)
            except msgspec.DecodeError as error:
                raise InputError(
                    f"expected a situation of version 1, got {record.value!r:.80}: {error}: update badbuzz"
                ) from None


@contextlib.contextmanager
def _records(settings: KafkaSettings, name: str) -> Iterator[Iterator[ConsumerRecord]]:
    topic = settings.topic(name)
    with (
        broker_errors(settings),
        contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer,
    ):
        numbers = consumer.partitions_for_topic(topic)
        if not numbers:
            raise BrokerError(f"topic {topic} is missing: run 'badbuzz topics create'")
        places = [TopicPartition(topic, number) for number in sorted(numbers)]
        yield (record for record in read_to_end(consumer, places) if record.value)
