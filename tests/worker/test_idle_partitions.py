"""Without a source's heartbeats, a crisis is reported seconds after `clock_after_s`, wherever its mentions arrive."""

import random
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest
from kafka import KafkaProducer
from kafka.admin import NewPartitions

from streams.kafka.clients import METADATA_MAX_AGE_MS, open_admin, producer_options
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS
from streams.settings.kafka import KafkaSettings
from tests.behaviour.engines import in_process
from tests.helpers.cluster import TOPICS, Cluster, Worker, wait_until
from tests.helpers.records import CRISIS_AT, HOUR, MINUTE, QUIET_DAYS, in_order, line, quiet, wave

AFTER_S = 5
LIMIT_S = 60.0
OPTIONS = {"BADBUZZ_WORKER_READ_BACK": "500", "BADBUZZ_WORKER_CLOCK_AFTER_S": str(AFTER_S)}
CRISIS = wave(60, 60, rating=-1)
BEFORE = quiet(days=QUIET_DAYS + 0.37)  # until seven minutes before the crisis


class Partitions:
    """A cluster whose `mentions` has some number of partitions, to each of which messages can be sent."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.producer = KafkaProducer(**producer_options(cluster.settings) | {"metadata_max_age_ms": 1000})

    def send(self, lines: Iterable[tuple[int, bytes]]) -> None:
        topic = self.cluster.settings.topic(MENTIONS)
        for partition, value in lines:
            self.producer.send(topic, value=value, partition=partition)
        self.producer.flush(30)

    def start(self, monkeypatch: pytest.MonkeyPatch, partitions: int, only: str | None = None) -> Worker:
        options = OPTIONS | {"BADBUZZ_TOPICS_MENTIONS_PARTITIONS": str(partitions)}
        monkeypatch.setattr(Worker, "options", MappingProxyType(options))
        worker = self.cluster.start("w" if only is None else only, only)
        worker.wait_ready()
        return worker

    def await_incidents(self, expected: list[bytes], limit_s: float = LIMIT_S) -> None:
        wait_until(
            lambda: self.cluster.incidents()[: len(expected)] == expected,
            lambda: f"{self.cluster.incidents()} {[w.log.read_text()[-2000:] for w in self.cluster.workers]}",
            limit_s,
        )


@pytest.fixture
def partitions(request: pytest.FixtureRequest, kafka_settings: KafkaSettings, tmp_path: Path) -> Iterator[Partitions]:
    create(kafka_settings, msgspec.structs.replace(TOPICS, mentions_partitions=request.param))
    with Cluster(kafka_settings, tmp_path) as cluster:
        made = Partitions(cluster)
        yield made
        made.producer.close()


def add_partitions(settings: KafkaSettings, total: int) -> None:
    with open_admin(settings) as admin:
        admin.create_partitions({settings.topic(MENTIONS): NewPartitions(total)})
    time.sleep(2)  # the producer asks for the partitions once a second


def on(partition: int, rows: Iterable[tuple[float, bytes]]) -> Iterator[tuple[int, bytes]]:
    return ((partition, value) for _, value in rows)


@pytest.mark.parametrize("partitions", [2], indirect=True)
@pytest.mark.parametrize("restart", [False, True])
def test_partitions_are_added_and_a_brand_moves_to_a_new_one(
    partitions: Partitions, restart: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = partitions.start(monkeypatch, 2)
    partitions.send(on(0, BEFORE))
    partitions.cluster.drain()
    add_partitions(partitions.cluster.settings, 4)
    # Another brand's traffic on the partition it has left: more than the scorer remembers.
    partitions.send((0, line(n, CRISIS_AT + n / 2, brand="Other", rating=1)) for n in range(3000))
    if restart:
        partitions.cluster.stop(worker, kill=True)
        partitions.start(monkeypatch, 4)
    partitions.send(on(3, CRISIS))
    expected = in_process(in_order(BEFORE, CRISIS))
    assert msgspec.json.decode(expected[-1])["severity"] == "critical"
    partitions.await_incidents(expected, LIMIT_S + METADATA_MAX_AGE_MS / 1000)


@pytest.mark.parametrize("partitions", [8], indirect=True)
def test_two_partitioners_send_a_brand_to_two_partitions_and_one_has_been_silent_for_18_hours(
    partitions: Partitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The scorer and the watcher run apart, and the watcher is restarted.
    partitions.start(monkeypatch, 8, "scorer")
    watcher = partitions.start(monkeypatch, 8, "watcher")
    forum = [row for row in BEFORE if b'"forum"' in row[1] and row[0] < CRISIS_AT - 18 * HOUR]
    twitter = [row for row in BEFORE if b'"twitter"' in row[1]]
    partitions.send([*on(4, forum[:1]), *on(7, twitter[:1])])
    partitions.cluster.drain()
    partitions.send([*on(4, forum[1:]), *on(7, twitter[1:])])
    partitions.cluster.drain()
    partitions.cluster.stop(watcher, kill=True)
    partitions.start(monkeypatch, 8, "watcher")
    partitions.send(on(7, CRISIS))
    partitions.await_incidents(in_process(in_order(forum, twitter, CRISIS)))


@pytest.mark.parametrize("partitions", [8], indirect=True)
def test_mentions_without_a_key_fall_on_any_of_eight_partitions_and_a_restart_changes_no_byte(
    partitions: Partitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(3)
    worker = partitions.start(monkeypatch, 8)
    first = [(n / 10, line(500_000 + n, n / 10, rating=1)) for n in range(8)]
    partitions.send((n, value) for n, (_, value) in enumerate(first))
    partitions.cluster.drain()
    time.sleep(AFTER_S + 10)  # idle heartbeats were sent to all of them
    rest = [row for row in BEFORE if row[0] > 5 * MINUTE]
    partitions.cluster.stop(worker, kill=False)
    partitions.send((rng.randrange(8), value) for value in in_order(rest[:200]))
    partitions.start(monkeypatch, 8)
    partitions.cluster.drain()
    partitions.send((rng.randrange(8), value) for value in in_order(rest[200:], CRISIS))
    partitions.await_incidents(in_process(in_order(first, rest, CRISIS)))
