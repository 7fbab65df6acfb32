"""Results of each engine, read from Kafka, in the form of the expected ones."""

import contextlib
from datetime import datetime

import msgspec
from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topics import INCIDENTS, ROLLUPS
from streams.scoring.rollup import Rollup, merge
from streams.scoring.rollup_batch import decode_batch
from streams.settings.kafka import KafkaSettings
from streams.watching.incident_event import IncidentEvent
from tests.benchmarks.engines.job import ALERTS, COUNTS, Networks

Minutes = dict[tuple[str, int], Networks]


def read(settings: KafkaSettings, topic: str) -> list[tuple[bytes | None, bytes]]:
    """Read the committed messages of a topic: key and value of each."""
    name = settings.topic(topic)
    with contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer:
        partitions = [TopicPartition(name, partition) for partition in consumer.partitions_for_topic(name)]
        return [(record.key, record.value) for record in read_to_end(consumer, partitions)]


def counted(settings: KafkaSettings, engine: str) -> Minutes:
    """Return the minutes that one of the other engines has written."""
    minutes: Minutes = {}
    for key, value in read(settings, f"{COUNTS}.{engine}"):
        minute, networks = msgspec.json.decode(value)
        minutes[(key or b"").decode(), minute] = {network: tuple(row) for network, row in networks.items()}
    return minutes


def alerted(settings: KafkaSettings, engine: str) -> set[tuple[str, int, str]]:
    """Return the brand, minute and severity of the alerts that one of the other engines has written."""
    lines = [(key or b"", msgspec.json.decode(value)) for key, value in read(settings, f"{ALERTS}.{engine}")]
    return {(key.decode(), minute, severity) for key, (minute, severity, *_) in lines}


def rolled_up(settings: KafkaSettings) -> Minutes:
    """Return the minutes that badbuzz's rollups add up to."""
    merged: dict[tuple[str, int, str], Rollup] = {}
    for _, value in read(settings, ROLLUPS):
        for _, rollup in decode_batch(value).made:
            key = (rollup.brand, rollup.minute, rollup.network)
            merged[key] = merge(merged[key], rollup) if key in merged else rollup
    minutes: Minutes = {}
    for (brand, minute, network), rollup in merged.items():
        counts = rollup.counts
        minutes.setdefault((brand, minute), {})[network] = (counts.mentions, counts.negatives, len(rollup.voices))
    return minutes


def incidents(settings: KafkaSettings, lateness_s: int) -> set[tuple[str, int, str]]:
    """Return the brand, minute and severity of badbuzz's incident events."""
    events = [msgspec.json.decode(value, type=IncidentEvent) for _, value in read(settings, INCIDENTS)]
    return {(event.brand, _minute(event.at) - lateness_s // 60, event.severity) for event in events}


def _minute(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp()) // 60
