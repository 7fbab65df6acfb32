"""Topics as they are created, described and required, and the options of Kafka's clients."""

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource

from streams.errors import BrokerError, ConfigError
from streams.kafka.clients import (
    admin_options,
    consumer_options,
    faust_options,
    open_admin,
    producer_options,
    transactional_producer_options,
)
from streams.kafka.topic_admin import create, describe, require
from streams.kafka.topics import Topic, TopicSpec, compare, expected_topics
from streams.settings.kafka import KafkaSettings, Secret, TopicSettings


def _logging_in(**fields: object) -> KafkaSettings:
    return msgspec.convert({"sasl_mechanism": "SCRAM-SHA-512", "sasl_username": "ann"} | fields, KafkaSettings)


def test_creating_topics_twice_changes_nothing(kafka_settings: KafkaSettings) -> None:
    first = create(kafka_settings, TopicSettings())
    again = create(kafka_settings, TopicSettings())
    assert [report.created for report in first] == [True] * 8
    assert [report.created for report in again] == [False] * 8
    assert [report.topic for report in again] == [report.topic for report in first]
    assert not any(report.differences for report in first + again)
    require(kafka_settings, TopicSettings())


def test_topics_carry_the_prefix_partitions_and_retention_asked_for(kafka_settings: KafkaSettings) -> None:
    settings = TopicSettings(mentions_partitions=3, rollups_partitions=2, mentions_retention_hours=5)
    topics = {report.name: report.topic for report in create(kafka_settings, settings)}
    prefix = kafka_settings.topic_prefix
    assert {name: topic and topic.partitions for name, topic in topics.items()} == {
        f"{prefix}mentions": 3,
        f"{prefix}rollups": 2,
        f"{prefix}watches": 2,
        f"{prefix}incidents": 2,
        f"{prefix}mentions.dead-letter": 1,
        f"{prefix}sources": 1,
        f"{prefix}situations": 2,
        f"{prefix}desk": 1,
    }
    mentions, incidents = topics[f"{prefix}mentions"], topics[f"{prefix}incidents"]
    assert mentions is not None
    assert mentions.config["retention.ms"] == str(5 * 3_600_000)
    assert incidents is not None
    assert incidents.config["cleanup.policy"] == "compact,delete"
    assert incidents.config["retention.ms"] == str(400 * 24 * 3_600_000)
    desk = topics[f"{prefix}desk"]
    assert desk is not None
    assert (desk.config["cleanup.policy"], desk.config["retention.ms"]) == ("delete", "-1")


def test_a_mention_of_2015_is_retained_as_one_that_arrived_now(kafka_settings: KafkaSettings) -> None:
    """Retention by event time would delete a replayed incident while it is read."""
    create(kafka_settings, TopicSettings(mentions_partitions=1))
    topic = kafka_settings.topic("mentions")
    producer = KafkaProducer(**producer_options(kafka_settings))
    try:
        producer.send(topic, b"{}", timestamp_ms=1_424_000_000_000).get(10)
    finally:
        producer.close()
    consumer = KafkaConsumer(**consumer_options(kafka_settings, None))
    try:
        consumer.assign([TopicPartition(topic, 0)])
        consumer.seek_to_beginning()
        [[record]] = consumer.poll(timeout_ms=10_000).values()
    finally:
        consumer.close()
    assert abs(record.timestamp / 1000 - time.time()) < 3600


def test_missing_topics_are_reported_with_the_command_that_creates_them(kafka_settings: KafkaSettings) -> None:
    with pytest.raises(BrokerError, match=r"mentions is missing: run 'badbuzz topics create'"):
        require(kafka_settings, TopicSettings())
    assert [[d.aspect for d in report.differences] for report in describe(kafka_settings, TopicSettings())] == [
        ["missing"]
    ] * 8


def test_a_wrong_partition_count_is_reported_with_both_remedies(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TopicSettings(rollups_partitions=4))
    with pytest.raises(BrokerError, match=r"rollups: partitions is 4, expected 8: set \w+_ROLLUPS_PARTITIONS=4, or"):
        require(kafka_settings, TopicSettings())


