"""An author who asks for it is erased from the published events."""

import json
from pathlib import Path

from click.testing import CliRunner
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.cli.main import main
from streams.collecting.pseudonyms import pseudonym
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.logs.incident_log import read_incidents
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.behaviour.engines import in_process
from tests.helpers.kafka.environment import environment
from tests.helpers.records import crisis

KEY = "a key of a test, not a secret"


def test_forgetting_an_author_rewrites_the_events_that_quote_them_and_no_other(
    kafka_settings: KafkaSettings, tmp_path: Path
) -> None:
    create(kafka_settings, TopicSettings(mentions_partitions=1, rollups_partitions=1))
    events = [event for event in in_process(crisis()) if b'"type":"incident"' in event]
    # Two of these events quote one author, once by the account and once by the pseudonym.
    author, hashed = "ann's account", pseudonym(KEY, "x", "ann's account")
    quoting = [number for number, event in enumerate(events) if json.loads(event)["posts"]]
    for number, name in zip(quoting, (author, hashed), strict=False):
        event = json.loads(events[number])
        event["posts"][0]["author"] = name
        events[number] = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    topic = kafka_settings.topic("incidents")
    producer = KafkaProducer(**producer_options(kafka_settings))
    for event in events:
        producer.send(topic, key=json.loads(event)["id"].encode(), value=event, partition=0)
    producer.flush(10)
    producer.close()

    (tmp_path / "badbuzz.toml").write_text("")
    env = environment(kafka_settings) | {"BADBUZZ_SOURCE_PSEUDONYM_KEY": KEY}
    config = ["--config", str(tmp_path / "badbuzz.toml")]
    result = CliRunner().invoke(main, ["forget", author, *config], env=env)
    assert (result.exit_code, result.output.splitlines()[0].split()[:2]) == (0, ["1", "events"])
    result = CliRunner().invoke(main, ["forget", author, "--network", "x", *config], env=env)
    assert result.output.splitlines()[0].startswith("1 events rewritten")

    consumer = KafkaConsumer(**consumer_options(kafka_settings, None))
    rows = {record.key: record.value for record in read_to_end(consumer, [TopicPartition(topic, 0)])}
    consumer.close()
    assert len(rows) == len(events)
    assert not any(author.encode() in value or hashed.encode() in value for value in rows.values())
    for before in events:
        after, old = json.loads(rows[json.loads(before)["id"].encode()]), json.loads(before)
        assert {**after, "posts": 0, "reach": 0} == {**old, "posts": 0, "reach": 0}
        assert [post["reach"] for post in after["posts"]] == [post["reach"] for post in old["posts"]]
    # Until Kafka compacts the topic the events are there twice; readers see the newest of each.
    assert [each.event.id for each in read_incidents(kafka_settings)].count(json.loads(events[0])["id"]) == 1
