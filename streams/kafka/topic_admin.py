"""Creating badbuzz's topics on the broker, describing them, and requiring that a worker can use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from kafka.admin import ConfigResource
from kafka.errors import (
    AuthorizationError,
    InvalidConfigurationError,
    NoError,
    PolicyViolationError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    for_code,
)

from streams.errors import BrokerError
from streams.kafka.access.failures import principal
from streams.kafka.access.rights import TOPIC, Right, require_rights, topic_operations
from streams.kafka.clients import open_admin
from streams.kafka.topics import MISSING, PARTITIONS, Difference, Topic, TopicSpec, compare, expected_topics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def require(kafka: KafkaSettings, settings: TopicSettings, rights: Sequence[Right] = ()) -> None:
    """Raise where a process could not use the topics: a right or a topic is missing, or its partitions are others.

    Other differences stop no process; `describe` reports them.

    Parameters
    ----------
    kafka
        Connection settings.
    settings
        What is expected of the topics.
    rights
        What the process will do.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, a right or a topic is missing, or partitions are not as configured; one line for all.
    """
    specs = expected_topics(settings, kafka.topic_prefix)
    with open_admin(kafka) as admin:
        answers = admin.describe_topics([spec.name for spec in specs])
        existing, refused = _existing(answers)
        blocking = [
            str(difference)
            for spec in specs
            if spec.name not in refused
            for difference in compare(spec, _topic(existing[spec.name], {}) if spec.name in existing else None)
            if difference.aspect in {MISSING, PARTITIONS}
        ]
        if blocking:
            raise BrokerError("; ".join(blocking))
        require_rights(admin, kafka, rights, topic_operations(answers))
    if refused:
        raise _not_described(kafka, refused)


def require_topic(kafka: KafkaSettings, name: str, operation: str) -> None:
    """Raise where a command cannot use one topic: without this, clients wait for a missing one until a timeout.

    Parameters
    ----------
    kafka
        Connection settings.
    name
        Name of the topic, without the prefix.
    operation
        What the command will do: `READ` or `WRITE`.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, the topic is missing, or the right is.
    """
    require_granted(kafka, [Right(TOPIC, kafka.topic(name), operation)])


def require_granted(kafka: KafkaSettings, rights: Sequence[Right]) -> None:
    """Raise where a topic that some rights are about is missing, or one of the rights; partitions may be any.

    Parameters
    ----------
    kafka
        Connection settings.
    rights
        What is needed.

    Raises
    ------
    BrokerError
        Kafka cannot be reached, a topic is missing, or a right is.
    """
    topics = sorted({right.name for right in rights if right.resource == TOPIC})
    with open_admin(kafka) as admin:
        answers = admin.describe_topics(topics)
        granted = topic_operations(answers)
        if missing := [topic for topic in topics if topic not in granted]:
            raise BrokerError(f"topic {missing[0]} is missing: run 'badbuzz topics create'")
        require_rights(admin, kafka, rights, granted)


def _survey(kafka: KafkaSettings, settings: TopicSettings, create: bool = False) -> list[TopicReport]:
    specs = expected_topics(settings, kafka.topic_prefix)
    names = [spec.name for spec in specs]
    created: set[str] = set()
    with open_admin(kafka) as admin:
        existing = _describe(admin, kafka, names)
        if create:
            created, refused = _create_missing(admin, [spec for spec in specs if spec.name not in existing])
            if created:
                admin.wait_for_topics(sorted(created), timeout_ms=READY_TIMEOUT_S * 1000)
            if refused:
                raise BrokerError(f"{'; '.join(refused)}; {len(created)} others created")
        if created:
            existing = _describe(admin, kafka, names)
    return [
        TopicReport(spec.name, spec.name in created, existing.get(spec.name), compare(spec, existing.get(spec.name)))
        for spec in specs
    ]


def _create_missing(admin: KafkaAdminClient, specs: Sequence[TopicSpec]) -> tuple[set[str], list[str]]:
    """Create topics; return the names of those created, and why others were refused: one stops none of the rest."""
    created, refused = set(), []
    for spec in specs:
        plan = {"num_partitions": spec.partitions, "replication_factor": spec.replication, "configs": spec.config}
        result = admin.create_topics({spec.name: plan}, raise_errors=False)["topics"][0]
        error = for_code(result["error_code"])
        if error is NoError:
            created.add(spec.name)
        elif error is not TopicAlreadyExistsError:  # where another process was quicker, it is there
            reason = result.get("error_message") or error.__name__
            refused.append(
                f"Kafka did not create topic {spec.name} with {spec.partitions} partitions: {reason}"
                f"{_remedy(error, spec)}"
            )
    return created, refused


def _remedy(error: type[Exception], spec: TopicSpec) -> str:
    if issubclass(error, AuthorizationError):
        return f": grant the right to create {spec.name} ('badbuzz topics plan' prints the commands)"
    if error in {InvalidConfigurationError, PolicyViolationError}:
        return f": set what this cluster accepts under [topics.overrides] (asked for: {spec.config}; an empty text \
leaves an option to the cluster)"
    return ""


def _describe(admin: KafkaAdminClient, kafka: KafkaSettings, names: Sequence[str]) -> dict[str, Topic]:
    """Describe the topics that exist, by name."""
    existing, refused = _existing(admin.describe_topics(list(names)))
    if refused:
        raise _not_described(kafka, refused)
    if not existing:
        return {}
    try:
        resources = [ConfigResource("topic", name) for name in existing]
        options = admin.describe_configs(resources, config_filter="all")["topic"]
    except AuthorizationError:
        raise BrokerError(
            f"Kafka at {', '.join(kafka.servers)} does not allow {principal(kafka)} to read the options of topics: "
            f"grant DESCRIBE_CONFIGS on {', '.join(sorted(existing))} ('badbuzz topics plan' prints the commands)"
        ) from None
    return {
        name: _topic(answer, {option: str(entry["value"]) for option, entry in sorted(options[name].items())})
        for name, answer in existing.items()
    }


def _existing(answers: Sequence[Any]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the answers about topics that exist, and the names of those that may not be described."""
    found, refused = {}, []
    for topic in answers:
        error = for_code(topic["error_code"])
        if error is NoError:
            found[topic["name"]] = topic
        elif error is TopicAuthorizationFailedError:
            refused.append(topic["name"])
        elif error is not UnknownTopicOrPartitionError:
            raise error(topic["name"])
    return found, sorted(refused)


def _not_described(kafka: KafkaSettings, names: Sequence[str]) -> BrokerError:
    return BrokerError(
        f"Kafka at {', '.join(kafka.servers)} does not allow {principal(kafka)} to describe the topics "
        f"{', '.join(names)}: grant DESCRIBE on them ('badbuzz topics plan' prints the commands)"
    )


def _topic(answer: Mapping[str, Any], config: dict[str, str]) -> Topic:
    partitions = answer["partitions"]
    copies = max(len(partition["replica_nodes"]) for partition in partitions)
    return Topic(answer["name"], len(partitions), copies, config)
