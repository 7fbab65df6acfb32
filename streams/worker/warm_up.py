"""Sending of a warm-up: what a record has taught of each brand, to the topic `rollups`, where its watcher reads it."""

import contextlib
from collections.abc import Iterable

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.errors import BrokerError
from streams.kafka.clients import MAX_REQUEST_BYTES, broker_errors, producer_options
from streams.kafka.partitioning import pack
from streams.kafka.topics import ROLLUPS
from streams.scoring.rollup import Rollup
from streams.settings.config import Config

SEND_TIMEOUT_S = 30.0
_PARTITION = 0  # of `mentions`; it plays no part, for such a rollup advances no event time


def send_learned(config: Config, rollups: Iterable[Rollup]) -> None:
    """Send what records have taught, and wait until it is stored.

    Parameters
    ----------
    config
        Configuration.
    rollups
        One a brand, as `streams.watching.warm_up.learned_rollup` makes them.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, its topic is missing, or it does not accept a message.
    """
    kafka, made = config.kafka, [(_PARTITION, rollup) for rollup in rollups]
    options = producer_options(kafka) | {"max_request_size": MAX_REQUEST_BYTES}
    with broker_errors(kafka), contextlib.closing(KafkaProducer(**options)) as producer:
        partitions = len(producer.partitions_for(kafka.topic(ROLLUPS)) or ())
        if partitions != config.topics.rollups_partitions:
            raise BrokerError(
                f"topic {kafka.topic(ROLLUPS)}: expected {config.topics.rollups_partitions} partitions "
                f"(topics.rollups_partitions), got {partitions}: run 'badbuzz topics create', or correct the option"
            )
        try:
            for future in [
                producer.send(kafka.topic(ROLLUPS), value=value, partition=partition)
                for partition, value in pack(made, partitions)
            ]:
                future.get(SEND_TIMEOUT_S)
        except KafkaError as error:
            raise BrokerError(
                f"Kafka at {', '.join(kafka.servers)} did not accept a warm-up: {error}: run 'badbuzz check'"
            ) from error
