"""badbuzz's topics: their names, the partitions and options each must have, and comparing a topic with that.

Pure; `streams.kafka.topic_admin` asks the broker.
"""

from collections.abc import Mapping

import msgspec

from streams.errors import ConfigError
from streams.event_time import HOUR_MS
from streams.settings.kafka import BROKER_DEFAULT, TopicSettings

MENTIONS = "mentions"
ROLLUPS = "rollups"
WATCHES = "watches"
INCIDENTS = "incidents"
DEAD_LETTERS = "mentions.dead-letter"
SOURCES = "sources"
SITUATIONS = "situations"
DESK = "desk"

LOG_APPEND_TIME = {"message.timestamp.type": "LogAppendTime"}
"""Time stamps by the broker. Retention goes by them: by event time a replay of 2015 would be deleted while it is read;
and a broker refuses those of a worker whose clock is an hour ahead."""

MISSING = "missing"
PARTITIONS = "partitions"
REPLICATION = "replication"


class TopicSpec(msgspec.Struct, frozen=True):
    """Specification of one topic.

    Parameters
    ----------
    name
        Its full name, prefix included.
    partitions
        Number of partitions.
    replication
        Copies of each partition; -1: the broker's default.
    config
        The topic options that matter here, as Kafka spells them.
    """

    name: str
    partitions: int
    replication: int
    config: dict[str, str]


class Topic(msgspec.Struct, frozen=True):
    """One topic on the broker; the same fields as `TopicSpec`, all options included."""

    name: str
    partitions: int
    replication: int
    config: dict[str, str]


class Difference(msgspec.Struct, frozen=True, rename={"aspect": "what", "actual": "found"}):
    """One deviation of a topic from its specification; in JSON its fields are topic, what, expected, found and remedy.

    Parameters
    ----------
    topic
        Its full name.
    aspect
        `MISSING`, `PARTITIONS`, `REPLICATION` or the name of a topic option.
    expected, actual
        Both values, as text; empty where the topic is missing.
    remedy
        How to correct it, in one line.
    """

    topic: str
    aspect: str
    expected: str
    actual: str
    remedy: str

    def __str__(self) -> str:
        if self.aspect == MISSING:
            return f"topic {self.topic} is missing: {self.remedy}"
        return f"topic {self.topic}: {self.aspect} is {self.actual}, expected {self.expected}: {self.remedy}"


def expected_topics(settings: TopicSettings, prefix: str = "") -> list[TopicSpec]:
    """Return the specifications of badbuzz's topics.

    Parameters
    ----------
    settings
        Partitions, copies, retention.
    prefix
        Put before every name.

    Examples
    --------
    >>> [spec.name for spec in expected_topics(TopicSettings(), "eu.")]
    ['eu.mentions', 'eu.rollups', 'eu.watches', 'eu.incidents', 'eu.mentions.dead-letter', 'eu.sources', \
'eu.situations', 'eu.desk']
    """
    retained = _retained(settings.mentions_retention_hours)
    # Every event has a key of its own: compaction removes none, and only the retention does.
    incidents = _retained(settings.incidents_retention_hours) | {"cleanup.policy": "compact,delete"}
    # A new owner reads its partitions whole; Kafka never compacts a partition's newest segment, so it must be small.
    # These are the smallest that hosted clusters accept.
    changelog = {
        "cleanup.policy": "compact",
        "segment.bytes": str(50 * 1024 * 1024),
        "segment.ms": str(4 * HOUR_MS),
    }
    # A dead letter is stored whole, with its origin and reason in its headers.
    letters = _retained(settings.dead_letters_retention_hours) | {"max.message.bytes": str(2 * 1024 * 1024)}
    # What people did is the audit of an incident: nothing of it is ever deleted unless an operator says so.
    actions = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
    specs = [
        (MENTIONS, settings.mentions_partitions, retained),
        (ROLLUPS, settings.rollups_partitions, retained),
        (WATCHES, settings.rollups_partitions, changelog),
        (INCIDENTS, settings.rollups_partitions, incidents),
        (DEAD_LETTERS, 1, letters),
        (SOURCES, 1, changelog),
        (SITUATIONS, settings.rollups_partitions, changelog),
        (DESK, 1, actions),
    ]
    if unknown := settings.overrides.keys() - {name for name, _, _ in specs}:
        known = ", ".join(name for name, _, _ in specs)
        raise ConfigError(f"topics.overrides: expected one of {known}, got {min(unknown)!r}")
    return [
        TopicSpec(
            prefix + name,
            partitions,
            settings.replication,
            _overridden(LOG_APPEND_TIME | config, settings.overrides.get(name, {})),
        )
        for name, partitions, config in specs
    ]


def _overridden(config: dict[str, str], overrides: Mapping[str, str | int | float | bool]) -> dict[str, str]:
    """Return topic options with those of the configuration; an empty text leaves one to the cluster."""
    own = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in overrides.items()}
    return {name: value for name, value in (config | own).items() if value}


def _retained(hours: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(hours * HOUR_MS)}


def compare(spec: TopicSpec, topic: Topic | None) -> list[Difference]:
    """Return the differences between a topic, `None` where it is missing, and its specification.

    Examples
    --------
    >>> spec = TopicSpec("rollups", 8, -1, {})
    >>> [str(difference) for difference in compare(spec, Topic("rollups", 4, 1, {}))]
    ['topic rollups: partitions is 4, expected 8: set BADBUZZ_TOPICS_ROLLUPS_PARTITIONS=4, or delete the topic and \
create it anew']
    """
    if topic is None:
        return [Difference(spec.name, MISSING, "", "", "run 'badbuzz topics create'")]
    differences = []
    if topic.partitions != spec.partitions:
        remedy = "delete the topic and create it anew"
        if setting := _partitions_setting(spec.name):
            remedy = f"set {setting}={topic.partitions}, or {remedy}"
        differences.append(Difference(spec.name, PARTITIONS, str(spec.partitions), str(topic.partitions), remedy))
    if spec.replication not in {BROKER_DEFAULT, topic.replication}:
        remedy = f"set BADBUZZ_TOPICS_REPLICATION={topic.replication}, or reassign the topic's partitions"
        differences.append(Difference(spec.name, REPLICATION, str(spec.replication), str(topic.replication), remedy))
    for option, expected in spec.config.items():
        if (value := topic.config.get(option, "")) != expected:
            remedy = f"kafka-configs.sh --alter --topic {spec.name} --add-config {option}={expected}"
            differences.append(Difference(spec.name, option, expected, value, remedy))
    return differences


def _partitions_setting(name: str) -> str:
    if name.endswith((DEAD_LETTERS, SOURCES, DESK)):
        return ""
    return f"BADBUZZ_TOPICS_{MENTIONS if name.endswith(MENTIONS) else ROLLUPS}_PARTITIONS".upper()
