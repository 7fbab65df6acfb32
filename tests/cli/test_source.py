"""What somebody who tries sources can rely on: what would come, whether it can be read, and nothing is sent."""

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.server import free_port
from tests.helpers.cluster import BADBUZZ
from tests.sources.collected import CONFIGURATION, Network


@pytest.fixture
def network() -> Iterator[Network]:
    with Network(version=2) as network:
        yield network


def badbuzz(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "badbuzz.toml").write_text(CONFIGURATION.format(url=url), encoding="utf-8")
    environment = {"BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}
    command = [str(BADBUZZ), "source", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def publish_once_subscribed(network: Network, posts: int) -> threading.Thread:
    async def subscribed() -> None:
        await network.server.subscribed.wait()

    def publish() -> None:
        network.call(subscribed())
        network.publish(posts)

    thread = threading.Thread(target=publish)
    thread.start()
    return thread


def test_trying_a_source_prints_the_mentions_it_would_bring(network: Network, tmp_path: Path) -> None:
    publishing = publish_once_subscribed(network, 30)
    done = badbuzz(tmp_path, network.url, "try", "sky", "--seconds", "3", "--json")
    publishing.join()
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(mention["brand"], mention["id"]) for mention in found] == network.expected
    assert done.stderr.startswith("30 posts read in 3 s; mentions: 10 of Acme, ")
    assert "did:plc:ann" not in {mention["author"] for mention in found}, "authors are pseudonyms"


def test_a_source_that_can_be_read_is_good(network: Network, tmp_path: Path) -> None:
    publishing = publish_once_subscribed(network, 5)
    done = badbuzz(tmp_path, network.url, "check", "--seconds", "10")
    publishing.join()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sky: good, ")


def test_a_source_that_cannot_be_read_is_said_in_one_line_with_status_2(tmp_path: Path) -> None:
    done = badbuzz(tmp_path, f"ws://127.0.0.1:{free_port()}", "check")
    assert done.returncode == 2
    assert done.stdout.startswith("sky: ")
    assert done.stderr == "badbuzz: 1 of 1 sources cannot be read: sky\n"


@pytest.mark.parametrize("command", ["try", "check", "run"])
def test_an_unknown_source_is_an_error_that_names_the_known_ones(command: str, tmp_path: Path) -> None:
    done = badbuzz(tmp_path, "ws://127.0.0.1:9", command, "ground")
    assert done.returncode == 2
    assert done.stderr == "badbuzz: expected one of the sources sky, got 'ground'\n"


def test_a_collector_without_kafka_ends_with_one_line(tmp_path: Path) -> None:
    done = badbuzz(tmp_path, "ws://127.0.0.1:9", "run")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no answer from Kafka at 127.0.0.1:9" in done.stderr


@pytest.mark.parametrize("command", [("try", "sky"), ("check",)])
def test_a_missing_key_of_pseudonyms_is_an_error_before_anything_is_read(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "badbuzz.toml").write_text(
        '[brands.Acme]\n[sources.sky]\ntype = "jetstream"\nurl = ["ws://127.0.0.1:9"]\n', encoding="utf-8"
    )
    done = subprocess.run(
        [str(BADBUZZ), "source", *command],
        cwd=tmp_path,
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "`source.pseudonym_key`: expected a key" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