def test_another_retention_is_reported_and_stops_no_worker(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TopicSettings())
    other = TopicSettings(mentions_retention_hours=1)
    differences = [str(difference) for report in describe(kafka_settings, other) for difference in report.differences]
    assert len(differences) == 2
    assert "retention.ms is 604800000, expected 3600000" in differences[0]
    require(kafka_settings, other)


def test_an_option_changed_by_hand_is_reported(kafka_settings: KafkaSettings) -> None:
    create(kafka_settings, TopicSettings())
    name = kafka_settings.topic("incidents")
    with open_admin(kafka_settings) as admin:
        admin.alter_configs([ConfigResource("topic", name, {"cleanup.policy": "delete"})])
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if differences := [d for report in describe(kafka_settings, TopicSettings()) for d in report.differences]:
                break
    assert [(d.topic, d.aspect, d.expected, d.actual) for d in differences] == [
        (name, "cleanup.policy", "compact,delete", "delete")
    ]


def test_a_worker_whose_clock_is_a_day_ahead_can_write_to_every_topic(kafka_settings: KafkaSettings) -> None:
    topics = [report.name for report in create(kafka_settings, TopicSettings())]
    producer = KafkaProducer(**producer_options(kafka_settings))
    tomorrow = int((time.time() + 86_400) * 1000)
    try:
        sent = [producer.send(name, b"{}", key=b"Acme", timestamp_ms=tomorrow) for name in topics]
        assert all(one.get(30).timestamp < tomorrow for one in sent)
    finally:
        producer.close()


def test_more_copies_than_brokers_are_refused_with_the_reason(kafka_settings: KafkaSettings) -> None:
    with pytest.raises(BrokerError, match=r"did not create topic .*mentions.*only 1 broker"):
        create(kafka_settings, TopicSettings(replication=3))


def test_a_refused_option_is_named_with_where_to_set_it_and_stops_no_other_topic(kafka_settings: KafkaSettings) -> None:
    settings = TopicSettings(overrides={"watches": {"segment.bytes": "many"}})
    with pytest.raises(
        BrokerError, match=r"did not create topic \S+watches.*segment\.bytes.*\[topics\.overrides\].*others"
    ):
        create(kafka_settings, settings)
    missing = [report.name for report in describe(kafka_settings, TopicSettings()) if report.topic is None]
    assert missing == [kafka_settings.topic("watches")]


def test_an_option_left_to_the_cluster_is_no_difference(kafka_settings: KafkaSettings) -> None:
    settings = TopicSettings(overrides={"watches": {"segment.bytes": "", "segment.ms": 600_000}})
    reports = {report.name: report for report in create(kafka_settings, settings)}
    watches = reports[kafka_settings.topic("watches")]
    assert watches.differences == []
    assert watches.topic is not None
    assert watches.topic.config["segment.ms"] == "600000"
    assert watches.topic.config["segment.bytes"] == str(1024**3)


def test_a_broker_that_is_down_is_reported_within_the_connect_timeout() -> None:
    settings = KafkaSettings(bootstrap_servers="127.0.0.1:1", connect_timeout_s=0.5)
    with pytest.raises(BrokerError, match=r"no answer from Kafka at 127\.0\.0\.1:1.*make kafka.*BOOTSTRAP_SERVERS"):
        require(settings, TopicSettings())


def test_any_replication_is_right_where_the_brokers_default_is_expected() -> None:
    spec = TopicSpec("t", 1, -1, {})
    assert compare(spec, Topic("t", 1, 3, {})) == []
    assert [d.aspect for d in compare(TopicSpec("t", 1, 3, {}), Topic("t", 1, 1, {}))] == ["replication"]


@pytest.mark.parametrize("name", [name for name in TopicSettings.__struct_fields__ if name != "overrides"])
def test_topic_settings_below_one_are_refused_by_name(name: str) -> None:
    with pytest.raises(ConfigError, match=f"BADBUZZ_TOPICS_{name.upper()}"):
        msgspec.convert({name: 0}, TopicSettings)


