"""The behaviour suite on Kafka: with one, two and four workers, the same bytes as in one process."""

import itertools
from collections.abc import Iterator, Sequence

import pytest

from deploy.local.kafka import LocalKafka
from streams.settings.kafka import KafkaSettings
from tests.behaviour.engines import Engine, in_process, situations_in_process
from tests.behaviour.suite import IncidentBehaviour
from tests.helpers.cluster import Cluster

_runs = itertools.count(1)


@pytest.fixture(scope="module", params=[1, 2, 4], ids=lambda count: f"kafka{count}")
def cluster(
    request: pytest.FixtureRequest, shared_broker: LocalKafka, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    shared_broker.start()
    settings = KafkaSettings(bootstrap_servers=shared_broker.bootstrap, topic_prefix=f"b{request.param}.")
    with Cluster(settings, tmp_path_factory.mktemp("workers")) as running:
        workers = [running.start(f"w{number}") for number in range(request.param)]
        for worker in workers:
            worker.wait_ready()
        yield running
        for worker in workers:
            running.stop(worker, kill=False)


class TestOnKafka(IncidentBehaviour):
    @pytest.fixture
    def incidents_of(self, cluster: Cluster) -> Engine:
        """Send a record under new brand names; compare its incidents with those of the same record in one process."""

        def on_kafka(lines: Sequence[bytes]) -> list[bytes]:
            mark = f" run {next(_runs)}".encode()
            renamed = [
                line.replace(b'"brand": "Acme"', b'"brand": "Acme' + mark + b'"').replace(
                    b'"brand": "Other"', b'"brand": "Other' + mark + b'"'
                )
                for line in lines
            ]
            cluster.send(renamed)
            cluster.drain()
            incidents = [line for line in cluster.incidents() if mark + b'"' in line]
            assert incidents == in_process(renamed)
            pictures = [line for line in cluster.situations() if mark + b'"' in line]
            expected = situations_in_process(renamed)
            # The heartbeats behind a record may close further minutes of what is open at its end.
            assert pictures[: len(expected)] == expected
            return [line.replace(mark, b"") for line in incidents]

        return on_kafka
