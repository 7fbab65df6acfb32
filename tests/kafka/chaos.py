"""Faults at random moments, and their results compared with an undisturbed run.

    python -m tests.kafka.chaos --trials 100 --seed 1

Each trial sends the record of several new brands to running workers, injects a fault at a random moment, restarts the
processes that died, and compares every incident event, byte by byte, and every counter with those of the same messages
in one process. A fault that leaves nobody watching must be reported within half a minute as well; where it loses
messages, the record sent after it is compared. One JSON line a trial, and one with the counts by fault; exit status 1
where a trial is neither.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from deploy.local.kafka import LocalKafka
from detectors.negativity import NegativityModel
from streams.kafka.clients import consumer_options, producer_options
from streams.kafka.logs.mention_producer import MentionProducer, Sent
from streams.kafka.reading import read_to_end
from streams.kafka.topics import MENTIONS
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.scoring.rollup import Counts
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from tests.helpers.cluster import Cluster
from tests.helpers.records import crisis
from tests.kafka.chaos_faults import FAULTS, Faults
from tests.kafka.chaos_reports import REPORTED_WITHIN_S

FEED_S = 4.0
PIECES = 40
PAIRS = 4
"""Records of two brands each, sent side by side."""
SETTLE_S = 100.0
"""A brand that has moved to another partition is held back by the old one for `clock_after_s`, a minute."""
DELIVERY_S = 600.0
SMALL_DISK = "1g"


class Feed(MentionProducer):
    """A source that waits for a broker that is away, and finds new partitions within a second."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._producer.close()
        options = {"delivery_timeout_ms": DELIVERY_S * 1000, "metadata_max_age_ms": 1000}
        self._producer = KafkaProducer(**producer_options(config.kafka) | options)

    def flush(self) -> None:
        """Wait until all that was sent is appended."""
        self._producer.flush(DELIVERY_S)

    def finish(self) -> Sent:
        self.flush()
        return super().finish()


class Chaos:
    """Running workers, the faults to inject, and the trials made so far."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.cluster = faults.cluster
        self.rng = faults.rng
        self.trials = 0
        self.records = 0
        self.summary = ""
        faults.start(("both", "scorer", "watcher"))
        for worker in self.cluster.workers:
            worker.wait_ready()

    def trial(self, name: str) -> dict[str, object]:
        """Send a record while a fault happens; return whether incidents and counters are right."""
        self.trials += 1
        started = time.monotonic()
        fault = FAULTS[name]
        lines, brands = self._record()
        moment = self.rng.uniform(0.1, FEED_S)
        if fault.loses:
            self._send(lines[: int(len(lines) * moment / FEED_S)])
            reported_s = fault.inject(self.faults, brands)
            lines, brands = self._record()
            sent = self._send(lines)
        else:
            errors: list[BaseException] = []
            sent = []

            def feed() -> None:
                try:
                    sent.extend(self._send(lines, name == "duplicates", ordered=name == "partition added"))
                except BaseException as error:
                    errors.append(error)
                    raise

            # The broker ends with the thread that started it: faults are injected in the main one.
            feeding = threading.Thread(target=feed)
            feeding.start()
            time.sleep(moment)
            reported_s = fault.inject(self.faults, brands)
            feeding.join()
            if errors:
                raise errors[0]
        fed = time.monotonic()
        incidents, counters, mentions = self._compare(sent, brands)
        drained = time.monotonic()
        self._restore(name)
        return {
            "trial": self.trials,
            "fault": name,
            "at_s": round(moment, 2),
            "mentions": mentions,
            "incidents_equal": incidents,
            "counters_equal": counters,
            "reported_s": None if reported_s is None else round(reported_s, 1),
            "reported": reported_s is None or reported_s <= REPORTED_WITHIN_S,
            "drained_s": round(drained - fed, 1),
            "seconds": round(drained - started, 1),
        }

    def _compare(self, sent: list[bytes], brands: list[str]) -> tuple[bool, bool, int]:
        """Wait until everything sent is processed; return whether events and counters are right, and the mentions."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            self.cluster.drain()
            logged = self._log_of(brands)
            expected, counts = undisturbed(logged)
            actual = [line for line in self.cluster.incidents() if json.loads(line)["brand"] in brands]
            actual_counts = self.cluster.counts(brands)
            lost = len(set(sent) - set(logged))
            incidents = actual == expected and bool(expected) and not lost
            if (incidents and actual_counts == counts) or time.monotonic() > deadline:
                break
            time.sleep(2)
        missing, other = (
            sorted(json.loads(line)["id"] for line in set(a) - set(b))
            for a, b in ((expected, actual), (actual, expected))
        )
        self.summary = (
            f"messages not in the log {lost}; counts expected {counts}, got {actual_counts}; "
            f"events missing {missing}, other {other}"
        )
        return incidents, actual_counts == counts, counts.mentions

    def _log_of(self, brands: list[str]) -> list[bytes]:
        """Read what `mentions` holds of some brands, idle heartbeats too, in the order in which it was appended."""
        kafka = self.cluster.settings
        keys = {brand.encode() for brand in brands}
        partitions = [TopicPartition(kafka.topic(MENTIONS), p) for p in range(self.cluster.mentions_partitions)]
        with closing(KafkaConsumer(**consumer_options(kafka, None))) as consumer:
            found = [
                (record.timestamp, record.partition, record.offset, record.value)
                for record in read_to_end(consumer, partitions)
                if record.key in keys
            ]
        return [value for *_, value in sorted(found)]

    def _send(self, lines: list[bytes], duplicated: bool = False, *, ordered: bool = False) -> list[bytes]:
        """Send a record over some seconds, and the heartbeats that close it; return what was sent.

        `ordered`: in the order of sending also where a brand moves to another partition. The undisturbed run reads the
        log in the order of appending, and what overtakes by hours would be too late in it.
        """
        sent: list[bytes] = []
        producer = Feed(self.cluster.config)
        piece = len(lines) // PIECES + 1
        for first in range(0, len(lines), piece):
            part = lines[first : first + piece]
            if duplicated and self.rng.random() < 0.5:
                again = self.rng.randrange(max(0, first - 5 * piece), first + 1)
                part = part + lines[again : again + self.rng.randrange(1, 2 * piece)]
            producer.send(Message("record", i, value) for i, value in enumerate(part))
            if ordered:
                producer.flush()
            sent += part
            time.sleep(FEED_S / PIECES)
        producer.finish()
        return sent

    def _record(self) -> tuple[list[bytes], list[str]]:
        self.records += 1
        lines: list[bytes] = []
        brands = []
        columns = []
        for pair in range(PAIRS):
            mark = f" {self.records}-{pair}"
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

    def _restore(self, name: str) -> None:
        """Return to sound workers, and wait for all of them."""
        self.faults.start_killed()
        if name == "clock jump":
            self.faults.kill_worker("both")
        for worker in self.cluster.workers:
            worker.wait_ready()


