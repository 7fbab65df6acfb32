"""Each fault once, at a random moment: results equal those of an undisturbed run, or say so.

`python -m tests.kafka.chaos` repeats them as often as asked.
"""

import random
from collections.abc import Iterator

import pytest

from deploy.local.kafka import LocalKafka
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import Cluster
from tests.kafka.chaos import Chaos
from tests.kafka.chaos_faults import FAULTS, Faults


@pytest.fixture(scope="module")
def chaos(shared_broker: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chaos]:
    shared_broker.start()
    settings = KafkaSettings(bootstrap_servers=shared_broker.bootstrap, topic_prefix="faults.")
    with Cluster(settings, tmp_path_factory.mktemp("workers")) as cluster:
        yield Chaos(Faults(shared_broker, cluster, random.Random()))


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_or_duplicated_by_a(chaos: Chaos, fault: str) -> None:
    if reason := chaos.faults.unavailable(fault):
        pytest.skip(reason)
    result = chaos.trial(fault)
    assert result["incidents_equal"], (result, chaos.summary)
    assert result["counters_equal"], (result, chaos.summary)
    assert result["reported"], (result, chaos.summary)
