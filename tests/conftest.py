"""Fixtures of all tests: the real records, a real broker, a real Prometheus; tests without one skip and say why."""

import gc
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.local.kafka import LocalKafka
from deploy.local.prometheus import binary
from deploy.local.server import LocalServerError
from streams.settings.kafka import KafkaSettings
from tests.helpers.kafka.brokers import started
from tests.helpers.paths import SHARED

# A property is about what comes out; how long one example takes says more of the machine than of the code.
settings.register_profile("badbuzz", deadline=None)
settings.load_profile("badbuzz")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a service (`broker`, `prometheus`, `browser`), so that `-m` leaves it out; slowest first."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        on_kafka = not {"shared_broker", "secured_broker"}.isdisjoint(fixtures)
        if on_kafka:
            item.add_marker(pytest.mark.broker)
        if _opens_sockets(item.path) or on_kafka:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
        if "tools" in fixtures:
            item.add_marker(pytest.mark.prometheus)
        if "browser" in fixtures:
            item.add_marker(pytest.mark.browser)
    # Begun last, the longest file would keep one process busy while the others have nothing left to do.
    items.sort(key=lambda item: (item.get_closest_marker("broker") is None, "faults" not in item.path.name))


@pytest.fixture(scope="module", autouse=True)
def _collect_refused_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no such socket be found during a test of another module."""
    yield
    if _opens_sockets(request.path) or "kafka" in request.path.name or "broker" in request.path.name:
        gc.collect()


def _opens_sockets(path: Path) -> bool:
    # kafka-python 3.0 leaves each socket whose connection was refused to the garbage collector.
    return not {"kafka", "worker"}.isdisjoint((path.parent.name, path.parent.parent.name))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real records; without it the test skips, saying so."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"real records are missing: no {SHARED}/data (BADBUZZ_SHARED says where they are)")
    return SHARED


@pytest.fixture(scope="session")
def shared_broker() -> Iterator[LocalKafka]:
    broker = LocalKafka()
    started(broker)
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


@pytest.fixture(scope="session")
def tools() -> None:
    """Prometheus and Alertmanager: a test that needs them is skipped where they are missing, never in CI."""
    try:
        for name in ("prometheus", "promtool", "alertmanager", "amtool"):
            binary(name)
    except LocalServerError as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
