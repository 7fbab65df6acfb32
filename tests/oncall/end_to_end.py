"""From a mention to the notification of a person, through real servers: one run that tests and benchmarks share."""

import itertools
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from kafka import KafkaConsumer, TopicPartition

from deploy.local.inbox import Notification
from deploy.local.stack import LocalStack
from detectors.negativity import NegativityModel
from streams.kafka.clients import consumer_options
from streams.kafka.topics import INCIDENTS
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from streams.watching.watch_event import incident_events
from tests.helpers.mentions import START
from tests.helpers.records import CRISIS_AT, QUIET_DAYS, in_order, quiet, wave
from tests.helpers.scenarios.scenario_lines import by_time, documented, moved

BRAND = "3 Suisses"
OTHERS = 12
SPEED = 7200
FIRST = "2012-06-06T00:00:00+00:00"
LOUD = datetime(2012, 6, 11, 15, tzinfo=UTC)
TIMEOUT_S = 60.0


class Record(NamedTuple):
    """A record in three parts: the days before, the incident, and the quiet hours in which it ends."""

    before: list[bytes]
    during: list[bytes]
    after: list[bytes]


class Published(NamedTuple):
    """An incident event with the time of its publication to Kafka, just after its minute closed."""

    at: float
    event: dict[str, Any]


def record() -> Record:
    """The documented incident until it is critical, beside a dozen made-up brands whose crises come one by one."""
    lines = documented(FIRST, "2012-06-13T10:00:00+00:00")
    messages = (Message("record", number, line) for number, line in enumerate(lines))
    events, _ = replay(messages, Pipeline(Config(), NegativityModel.load()))
    critical = next(
        datetime.fromisoformat(event.at) for event in incident_events(events) if event.severity == "critical"
    )
    end = critical + timedelta(minutes=20)
    others: list[bytes] = []
    for number in range(OTHERS):
        brand = f"Brand {number}"
        mentions = in_order(quiet(brand, days=QUIET_DAYS, seed=number), wave(120, 90, rating=-1, brand=brand))
        starts = START + timedelta(seconds=CRISIS_AT)
        others += moved(mentions, LOUD + timedelta(minutes=60 + 20 * number) - starts)
    beats = [
        json.dumps(
            {
                "id": f"{network} {minutes}",
                "brand": BRAND,
                "network": network,
                "kind": "heartbeat",
                "created_at": (end + timedelta(minutes=minutes)).isoformat(),
            }
        ).encode()
        for minutes in range(5, 36 * 60, 5)
        for network in ("forum", "twitter")
    ]
    start = LOUD.isoformat()
    return Record(
        by_time(documented(FIRST, start), [line for line in others if _at(line) < LOUD]),
        by_time(documented(start, end.isoformat()), [line for line in others if LOUD <= _at(line) < end]),
        beats,
    )


def _at(line: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(line)["created_at"])


class Run:
    """A stack that has processed the record.

    Parameters
    ----------
    stack
        The running stack.
    folder
        Folder for files of mentions.
    """

    def __init__(self, stack: LocalStack, folder: Path) -> None:
        self.stack = stack
        self.folder = folder

    def send(self, lines: Sequence[bytes], *options: str) -> None:
        """Send lines as `badbuzz replay --to-kafka` does."""
        path = self.folder / "record.jsonl"
        path.write_bytes(b"\n".join(lines) + b"\n")
        self.stack.badbuzz("replay", "--to-kafka", *options, str(path))

    def wait(self, condition: str, holds: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        until = time.monotonic() + TIMEOUT_S
        while not holds():
            assert time.monotonic() < until, f"not within {TIMEOUT_S:.0f} s: {condition}"
            time.sleep(0.2)

    def severity(self, brand: str = BRAND) -> float | None:
        """The severity of a brand in Prometheus, if it has one."""
        result = self.stack.prometheus.query(f'max(badbuzz_incident_severity{{brand="{brand}"}})')
        return float(result[0]["value"][1]) if result else None

    def states(self, audience: str) -> dict[str, tuple[str, list[str]]]:
        """The state of each of the brand's alerts for an audience in Alertmanager, and the alerts that inhibit it."""
        return {
            alert["labels"]["alertname"]: (alert["status"]["state"], alert["status"]["inhibitedBy"])
            for alert in self.stack.alertmanager.alerts()
            if (alert["labels"].get("brand"), alert["labels"]["audience"]) == (BRAND, audience)
        }

    def published(self) -> list[Published]:
        """The incident events on Kafka."""
        settings = KafkaSettings(bootstrap_servers=self.stack.kafka.bootstrap)
        consumer = KafkaConsumer(**consumer_options(settings, None))
        try:
            topic = settings.topic(INCIDENTS)
            consumer.assign([TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)])
            consumer.seek_to_beginning()
            polled = [consumer.poll(500) for _ in range(4)]
        finally:
            consumer.close()
        records = [record for batch in polled for partition in batch.values() for record in partition]
        events = [Published(record.timestamp / 1000, json.loads(record.value)) for record in records]
        return [one for one in events if one.event["type"] == "incident"]

    def notifications(self, receiver: str, brand: str = BRAND) -> list[Notification]:
        """The notifications of a brand that a receiver was sent."""
        return [n for n in self.stack.inbox.notifications if n.receiver == receiver and brand in n.title]

    def latencies(self) -> list[float]:
        """Seconds from the publication of each critical event to its first notification."""
        return sorted(
            min(n.at for n in self.notifications("spokesperson", one.event["brand"]) if n.title.startswith("CRISIS"))
            - one.at
            for one in self.published()
            if one.event["severity"] == "critical"
        )


@contextmanager
def in_crisis(folder: Path, parts: Record) -> Iterator[Run]:
    """Run a stack and send it the record up to the crisis."""
    with LocalStack(quick=True) as stack:
        run = Run(stack, folder)
        run.send(parts.before)
        run.wait("the days before are processed", lambda: run.severity() == 0.0 and _watermark(run) >= LOUD)
        run.send(parts.during, "--speed", str(SPEED))
        run.wait("the crisis is notified", lambda: run.notifications("spokesperson"))
        brands = [f"Brand {number}" for number in range(OTHERS)]
        run.wait("the others' crises are notified", lambda: all(run.notifications("spokesperson", b) for b in brands))
        yield run


def _watermark(run: Run) -> datetime:
    result = run.stack.prometheus.query(f'max(badbuzz_watermark_timestamp_seconds{{brand="{BRAND}"}})')
    at = float(result[0]["value"][1]) if result else 0.0
    return datetime.fromtimestamp(at, UTC) + timedelta(minutes=5)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of the sorted values does not exceed."""
    return next(v for v, below in zip(values, itertools.count(1), strict=False) if below >= share * len(values))
