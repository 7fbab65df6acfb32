"""From the mention that closes a bucket to its incident event on Kafka.

``python -m tests.benchmarks.kafka_latency [--speed 1 60] [--seconds 90] [--brands 200] [--no-replayed]``

One worker with default settings, bound to the first core, the broker to the others. Each brand is learned for a day
(its history is sent beforehand, as fast as it goes). Then 2,000 mentions a second come, evenly over all brands and over
five networks, while event time runs as fast as the clock, or 60 times as fast. In the course of some seconds each brand
has a crowd of 25 strangers who complain within 20 seconds of event time. That opens an incident when the minute closes,
and nothing else does.

A bucket is closed by the first mention of its brand that is a minute (the allowed lateness) younger than its end. Taken
is the time from that mention's arrival in `mentions` to the moment in which a consumer that reads committed messages
has the incident event, and the way stations by the broker's clock: the rollup that carries the closing mention's event
time is written to `rollups` (what the scorer took), the event is written to `incidents` (its commit, and the watcher),
the consumer has it (the event's own commit).

The last row is another extreme: made-up records of 100 brands at 2,000 mentions a second, event time running some
40,000 times as fast as the clock, so that nearly every mention closes a bucket.
"""

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.kafka.topics import MENTIONS, ROLLUPS
from streams.mentions.message import event_ms
from streams.scoring.rollup_batch import decode_batch
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.bench_cluster import DefaultCluster, Feed, Reader, Seen, benched, told
from tests.benchmarks.live_record import Line, LiveRecord
from tests.helpers.cluster import TOPICS
from tests.helpers.records import crisis

MINUTE_MS = 60_000
CROWD = 25
CROWD_MS = 20_000
AFTERWARDS_S = 145
"""Event time after the last crowd: it has come, its minute and the allowed lateness are over."""
PAIRS = 50

Arrivals = dict[bytes, list[tuple[int, float]]]
"""By brand: event minutes in their order, and when the first mention or rollup that reached each was kept (seconds)."""


class _Firsts:
    """Notes when each event minute of a brand was first reached."""

    def __init__(self) -> None:
        self.found: Arrivals = {}

    def add(self, brand: bytes, ms: int, kept_s: float) -> None:
        rows = self.found.setdefault(brand, [])
        minute = ms // MINUTE_MS
        if not rows or minute > rows[-1][0]:
            rows.append((minute, kept_s))

    def reached(self, brand: bytes, minute: int) -> float:
        return next(kept for reached, kept in self.found[brand] if reached >= minute)


