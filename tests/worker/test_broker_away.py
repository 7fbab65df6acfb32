"""What an SRE can rely on when the broker, its topics or its messages go away: never blind while all is green."""

import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from deploy.local.kafka import LocalKafka
from streams.kafka.clients import consumer_options, open_admin
from streams.kafka.partitioning import brand_partition
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS, ROLLUPS
from streams.settings.kafka import KafkaSettings
from tests.behaviour.engines import in_process
from tests.helpers.cluster import TOPICS, Cluster, Worker, wait_until
from tests.helpers.records import crisis

SAID_WITHIN_S = 30.0


@pytest.fixture
def cluster(kafka_settings: KafkaSettings, tmp_path: Path) -> Cluster:
    return Cluster(kafka_settings, tmp_path)


def metrics(worker: Worker) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def values(worker: Worker, name: str) -> dict[str, float]:
    """Values of a metric by its labels as written, without that of the installation."""
    found = re.findall(rf"^{name}({{[^}}]*}})? ([0-9.e+]+)$", metrics(worker), re.MULTILINE)
    return {labels.replace('installation="badbuzz",', ""): float(value) for labels, value in found}


def stages(worker: Worker) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/readyz", timeout=5) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error))


def within(seconds: float, done: Callable[[], bool], worker: Worker) -> None:
    wait_until(done, lambda: f"{stages(worker)}\n{worker.log.read_text()[-3000:]}", seconds)


def events_of(cluster: Cluster, lines: Sequence[bytes]) -> None:
    """Send a record and require the incidents of an undisturbed run."""
    cluster.send(lines)
    cluster.drain()
    assert cluster.incidents() == in_process(lines)


def test_a_broker_that_goes_away_is_reported_within_half_a_minute_and_its_return_too(
    cluster: Cluster, broker: LocalKafka
) -> None:
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        broker.kill()
        gone = time.monotonic()
        within(SAID_WITHIN_S, lambda: worker.status("readyz") == 503, worker)
        within(
            SAID_WITHIN_S - (time.monotonic() - gone), lambda: "no answer from Kafka" in worker.log.read_text(), worker
        )
        stalled = values(worker, "badbuzz_last_progress_timestamp_seconds")
        assert worker.status("healthz") == 200, "a restart brings no broker back"
        time.sleep(5)
        assert values(worker, "badbuzz_last_progress_timestamp_seconds").keys() == stalled.keys()
        for stage, state in stages(worker).items():
            assert state["seconds_since_progress"] > 15, (stage, state)
        assert worker.log.read_text().count("no answer from Kafka") == 1
        broker.start()
        within(SAID_WITHIN_S, lambda: worker.status("readyz") == 200, worker)
        assert "Kafka answers again" in worker.log.read_text()
        events_of(cluster, crisis())


