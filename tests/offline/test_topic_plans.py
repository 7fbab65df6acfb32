"""A plan has the topics and the rights that badbuzz itself asks for."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from streams.cli.main import main
from streams.errors import ConfigError
from streams.kafka.topics import expected_topics
from streams.offline.topic_plans import plan, script, strimzi, terraform
from streams.settings.config import parse
from streams.settings.kafka import KafkaSettings, TopicSettings

KAFKA = KafkaSettings(topic_prefix="eu.", sasl_mechanism="PLAIN", sasl_username="ann", sasl_password="x")  # noqa: S106
PLAN = plan(KAFKA, TopicSettings())
NAMES = [spec.name for spec in expected_topics(TopicSettings(), "eu.")]


def test_the_script_is_one_that_a_shell_reads_and_creates_every_topic(tmp_path: Path) -> None:
    path = tmp_path / "plan.sh"
    path.write_text(script(PLAN))
    assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0
    assert re.findall(r"--create --if-not-exists --topic (\S+) ", script(PLAN)) == NAMES
    assert "--allow-principal 'User:ann' --operation Read --group eu.badbuzz-scorer\n" in script(PLAN)
    assert "--transactional-id eu.source- --resource-pattern-type prefixed\n" in script(PLAN)


def test_the_resources_of_strimzi_are_yaml_with_every_topic_and_one_user() -> None:
    documents = list(yaml.safe_load_all(strimzi(PLAN)))
    topics = [document for document in documents if document["kind"] == "KafkaTopic"]
    assert [topic["spec"]["topicName"] for topic in topics] == NAMES
    assert all(isinstance(value, str) for topic in topics for value in topic["spec"]["config"].values())
    [user] = [document for document in documents if document["kind"] == "KafkaUser"]
    granted = {(acl["resource"]["name"], *acl["operations"]) for acl in user["spec"]["authorization"]["acls"]}
    assert ("eu.mentions", "Read") in granted
    assert ("eu.mentions", "Describe") not in granted


def test_terraform_has_a_resource_for_each_topic_and_each_right() -> None:
    text = terraform(PLAN)
    assert re.findall(r'resource "kafka_topic" .*\n  name +  ?= "(.*)"', text) == NAMES
    assert text.count('resource "kafka_acl"') == len(PLAN.rights)
    assert text.count("{") == text.count("}")
    names = re.findall(r'resource "\S+" "(\w+)"', text)
    assert len(set(names)) == len(names)


def test_overrides_change_options_of_one_topic_and_an_empty_one_leaves_it_to_the_cluster() -> None:
    text = '[topics.overrides.watches]\n"segment.ms" = 600000\n"segment.bytes" = ""\n"preallocate" = true\n'
    specs = {spec.name: spec.config for spec in expected_topics(parse(text, {}).topics)}
    assert specs["watches"] == {
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": "compact",
        "segment.ms": "600000",
        "preallocate": "true",
    }
    assert specs["sources"]["segment.bytes"] == str(50 * 1024 * 1024)


def test_an_override_of_an_unknown_topic_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"topics\.overrides: expected one of .*watches.*, got 'wachtes'"):
        expected_topics(parse('[topics.overrides.wachtes]\n"segment.ms" = "1"\n', {}).topics)


def test_the_command_asks_no_broker() -> None:
    for form in ("script", "strimzi", "terraform"):
        env = {"BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
        result = CliRunner().invoke(main, ["topics", "plan", "--format", form], env=env)
        assert result.exit_code == 0
        assert "mentions.dead-letter" in result.output
