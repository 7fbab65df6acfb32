"""Creating badbuzz's topics on the broker, describing them, and requiring that a worker can use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from kafka.admin import ConfigResource
from kafka.errors import NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from streams.errors import BrokerError
from streams.kafka.clients import open_admin
from streams.kafka.topics import MISSING, PARTITIONS, Difference, Topic, TopicSpec, compare, expected_topics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kafka.admin import KafkaAdminClient

    from streams.settings.kafka import KafkaSettings, TopicSettings

# How long a new topic may take until each of its partitions has a leader.
READY_TIMEOUT_S = 10.0


class TopicReport(msgspec.Struct, frozen=True):
    """One topic as `create` or `describe` saw it.

    Parameters
    ----------
    name
        Its full name.
    created
        Whether this call created it.
    topic
        The topic on the broker, or None where it is missing.
    differences
        Every deviation from what is expected; empty where all is well.
    """

    name: str
    created: bool
    topic: Topic | None
    differences: list[Difference]


def create(kafka: KafkaSettings, settings: TopicSettings) -> list[TopicReport]:
    """Create the topics that are missing, leave the others as they are, and report what differs.

    Raises
    ------
    BrokerError
        Kafka cannot be reached or does not allow it.
    """
    return _survey(kafka, settings, create=True)


def describe(kafka: KafkaSettings, settings: TopicSettings) -> list[TopicReport]:
    """Report the topics on the broker and how they differ from what is expected.

    Raises
    ------
    BrokerError
        Kafka cannot be reached or does not allow it.
    """
    return _survey(kafka, settings)


def require(kafka: KafkaSettings, settings: TopicSettings) -> None:
    """Raise where a worker could not use the topics: one is missing or has another number of partitions.

    Other differences do not stop a worker; `describe` reports them.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, a topic is missing, or its partitions are not as configured; one line for all.
    """
    blocking = [
        str(difference)
        for report in describe(kafka, settings)
        for difference in report.differences
        if difference.aspect in {MISSING, PARTITIONS}
    ]
    if blocking:
        raise BrokerError("; ".join(blocking))


def _survey(kafka: KafkaSettings, settings: TopicSettings, create: bool = False) -> list[TopicReport]:
    specs = expected_topics(settings, kafka.topic_prefix)
    names = [spec.name for spec in specs]
    created: set[str] = set()
    with open_admin(kafka) as admin:
        existing = _describe(admin, names)
        if create:
            created = {spec.name for spec in specs if spec.name not in existing and _create_one(admin, spec)}
        if created:
            admin.wait_for_topics(sorted(created), timeout_ms=READY_TIMEOUT_S * 1000)
            existing = _describe(admin, names)
    return [
        TopicReport(spec.name, spec.name in created, existing.get(spec.name), compare(spec, existing.get(spec.name)))
        for spec in specs
    ]


def _create_one(admin: KafkaAdminClient, spec: TopicSpec) -> bool:
    """Create a topic; return False where another process was quicker."""
    plan = {"num_partitions": spec.partitions, "replication_factor": spec.replication, "configs": spec.config}
    result = admin.create_topics({spec.name: plan}, raise_errors=False)["topics"][0]
    error = for_code(result["error_code"])
    if error is TopicAlreadyExistsError:
        return False
    if error is not NoError:
        reason = result.get("error_message") or error.__name__
        raise BrokerError(f"Kafka did not create topic {spec.name} with {spec.partitions} partitions: {reason}")
    return True


def _describe(admin: KafkaAdminClient, names: Sequence[str]) -> dict[str, Topic]:
    """Describe the topics that exist, by name."""
    existing: dict[str, dict[str, Any]] = {}
    for topic in admin.describe_topics(list(names)):
        error = for_code(topic["error_code"])
        if error is NoError:
            existing[topic["name"]] = topic
        elif error is not UnknownTopicOrPartitionError:
            raise error(topic["name"])
    if not existing:
        return {}
    options = admin.describe_configs([ConfigResource("topic", name) for name in existing], config_filter="all")["topic"]
    return {
        name: Topic(
            name,
            len(topic["partitions"]),
            max(len(partition["replica_nodes"]) for partition in topic["partitions"]),
            {option: str(entry["value"]) for option, entry in sorted(options[name].items())},
        )
        for name, topic in existing.items()
    }