def messages(settings: KafkaSettings, name: str) -> Iterator[tuple[bytes, float, bytes]]:
    """Read a topic once: keys, when each message was kept, values."""
    consumer = KafkaConsumer(**consumer_options(settings, None))
    places = [TopicPartition(settings.topic(name), p) for p in range(TOPICS.mentions_partitions)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    ends = consumer.end_offsets(places)
    while any(consumer.position(place) < end for place, end in ends.items()):
        for records in consumer.poll(timeout_ms=500, max_records=5000).values():
            yield from ((r.key, r.timestamp / 1000, r.value) for r in records)
    consumer.close()


def stages(settings: KafkaSettings, events: Sequence[Seen]) -> list[tuple[float, float, float]]:
    """Seconds from the closing mention to its rollup, from there to the event, and until a consumer had it."""
    mentions, rollups = _Firsts(), _Firsts()
    for key, kept_s, value in messages(settings, MENTIONS):
        ms = event_ms(value)
        assert ms is not None
        mentions.add(key, ms, kept_s)
    for _, kept_s, value in messages(settings, ROLLUPS):
        for _, rollup in decode_batch(value).made:
            rollups.add(rollup.brand.encode(), rollup.newest, kept_s)
    found = []
    for seen in events:
        event = told(seen.value)
        minute = int(datetime.fromisoformat(event.at).timestamp()) // 60
        brand = event.brand.encode()
        closed, rolled = mentions.reached(brand, minute), rollups.reached(brand, minute)
        found.append((rolled - closed, seen.kept_s - rolled, seen.seen_s - seen.kept_s))
    return found


def live(record: LiveRecord, rate: int, speed: float, seconds: float) -> Iterator[tuple[float, Line]]:
    """Give mentions at their seconds: a steady rate, and a crowd in each brand at some moment."""
    rng = random.Random(2)
    count = len(record.brands)
    moments = sorted((rng.uniform(0.02, 1) * seconds, brand) for brand in range(count))
    crowds = sorted(
        (moment + n * CROWD_MS / CROWD / 1000 / speed, brand) for moment, brand in moments for n in range(CROWD)
    )
    next_one = 0
    for number in range(round(rate * (seconds + AFTERWARDS_S / speed))):
        at = number / rate
        while next_one < len(crowds) and crowds[next_one][0] <= at:
            brand = crowds[next_one][1]
            yield at, record.stranger(brand, record.start_ms + round(at * speed * 1000))
            next_one += 1
        yield at, record.mention(number % count, record.start_ms + round(at * speed * 1000))


def measure_live(cluster: DefaultCluster, rate: int, speed: float, seconds: float, brands: int) -> float:
    """Learn brands, then let them live; give how far behind the feed was."""
    feed = Feed(cluster.settings)
    # So no event time is ever ahead of the clock.
    start_ms = int((time.time() - (speed - 1) * (seconds + AFTERWARDS_S / speed)) * 1000)
    record = LiveRecord([f"brand {number}" for number in range(brands)], 100, start_ms)
    feed.send(record.history())
    feed.flush()
    cluster.drain()
    late = feed.send_paced(live(record, rate, speed, seconds))
    feed.flush()
    feed.close()
    return late


def measure_replayed(cluster: DefaultCluster, rate: int) -> float:
    """Send records of long ago; give how far behind the feed was."""
    feed = Feed(cluster.settings)
    late = feed.send_paced(replayed(rate))
    feed.flush()
    feed.close()
    return late


def replayed(rate: int) -> Iterator[tuple[float, Line]]:
    """Records of two brands each, side by side, at a steady rate."""
    columns = [
        [
            line.replace(b'"brand": "Acme"', b'"brand": "Acme %d"' % pair).replace(
                b'"brand": "Other"', b'"brand": "Other %d"' % pair
            )
            for line in crisis()
        ]
        for pair in range(PAIRS)
    ]
    lines = (line for row in zip(*columns, strict=True) for line in row)
    for number, line in enumerate(lines):
        yield number / rate, (line.partition(b'"brand": "')[2].partition(b'"')[0], line)


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that a share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def row(name: str, brands: int, found: Sequence[tuple[float, float, float]]) -> str:
    """Give a row of the table."""
    parts = [[sum(stages) for stages in found], *map(list, zip(*found, strict=True))]
    figures = [f"{statistics.median(part):.2f} / {percentile(part, 0.99):.2f} / {max(part):.2f}" for part in parts]
    return f"| {name} | {brands} | {len(found)} | " + " | ".join(figures) + " |"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=2000, help="mentions a second")
    parser.add_argument("--speed", type=float, nargs="*", default=[1.0, 60.0], help="seconds of event time a second")
    parser.add_argument("--seconds", type=float, default=90, help="in which the crowds come")
    parser.add_argument("--brands", type=int, default=200)
    parser.add_argument(
        "--replayed", action=argparse.BooleanOptionalAction, default=True, help="also some 40,000 times"
    )
    options = parser.parse_args()
    print(f"{options.rate:,} mentions/s, one worker on one core; seconds, median / p99 / longest\n")
    print("| event time | brands | incident events | all | scorer | commit and watcher | the event's commit |")
    print("|---|---|---|---|---|---|---|")
    for speed in [*options.speed, *([0.0] if options.replayed else [])]:
        with benched("latency.") as (_, cluster):
            cluster.start("w").wait_ready()
            reader = Reader(cluster.settings)
            if speed:
                name, brands = f"{speed:g} x", options.brands
                late = measure_live(cluster, options.rate, speed, options.seconds, brands)
            else:
                name, brands = "some 40,000 x", 2 * PAIRS
                late = measure_replayed(cluster, options.rate)
            cluster.drain()
            time.sleep(1)
            reader.close()
            if late > 1:
                name += f" (the feed was {late:.0f} s behind)"
            print(row(name, brands, stages(cluster.settings, reader.messages)), flush=True)


if __name__ == "__main__":
    main()
