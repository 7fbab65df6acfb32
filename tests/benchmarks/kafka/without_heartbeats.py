"""From the deciding mention to its incident event, where no source sends heartbeats and the brand then falls silent.

    python -m tests.benchmarks.kafka.without_heartbeats

Workers with default settings; a brand with eight days of history, then a crowd of 25 strangers who complain live in the
first seconds of a minute, and nothing after it: only the clock can close their minute, and has the longest way to go.
Each row is another way in which the brand's mentions lie on the partitions. The time is that between two records of the
log: the last mention of the minute that the event was decided by, appended to `mentions`, and the event, appended to
`incidents`. Exit status 1 where one is over two and a half minutes.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewPartitions

from deploy.local.kafka import LocalKafka
from streams.kafka.clients import consumer_options, open_admin, producer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import create
from streams.kafka.topics import INCIDENTS, MENTIONS
from streams.mentions.heartbeat import IDLE_NETWORK
from streams.mentions.mention import decode, milliseconds
from streams.settings.kafka import KafkaSettings, TopicSettings
from streams.watching.incident_event import IncidentEvent
from tests.helpers.cluster import Worker
from tests.helpers.mentions import START
from tests.helpers.records import DAY, HOUR, MINUTE, line

LIMIT_S = 150.0
GIVEN_UP_AFTER_S = 300.0
HISTORY_DAYS = 8
CROWD = 25
OTHERS = 70_000
"""Mentions of another brand, more than the scorer remembers of a partition."""
PARTITIONS_FOUND_S = 20.0

Placed = Iterator[tuple[int, bytes]]
"""Mentions, each with the partition to which it is sent."""


class Layout(NamedTuple):
    """A way in which a brand's mentions lie on the partitions of `mentions`.

    Parameters
    ----------
    name
        For the table.
    partitions
        How many there are at first.
    place
        Returns the partition of the n-th mention, by the network and by whether it is of the crowd.
    added
        How many there are when the crowd comes; 0: as many as before.
    others
        Whether another brand speaks on the first partition, before the crowd.
    every_s
        Mean time between two mentions of the history, in seconds.
    forum_until_s
        Time before the crowd at which the forum falls silent, in seconds.
    """

    name: str
    partitions: int
    place: Callable[[int, str, bool], int]
    added: int = 0
    others: bool = False
    every_s: float = 40.0 * MINUTE
    forum_until_s: float = 7.0 * MINUTE


_RANDOM = random.Random(4)
LAYOUTS = (
    Layout("one partition", 2, lambda *_: 0),
    Layout("2 partitions become 4, the brand moves", 2, lambda _n, _network, crowd: 3 if crowd else 0, 4),
    Layout(
        "the same, 70,000 mentions of another brand there", 2, lambda _n, _network, crowd: 3 if crowd else 0, 4, True
    ),
    Layout(
        "two partitioners, one network silent for 18 h",
        8,
        lambda _n, network, _crowd: 4 if network == "forum" else 7,
        forum_until_s=18 * HOUR,
    ),
    Layout("no key, 7 mentions a day over 8 partitions", 8, lambda *_: _RANDOM.randrange(8), every_s=DAY / 7),
)


class DefaultWorker(Worker):
    """A worker with default settings but for where things are."""

    options: Mapping[str, str] = MappingProxyType({})


class Run:
    """One layout: its topics, its worker and its mentions."""

    def __init__(self, layout: Layout, broker: LocalKafka, folder: Path, number: int) -> None:
        self.layout = layout
        self.brand = f"Acme {number}"
        self.crowd_ms = 0.0
        self.settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix=f"silent{number}.")
        create(self.settings, TopicSettings(mentions_partitions=layout.partitions, rollups_partitions=4))
        log = folder / f"{number}.log"
        self.worker = DefaultWorker(self.settings, "w", log, mentions_partitions=layout.partitions)
        self._producer = KafkaProducer(**producer_options(self.settings) | {"metadata_max_age_ms": 1000})

    def send(self, placed: Placed) -> None:
        """Send mentions, and wait until they are stored."""
        for partition, value in placed:
            self._producer.send(self.settings.topic(MENTIONS), value=value, partition=partition)
        self._producer.flush(60)

    def history(self, now_s: float) -> Placed:
        """Eight days of ordinary mentions on two networks, until some minutes ago."""
        rng, at, number = random.Random(3), now_s - HISTORY_DAYS * DAY, 0
        while (at := at + rng.expovariate(1 / self.layout.every_s)) < now_s - 7 * MINUTE:
            network = rng.choice(("forum", "twitter"))
            if network == "twitter" or at < now_s - self.layout.forum_until_s:
                rating = -1 if rng.random() < 0.1 else 1
                value = line(number, at, brand=self.brand, rating=rating, network=network)
                yield self.layout.place(number, network, False), value
                number += 1

    def add_partitions(self) -> None:
        """Add the layout's partitions."""
        if self.layout.added:
            with open_admin(self.settings) as admin:
                admin.create_partitions({self.settings.topic(MENTIONS): NewPartitions(self.layout.added)})

    def others(self, now_s: float) -> Placed:
        """The other brand's mentions of the last hour."""
        for number in range(OTHERS if self.layout.others else 0):
            yield 0, line(number, now_s - HOUR + number * HOUR / OTHERS, brand="Other", rating=1)

    def complain(self, number: int, now_s: float) -> None:
        """Send one mention of the crowd."""
        self.crowd_ms = self.crowd_ms or (now_s + START.timestamp()) * 1000
        text = f"I am person {number} and I am angry about the new prices, for a reason of my own: {number * 7919}"
        value = line(10**6 + number, now_s, brand=self.brand, rating=-1, network="twitter", text=text)
        self.send(iter([(self.layout.place(number, "twitter", True), value)]))

    def latency_s(self) -> tuple[str, float] | None:
        """Return the severity of the crowd's first event, and the seconds to it; None where there is none yet."""
        events = [(at, msgspec.json.decode(value, type=IncidentEvent)) for at, value in self._log(INCIDENTS, 4)]
        # The history may have had an incident of its own.
        events = [(at, event) for at, event in events if event.brand == self.brand and _ms(event.at) > self.crowd_ms]
        if not events:
            return None
        appended_s, event = min(events, key=lambda row: row[0])
        end_ms = _ms(event.at)
        deciding_s = 0.0
        for at, message in self._log(MENTIONS, max(self.layout.partitions, self.layout.added)):
            mention = decode(message)
            spoken = mention.brand == self.brand and mention.network != IDLE_NETWORK
            if spoken and milliseconds(mention) < end_ms:
                deciding_s = max(deciding_s, at)
        return event.severity, appended_s - deciding_s

    def _log(self, topic: str, partitions: int) -> Iterator[tuple[float, bytes]]:
        every = [TopicPartition(self.settings.topic(topic), p) for p in range(partitions)]
        with closing(KafkaConsumer(**consumer_options(self.settings, None))) as consumer:
            for record in read_to_end(consumer, every):
                yield record.timestamp / 1000, record.value

    def close(self) -> None:
        """End the worker and the producer."""
        self._producer.close()
        self.worker.kill()