def test_incidents_and_rollups_have_the_same_partitions_so_that_a_brand_stays_with_its_watcher() -> None:
    by_name = {spec.name: spec for spec in expected_topics(TopicSettings(rollups_partitions=5))}
    assert by_name["rollups"].partitions == by_name["incidents"].partitions == 5


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"bootstrap_servers": "localhost"}, "BOOTSTRAP_SERVERS"),
        ({"bootstrap_servers": "a:9092,,b:9092"}, "BOOTSTRAP_SERVERS"),
        ({"topic_prefix": "two words"}, "TOPIC_PREFIX"),
        ({"sasl_mechanism": "MAGIC"}, "SASL_MECHANISM"),
        ({"sasl_mechanism": "PLAIN", "sasl_username": "ann"}, "SASL_MECHANISM"),
        ({"sasl_username": "ann"}, "SASL_USERNAME"),
        ({"tls_cert_file": "client.pem"}, "TLS_CERT_FILE"),
        ({"session_timeout_s": 0}, "SESSION_TIMEOUT_S"),
        ({"heartbeat_interval_s": 3}, "HEARTBEAT_INTERVAL_S"),
    ],
)
def test_an_impossible_setting_is_named_by_its_environment_variable(values: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=f"BADBUZZ_KAFKA_{named}"):
        msgspec.convert(values, KafkaSettings)


def test_no_secret_is_shown_by_anything_that_prints_settings_or_client_options() -> None:
    settings = _logging_in(sasl_password="hunter2", tls_key_password="swordfish")  # noqa: S106
    shown = [
        repr(settings),
        str(settings),
        str(settings.__rich_repr__()),
        str(admin_options(settings)),
        str(consumer_options(settings, "g")),
        str(transactional_producer_options(settings, "t")),
        str(faust_options(settings)),
    ]
    assert not any("hunter2" in text or "swordfish" in text for text in shown)
    assert consumer_options(settings, "g")["sasl_plain_password"] == "hunter2"  # noqa: S105


def test_a_password_file_is_read_without_its_line_end_and_anew_each_time(tmp_path: Path) -> None:
    file = tmp_path / "password"
    settings = _logging_in(sasl_password_file=str(file))
    with pytest.raises(ConfigError, match="BADBUZZ_KAFKA_SASL_PASSWORD_FILE"):
        admin_options(settings)
    for password in ("first", "second"):
        file.write_text(password + "\n")
        assert admin_options(settings)["sasl_plain_password"] == password
    assert isinstance(admin_options(settings)["sasl_plain_password"], Secret)


@pytest.mark.parametrize("field", ["tls_ca_file", "tls_cert_file"])
def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path, field: str) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    extra = {"tls_key_file": str(nonsense)} if field == "tls_cert_file" else {}
    settings = msgspec.convert({field: str(nonsense)} | extra, KafkaSettings)
    assert settings.security_protocol == "SSL"
    with pytest.raises(ConfigError, match=f"BADBUZZ_KAFKA_{field.upper()}"):
        producer_options(settings)


def test_tls_verifies_the_brokers_certificate_and_name() -> None:
    context = consumer_options(KafkaSettings(tls=True), None)["ssl_context"]
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


def test_faust_gets_the_same_servers_login_and_timeouts() -> None:
    settings = _logging_in(bootstrap_servers="a:1, b:2", topic_prefix="eu.", sasl_password_file=__file__, tls=True)
    options = faust_options(settings)
    assert options["broker"] == ["kafka://a:1", "kafka://b:2"]
    assert options["id"] == "eu.badbuzz-watcher"
    assert options["broker_credentials"].protocol.value == "SASL_SSL"
    assert options["broker_credentials"].mechanism.value == "SCRAM-SHA-512"
    assert options["broker_session_timeout"] == consumer_options(settings, None)["session_timeout_ms"] / 1000


def test_client_options_need_no_import_of_faust() -> None:
    """Faust takes a second to import, which every command would pay."""
    code = "import sys, streams.kafka.clients, streams.kafka.topic_admin; sys.exit('faust' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0
