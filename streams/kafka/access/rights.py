"""Rights that badbuzz's processes need on the broker, and which of them the broker does not grant.

The rights are the table of docs/kafka.md. What is missing is found at the start of a process, all of it in one line,
instead of one refusal after another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kafka.errors import AuthorizationError, KafkaError, NoError, TopicAuthorizationFailedError, for_code

from streams.errors import BrokerError
from streams.kafka.access.failures import principal
from streams.kafka.topics import (
    DEAD_LETTERS,
    DESK,
    INCIDENTS,
    MENTIONS,
    ROLLUPS,
    SITUATIONS,
    SOURCES,
    WATCHES,
    expected_topics,
)
from streams.settings.kafka import TopicSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kafka.admin import KafkaAdminClient

    from streams.settings.kafka import KafkaSettings

TOPIC, GROUP, TRANSACTION = "topic", "group", "transactional-id"


class Right(NamedTuple):
    """One right: an operation on a topic, a consumer group, or the transactional ids that begin with a name.

    Parameters
    ----------
    resource
        `TOPIC`, `GROUP` or `TRANSACTION`, as kafka-acls.sh spells them.
    name
        Full name, prefix included; of transactional ids, what they begin with.
    operation
        `READ`, `WRITE` or `DESCRIBE`; each of the first two implies the last.
    """

    resource: str
    name: str
    operation: str

    def __str__(self) -> str:
        return f"{self.operation} on {self.resource} {self.name}{'*' if self.resource == TRANSACTION else ''}"


def scorer_rights(kafka: KafkaSettings) -> list[Right]:
    """Return what a scorer needs."""
    return [
        Right(TOPIC, kafka.topic(MENTIONS), "READ"),
        Right(TOPIC, kafka.topic(ROLLUPS), "WRITE"),
        Right(TOPIC, kafka.topic(DEAD_LETTERS), "WRITE"),
        Right(GROUP, kafka.topic(kafka.scorer_group), "READ"),
        Right(TRANSACTION, kafka.topic(f"{kafka.scorer_group}-"), "WRITE"),
        *_worker_rights(kafka),
    ]


def watcher_rights(kafka: KafkaSettings) -> list[Right]:
    """Return what a watcher needs."""
    return [
        Right(TOPIC, kafka.topic(ROLLUPS), "READ"),
        # A rollup that cannot be read is a dead letter.
        Right(TOPIC, kafka.topic(DEAD_LETTERS), "WRITE"),
        *(
            Right(TOPIC, kafka.topic(name), operation)
            for name in (WATCHES, INCIDENTS, SITUATIONS)
            for operation in _BOTH
        ),
        # Idle heartbeats.
        Right(TOPIC, kafka.topic(MENTIONS), "WRITE"),
        Right(GROUP, kafka.topic(kafka.watcher_group), "READ"),
        Right(TRANSACTION, kafka.topic(f"{kafka.watcher_group}-"), "WRITE"),
        *_worker_rights(kafka),
    ]


def collector_rights(kafka: KafkaSettings) -> list[Right]:
    """Return what a collector needs."""
    return [
        Right(TOPIC, kafka.topic(MENTIONS), "WRITE"),
        Right(TOPIC, kafka.topic(DEAD_LETTERS), "WRITE"),
        *(Right(TOPIC, kafka.topic(SOURCES), operation) for operation in _BOTH),
        Right(TRANSACTION, kafka.topic("source-"), "WRITE"),
        *_describe_all(kafka),
    ]


def console_rights(kafka: KafkaSettings) -> list[Right]:
    """Return what a console needs, and `badbuzz desk` with it."""
    return [
        *(Right(TOPIC, kafka.topic(DESK), operation) for operation in _BOTH),
        *(Right(TOPIC, kafka.topic(name), "READ") for name in (INCIDENTS, SITUATIONS, SOURCES)),
        *_worker_rights(kafka),
    ]


_BOTH = ("READ", "WRITE")


def _worker_rights(kafka: KafkaSettings) -> list[Right]:
    # Every worker asks for the state of all topics and of both groups; the console shows who is in them.
    groups = (kafka.topic(kafka.scorer_group), kafka.topic(kafka.watcher_group))
    return [*_describe_all(kafka), *(Right(GROUP, group, "DESCRIBE") for group in groups)]


def _describe_all(kafka: KafkaSettings) -> list[Right]:
    return [Right(TOPIC, spec.name, "DESCRIBE") for spec in expected_topics(TopicSettings(), kafka.topic_prefix)]


def require_rights(
    admin: KafkaAdminClient, kafka: KafkaSettings, rights: Iterable[Right], on_topics: Mapping[str, set[str] | None]
) -> None:
    """Raise where the broker says that it does not grant some of the rights; what it does not tell counts as granted.

    Parameters
    ----------
    admin
        Connected as the one who needs them.
    kafka
        Connection settings.
    rights
        What is needed.
    on_topics
        Of each topic, the operations that are granted; `None`: the broker does not say.

    Raises
    ------
    BrokerError
        Names every missing right, and the remedy.
    """
    missing = [str(right) for right in dict.fromkeys(rights) if not _granted(admin, right, on_topics)]
    if missing:
        raise BrokerError(
            f"Kafka at {', '.join(kafka.servers)} does not allow {principal(kafka)}: {'; '.join(missing)}: "
            "grant these rights ('badbuzz topics plan' prints the commands)"
        )


def _granted(admin: KafkaAdminClient, right: Right, on_topics: Mapping[str, set[str] | None]) -> bool:
    if right.resource == TOPIC:
        operations = on_topics.get(right.name, set())
        return operations is None or bool({right.operation, "ALL"} & operations)
    try:
        if right.resource == GROUP:
            group = admin.describe_groups([right.name])[right.name]
            operations = set(group.get("authorized_operations") or ())
            return not operations or bool({right.operation, "ALL"} & operations)
        admin.describe_transactions([f"{right.name}0"])
    except AuthorizationError:
        return False
    except KafkaError:  # there is no such transaction, or a new broker's coordinator is not ready
        return True
    return True


def topic_operations(topics: Iterable[Mapping[str, object]]) -> dict[str, set[str] | None]:
    """Return the operations granted on each topic, from the answer to `describe_topics`."""
    found: dict[str, set[str] | None] = {}
    for topic in topics:
        operations = topic.get("authorized_operations")
        error = for_code(topic["error_code"])
        if error is TopicAuthorizationFailedError:
            found[str(topic["name"])] = set()
        elif error is NoError:
            # A broker that does not support the question answers with nothing.
            found[str(topic["name"])] = {str(each) for each in operations} if isinstance(operations, list) else None
    return found