def _ms(at: str) -> float:
    return datetime.fromisoformat(at).timestamp() * 1000


def record_s() -> float:
    """Return the time in seconds since the start of made-up records."""
    return time.time() - START.timestamp()


def measure(runs: list[Run]) -> dict[str, tuple[str, float] | None]:
    """Send everything, wait for the events; return the severity and seconds of each by layout."""
    for run in runs:
        run.worker.wait_ready()
        run.send(run.history(record_s()))
    for run in runs:
        run.add_partitions()
    time.sleep(PARTITIONS_FOUND_S)
    for run in runs:
        run.send(run.others(record_s()))
    time.sleep(60 - time.time() % 60)
    for number in range(CROWD):
        for run in runs:
            run.complain(number, record_s())
    deadline = time.monotonic() + GIVEN_UP_AFTER_S
    found: dict[str, tuple[str, float] | None] = {run.layout.name: None for run in runs}
    while None in found.values() and time.monotonic() < deadline:
        time.sleep(5)
        found |= {run.layout.name: run.latency_s() for run in runs if found[run.layout.name] is None}
    return found


def main() -> int:
    """Measure."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(LocalKafka(heap="512m"))
        runs = [Run(layout, broker, folder, number) for number, layout in enumerate(LAYOUTS)]
        for run in runs:
            stack.callback(run.close)
        found = measure(runs)
    print("| mentions of the brand | event | seconds |\n|---|---|---|")
    for name, event in found.items():
        print(f"| {name} | {event[0]} | {event[1]:.0f} |" if event else f"| {name} | none | - |")
    return int(any(event is None or event[1] > LIMIT_S for event in found.values()))


if __name__ == "__main__":
    sys.exit(main())