def test_topics_that_are_gone_are_reported_and_watched_again_soon_after_they_are_created(cluster: Cluster) -> None:
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        kafka = cluster.settings
        with open_admin(kafka) as admin:
            admin.delete_topics([kafka.topic(MENTIONS), kafka.topic(ROLLUPS)])
        within(SAID_WITHIN_S, lambda: worker.status("readyz") == 503, worker)
        within(SAID_WITHIN_S, lambda: "missing topics" in worker.log.read_text(), worker)
        create(kafka, TOPICS)
        within(SAID_WITHIN_S, lambda: worker.status("readyz") == 200, worker)
        events_of(cluster, crisis())


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_rollups_created_anew_are_applied_from_their_first_message(cluster: Cluster, *, running: bool) -> None:
    lines = crisis()
    half = len(lines) // 2
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        # In pieces, so that more messages are committed than the new log will have.
        for first in range(0, half, half // 4):
            cluster.send([line.replace(b"Acme", b"Before") for line in lines[first : first + half // 4]])
            cluster.drain()
        if not running:
            cluster.stop(worker, kill=False)
        kafka = cluster.settings
        with open_admin(kafka) as admin:
            admin.delete_topics([kafka.topic(ROLLUPS)])
        create(kafka, TOPICS)
        if not running:
            worker = cluster.start("w")
        within(60.0, lambda: "was created anew or cut" in worker.log.read_text(), worker)
        within(60.0, lambda: worker.status("readyz") == 200, worker)
        cluster.send(lines)
        expected = [event for event in in_process(lines) if b'"brand":"Acme' in event]
        within(60.0, lambda: events(cluster, b"Acme") == expected, worker)
        # Written and committed as well, although every offset is below those of the deleted log.
        acme = sum(b'"Acme"' in line and b'"kind"' not in line for line in lines)
        within(20.0, lambda: cluster.counts(["Acme"]).mentions == acme, worker)


def events(cluster: Cluster, brand: bytes) -> list[bytes]:
    return [line for line in cluster.incidents() if b'"brand":"' + brand in line]


def test_an_offset_beyond_the_logs_end_is_reported_and_everything_is_scored(cluster: Cluster) -> None:
    lines = crisis()
    with cluster:
        kafka = cluster.settings
        consumer = KafkaConsumer(**consumer_options(kafka, kafka.scorer_group))
        partitions = [TopicPartition(kafka.topic(MENTIONS), p) for p in range(TOPICS.mentions_partitions)]
        consumer.assign(partitions)
        consumer.commit({partition: OffsetAndMetadata(5000, "", -1) for partition in partitions})
        consumer.close()
        cluster.send(lines)
        worker = cluster.start("w")
        expected = in_process(lines)
        within(60.0, lambda: cluster.incidents() == expected, worker)
        assert "of another log (beyond_end)" in worker.log.read_text()
        assert sum(values(worker, "badbuzz_offset_resets_total").values()) >= 1


def test_messages_deleted_by_retention_are_counted(cluster: Cluster) -> None:
    lines = crisis()
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        cluster.send(lines[:100])
        cluster.drain()
        cluster.stop(worker, kill=False)
        cluster.send(lines[100:400])
        kafka = cluster.settings
        with open_admin(kafka) as admin:
            partitions = [TopicPartition(kafka.topic(MENTIONS), p) for p in range(TOPICS.mentions_partitions)]
            consumer = KafkaConsumer(**consumer_options(kafka, None))
            ends = consumer.end_offsets(partitions)
            consumer.close()
            committed = admin.list_group_offsets(kafka.topic(kafka.scorer_group))[kafka.topic(kafka.scorer_group)]
            admin.delete_records(ends)
        lost = sum(end - (committed[p].offset if p in committed else 0) for p, end in ends.items())
        worker = cluster.start("w")
        worker.wait_ready()
        within(20.0, lambda: sum(values(worker, "badbuzz_messages_lost_total").values()) == lost, worker)


def test_partitions_owned_and_expected_are_shown(cluster: Cluster) -> None:
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        expected = {'{stage="scorer"}': 4.0, '{stage="watcher"}': 4.0}
        within(20.0, lambda: values(worker, "badbuzz_partitions_owned") == expected, worker)
        assert values(worker, "badbuzz_partitions_expected") == expected
        assert set(values(worker, "badbuzz_consumer_lag_messages").values()) == {0.0}


def test_a_partition_that_faust_no_longer_fetches_shows_as_lag_that_does_not_move(cluster: Cluster) -> None:
    stuck = brand_partition("Acme", TOPICS.rollups_partitions)
    with cluster:
        before = [sys.executable, "-m", "tests.helpers.kafka.stuck_worker", str(stuck)]
        worker = Worker(cluster.settings, "w", cluster.folder / "w.log", before=before)
        cluster.workers.append(worker)
        worker.wait_ready()
        cluster.send(crisis())
        labels = f'{{partition="{stuck}",stage="watcher"}}'
        # A scorer whose client reads nothing joins its group anew after 20 s.
        within(60.0, lambda: values(worker, "badbuzz_consumer_lag_messages").get(labels, 0) > 0, worker)
        position = values(worker, "badbuzz_consumer_position_messages")[labels]
        lag = values(worker, "badbuzz_consumer_lag_messages")
        time.sleep(12)
        assert values(worker, "badbuzz_consumer_position_messages")[labels] == position
        assert values(worker, "badbuzz_consumer_lag_messages")[labels] >= lag[labels]
        assert {at for at, waiting in values(worker, "badbuzz_consumer_lag_messages").items() if waiting} == {labels}
