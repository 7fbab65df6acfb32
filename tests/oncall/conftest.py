"""Fixtures of the on-call tests: a fake Grafana and a client of it."""

from collections.abc import Iterator

import pytest

from streams.oncall.grafana import Grafana
from tests.helpers.monitoring.fake_grafana import TOKEN, FakeGrafana


@pytest.fixture
def server() -> Iterator[FakeGrafana]:
    fake = FakeGrafana()
    yield fake
    fake.close()


@pytest.fixture
def pauses() -> list[float]:
    """Seconds that the client waited before each retry."""
    return []


@pytest.fixture
def grafana(server: FakeGrafana, pauses: list[float]) -> Grafana:
    return Grafana(server.url, TOKEN, timeout=2, sleep=pauses.append)
