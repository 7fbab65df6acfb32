"""One real broker for all tests of this folder."""

import gc
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaUnavailableError, LocalKafka
from streams.kafka_settings import KafkaSettings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # kafka-python 3.0 leaves each socket whose connection was refused to the garbage collector.
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))


@pytest.fixture(scope="module", autouse=True)
def _collect_refused_sockets() -> Iterator[None]:
    """Let no such socket be found during a test elsewhere."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def shared_broker() -> Iterator[LocalKafka]:
    broker = LocalKafka()
    try:
        broker.start()
    except KafkaUnavailableError as reason:
        # On a developer's machine Java may be missing; where the tests decide, they must have run.
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Kafka to test on: {reason}")
        pytest.skip(f"no Kafka to test on: {reason}")
    yield broker
    broker.stop()


@pytest.fixture
def broker(shared_broker: LocalKafka) -> LocalKafka:
    """The broker, running even where the test before killed it."""
    shared_broker.start()
    return shared_broker


@pytest.fixture
def prefix() -> str:
    """Keeps the topics, groups and transactional ids of one test apart from those of every other."""
    return f"t{uuid.uuid4().hex[:12]}."


@pytest.fixture
def kafka_settings(broker: LocalKafka, prefix: str) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix=prefix)
