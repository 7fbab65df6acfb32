"""What a newcomer can rely on without Kafka: `badbuzz live` goes on after a restart, and nothing counts twice."""

import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from deploy.local.server import LocalServer, answers
from streams.watching.rows.row_keys import brand_key
from streams.watching.rows.snapshot import row_counts
from streams.worker.live.state_file import StateFile
from tests.helpers.cluster import BADBUZZ, wait_until
from tests.sources.collected import CONFIGURATION, Network


class Live(LocalServer):
    """A `badbuzz live` process."""

    name = "live"

    def __init__(self, home: Path, network: Network) -> None:
        super().__init__(home)
        self._network = network
        self.state = home / "live.state"
        # Kafka is not there: nothing may ask for it.
        self.environment = {
            "BADBUZZ_METRICS_PORT": str(self.port),
            "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
            "OMP_NUM_THREADS": "1",
        }

    def prepare(self) -> None:
        super().prepare()
        (self.home / "badbuzz.toml").write_text(CONFIGURATION.format(url=self._network.url), encoding="utf-8")

    def command(self) -> Sequence[str]:
        config = str(self.home / "badbuzz.toml")
        return [str(BADBUZZ), "live", "--config", config, "--state", str(self.state), "--json"]

    def ready(self) -> bool:
        return answers(f"{self.url}/readyz")

    def collected(self) -> int:
        """How many mentions this run has collected."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:  # noqa: S310
            lines = answer.read().decode().splitlines()
        [value] = [line.split()[-1] for line in lines if line.startswith("badbuzz_source_mentions_total{")]
        return int(float(value))


@pytest.fixture
def network() -> Iterator[Network]:
    with Network(version=2) as network:
        yield network


@pytest.fixture
def live(network: Network, tmp_path: Path) -> Iterator[Live]:
    with Live(tmp_path, network) as live:
        wait_until(network.server.subscribed.is_set, live.log.read_text)
        yield live
    assert "Traceback" not in live.log.read_text()


def counted(live: Live) -> tuple[int, int]:
    """Mentions and duplicates in the state file."""
    rows = StateFile(live.state).read().brands
    counts = [row_counts(rows[brand_key(brand)]) for brand in ("Acme", "Other") if brand_key(brand) in rows]
    return sum(each.mentions for each in counts), sum(each.duplicates for each in counts)


def test_stopped_in_order_it_goes_on_with_what_was_published_meanwhile(network: Network, live: Live) -> None:
    network.publish(100)
    wait_until(lambda: live.collected() == len(network.expected), live.log.read_text)
    live.terminate()
    assert counted(live) == (len(network.expected), 0)
    before = len(network.expected)
    network.publish(100)
    live.start()
    wait_until(lambda: live.collected() == len(network.expected) - before, live.log.read_text)
    live.terminate()
    assert counted(live) == (len(network.expected), 0)


def test_killed_it_reads_again_what_came_since_its_state_was_written(network: Network, live: Live) -> None:
    network.publish(100)
    wait_until(lambda: live.state.exists() and counted(live)[0] == len(network.expected), live.log.read_text)
    saved = len(network.expected)
    network.publish(100)
    wait_until(lambda: live.collected() == len(network.expected), live.log.read_text)
    live.kill()
    at_least = counted(live)[0]
    assert at_least >= saved
    live.start()
    wait_until(lambda: live.collected() == len(network.expected) - at_least, live.log.read_text)
    live.terminate()
    assert counted(live) == (len(network.expected), 0)
