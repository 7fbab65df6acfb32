"""Worker processes on topics of their own: start, kill, await; read their incidents and counters."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import msgspec
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from streams.kafka.clients import consumer_options, open_admin, producer_options
from streams.kafka.logs.mention_producer import MentionProducer
from streams.kafka.topic_admin import create
from streams.kafka.topics import INCIDENTS, MENTIONS, ROLLUPS, SITUATIONS, WATCHES
from streams.mentions.message import Message
from streams.scoring.rollup import Counts, total
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings, TopicSettings
from streams.watching.rows.row_keys import brand_key
from streams.watching.rows.snapshot import row_counts
from tests.helpers.kafka.environment import environment
from tests.helpers.kafka.topic_reader import TopicReader

BADBUZZ = Path(sys.executable).with_name("badbuzz")
TOPICS = TopicSettings(mentions_partitions=4, rollups_partitions=4)
TIMEOUT_S = 90.0


def wait_until(done: Callable[[], bool], state: Callable[[], str], timeout_s: float = TIMEOUT_S) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s:.0f} s: {state()}")
        time.sleep(0.1)


class Worker:
    """One `badbuzz worker` process, started by the command `before` where that is given."""

    # A small window, so that a restarted scorer reads back only a part of its partitions.
    options: Mapping[str, str] = MappingProxyType({"BADBUZZ_WORKER_READ_BACK": "4096"})

    def __init__(
        self,
        settings: KafkaSettings,
        instance: str,
        log: Path,
        only: str | None = None,
        before: Sequence[str] = (),
        mentions_partitions: int = TOPICS.mentions_partitions,
    ) -> None:
        self.port = _free_port()
        self.instance = instance
        self.log = log
        env = environment(settings) | {
            "BADBUZZ_TOPICS_MENTIONS_PARTITIONS": str(mentions_partitions),
            "BADBUZZ_TOPICS_ROLLUPS_PARTITIONS": str(TOPICS.rollups_partitions),
            "BADBUZZ_METRICS_PORT": str(self.port),
            "BADBUZZ_WORKER_INSTANCE": instance,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        # A killed test run leaves no worker behind; it must be the main thread that starts one.
        supervised = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        command = [*supervised, *before, str(BADBUZZ), "worker", *(("--only", only) if only else ())]
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, env=os.environ | env | dict(self.options), stdout=out, stderr=out)

    def status(self, page: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{page}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def wait_ready(self) -> None:
        def ready() -> bool:
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            return self.status("readyz") == 200

        wait_until(ready, lambda: f"{self.instance} is not ready: {self.log.read_text()[-3000:]}")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


class Cluster:
    """Topics of one prefix, the workers on them, and readers of their output."""

    def __init__(self, settings: KafkaSettings, folder: Path) -> None:
        self.settings = settings
        self.config = Config(kafka=settings, topics=TOPICS)
        self.folder = folder
        self.workers: list[Worker] = []
        self.mentions_partitions = TOPICS.mentions_partitions
        self.create_topics()
        self._incidents = TopicReader(settings, INCIDENTS)
        self._situations = TopicReader(settings, SITUATIONS)
        self._open()
        self.incident_lines: list[bytes] = []
        self.incident_keys: list[bytes] = []
        self.situation_lines: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self.workers:
            worker.kill()
        self._rollups.close()
        self._incidents.close()
        self._situations.close()
        self._raw.close()

    def create_topics(self) -> None:
        """Create the topics that are missing."""
        create(self.settings, msgspec.structs.replace(TOPICS, mentions_partitions=self.mentions_partitions))

    def add_mentions_partition(self) -> int:
        """Expect one more partition of `mentions` from now on; return how many there are then."""
        self.mentions_partitions += 1
        return self.mentions_partitions

    def reopen(self) -> None:
        """Read `rollups` from its beginning, and forget what is known of the topics: one was created anew."""
        self._rollups.close()
        self._raw.close()
        self._open()

    def _open(self) -> None:
        self._rollups = TopicReader(self.settings, ROLLUPS)
        self._raw = KafkaConsumer(**consumer_options(self.settings, None) | {"isolation_level": "read_uncommitted"})

    def start(self, instance: str, only: str | None = None, before: Sequence[str] = ()) -> Worker:
        log = self.folder / f"{instance}.log"
        worker = Worker(self.settings, instance, log, only, before, self.mentions_partitions)
        self.workers.append(worker)
        return worker

    def stop(self, worker: Worker, kill: bool = True) -> None:
        self.workers.remove(worker)
        if kill:
            worker.kill()
        else:
            assert worker.terminate() == 0, worker.log.read_text()[-3000:]

    def restart(self, worker: Worker, only: str | None = None) -> Worker:
        self.stop(worker)
        return self.start(worker.instance, only)

    def send(self, lines: Iterable[bytes]) -> None:
        """Send a record, and the heartbeats that close it."""
        producer = MentionProducer(self.config)
        producer.send(Message("record", i, value) for i, value in enumerate(lines))
        producer.finish()

    def drain(self) -> None:
        """Wait until everything sent is scored, watched and committed."""
        with open_admin(self.settings) as admin:

            def behind() -> dict[str, object]:
                try:
                    return self._behind(admin)
                except KafkaError as error:
                    # A broker that has just come back may leave a first request without an answer.
                    return {"no answer": error}

            def logs() -> str:
                return "\n".join(f"{w.instance} {w.process.poll()}\n{w.log.read_text()[-1500:]}" for w in self.workers)

            wait_until(lambda: not behind(), lambda: f"{behind()}\n{logs()}")

    def sent(self) -> int:
        """Messages on `mentions` now."""
        return sum(self._ends("mentions").values())

    def _behind(self, admin: KafkaAdminClient) -> dict[str, object]:
        """Return what is not yet scored, watched and committed."""
        kafka = self.settings
        scored = _offsets(admin, kafka.topic(kafka.scorer_group), kafka.topic(MENTIONS))
        mentions = self._ends(MENTIONS)
        if late := {p: (scored.get(p, 0), end) for p, end in mentions.items() if scored.get(p, 0) < end}:
            return {"not scored": late}
        # Readers see nothing behind a transaction that is still open, and not that there is more.
        if held := {p: end for p, end in self._ends(ROLLUPS, raw=True).items() if self._ends(ROLLUPS)[p] < end}:
            return {"not yet committed or aborted": held}
        last = self._rollups.read_on(lambda _: None)
        watched = _offsets(admin, kafka.topic(kafka.watcher_group), kafka.topic(ROLLUPS))
        late = {p: (watched.get(p, 0), end) for p, end in last.items() if watched.get(p, 0) < end}
        return {"not watched": late} if late else {}

    def incidents(self) -> list[bytes]:
        """Return every incident event, ordered by event time."""
        self._incidents.read_on(self.incident_lines.append, self.incident_keys.append)

        def order(line: bytes) -> tuple[str, str, str]:
            event = msgspec.json.decode(line)
            return event["at"], event["brand"], event["id"]

        return sorted(self.incident_lines, key=order)

    def situations(self) -> list[bytes]:
        """Return every situation read so far, in the order of each brand's."""
        self._situations.read_on(self.situation_lines.append)
        return self.situation_lines

    def counts(self, brands: Sequence[str]) -> Counts:
        """Sum the counters of those of some brands that are in the watchers' state."""
        keys: list[bytes] = []
        values: list[bytes] = []
        reader = TopicReader(self.settings, WATCHES)
        try:
            reader.read_on(values.append, keys.append)
        finally:
            reader.close()
        rows = dict(zip(keys, values, strict=True))
        return total(row_counts(rows[key]) for brand in brands if (key := brand_key(brand)) in rows)

    def _ends(self, topic: str, raw: bool = False) -> dict[int, int]:
        consumer = self._raw if raw else self._rollups.consumer
        name = self.settings.topic(topic)
        partitions = [TopicPartition(name, p) for p in sorted(consumer.partitions_for_topic(name) or ())]
        return {partition.partition: end for partition, end in consumer.end_offsets(partitions).items()}


def raw_send(settings: KafkaSettings, messages: Iterable[tuple[bytes | None, bytes]]) -> None:
    """Send messages unchanged, each with its key."""
    producer = KafkaProducer(**producer_options(settings))
    for key, value in messages:
        producer.send(settings.topic(MENTIONS), value=value, key=key)
    producer.flush(30)
    producer.close()


def _offsets(admin: object, group: str, topic: str) -> dict[int, int]:
    try:
        offsets = admin.list_group_offsets([group])[group]  # type: ignore[attr-defined]
    except KafkaError as error:
        if not error.retriable:
            raise
        return {}  # a busy broker may lose its coordinator for a moment
    return {
        partition.partition: committed.offset for partition, committed in offsets.items() if partition.topic == topic
    }


def _free_port() -> int:
    # Below the range of outgoing connections, so that none of those uses it first.
    for port in range(30_000 + os.getpid() * 31 % 2000, 32_700):
        if port in _used_ports:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _used_ports.add(port)
        return port
    raise AssertionError("no free port")


_used_ports: set[int] = set()
