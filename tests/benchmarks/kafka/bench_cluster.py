"""A broker, workers as a user would start them, each on its core, a feed of mentions, and a reader of results."""

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from deploy.local.kafka import LocalKafka
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.topics import INCIDENTS, MENTIONS
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.live_record import Line
from tests.helpers.cluster import TOPICS, Cluster, Worker

CORES = os.cpu_count() or 1
STEP_S = 0.02


class DefaultWorker(Worker):
    """A worker with default settings but for where things are: tests give theirs a smaller window to read back.

    It runs on the first core alone, where `alone` says so.
    """

    options: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self, settings: KafkaSettings, instance: str, log: Path, only: str | None = None, alone: bool = True
    ) -> None:
        super().__init__(settings, instance, log, only, ["taskset", "-c", "0"] if alone and CORES > 1 else [])

    def memory(self, what: str = "VmRSS") -> float:
        """Resident memory in MiB: now, or with `VmHWM` the most there has been."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
        raise ValueError(f"expected {what} of a running process")

    def cpu_s(self) -> float:
        """Processor seconds used so far, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class DefaultCluster(Cluster):
    """Workers with default settings.

    Attributes
    ----------
    alone
        Workers share the first core; otherwise all of them, with everything else.
    """

    alone = True

    def start(self, instance: str, only: str | None = None, before: Sequence[str] = ()) -> DefaultWorker:
        if before:
            raise ValueError(f"expected a worker as a user starts it, got one under {before[0]}: leave `before` out")
        worker = DefaultWorker(self.settings, instance, self.folder / f"{instance}.log", only, self.alone)
        self.workers.append(worker)
        return worker


@contextlib.contextmanager
def benched(prefix: str) -> Iterator[tuple[LocalKafka, DefaultCluster]]:
    """Start a broker on the other cores, with the topics on it; no workers yet."""
    with tempfile.TemporaryDirectory() as folder, LocalKafka(heap="512m") as broker:
        pin_away(broker)
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix=prefix)
        with DefaultCluster(settings, Path(folder)) as cluster:
            yield broker, cluster


def pin_away(broker: LocalKafka) -> None:
    """Leave the first core to the workers."""
    for pid in (broker.pid or 0, 0):
        for thread in Path(f"/proc/{pid or os.getpid()}/task").iterdir():
            with contextlib.suppress(OSError):
                os.sched_setaffinity(int(thread.name), set(range(1, CORES)) or {0})


class Feed:
    """Send mentions, each keyed by its brand, to `mentions`."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._topic = settings.topic(MENTIONS)
        self._producer = KafkaProducer(**producer_options(settings))

    def send(self, lines: Iterable[Line]) -> int:
        """Send at once; return how many."""
        count = 0
        for key, value in lines:
            self._producer.send(self._topic, value=value, key=key)
            count += 1
        return count

    def send_paced(self, lines: Iterable[tuple[float, Line]]) -> float:
        """Send each at its second from now on; return how far behind the last was, in seconds."""
        started = time.monotonic()
        late = 0.0
        for at, (key, value) in lines:
            late = time.monotonic() - started - at
            if late < -STEP_S:
                time.sleep(-late)
            self._producer.send(self._topic, value=value, key=key)
        return max(0.0, late)

    def flush(self) -> None:
        """Wait until everything is stored."""
        self._producer.flush(60)

    def close(self) -> None:
        """Close the producer."""
        self._producer.close()


class Seen(NamedTuple):
    """A message: seconds at which it was appended and seen by a reader of committed messages, partition, value."""

    appended_s: float
    seen_s: float
    partition: int
    value: bytes


class EventFields(msgspec.Struct):
    """The fields of an incident event that are read here."""

    id: str
    at: str
    brand: str


decode_event = msgspec.json.Decoder(EventFields).decode


class Reader:
    """Read a topic's new committed messages as they come, on a thread of its own."""

    def __init__(self, settings: KafkaSettings, name: str = INCIDENTS) -> None:
        self.messages: list[Seen] = []
        self._closing = threading.Event()
        self._consumer = KafkaConsumer(**consumer_options(settings, None))
        partitions = [TopicPartition(settings.topic(name), p) for p in range(TOPICS.rollups_partitions)]
        self._consumer.assign(partitions)
        self._consumer.seek_to_end(*partitions)
        for partition in partitions:
            self._consumer.position(partition)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while not self._closing.is_set():
            for partition, records in self._consumer.poll(timeout_ms=100).items():
                now = time.time()
                self.messages += [Seen(r.timestamp / 1000, now, partition.partition, r.value) for r in records]

    def close(self) -> None:
        """Stop reading."""
        self._closing.set()
        self._thread.join()
        self._consumer.close()
