"""One broker with TLS, logins and rights, for all tests beside this file."""

from collections.abc import Iterator

import pytest

from deploy.local.sasl_kafka import LocalSaslKafka
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings
from tests.helpers.kafka.brokers import started
from tests.kafka.secured.logins import PASSWORDS, TOPICS, login


@pytest.fixture(scope="session")
def secured_broker() -> Iterator[LocalSaslKafka]:
    broker = LocalSaslKafka(PASSWORDS)
    started(broker)
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def admin(secured_broker: LocalSaslKafka) -> KafkaSettings:
    """The settings of `admin`, whose topics exist."""
    settings = login(secured_broker, "admin", topic_prefix="eu.")
    create(settings, TOPICS)
    return settings
