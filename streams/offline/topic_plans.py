"""Topics and rights as a plan for those who create them otherwise: a script, Strimzi resources, or Terraform.

Nothing is asked of a broker: the plan follows from the configuration.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from streams.kafka.access.rights import (
    TOPIC,
    TRANSACTION,
    Right,
    collector_rights,
    console_rights,
    scorer_rights,
    watcher_rights,
)
from streams.kafka.topics import INCIDENTS, MENTIONS, TopicSpec, expected_topics
from streams.settings.kafka import BROKER_DEFAULT, KafkaSettings, TopicSettings

TERRAFORM_REPLICATION = 3
"""The provider needs a number where the broker's default is asked for: what production clusters have."""


class Plan(NamedTuple):
    """What the broker must have.

    Parameters
    ----------
    topics
        The topics.
    rights
        Rights of the user.
    user
        The user that badbuzz logs in as.
    servers
        Bootstrap brokers, ``host:port`` separated by commas.
    """

    topics: list[TopicSpec]
    rights: list[Right]
    user: str
    servers: str


def plan(kafka: KafkaSettings, topics: TopicSettings, user: str = "") -> Plan:
    """Return what an installation needs: its topics, and the rights of all processes and commands.

    Parameters
    ----------
    kafka
        Prefix, groups and addresses.
    topics
        Partitions, replication and options.
    user
        The user; empty: that of `kafka.sasl_username`, or `badbuzz`.
    """
    commands = [Right(TOPIC, kafka.topic(INCIDENTS), "READ"), Right(TOPIC, kafka.topic(MENTIONS), "WRITE")]
    processes = (scorer_rights, watcher_rights, collector_rights, console_rights)
    rights = {*commands, *(right for of_process in processes for right in of_process(kafka))}
    stronger = {(right.resource, right.name) for right in rights if right.operation != "DESCRIBE"}
    # Reading and writing imply describing.
    needed = {
        right for right in rights if right.operation != "DESCRIBE" or (right.resource, right.name) not in stronger
    }
    who = user or kafka.sasl_username or "badbuzz"
    return Plan(expected_topics(topics, kafka.topic_prefix), sorted(needed), who, ",".join(kafka.servers))


def script(wanted: Plan) -> str:
    """Return a shell script of Kafka's own commands.

    Examples
    --------
    >>> print(script(Plan([TopicSpec("mentions", 8, -1, {"retention.ms": "5"})], [], "ann", "k:9092")).splitlines()[-1])
    kafka-topics.sh "$@" --create --if-not-exists --topic mentions --partitions 8 --config retention.ms=5
    """
    lines = [
        "#!/bin/sh",
        "# badbuzz's topics and rights, for one who may create them: sh plan.sh [--command-config client.properties]",
        "set -eu",
        f'set -- --bootstrap-server {wanted.servers} "$@"',
    ]
    for topic in wanted.topics:
        copies = [] if topic.replication == BROKER_DEFAULT else [f"--replication-factor {topic.replication}"]
        options = [f"--config {name}={value}" for name, value in topic.config.items()]
        words = [f"--create --if-not-exists --topic {topic.name} --partitions {topic.partitions}", *copies, *options]
        lines.append(f'kafka-topics.sh "$@" {" ".join(words)}')
    for right in wanted.rights:
        pattern = " --resource-pattern-type prefixed" if right.resource == TRANSACTION else ""
        lines.append(
            f"kafka-acls.sh \"$@\" --add --allow-principal 'User:{wanted.user}' --operation {_words(right)} "
            f"--{right.resource} {right.name}{pattern}"
        )
    return "\n".join([*lines, ""])


def strimzi(wanted: Plan) -> str:
    """Return `KafkaTopic` resources and one `KafkaUser`, as YAML; set the label to the name of your `Kafka`."""
    documents = []
    for topic in wanted.topics:
        lines = [
            *_resource("KafkaTopic", topic.name),
            f"  topicName: {json.dumps(topic.name)}",
            f"  partitions: {topic.partitions}",
            *([] if topic.replication == BROKER_DEFAULT else [f"  replicas: {topic.replication}"]),
            "  config:",
            *(f"    {name}: {json.dumps(value)}" for name, value in topic.config.items()),
        ]
        documents.append("\n".join(lines))
    acls = []
    for right in wanted.rights:
        kind = {TRANSACTION: "transactionalId"}.get(right.resource, right.resource)
        pattern = "prefix" if right.resource == TRANSACTION else "literal"
        acls += [
            f"      - resource: {{type: {kind}, name: {json.dumps(right.name)}, patternType: {pattern}}}",
            f"        operations: [{_words(right)}]",
        ]
    user = [
        *_resource("KafkaUser", wanted.user),
        "  authentication: {type: scram-sha-512}",
        "  authorization:",
        "    type: simple",
        "    acls:",
        *acls,
    ]
    return "\n---\n".join([*documents, "\n".join(user)]) + "\n"


def terraform(wanted: Plan) -> str:
    """Return resources of the Terraform provider Mongey/kafka."""
    blocks = []
    for topic in wanted.topics:
        copies = TERRAFORM_REPLICATION if topic.replication == BROKER_DEFAULT else topic.replication
        options = [f"    {json.dumps(name)} = {json.dumps(value)}" for name, value in topic.config.items()]
        blocks += [
            f'resource "kafka_topic" "{_identifier(topic.name)}" {{',
            f"  name               = {json.dumps(topic.name)}",
            f"  partitions         = {topic.partitions}",
            f"  replication_factor = {copies}",
            "  config = {",
            *options,
            "  }",
            "}",
            "",
        ]
    for right in wanted.rights:
        kind = "TransactionalID" if right.resource == TRANSACTION else right.resource.capitalize()
        pattern = "Prefixed" if right.resource == TRANSACTION else "Literal"
        blocks += [
            f'resource "kafka_acl" "{_identifier(f"{right.resource}_{right.name}_{right.operation}".lower())}" {{',
            f"  resource_name                = {json.dumps(right.name)}",
            f'  resource_type                = "{kind}"',
            f'  resource_pattern_type_filter = "{pattern}"',
            f"  acl_principal                = {json.dumps(f'User:{wanted.user}')}",
            '  acl_host                     = "*"',
            f'  acl_operation                = "{_words(right)}"',
            '  acl_permission_type          = "Allow"',
            "}",
            "",
        ]
    return "\n".join(blocks)


FORMATS: dict[str, Callable[[Plan], str]] = {"script": script, "strimzi": strimzi, "terraform": terraform}
"""Formats of a plan by name."""


def _resource(kind: str, name: str) -> Iterable[str]:
    return (
        "apiVersion: kafka.strimzi.io/v1beta2",
        f"kind: {kind}",
        f"metadata: {{name: {json.dumps(_label(name))}, labels: {{strimzi.io/cluster: my-cluster}}}}",
        "spec:",
    )


def _words(right: Right) -> str:
    """Return an operation as Kafka's tools write it: Read, DescribeConfigs."""
    return "".join(word.capitalize() for word in right.operation.split("_"))


def _label(name: str) -> str:
    return re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.")


def _identifier(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)
