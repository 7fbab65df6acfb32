"""How long it takes until incident events are published again after a process was killed.

``python -m tests.benchmarks.kafka.recovery [--repeats 3] [--kind NAME]``

Each time anew: workers with default settings, one broker, 500 brands that are learned already, and mentions of all of
them at some 400 a second with event time running 60 times as fast as the clock. Seven times a second a crowd comes
to another brand, the partitions in turn, so that incident events come all the time from each. A few seconds later, at
a random moment, the process is killed (SIGKILL), and started again at once, or not.

Measured are the seconds from the kill until a consumer of committed messages has, from every partition, a rollup of a
mention sent after the kill (`scored again`), and an incident event whose last bucket was closed by one (`published
again`); and the longest that any incident event took from the moment its closing mention was due to be sent. `inf`
stands for more than a minute.
"""

import argparse
import itertools
import math
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from deploy.local.kafka import LocalKafka
from streams.kafka.partitioning import brand_partition
from streams.kafka.topics import ROLLUPS
from streams.scoring.rollup_batch import decode_batch
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.kafka.bench_cluster import DefaultCluster, Feed, Reader, decode_event
from tests.benchmarks.live_record import Line, LiveRecord
from tests.helpers.cluster import TOPICS

BRANDS = 500
REGULARS = 6
RATE = 250
SPEED = 60
CROWD = 25
CROWD_EVERY_S = 0.15
KILL_AFTER_S = 6.0
"""A crowd's minute and the allowed lateness are over by then, and each brand has spoken again."""
PATIENCE_S = 60.0
AFTERWARDS_S = 3.0


class Scene(NamedTuple):
    """What can be killed."""

    broker: LocalKafka
    cluster: DefaultCluster


def kill(name: str, again: bool) -> Callable[[Scene], None]:
    """Return a function that kills a worker."""

    def act(scene: Scene) -> None:
        worker = next(worker for worker in scene.cluster.workers if worker.instance == name)
        if again:
            scene.cluster.restart(worker, ONLY.get(name))
        else:
            scene.cluster.stop(worker)

    return act


def kill_broker(scene: Scene) -> None:
    """End the broker at once, and start it again."""
    scene.broker.kill()
    scene.broker.start()


def restart_broker(scene: Scene) -> None:
    """End the broker in order, and start it again."""
    scene.broker.restart()


class Kind(NamedTuple):
    """A kind of kill: the workers there are, and what happens."""

    workers: tuple[str, ...]
    act: Callable[[Scene], None]


ONLY = {"scorer": "scorer", "scorer-2": "scorer", "watcher": "watcher", "watcher-2": "watcher"}
KINDS = {
    "scorer, started again": Kind(("scorer", "watcher"), kill("scorer", again=True)),
    "scorer, another takes over": Kind(("scorer", "scorer-2", "watcher"), kill("scorer", again=False)),
    "watcher, started again": Kind(("scorer", "watcher"), kill("watcher", again=True)),
    "watcher, another takes over": Kind(("scorer", "watcher", "watcher-2"), kill("watcher", again=False)),
    "worker that does both, started again": Kind(("worker",), kill("worker", again=True)),
    "worker that does both, another takes over": Kind(("worker", "worker-2"), kill("worker", again=False)),
    "broker, started again": Kind(("worker",), kill_broker),
    "broker, ended in order and started again": Kind(("worker",), restart_broker),
}


class Recovery(NamedTuple):
    """Seconds."""

    scored: float
    published: float
    longest: float


def names() -> list[str]:
    """Name the brands so that those that follow one another live on the partitions in turn."""
    numbers = itertools.count()
    brands: list[str] = []
    while len(brands) < BRANDS:
        name = f"brand {next(numbers)}"
        if brand_partition(name, TOPICS.rollups_partitions) == len(brands) % TOPICS.rollups_partitions:
            brands.append(name)
    return brands


