"""The first hour on Kafka: a pipe is sent as its lines come, and a warm-up lets a new installation alert at once."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import BADBUZZ, Cluster, wait_until
from tests.helpers.paths import ROOT
from tests.helpers.records import CRISIS_AT, HOUR, in_order, quiet, wave
from tests.worker.test_worker_commands import badbuzz, where


@pytest.fixture
def cluster(kafka_settings: KafkaSettings, tmp_path: Path) -> Cluster:
    return Cluster(kafka_settings, tmp_path)


def packed(path: Path, lines: list[bytes]) -> str:
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    return str(path)


def test_a_warmed_up_installation_alerts_in_a_brands_first_hours_and_on_nothing_of_its_past(
    cluster: Cluster, tmp_path: Path
) -> None:
    rows = quiet(days=10)
    past = packed(tmp_path / "past.gz", in_order([row for row in rows if row[0] < CRISIS_AT - 3 * HOUR]))
    live = in_order([row for row in rows if row[0] >= CRISIS_AT - 2 * HOUR], wave(120, 90, rating=-1))
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        taught = badbuzz(cluster.settings, "warm-up", past)
        assert (taught.returncode, taught.stderr) == (0, b"")
        assert taught.stdout == b"1 brand sent to the workers: their log says what they take over\n"
        sent = badbuzz(cluster.settings, "replay", packed(tmp_path / "live.gz", live), "--to-kafka")
        assert sent.returncode == 0
        cluster.drain()
        events = [json.loads(line) for line in cluster.incidents()]
        assert "critical" in {event["severity"] for event in events if event["type"] == "incident"}
        assert min(event["at"] for event in events) > "2024-03-09T08"
        cluster.stop(worker, kill=False)


def test_a_pipe_that_stays_open_is_sent_as_its_lines_come_and_brands_without_mentions_are_named(
    cluster: Cluster, tmp_path: Path
) -> None:
    lines = in_order(quiet(days=2))
    configuration = tmp_path / "badbuzz.toml"
    configuration.write_text('[brands.Acme]\nofficial_accounts = ["acme"]\n[brands.Nobody]\n', encoding="utf-8")
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        with subprocess.Popen(
            [BADBUZZ, "replay", "-", "--to-kafka"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=os.environ | where(cluster.settings),
        ) as replay:
            assert replay.stdin is not None
            replay.stdin.write(b"\n".join(lines) + b"\n")
            replay.stdin.flush()
            wait_until(lambda: cluster.sent() >= len(lines), lambda: f"{cluster.sent()} of {len(lines)} sent")
            assert replay.poll() is None
            replay.stdin.close()
            assert replay.wait(60) == 0
        cluster.drain()
        cluster.stop(worker, kill=False)
        checked = badbuzz(cluster.settings, "check", BADBUZZ_CONFIG=str(configuration), BADBUZZ_GRAFANA_URL="foo")
        assert checked.returncode == 2
        said = checked.stdout.decode()
        assert "brands.Nobody: no mention was ever read" in said
        assert "brands.Acme: no mention" not in said
        assert "of its mentions of 30 days are on" in " ".join(said.split())
        assert "expected an address such as https://grafana.example.org" in checked.stderr.decode()


def test_the_producer_of_the_readme_sends_mentions_and_heartbeats_that_are_read(
    cluster: Cluster, tmp_path: Path
) -> None:
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
    settings = cluster.settings
    code = code.replace("127.0.0.1:9092", settings.bootstrap_servers).replace(
        'send("mentions"', f'send("{settings.topic_prefix}mentions"'
    )
    with cluster:
        worker = cluster.start("w")
        worker.wait_ready()
        with subprocess.Popen([sys.executable, "-c", code]) as producer:
            wait_until(lambda: cluster.sent() >= 2, lambda: f"{cluster.sent()} sent")
            producer.terminate()
        cluster.drain()
        assert cluster.counts(["Acme"]).mentions >= 1
        assert badbuzz(settings, "dead-letters", "list", "--json").stdout == b""
        cluster.stop(worker, kill=False)


def test_a_check_without_kafka_looks_at_prometheus_and_grafana_too(tmp_path: Path) -> None:
    (tmp_path / "badbuzz.toml").write_text("timezon = 'UTC'\n", encoding="utf-8")
    environment = os.environ | {
        "BADBUZZ_PROMETHEUS_URL": "http://127.0.0.1:9",
        "BADBUZZ_GRAFANA_URL": "http://127.0.0.1:9",
        "BADBUZZ_GRAFANA_TOKEN": "t",
    }
    done = subprocess.run([BADBUZZ, "check"], cwd=tmp_path, capture_output=True, env=environment, check=False)
    assert done.returncode == 2
    said = done.stderr.decode()
    assert "did you mean `timezone`?" in said
    assert "Prometheus at http://127.0.0.1:9 does not respond" in said
    assert "http://127.0.0.1:9 cannot be reached" in said
