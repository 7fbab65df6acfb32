"""Faults to inject into running workers and their broker, each at a moment that the caller chooses.

A fault that a worker must report returns after how many seconds every worker it concerns has; the others return None.
"""

import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaProducer
from kafka.admin import NewPartitions

from deploy.local.kafka import LocalKafka
from streams.kafka.clients import open_admin, transactional_producer_options
from streams.kafka.partitioning import pack
from streams.kafka.topics import MENTIONS, ROLLUPS
from streams.scoring.rollup import Counts, Rollup
from tests.helpers.cluster import TOPICS, Cluster, raw_send
from tests.kafka.chaos_reports import Reports, stuck_watcher

LEAST_AWAY_S = 20.0
SENDER_NOTICES_S = 2.0
"""The feed asks once a second which partitions there are."""
FILLER_BYTES = 1 << 20


class Faults:
    """What can be done to workers and a broker.

    Parameters
    ----------
    broker
        The broker.
    cluster
        Workers `both`, `scorer` and `watcher` on topics of their own.
    rng
        Chooses among the variants of a fault.
    away_s
        Longest time for which the broker is away, in seconds.
    small_disk
        Mount point of the small file system that holds the broker's log directory, where there is one.
    """

    def __init__(
        self,
        broker: LocalKafka,
        cluster: Cluster,
        rng: random.Random,
        away_s: float = 30.0,
        small_disk: Path | None = None,
    ) -> None:
        self.broker = broker
        self.cluster = cluster
        self.rng = rng
        self.away_s = max(away_s, LEAST_AWAY_S)
        self.small_disk = small_disk
        self._strangers = 0

    def start(self, names: tuple[str, ...], before: tuple[str, ...] = ()) -> None:
        """Start workers: `scorer` and `watcher` with one part, any other with both."""
        for name in names:
            self.cluster.start(name, name if name in {"scorer", "watcher"} else None, before)

    def start_killed(self) -> None:
        """Start the workers that have ended by themselves."""
        for worker in [worker for worker in self.cluster.workers if worker.process.poll() is not None]:
            self.cluster.workers.remove(worker)
            self.start((worker.instance,))

    def _stop(self, names: tuple[str, ...]) -> None:
        for worker in [worker for worker in self.cluster.workers if worker.instance in names]:
            self.cluster.stop(worker)

    def _kill(self, names: tuple[str, ...]) -> None:
        """Kill workers and start them again: at once, soon, or once others own their partitions."""
        self._stop(names)
        time.sleep(self.rng.choice((0.0, self.rng.uniform(0, 2), 8.0)))
        self.start(names)

    def kill_worker(self, name: str) -> None:
        """Kill one worker and start it again."""
        self._kill((name,))

    def kill_scorer(self, _: list[str]) -> None:
        self._kill(("scorer",))

    def kill_watcher(self, _: list[str]) -> None:
        self._kill(("watcher",))

    def kill_both(self, _: list[str]) -> None:
        """The worker with both parts, or every worker."""
        self._kill(self.rng.choice((("both",), ("both", "scorer", "watcher"), ("scorer", "watcher"))))

    def stop_broker(self, _: list[str]) -> None:
        if self.rng.random() < 0.5:
            self.broker.kill()
        self.broker.restart()

    def take_broker_away(self, _: list[str]) -> float:
        reports = Reports(self.cluster.workers)
        until = time.monotonic() + self.rng.uniform(LEAST_AWAY_S, self.away_s)
        self.broker.kill()
        reported_s = reports.await_all(reports.no_answer)
        time.sleep(max(0.0, until - time.monotonic()))
        self.broker.restart()
        return reported_s

    def fill_log_directory(self, _: list[str]) -> float:
        assert self.small_disk is not None
        reports = Reports(self.cluster.workers)
        filler = self.small_disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"\0" * FILLER_BYTES):
                pass
        # Kafka writes when something is sent; it then gives its only log directory up, and ends.
        reported_s = reports.await_all(reports.no_answer)
        filler.unlink()
        self.broker.restart()
        return reported_s

    def rebalance(self, _: list[str]) -> None:
        joined = self.cluster.start("joined")
        with suppress(AssertionError):
            joined.wait_ready()
        time.sleep(self.rng.uniform(0, 2))
        self.cluster.stop(joined, kill=False)

    def duplicates(self, _: list[str]) -> None:
        """Nothing here: the sender duplicates mentions."""

    def poison(self, brands: list[str]) -> None:
        key = self.rng.choice(brands).encode()
        bad = [b"{", b"\xff\xfe", b"", b'{"id":7}', b"[" * 5000, b'{"v":2}', self.rng.randbytes(300)]
        raw_send(self.cluster.settings, [(self.rng.choice((key, None)), value) for value in bad])

    def aborted_transaction(self, brands: list[str]) -> None:
        """A foreign producer writes rollups of these brands and aborts them, or dies with its transaction open."""
        kafka = self.cluster.settings
        self._strangers += 1
        producer = KafkaProducer(**transactional_producer_options(kafka, f"stranger-{self._strangers}"))
        producer.init_transactions()
        producer.begin_transaction()
        minute = 28_500_000
        made = [(0, Rollup(b, "forum", minute, minute * 60_000, Counts(mentions=500, negatives=500))) for b in brands]
        for partition, value in pack(made, TOPICS.rollups_partitions):
            producer.send(kafka.topic(ROLLUPS), value=value, partition=partition)
        producer.flush()
        time.sleep(self.rng.uniform(0, 1))
        if self.rng.random() < 0.7:
            producer.abort_transaction()
        producer.close(timeout=0)

    def suspend(self, _: list[str]) -> None:
        """A worker is suspended for longer than its session, and resumed."""
        worker = self.rng.choice(self.cluster.workers)
        worker.process.send_signal(signal.SIGSTOP)
        time.sleep(self.rng.uniform(7, 11))
        worker.process.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + 10
        while worker.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        if worker.process.poll() is not None:
            self._kill((worker.instance,))

    def recreate_topic(self, _: list[str]) -> float:
        """`mentions` or `rollups` is deleted and created anew: what was not read yet is lost."""
        reports = Reports(self.cluster.workers)
        name = self.rng.choice((MENTIONS, ROLLUPS))
        stage = "scorer" if name == MENTIONS else "watcher"
        topic = self.cluster.settings.topic(name)
        with open_admin(self.cluster.settings) as admin:
            admin.delete_topics([topic])
        self.cluster.create_topics()
        reported_s = reports.await_all(reports.created_anew(topic, stage))
        self.cluster.reopen()
        return reported_s

    def add_partition(self, _: list[str]) -> None:
        """`mentions` gets one more partition, to which most brands move."""
        total = self.cluster.add_mentions_partition()
        with open_admin(self.cluster.settings) as admin:
            admin.create_partitions({self.cluster.settings.topic(MENTIONS): NewPartitions(total)})
        time.sleep(SENDER_NOTICES_S)

    def shift_clock(self, _: list[str]) -> None:
        """The worker with both parts is started anew under a wall clock that is wrong."""
        self._stop(("both",))
        seconds = self.rng.choice((-86_400, -3600, -90, 90, 3600, 86_400))
        self.start(("both",), (sys.executable, "-m", "tests.helpers.kafka.shifted_clock", str(seconds)))

    def stall_partition(self, brands: list[str]) -> float:
        """The only watcher no longer fetches a partition; a sound one follows."""
        self._stop(("both", "watcher"))
        partition, before = stuck_watcher(self.rng.choice(brands))
        stuck = self.cluster.start("watcher", "watcher", before)
        stuck.wait_ready()
        reports = Reports([stuck])
        reported_s = reports.await_all(reports.stuck(partition))
        self._stop(("watcher",))
        self.start(("both", "watcher"))
        return reported_s

    def unavailable(self, fault: str) -> str:
        """Return why a fault cannot be injected here; empty where it can."""
        if fault == "log directory full" and self.small_disk is None:
            return "the broker's log directory has no small file system of its own"
        return ""


class Fault(NamedTuple):
    """A fault, and whether messages are lost by it, so that only what is sent afterwards can be compared."""

    inject: Callable[[Faults, list[str]], float | None]
    loses: bool = False


FAULTS: dict[str, Fault] = {
    "kill -9 of a scorer": Fault(Faults.kill_scorer),
    "kill -9 of a watcher": Fault(Faults.kill_watcher),
    "kill -9 of both": Fault(Faults.kill_both),
    "broker restart": Fault(Faults.stop_broker),
    "rebalance": Fault(Faults.rebalance),
    "duplicates": Fault(Faults.duplicates),
    "poison message": Fault(Faults.poison),
    "aborted transaction": Fault(Faults.aborted_transaction),
    "suspended worker": Fault(Faults.suspend),
    "broker away": Fault(Faults.take_broker_away),
    "topic recreated": Fault(Faults.recreate_topic, loses=True),
    "partition added": Fault(Faults.add_partition),
    "clock jump": Fault(Faults.shift_clock),
    "partition stall": Fault(Faults.stall_partition),
    "log directory full": Fault(Faults.fill_log_directory),
}
