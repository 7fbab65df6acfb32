"""Starting a local broker for tests, or skipping where none can be started."""

import os

import pytest

from deploy.local.kafka import LocalKafka
from deploy.local.server import LocalServerError


def started(broker: LocalKafka) -> None:
    """Start a broker; without Java a test on a developer's machine skips, and in CI fails."""
    try:
        broker.start()
    except LocalServerError as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Kafka to test on: {reason}")
        pytest.skip(f"no Kafka to test on: {reason}")
