"""Faults of networks, collectors and the broker at random moments: what is on Kafka against what was published.

    python -m tests.sources.chaos --runs 20 --seed 1

Each run publishes posts on a made-up Bluesky, whose Jetstream cuts, closes, refuses and sends garbage meanwhile. The
collector is killed at a random moment of each; at another one it is killed twice or restarted, the broker is restarted
or away for a minute, or Jetstream sends nothing and answers pings. Runs alternate between the versions of Jetstream: on
version 2 every mention must be there exactly once, on version 1 none may be missing. One JSON line a run; exit status 1
where a run fails.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.kafka import LocalKafka
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import TOPICS, wait_until
from tests.sources.collected import Mentions, Network, collector

PIECES = 12
POSTS = 50
AWAY_S = 60.0
"""How long the broker is away."""
NOTICED_S = 30.0
"""Within which a stall must be noticed; from then on the collector waits as long as its back-off says."""
WAIT_S = 180.0
"""Beyond the longest pause of the back-off, and the longest silence of a connection."""
EXACT = 2
"""Version of Jetstream that replays exactly."""


class Chaos:
    """One collector of one network, and the faults to inject."""

    def __init__(self, broker: LocalKafka, network: Network, folder: Path, rng: random.Random) -> None:
        settings = KafkaSettings(
            bootstrap_servers=broker.bootstrap, topic_prefix=f"chaos-{network.version}-{rng.getrandbits(32):x}."
        )
        create(settings, TOPICS)
        self.broker = broker
        self.network = network
        self.rng = rng
        self.mentions = Mentions(settings)
        self.noticed_s: float | None = None
        self.process = collector(network, settings, folder / f"v{network.version}")
        self.process.start()
        wait_until(network.server.subscribed.is_set, self.process.log.read_text)
        # The first cursor: before it, a restart begins with what is published then.
        network.publish(1)
        self.mentions.wait_for(network.expected, self.process)

    def run(self, fault: str) -> dict[str, object]:
        """Publish, disturb, and compare."""
        started = time.monotonic()
        before = self.mentions.repeated()
        killed, moment = self.rng.sample(range(PIECES), 2)
        disturbed = []
        self.noticed_s = None
        for piece in range(PIECES):
            self.network.publish(POSTS)
            if self.rng.random() < 0.3:
                disturbed.append(self.network.disturb(self.rng))
            if piece == killed:
                self.kill()
            if piece == moment:
                FAULTS[fault](self)
            time.sleep(self.rng.uniform(0.0, 0.3))
        self.network.calm()
        lost = 0
        try:
            self.mentions.wait_for(self.network.expected, self.process, WAIT_S)
        except AssertionError as error:
            print(error, file=sys.stderr)
            lost = len(set(self.network.expected).difference(self.mentions.read()))
        foreign = len(set(self.mentions.found).difference(self.network.expected))
        repeated = self.mentions.repeated() - before
        late = self.noticed_s is not None and self.noticed_s > NOTICED_S
        return {
            "version": self.network.version,
            "fault": fault,
            "noticed_s": self.noticed_s,
            "network": disturbed,
            "mentions": len(self.network.expected),
            "lost": lost,
            "foreign": foreign,
            "repeated": repeated,
            "good": not lost and not foreign and not late and (self.network.version != EXACT or not repeated),
            "seconds": round(time.monotonic() - started, 1),
        }

    def close(self) -> None:
        """End the collector."""
        self.process.terminate()
        self.mentions.close()

    def kill(self) -> None:
        """End it as a power cut would, and start it again, at once or after a while."""
        self.process.kill()
        self.network.publish(self.rng.randrange(POSTS))
        time.sleep(self.rng.choice((0.0, self.rng.uniform(0, 3))))
        self.process.start()

    def kill_twice(self) -> None:
        """Do so again as soon as it runs."""
        self.kill()
        self.kill()

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.process.restart()

    def restart_broker(self) -> None:
        """Restart Kafka, in order or not."""
        if self.rng.random() < 0.5:
            self.broker.kill()
        self.broker.restart()

    def take_broker_away(self) -> None:
        """Kill Kafka and start it a minute later; meanwhile the network goes on."""
        self.broker.kill()
        back = time.monotonic() + AWAY_S
        while time.monotonic() < back:
            self.network.publish(POSTS // 10)
            time.sleep(1.0)
        self.broker.start()

    def stall(self) -> None:
        """Let Jetstream answer pings and send nothing, until the collector says that it noticed."""
        self.network.calm()
        wait_until(lambda: bool(self.network.publish(1)) and self._is_read(), self.process.log.read_text, WAIT_S)
        said = self._silences()
        self.network.stall()
        stalled = time.monotonic()
        self.network.publish(POSTS)
        wait_until(lambda: self._silences() > said, self.process.log.read_text, 2 * NOTICED_S)
        self.noticed_s = round(time.monotonic() - stalled, 1)

    def _is_read(self) -> bool:
        """Return whether the newest post is on Kafka, or the newest that is about a brand."""
        return self.network.expected[-1] in self.mentions.read()

    def _silences(self) -> int:
        return self.process.log.read_text().count("expected an event within")


FAULTS: dict[str, Callable[[Chaos], None]] = {
    "kill -9 twice more": Chaos.kill_twice,
    "restart of the collector": Chaos.restart,
    "restart of the broker": Chaos.restart_broker,
    "broker away for a minute": Chaos.take_broker_away,
    "stalled network": Chaos.stall,
}


def main() -> int:
    """Run the faults one after the other, on both versions in turn."""
    parser = argparse.ArgumentParser(prog="python -m tests.sources.chaos", description=main.__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=sorted(FAULTS), action="append", help="only these")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    faults = options.fault or list(FAULTS)
    good = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalKafka(heap="512m") as broker,
        Network(EXACT) as second,
        Network(1) as first,
    ):
        both = [Chaos(broker, network, Path(folder), rng) for network in (second, first)]
        try:
            for number in range(options.runs):
                result = both[number % 2].run(faults[number // 2 % len(faults)])
                good += bool(result["good"])
                print(json.dumps(result), flush=True)
        finally:
            for chaos in both:
                chaos.close()
    print(json.dumps({"runs": options.runs, "good": good}))
    return int(good < options.runs)


if __name__ == "__main__":
    sys.exit(main())
