"""Each situation is published once, whichever watcher owns its partition and whatever it processes again."""

import contextlib

import msgspec
from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.kafka.fenced_writers import FencedWriters
from streams.kafka.logs.desk_log import read_situations
from streams.kafka.logs.incident_publisher import IncidentPublisher
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from streams.situations.situation import Situation
from tests.helpers.desk_actions import picture


def at(minute: int, *, ended: bool = False) -> Situation:
    time = f"2024-03-09T10:{minute:02}:00Z"
    return msgspec.structs.replace(picture(), at=time, ended=ended)


def test_a_new_owner_that_processes_minutes_again_publishes_only_what_is_not_there(
    kafka_settings: KafkaSettings,
) -> None:
    create(kafka_settings, TopicSettings())
    first = FencedWriters(kafka_settings)
    IncidentPublisher(kafka_settings, first).publish(2, [], [at(1), at(2)])
    second = FencedWriters(kafka_settings)
    publisher = IncidentPublisher(kafka_settings, second)
    publisher.publish(2, [], [at(1), at(2), at(3)])
    publisher.publish(2, [], [at(2), at(4, ended=True), at(4)])
    first.close()
    second.close()
    topic = TopicPartition(kafka_settings.topic("situations"), 2)
    with contextlib.closing(KafkaConsumer(**consumer_options(kafka_settings, None))) as consumer:
        written = [Situation.from_json(record.value) for record in read_to_end(consumer, [topic])]
    once = [at(1), at(2), at(3), at(4, ended=True), at(4)]
    assert written == once
    assert read_situations(kafka_settings) == {"Acme": at(4)}
