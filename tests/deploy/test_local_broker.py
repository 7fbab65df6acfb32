"""What a user of the local Kafka can rely on."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from deploy.local.kafka import LocalKafka
from deploy.local.kafka_jars import why_unavailable
from deploy.local.server import LocalServerError
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.helpers.paths import ROOT


def _send(settings: KafkaSettings, value: bytes) -> None:
    producer = KafkaProducer(**producer_options(settings))
    try:
        producer.send(settings.topic("mentions"), value, partition=0).get(10)
    finally:
        producer.close()


def _read(settings: KafkaSettings, count: int) -> list[bytes]:
    consumer = KafkaConsumer(**consumer_options(settings, None))
    values: list[bytes] = []
    try:
        consumer.assign([TopicPartition(settings.topic("mentions"), 0)])
        consumer.seek_to_beginning()
        for _ in range(20):
            values += [record.value for records in consumer.poll(1000).values() for record in records]
            if len(values) >= count:
                break
    finally:
        consumer.close()
    return values


def test_a_killed_broker_comes_back_on_the_same_port_with_its_messages(
    broker: LocalKafka, kafka_settings: KafkaSettings
) -> None:
    create(kafka_settings, TopicSettings())
    _send(kafka_settings, b"before")
    bootstrap, pid = broker.bootstrap, broker.pid
    broker.kill()
    assert broker.pid is None
    broker.restart()
    assert broker.bootstrap == bootstrap
    assert broker.pid != pid
    _send(kafka_settings, b"after")
    assert _read(kafka_settings, 2) == [b"before", b"after"]


def test_the_broker_listens_on_the_loopback_interface_alone(broker: LocalKafka) -> None:
    listening = {
        address
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for address, state in (line.split()[1:4:2] for line in Path(table).read_text().splitlines()[1:])
        if state == "0A" and int(address.rpartition(":")[2], 16) == int(broker.bootstrap.rpartition(":")[2])
    }
    if not listening:
        pytest.skip("this system has no /proc/net/tcp")
    # 127.0.0.1 in the kernel's byte order, plain or mapped into IPv6.
    assert all(address.rpartition(":")[0].endswith("0100007F") for address in listening)


def test_stopping_removes_the_data_and_may_be_repeated() -> None:
    with LocalKafka(heap="256m") as broker:
        home = broker.home
        assert (home / "broker.log").exists()
    assert not home.exists()
    broker.stop()


def test_people_run_it_in_the_foreground_and_a_named_data_folder_stays(tmp_path: Path, broker: LocalKafka) -> None:
    """The broker fixture only skips the test where Kafka is unavailable."""
    command = [sys.executable, "-m", "deploy.local.kafka", "--port", "0", "--heap", "256m", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "starting Apache Kafka" in process.stderr.readline()
        serving = re.match(r"127\.0\.0\.1:(\d+) serves \(pid (\d+)", process.stderr.readline())
        assert serving
        assert serving[1] not in broker.bootstrap
        process.send_signal(signal.SIGTERM)
        assert "stopped" in process.stderr.read()
    assert process.returncode == 0
    assert (tmp_path / "data" / "meta.properties").exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(serving[1]))) != 0


def test_a_port_in_use_is_reported_with_the_remedy(broker: LocalKafka) -> None:
    second = LocalKafka(port=int(broker.bootstrap.rpartition(":")[2]))
    with pytest.raises(LocalServerError, match="in use: stop the process that listens there or choose another port"):
        second.start()
    second.stop()


def test_a_broker_that_cannot_start_says_why(tmp_path: Path, broker: LocalKafka) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("cluster.id=another\nversion=1\nnode.id=7\n")
    failing = LocalKafka(data_dir=tmp_path, heap="256m")
    with pytest.raises(LocalServerError, match="node"):
        failing.start()
    assert failing.pid is None


def test_without_java_or_maven_the_error_names_the_script_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert why_unavailable() == "the local Kafka needs java and mvn: run deploy/local/install-kafka.sh as root"
    with pytest.raises(LocalServerError, match=r"install-kafka\.sh"):
        LocalKafka().start()


def test_installing_again_is_quick_and_silent(broker: LocalKafka) -> None:
    done = subprocess.run(
        [ROOT / "deploy" / "local" / "install-kafka.sh"], capture_output=True, text=True, check=True, timeout=30
    )
    assert (done.stdout, done.stderr) == ("", "")
