"""What people did is in the topic once it is confirmed, in one order for everybody."""

import threading

import msgspec
import pytest
from kafka import KafkaProducer

from streams.desk_log.fold import fold
from streams.errors import BrokerError
from streams.kafka.clients import producer_options
from streams.kafka.logs.desk_log import read_desk_log, read_situations
from streams.kafka.logs.desk_writer import DeskWriter
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.helpers.desk_actions import action


def write_notes(writer: DeskWriter, who: str) -> None:
    for _ in range(20):
        writer.append(action("note", who=who, text="seen"))


def test_an_action_sent_twice_counts_once(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TopicSettings())
    mine = action("acknowledge")
    writer = DeskWriter(kafka_settings)
    writer.append(mine)
    writer.append(mine)
    writer.close()
    logged = read_desk_log(kafka_settings)
    assert logged == [mine, mine]
    state = fold(logged)[mine.incident]
    assert (state.version, state.acknowledged) == (1, mine)


def test_actions_of_two_people_are_in_one_order_and_complete(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TopicSettings())
    writers = {who: DeskWriter(kafka_settings) for who in ("anne", "marc")}
    threads = [threading.Thread(target=write_notes, args=(writer, who)) for who, writer in writers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers.values():
        writer.close()
    logged = read_desk_log(kafka_settings)
    assert logged == read_desk_log(kafka_settings)
    for who in writers:
        own = [each.id for each in logged if each.who == who]
        assert (len(own), own) == (20, sorted(own))


def test_what_is_no_action_is_passed_over_and_hides_no_other(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TopicSettings())
    mine = action("acknowledge")
    later = msgspec.json.encode(msgspec.to_builtins(mine) | {"mood": "angry"})
    producer = KafkaProducer(**producer_options(kafka_settings))
    for value in (b"no JSON", later, mine.to_json()):
        producer.send(kafka_settings.topic("desk"), value=value, partition=0).get(10)
    producer.close()
    assert read_desk_log(kafka_settings) == [mine]


def test_a_missing_topic_is_named_with_its_remedy(kafka_settings: KafkaSettings) -> None:
    with pytest.raises(BrokerError, match="desk is missing: run 'badbuzz topics create'"):
        read_desk_log(kafka_settings)
    with pytest.raises(BrokerError, match="situations is missing: run 'badbuzz topics create'"):
        read_situations(kafka_settings)
