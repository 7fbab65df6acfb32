"""Faults at random moments, and their results compared with an undisturbed run.

    python -m tests.kafka.chaos --trials 100 --seed 1

Each trial sends the record of several new brands to running workers, injects a fault at a random moment, restarts the
processes that died, and compares every incident event, byte by byte, and every counter with those of the same record in
one process. One JSON line a trial; exit status 1 where one differs.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kafka import KafkaProducer

from deploy.local.kafka import LocalKafka
from detectors.negativity import NegativityModel
from streams.kafka.clients import transactional_producer_options
from streams.kafka.mention_producer import MentionProducer
from streams.kafka.partitioning import pack
from streams.kafka.topics import ROLLUPS
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.scoring.rollup import Counts, Rollup
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import TOPICS, Cluster, Worker, raw_send
from tests.helpers.records import crisis

FEED_S = 4.0
PIECES = 40
PAIRS = 4
"""Records of two brands each, sent side by side."""


class Chaos:
    """Workers, a broker, and the faults to inject."""

    def __init__(self, broker: LocalKafka, cluster: Cluster, rng: random.Random) -> None:
        self.broker = broker
        self.cluster = cluster
        self.rng = rng
        self.trials = 0
        self.summary = ""
        self.start_all()

    def start_all(self) -> None:
        """Start one worker with both parts, a scorer and a watcher."""
        for name, only in (("both", None), ("scorer", "scorer"), ("watcher", "watcher")):
            self.cluster.start(name, only)
        for worker in self.cluster.workers:
            worker.wait_ready()

    def trial(self, fault: str) -> dict[str, object]:
        """Send a record while a fault happens; return whether incidents and counters are right."""
        self.trials += 1
        started = time.monotonic()
        lines, brands = self._record()
        moment = self.rng.uniform(0.1, FEED_S)
        sent: list[bytes] = []
        errors: list[BaseException] = []

        def feed() -> None:
            try:
                self._feed(lines, fault == "duplicates", sent)
            except BaseException as error:
                errors.append(error)
                raise

        # The broker ends with the thread that started it: faults are injected in the main one.
        feeding = threading.Thread(target=feed)
        feeding.start()
        time.sleep(moment)
        FAULTS[fault](self, brands)
        feeding.join()
        if errors:
            raise errors[0]
        fed = time.monotonic()
        self.cluster.drain()
        expected, counts = undisturbed(sent)
        actual = [line for line in self.cluster.incidents() if json.loads(line)["brand"] in brands]
        actual_counts = self.cluster.counts(brands)
        missing, other = (
            sorted(json.loads(line)["id"] for line in set(a) - set(b))
            for a, b in ((expected, actual), (actual, expected))
        )
        self.summary = f"counts expected {counts}, got {actual_counts}; events missing {missing}, other {other}"
        return {
            "trial": self.trials,
            "fault": fault,
            "at_s": round(moment, 2),
            "incidents": len(actual),
            "mentions": counts.mentions,
            "incidents_equal": actual == expected and len(expected) > 0,
            "counters_equal": actual_counts == counts,
            "drained_s": round(time.monotonic() - fed, 1),
            "seconds": round(time.monotonic() - started, 1),
        }

    def _feed(self, lines: list[bytes], duplicated: bool, sent: list[bytes]) -> None:
        producer = MentionProducer(self.cluster.config)
        piece = len(lines) // PIECES + 1
        for first in range(0, len(lines), piece):
            part = lines[first : first + piece]
            if duplicated and self.rng.random() < 0.5:
                again = self.rng.randrange(max(0, first - 5 * piece), first + 1)
                part = part + lines[again : again + self.rng.randrange(1, 2 * piece)]
            producer.send(Message("record", i, value) for i, value in enumerate(part))
            sent += part
            time.sleep(FEED_S / PIECES)
        producer.finish()

    def _record(self) -> tuple[list[bytes], list[str]]:
        lines: list[bytes] = []
        brands = []
        columns = []
        for pair in range(PAIRS):
            mark = f" {self.trials}-{pair}"
            brands += [f"Acme{mark}", f"Other{mark}"]
            columns.append(
                [
                    line.replace(b'"brand": "Acme"', f'"brand": "Acme{mark}"'.encode()).replace(
                        b'"brand": "Other"', f'"brand": "Other{mark}"'.encode()
                    )
                    for line in crisis()
                ]
            )
        for row in zip(*columns, strict=True):
            lines += row
        return lines, brands

    def _restart_later(self, workers: list[Worker]) -> None:
        """Restart killed workers: at once, soon, or once others own their partitions."""
        time.sleep(self.rng.choice((0.0, self.rng.uniform(0, 2), 8.0)))
        for worker in workers:
            only = worker.instance if worker.instance in {"scorer", "watcher"} else None
            self.cluster.start(worker.instance, only)

    def _kill(self, names: tuple[str, ...]) -> None:
        killed = [worker for worker in self.cluster.workers if worker.instance in names]
        for worker in killed:
            self.cluster.stop(worker)
        self._restart_later(killed)

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
        options = transactional_producer_options(kafka, f"stranger-{self.trials}")
        producer = KafkaProducer(**options)
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
            self.cluster.workers.remove(worker)
            self._restart_later([worker])


FAULTS: dict[str, Callable[[Chaos, list[str]], None]] = {
    "kill -9 of a scorer": Chaos.kill_scorer,
    "kill -9 of a watcher": Chaos.kill_watcher,
    "kill -9 of both": Chaos.kill_both,
    "broker restart": Chaos.stop_broker,
    "rebalance": Chaos.rebalance,
    "duplicates": Chaos.duplicates,
    "poison message": Chaos.poison,
    "aborted transaction": Chaos.aborted_transaction,
    "suspended worker": Chaos.suspend,
}


def undisturbed(lines: list[bytes]) -> tuple[list[bytes], Counts]:
    """Return the events and counters of the same record in one process."""
    pipeline = Pipeline(Config(), NegativityModel.load())
    events, _ = replay((Message("record", i, value) for i, value in enumerate(lines)), pipeline)
    return [event.to_json() for event in events], pipeline.counts


def main() -> int:
    """Run trials, the faults one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka.chaos", description=main.__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=sorted(FAULTS), action="append", help="only these")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, LocalKafka(heap="512m") as broker:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix="chaos.")
        with Cluster(settings, Path(folder)) as cluster:
            chaos = Chaos(broker, cluster, rng)
            faults = options.fault or list(FAULTS)
            for number in range(options.trials):
                result = chaos.trial(faults[number % len(faults)])
                good = bool(result["incidents_equal"] and result["counters_equal"])
                results["equal" if good else "different"] += 1
                print(json.dumps(result), flush=True)
                if not good:
                    print(chaos.summary, file=sys.stderr)
                    for worker in cluster.workers:
                        print(f"--- {worker.instance}\n{worker.log.read_text()[-2000:]}", file=sys.stderr)
    print(json.dumps({"trials": options.trials, "equal": results["equal"], "different": results["different"]}))
    return int(results["different"] > 0)


if __name__ == "__main__":
    sys.exit(main())
