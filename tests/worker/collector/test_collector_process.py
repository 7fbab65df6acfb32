"""What an operator can rely on with real processes and a real broker: exactly once, through kills and outages."""

import json
import random
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import LocalKafka
from deploy.local.live import LocalCollector
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import BADBUZZ, TOPICS, wait_until
from tests.sources.collected import Mentions, Network, collector

IMPATIENT = {"BADBUZZ_KAFKA_CONNECT_TIMEOUT_S": "1", "BADBUZZ_KAFKA_TRANSACTION_TIMEOUT_S": "2"}
"""A broker that is away is noticed within seconds; by default it takes ten."""


@pytest.fixture(scope="module")
def settings(shared_broker: LocalKafka) -> KafkaSettings:
    settings = KafkaSettings(bootstrap_servers=shared_broker.bootstrap, topic_prefix=f"t{uuid.uuid4().hex[:12]}.")
    shared_broker.start()
    create(settings, TOPICS)
    return settings


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network(version=2) as network:
        yield network


@pytest.fixture(scope="module")
def mentions(settings: KafkaSettings) -> Iterator[Mentions]:
    mentions = Mentions(settings)
    yield mentions
    mentions.close()


@pytest.fixture(scope="module")
def collecting(
    network: Network, settings: KafkaSettings, mentions: Mentions, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalCollector]:
    """A collector for all of these tests, for its start takes seconds; it has committed a first mention."""
    process = collector(network, settings, tmp_path_factory.mktemp("collector"), **IMPATIENT)
    with process:
        wait_until(network.server.subscribed.is_set, process.log.read_text)
        network.publish(1)
        mentions.wait_for(network.expected, process)
        yield process
    assert "Traceback" not in process.log.read_text()


@pytest.fixture
def process(broker: LocalKafka, network: Network, collecting: LocalCollector) -> LocalCollector:
    """That collector, running, whatever the test before did to it and to the broker."""
    network.calm()
    collecting.start()
    return collecting


def test_killed_three_times_in_mid_stream_and_disturbed_it_brings_every_mention_once(
    network: Network, mentions: Mentions, process: LocalCollector
) -> None:
    rng = random.Random(13)
    for _ in range(3):
        for _ in range(rng.randint(1, 8)):
            network.publish(50)
            network.disturb(rng)
            time.sleep(rng.uniform(0.0, 0.2))
        process.kill()
        network.publish(50)
        process.start()
    network.calm()
    network.publish(50)
    mentions.wait_for(network.expected, process)
    assert mentions.repeated() == 0
    assert set(mentions.found) == set(network.expected)


def test_kafka_away_loses_nothing_and_repeats_nothing(
    broker: LocalKafka, network: Network, mentions: Mentions, process: LocalCollector
) -> None:
    network.publish(100)
    mentions.wait_for(network.expected, process)
    broker.kill()

    def noticed() -> bool:
        network.publish(20)
        return "commits wait, reading pauses" in process.log.read_text() and not process.ready()

    wait_until(noticed, process.log.read_text)
    broker.start()
    network.publish(100)
    mentions.wait_for(network.expected, process)
    wait_until(process.ready, process.log.read_text)
    assert mentions.repeated() == 0


def test_stopped_in_order_it_commits_what_it_read_and_the_next_goes_on(
    network: Network, mentions: Mentions, process: LocalCollector
) -> None:
    network.publish(200)
    mentions.wait_for(network.expected[:1], process)
    process.terminate()
    network.publish(200)
    process.start()
    mentions.wait_for(network.expected, process)
    assert mentions.repeated() == 0


def test_the_list_of_sources_shows_how_far_each_was_read(
    network: Network, settings: KafkaSettings, mentions: Mentions, process: LocalCollector
) -> None:
    network.publish(100)
    mentions.wait_for(network.expected, process)
    assert process.environment
    command = [str(BADBUZZ), "source", "list", "--json", "--config", str(process.home / "badbuzz.toml")]
    done = subprocess.run(command, env=dict(process.environment), capture_output=True, text=True, check=True)
    [listed] = map(json.loads, done.stdout.splitlines())
    assert listed["source"] == "sky"
    assert listed["cursor"]
    assert listed["age_seconds"] < 60
    assert listed["behind_seconds"] > 0


def test_a_second_collector_takes_over_and_the_first_ends_with_one_line(
    network: Network, settings: KafkaSettings, mentions: Mentions, process: LocalCollector, tmp_path: Path
) -> None:
    network.publish(100)
    mentions.wait_for(network.expected, process)
    second = collector(network, settings, tmp_path / "second", **IMPATIENT)
    with second:
        running = process._process
        assert running
        wait_until(lambda: bool(network.publish(1)) and running.poll() is not None, process.log.read_text)
        assert running.poll() == 2
        last = process.log.read_text().splitlines()[-1]
        assert last.startswith("badbuzz: source sky: expected to be its only collector, but another one took it over")
        network.publish(100)
        mentions.wait_for(network.expected, second)
    process.kill()  # it has ended: the next start is a new one
    assert mentions.repeated() == 0
