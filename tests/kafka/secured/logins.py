"""Users of the secured broker, the settings with which they log in, and the rights they are granted."""

import base64
import json
import time
from collections.abc import Iterable

from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
)

from deploy.local.sasl_kafka import MECHANISM, LocalSaslKafka
from streams.kafka.access.rights import GROUP, TOPIC, TRANSACTION, Right
from streams.kafka.clients import open_admin
from streams.settings.kafka import KafkaSettings, TopicSettings

# ann runs badbuzz, with the rights that the documentation lists; bob has none; eve can do all but one thing.
PASSWORDS = {"admin": "for-admin", "ann": "for-ann", "bob": "for-bob", "eve": "for-eve"}
TOPICS = TopicSettings(mentions_partitions=4, rollups_partitions=4)

_TYPES = {
    TOPIC: (ResourceType.TOPIC, ACLResourcePatternType.LITERAL),
    GROUP: (ResourceType.GROUP, ACLResourcePatternType.LITERAL),
    TRANSACTION: (ResourceType.TRANSACTIONAL_ID, ACLResourcePatternType.PREFIXED),
}


def login(broker: LocalSaslKafka, user: str, password: str = "", ca: str = "ca.pem", **fields: str) -> KafkaSettings:
    """The settings of a user; short waits, for the broker is near."""
    return KafkaSettings(
        bootstrap_servers=broker.bootstrap,
        sasl_mechanism=MECHANISM,
        sasl_username=user,
        sasl_password=password or PASSWORDS[user],
        tls_ca_file=str(broker.keys / ca),
        connect_timeout_s=1.0,
        **fields,  # type: ignore[arg-type]
    )


def grant(admin: KafkaSettings, user: str, rights: Iterable[Right]) -> None:
    """Grant a user exactly these rights."""
    acls = []
    for right in rights:
        kind, pattern = _TYPES[right.resource]
        resource = ResourcePattern(kind, right.name, pattern)
        acls.append(
            ACL(
                principal=f"User:{user}",
                host="*",
                operation=ACLOperation[right.operation],
                permission_type=ACLPermissionType.ALLOW,
                resource_pattern=resource,
            )
        )
    with open_admin(admin) as client:
        result = client.create_acls(acls)
    assert not result["failed"], result


def unsigned_token(subject: str) -> str:
    """A token as Kafka's development login accepts it: its subject is the user, and nobody signed it."""

    def part(claims: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()

    now = time.time()
    return f"{part({'alg': 'none'})}.{part({'sub': subject, 'iat': now, 'exp': now + 600})}."
