"""The topics badbuzz lives on: what each must be like, creating them, and telling what differs.

`expected_topics` and `compare` are pure; `create`, `describe` and `require` talk to Kafka.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from kafka.admin import ConfigResource
from kafka.errors import NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from streams.errors import BrokerError
from streams.kafka.clients import open_admin
from streams.settings.kafka import BROKER_DEFAULT, TopicSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kafka.admin import KafkaAdminClient

    from streams.settings.kafka import KafkaSettings

MENTIONS = "mentions"
ROLLUPS = "rollups"
WATCHES = "watches"
INCIDENTS = "incidents"
DEAD_LETTERS = "mentions.dead-letter"

HOUR_MS = 3_600_000
# How long a new topic may take until each of its partitions has a leader.
READY_TIMEOUT_S = 10.0


class TopicSpec(msgspec.Struct, frozen=True):
    """What one topic must be like.

    Parameters
    ----------
    name
        Its full name, prefix included.
    partitions
        How many it has.
    replication
        Copies of each partition; -1: whatever the broker's default gives.
    config
        Kafka's topic options that matter here, as Kafka spells them.
    """

    name: str
    partitions: int
    replication: int
    config: dict[str, str]


class Topic(msgspec.Struct, frozen=True):
    """What one topic is like on the broker; the same fields as `TopicSpec`, all options included."""

    name: str
    partitions: int
    replication: int
    config: dict[str, str]


class Difference(msgspec.Struct, frozen=True):
    """One thing about a topic that is not as it must be.

    Parameters
    ----------
    topic
        Its full name.
    what
        ``missing``, ``partitions``, ``replication`` or the name of a topic option.
    expected, found
        Both values, as text; ``found`` is empty where the topic is missing.
    mend
        What to do about it, in one line.
    """

    topic: str
    what: str
    expected: str
    found: str
    mend: str

    def __str__(self) -> str:
        if self.what == "missing":
            return f"topic {self.topic} is missing: {self.mend}"
        return f"topic {self.topic}: {self.what} is {self.found}, expected {self.expected}: {self.mend}"


class TopicReport(msgspec.Struct, frozen=True):
    """What `create` or `describe` found about one topic.

    Parameters
    ----------
    name
        Its full name.
    created
        Whether this call created it.
    topic
        What it is like, or None where it is missing.
    differences
        What is not as it must be; empty where all is well.
    """

    name: str
    created: bool
    topic: Topic | None
    differences: list[Difference]


def expected_topics(settings: TopicSettings, prefix: str = "") -> list[TopicSpec]:
    """Return what badbuzz's topics must be like.

    Parameters
    ----------
    settings
        Partitions, copies, retention.
    prefix
        Put before every name.

    Examples
    --------
    >>> [spec.name for spec in expected_topics(TopicSettings(), "eu.")]
    ['eu.mentions', 'eu.rollups', 'eu.watches', 'eu.incidents', 'eu.mentions.dead-letter']
    """
    kept = _kept_for(settings.mentions_retention_hours)
    # A watcher tells by the topic itself what it told before it was killed: a day is kept before anything is compacted.
    compacted = {"cleanup.policy": "compact", "min.compaction.lag.ms": str(24 * HOUR_MS)}
    # Read whole when a watcher takes over; Kafka compacts only what is not in a partition's newest segment.
    memory = {
        "cleanup.policy": "compact",
        "segment.bytes": str(16 * 1024 * 1024),
        "segment.ms": str(HOUR_MS),
        "min.cleanable.dirty.ratio": "0.2",
    }
    # A dead letter is kept whole, with where it stood and why in its headers.
    letters = {"max.message.bytes": str(2 * 1024 * 1024)}
    plans = [
        (MENTIONS, settings.mentions_partitions, kept),
        (ROLLUPS, settings.rollups_partitions, kept),
        (WATCHES, settings.rollups_partitions, memory),
        (INCIDENTS, settings.rollups_partitions, compacted),
        (DEAD_LETTERS, 1, _kept_for(settings.dead_letters_retention_hours) | letters),
    ]
    return [TopicSpec(prefix + name, partitions, settings.replication, config) for name, partitions, config in plans]


def _kept_for(hours: int) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(hours * HOUR_MS),
        # Retention goes by a message's time stamp. By event time a replay of 2015 would be deleted while it is read.
        "message.timestamp.type": "LogAppendTime",
    }


def compare(spec: TopicSpec, found: Topic | None) -> list[Difference]:
    """Return what differs between a topic and what it must be like.

    Examples
    --------
    >>> spec = TopicSpec("rollups", 8, -1, {})
    >>> [str(difference) for difference in compare(spec, Topic("rollups", 4, 1, {}))]
    ['topic rollups: partitions is 4, expected 8: set BADBUZZ_TOPICS_ROLLUPS_PARTITIONS=4, or delete the topic and \
create it anew']
    """
    if found is None:
        return [Difference(spec.name, "missing", "", "", "run 'badbuzz topics create'")]
    differences = []
    if found.partitions != spec.partitions:
        anew = "delete the topic and create it anew"
        setting = _partitions_setting(spec.name)
        mend = f"set {setting}={found.partitions}, or {anew}" if setting else anew
        differences.append(Difference(spec.name, "partitions", str(spec.partitions), str(found.partitions), mend))
    if spec.replication not in {BROKER_DEFAULT, found.replication}:
        mend = f"set BADBUZZ_TOPICS_REPLICATION={found.replication}, or reassign the topic's partitions"
        differences.append(Difference(spec.name, "replication", str(spec.replication), str(found.replication), mend))
    for option, expected in spec.config.items():
        if (value := found.config.get(option, "")) != expected:
            mend = f"kafka-configs.sh --alter --topic {spec.name} --add-config {option}={expected}"
            differences.append(Difference(spec.name, option, expected, value, mend))
    return differences


def _partitions_setting(name: str) -> str:
    if name.endswith(DEAD_LETTERS):
        return ""
    return f"BADBUZZ_TOPICS_{MENTIONS if name.endswith(MENTIONS) else ROLLUPS}_PARTITIONS".upper()


def create(kafka: KafkaSettings, settings: TopicSettings) -> list[TopicReport]:
    """Create the topics that are missing, leave the others as they are, and tell what differs.

    Raises
    ------
    BrokerError
        Where Kafka cannot be reached or does not allow it.
    """
    specs = expected_topics(settings, kafka.topic_prefix)
    with open_admin(kafka) as admin:
        found = _find(admin, [spec.name for spec in specs])
        created = {spec.name for spec in specs if spec.name not in found and _create_one(admin, spec)}
        if created:
            admin.wait_for_topics(sorted(created), timeout_ms=READY_TIMEOUT_S * 1000)
            found = _find(admin, [spec.name for spec in specs])
    return _report(specs, found, created)


def describe(kafka: KafkaSettings, settings: TopicSettings) -> list[TopicReport]:
    """Tell what the topics are like and what differs from what they must be like.

    Raises
    ------
    BrokerError
        Where Kafka cannot be reached or does not allow it.
    """
    specs = expected_topics(settings, kafka.topic_prefix)
    with open_admin(kafka) as admin:
        found = _find(admin, [spec.name for spec in specs])
    return _report(specs, found, set())


def require(kafka: KafkaSettings, settings: TopicSettings) -> None:
    """Raise where a worker could not work on the topics: one is missing or has another number of partitions.

    Other differences do not stop a worker; `describe` tells them.

    Raises
    ------
    BrokerError
        Where Kafka cannot be reached, a topic is missing, or its partitions are not as configured; one line for all.
    """
    blocking = [
        str(difference)
        for report in describe(kafka, settings)
        for difference in report.differences
        if difference.what in {"missing", "partitions"}
    ]
    if blocking:
        raise BrokerError("; ".join(blocking))


def _report(specs: Iterable[TopicSpec], found: dict[str, Topic], created: set[str]) -> list[TopicReport]:
    return [
        TopicReport(spec.name, spec.name in created, found.get(spec.name), compare(spec, found.get(spec.name)))
        for spec in specs
    ]


def _create_one(admin: KafkaAdminClient, spec: TopicSpec) -> bool:
    """Create a topic; False where another process was quicker."""
    plan = {"num_partitions": spec.partitions, "replication_factor": spec.replication, "configs": spec.config}
    result = admin.create_topics({spec.name: plan}, raise_errors=False)["topics"][0]
    error = for_code(result["error_code"])
    if error is TopicAlreadyExistsError:
        return False
    if error is not NoError:
        reason = result.get("error_message") or error.__name__
        raise BrokerError(f"Kafka did not create topic {spec.name} with {spec.partitions} partitions: {reason}")
    return True


def _find(admin: KafkaAdminClient, names: Sequence[str]) -> dict[str, Topic]:
    """Describe the topics that exist, by name."""
    seen: dict[str, dict[str, Any]] = {}
    for topic in admin.describe_topics(list(names)):
        error = for_code(topic["error_code"])
        if error is NoError:
            seen[topic["name"]] = topic
        elif error is not UnknownTopicOrPartitionError:
            raise error(topic["name"])
    if not seen:
        return {}
    options = admin.describe_configs([ConfigResource("topic", name) for name in seen], config_filter="all")["topic"]
    return {
        name: Topic(
            name,
            len(topic["partitions"]),
            max(len(partition["replica_nodes"]) for partition in topic["partitions"]),
            {option: str(entry["value"]) for option, entry in sorted(options[name].items())},
        )
        for name, topic in seen.items()
    }