def undisturbed(lines: list[bytes]) -> tuple[list[bytes], Counts]:
    """Return the events and counters of the same messages in one process."""
    pipeline = Pipeline(Config(), NegativityModel.load())
    events, _ = replay((Message("record", i, value) for i, value in enumerate(lines)), pipeline)
    return [event.to_json() for event in events], pipeline.counts


@contextmanager
def small_disk(wanted: bool) -> Iterator[Path | None]:
    """Mount a small file system in memory for the broker's data; yield None where that is not allowed or wanted."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "badbuzz-chaos", folder]
        if not wanted or subprocess.run(mount, check=False, capture_output=True).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def run(faults: Faults, wanted: list[str], trials: int) -> int:
    """Run trials, the faults one after the other; return how many went wrong."""
    results = {name: Counter[str]() for name in wanted}
    chaos = Chaos(faults)
    for number in range(trials):
        name = wanted[number % len(wanted)]
        result = chaos.trial(name)
        good = bool(result["incidents_equal"] and result["counters_equal"] and result["reported"])
        results[name]["good" if good else "wrong"] += 1
        print(json.dumps(result), flush=True)
        if not good:
            print(chaos.summary, file=sys.stderr)
            for worker in chaos.cluster.workers:
                print(f"--- {worker.instance}\n{worker.log.read_text()[-2000:]}", file=sys.stderr)
    for name in wanted:
        print(json.dumps({"fault": name, **results[name]}))
    wrong = sum(result["wrong"] for result in results.values())
    print(json.dumps({"trials": trials, "good": trials - wrong, "wrong": wrong}))
    return wrong


def main() -> int:
    """Run trials, the faults one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka.chaos", description=main.__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=sorted(FAULTS), action="append", help="only these")
    parser.add_argument(
        "--away", type=float, default=30.0, help="most seconds without a broker (20 to 200; default 30)"
    )
    options = parser.parse_args()
    wanted = options.fault or list(FAULTS)
    with (
        tempfile.TemporaryDirectory() as folder,
        small_disk("log directory full" in wanted) as disk,
        LocalKafka(data_dir=disk / "broker" if disk else None, heap="512m") as broker,
    ):
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix="chaos.")
        with Cluster(settings, Path(folder)) as cluster:
            faults = Faults(broker, cluster, random.Random(options.seed), options.away, disk)
            for name in [name for name in wanted if faults.unavailable(name)]:
                print(json.dumps({"fault": name, "skipped": faults.unavailable(name)}), flush=True)
                wanted.remove(name)
            return int(run(faults, wanted, options.trials) > 0)


if __name__ == "__main__":
    sys.exit(main())
