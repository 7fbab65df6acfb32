"""The commands around workers, topics and dead letters, on a real broker."""

import gzip
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from deploy.local.kafka import LocalKafka
from streams.kafka.topics import expected_topics
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.helpers.cluster import BADBUZZ, Cluster, raw_send, wait_until
from tests.helpers.records import crisis


@pytest.fixture
def cluster(kafka_settings: KafkaSettings, tmp_path: Path) -> Cluster:
    return Cluster(kafka_settings, tmp_path)


def where(settings: KafkaSettings) -> dict[str, str]:
    return {
        "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "BADBUZZ_KAFKA_TOPIC_PREFIX": settings.topic_prefix,
        "BADBUZZ_TOPICS_MENTIONS_PARTITIONS": "4",
        "BADBUZZ_TOPICS_ROLLUPS_PARTITIONS": "4",
        "BADBUZZ_METRICS_PORT": "0",
    }


def badbuzz(settings: KafkaSettings, *args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | where(settings) | env
    return subprocess.run([BADBUZZ, *args], capture_output=True, timeout=120, check=False, env=environment)


def test_a_replay_through_kafka_gives_the_bytes_of_a_replay_in_process(cluster: Cluster, tmp_path: Path) -> None:
    record = tmp_path / "crisis.jsonl.gz"
    record.write_bytes(gzip.compress(b"\n".join(crisis())))
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        assert worker.status("healthz") == 200
        sent = badbuzz(cluster.settings, "replay", str(record), "--to-kafka", "--json")
        assert (sent.returncode, sent.stderr) == (0, b"")
        assert json.loads(sent.stdout)["messages"] == len(crisis())
        cluster.drain()
        expected = badbuzz(cluster.settings, "replay", str(record), "--json").stdout.splitlines()[:-1]
        assert expected
        assert cluster.incidents() == expected
        cluster.stop(worker, kill=False)


def test_every_published_event_stays_on_the_topic_is_logged_and_is_listed_newest_first(cluster: Cluster) -> None:
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        command = [str(BADBUZZ), "incidents", "--follow", "--json", "--brand", "Acme"]
        following = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | where(cluster.settings))
        time.sleep(3)  # it has found the topic's end
        cluster.send(crisis())
        cluster.drain()
        published = cluster.incidents()
        ids = [json.loads(line)["id"] for line in published]
        assert len(ids) > 2
        assert sorted(cluster.incident_keys) == sorted(name.encode() for name in ids)
        assert badbuzz(cluster.settings, "incidents", "--json").stdout.splitlines() == published[::-1]
        assert badbuzz(cluster.settings, "incidents", "--json", "--brand", "Other").stdout == b""
        shown = badbuzz(cluster.settings, "incidents").stdout.decode()
        for line in published:
            summary = json.loads(line)["summary"]
            assert worker.log.read_text().count(summary) == shown.count(summary) > 0
        assert following.stdout is not None
        followed = [following.stdout.readline().rstrip() for _ in published]
        following.kill()
        following.wait()
        following.stdout.close()
        assert sorted(followed) == sorted(published)


def test_dead_letters_are_listed_shown_and_sent_again(cluster: Cluster) -> None:
    with cluster:
        raw_send(cluster.settings, [(b"Acme", b"\xff{"), (None, b'{"id": 7}')])
        worker = cluster.start("w", "scorer")
        worker.wait_ready()
        wait_until(
            lambda: len(badbuzz(cluster.settings, "dead-letters", "list", "--json").stdout.splitlines()) == 2,
            worker.log.read_text,
        )
        letters = [
            json.loads(line) for line in badbuzz(cluster.settings, "dead-letters", "list", "--json").stdout.splitlines()
        ]
        assert sorted(letter["reason"] for letter in letters) == ["json", "type"]
        broken = next(letter for letter in letters if letter["reason"] == "json")
        assert broken["source"].startswith(f"{cluster.settings.topic_prefix}mentions/")
        shown = badbuzz(cluster.settings, "dead-letters", "show", str(broken["kept_at"]))
        assert shown.stdout == b"\xff{\n"
        assert shown.stderr.startswith(b"json: ")
        again = badbuzz(cluster.settings, "dead-letters", "send-again", str(broken["kept_at"]))
        assert again.stdout == b"1 sent again\n"
        wait_until(
            lambda: len(badbuzz(cluster.settings, "dead-letters", "list", "--json").stdout.splitlines()) == 3,
            worker.log.read_text,
        )
        unknown = badbuzz(cluster.settings, "dead-letters", "show", "99")
        assert unknown.returncode == 2
        assert b"expected the offset of a dead letter, got 99" in unknown.stderr


@pytest.mark.parametrize("command", [("worker",), ("check",), ("worker", "--only", "watcher")])
def test_missing_topics_are_one_line_and_status_2(kafka_settings: KafkaSettings, command: tuple[str, ...]) -> None:
    done = badbuzz(kafka_settings, *command)
    assert done.returncode == 2
    assert b"mentions is missing: run 'badbuzz topics create'" in done.stderr
    lines = len(expected_topics(TopicSettings())) if command == ("check",) else 1
    assert done.stderr.count(b"\n") == lines


def test_a_wrong_partition_count_is_one_line_and_status_2(cluster: Cluster) -> None:
    with cluster:
        done = badbuzz(cluster.settings, "worker", BADBUZZ_TOPICS_ROLLUPS_PARTITIONS="5")
    assert done.returncode == 2
    assert b"partitions is 4, expected 5: set BADBUZZ_TOPICS_ROLLUPS_PARTITIONS=4" in done.stderr
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", [("worker",), ("topics", "create"), ("check",), ("dead-letters", "list")])
def test_a_broker_that_is_down_is_one_line_and_status_2_within_seconds(command: tuple[str, ...]) -> None:
    settings = KafkaSettings(bootstrap_servers="127.0.0.1:1")
    started = time.monotonic()
    done = badbuzz(settings, *command, BADBUZZ_KAFKA_CONNECT_TIMEOUT_S="1")
    assert time.monotonic() - started < 30
    assert done.returncode == 2
    assert b"no answer from Kafka at 127.0.0.1:1" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_topics_are_created_described_and_checked(kafka_settings: KafkaSettings) -> None:
    assert badbuzz(kafka_settings, "topics", "create").returncode == 0
    described = badbuzz(kafka_settings, "topics", "describe", "--json").stdout.splitlines()
    assert [json.loads(line)["topic"]["partitions"] for line in described] == [4, 4, 4, 4, 1, 1, 4, 1]
    checked = badbuzz(kafka_settings, "check")
    assert checked.returncode == 0
    assert checked.stdout.count(b"good") == 2


def test_a_metrics_port_in_use_is_one_line_and_status_2(cluster: Cluster, broker: LocalKafka) -> None:
    used = broker.bootstrap.rpartition(":")[2]
    with cluster:
        done = badbuzz(cluster.settings, "worker", "--only", "watcher", BADBUZZ_METRICS_PORT=used)
    assert done.returncode == 2
    assert b"BADBUZZ_METRICS_PORT" in done.stderr


def test_ctrl_c_ends_a_worker_in_order(cluster: Cluster) -> None:
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        worker.process.send_signal(signal.SIGINT)
        assert worker.process.wait(40) == 0
        cluster.workers.remove(worker)