class Life:
    """Brands that are talked about, on a thread of its own, and what a reader sees of it."""

    def __init__(self, cluster: DefaultCluster) -> None:
        self._feed = Feed(cluster.settings)
        # No event time is ever ahead of the clock.
        start_ms = int(time.time() - SPEED * 2 * (KILL_AFTER_S + PATIENCE_S)) * 1000
        self._record = LiveRecord(names(), REGULARS, start_ms)
        self._feed.send(self._record.history())
        self._feed.flush()
        cluster.drain()
        self._incidents, self._rollups = Reader(cluster.settings), Reader(cluster.settings, ROLLUPS)
        self._ending = threading.Event()
        self._started = time.time()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._feed.send_paced(self._talk())

    def _talk(self) -> Iterator[tuple[float, Line]]:
        number, crowds = 0, 0
        while not self._ending.is_set():
            at = number / RATE
            ms = self._record.start_ms + round(at * SPEED * 1000)
            yield at, self._record.mention(number % BRANDS, ms)
            if at >= crowds * CROWD_EVERY_S and crowds < BRANDS:
                for _ in range(CROWD):
                    yield at, self._record.stranger(crowds, ms)
                crowds += 1
            number += 1

    def due(self, event_s: float) -> float:
        """Return when event time reaches this, in seconds since the epoch."""
        return self._started + (event_s - self._record.start_ms / 1000) / SPEED

    def incidents(self) -> list[tuple[float, float, int]]:
        """Return incident events: when the mention that closed the last bucket was due, when it was seen, where."""
        events = []
        for seen in list(self._incidents.messages):
            at = datetime.fromisoformat(decode_event(seen.value).at).timestamp()
            events.append((self.due(at), seen.seen_s, seen.partition))
        return events

    def rollups(self) -> list[tuple[float, float, int]]:
        """Return rollups: when their newest mention was due, when they were seen, the partition of its mentions."""
        return [
            (self.due(rollup.newest / 1000), seen.seen_s, source)
            for seen in list(self._rollups.messages)
            for source, rollup in decode_batch(seen.value).made
        ]

    def end(self) -> None:
        """Stop sending and reading."""
        self._ending.set()
        self._thread.join()
        for part in (self._feed, self._incidents, self._rollups):
            part.close()


def again(seen: list[tuple[float, float, int]], killed: float, partitions: int) -> float:
    """Return when every partition had delivered something sent after the kill; infinite where one did not."""
    first: dict[int, float] = {}
    for due, at, partition in seen:
        if due > killed:
            first[partition] = min(at, first.get(partition, at))
    return max(first.values()) if len(first) == partitions else math.inf


def trial(broker: LocalKafka, kind: Kind, number: int, rng: random.Random) -> Recovery:
    """Kill once."""
    settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix=f"recovery-{number}.")
    with tempfile.TemporaryDirectory() as folder, DefaultCluster(settings, Path(folder)) as cluster:
        cluster.alone = False
        for name in kind.workers:
            cluster.start(name, ONLY.get(name))
        for worker in cluster.workers:
            worker.wait_ready()
        life = Life(cluster)
        try:
            time.sleep(KILL_AFTER_S + rng.random())
            if again(life.incidents(), 0.0, TOPICS.rollups_partitions) == math.inf:
                raise AssertionError("expected incidents from every partition before the kill")
            killed = time.time()
            kind.act(Scene(broker, cluster))

            deadline = killed + PATIENCE_S
            while time.time() < deadline and (
                again(life.incidents(), killed, TOPICS.rollups_partitions) == math.inf
                or again(life.rollups(), killed, TOPICS.mentions_partitions) == math.inf
            ):
                time.sleep(0.2)
            time.sleep(AFTERWARDS_S)
            incidents, rollups = life.incidents(), life.rollups()
            return Recovery(
                again(rollups, killed, TOPICS.mentions_partitions) - killed,
                again(incidents, killed, TOPICS.rollups_partitions) - killed,
                max(at - due for due, at, _ in incidents),
            )
        finally:
            life.end()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--kind", choices=list(KINDS), action="append", help="only these")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    print(f"Seconds, least / median / most of {options.repeats}\n")
    print("| killed | scored again | published again | longest wait of an incident event |\n|---|---|---|---|")
    number = 0
    with LocalKafka(heap="512m") as broker:
        for name in options.kind or list(KINDS):
            trials = []
            for _ in range(options.repeats):
                number += 1
                trials.append(trial(broker, KINDS[name], number, rng))
            cells = [
                f"{min(values):.1f} / {statistics.median(values):.1f} / {max(values):.1f}"
                for values in zip(*trials, strict=True)
            ]
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
