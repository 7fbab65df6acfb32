"""From the mention that closes a bucket to its incident event on Kafka.

``python -m tests.benchmarks.kafka.latency [--speed 1 60] [--seconds 90] [--brands 200] [--no-replayed]``

One worker with default settings, bound to the first core, the broker to the others. Each brand is learned for a day
(its history is sent beforehand, as fast as it goes). Then 2,000 mentions a second come, evenly over all brands and over
five networks, while event time runs as fast as the clock, or 60 times as fast. In the course of some seconds each brand
has a crowd of 25 strangers who complain within 20 seconds of event time. That opens an incident when the minute closes,
and nothing else does.

A bucket is closed by the first mention of its brand that is a minute (the allowed lateness) younger than its end. The
time measured runs from that mention's arrival in `mentions` to the moment in which a consumer of committed messages
has the incident event. Its stages, by the broker's clock, are: the rollup that carries the closing mention's event
time is written to `rollups` (what the scorer took), the event is written to `incidents` (its commit, and the watcher),
the consumer has it (the event's own commit).

The last row is another extreme: made-up records of 100 brands at 2,000 mentions a second, event time running some
40,000 times as fast as the clock, so that nearly every mention closes a bucket.
"""

import argparse
import contextlib
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topics import MENTIONS, ROLLUPS
from streams.mentions.message import event_ms
from streams.scoring.rollup_batch import decode_batch
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.kafka.bench_cluster import DefaultCluster, Feed, Reader, Seen, benched, decode_event
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
"""By brand: event minutes in order, and the second at which the first mention or rollup of each was appended."""


class _Firsts:
    """Records when each event minute of a brand was first reached."""

    def __init__(self) -> None:
        self.rows: Arrivals = {}

    def add(self, brand: bytes, ms: int, appended_s: float) -> None:
        minutes = self.rows.setdefault(brand, [])
        minute = ms // MINUTE_MS
        if not minutes or minute > minutes[-1][0]:
            minutes.append((minute, appended_s))

    def reached(self, brand: bytes, minute: int) -> float:
        return next(appended for reached, appended in self.rows[brand] if reached >= minute)


def messages(settings: KafkaSettings, name: str) -> Iterator[tuple[bytes, float, bytes]]:
    """Read a topic once: keys, when each message was appended, values."""
    partitions = [TopicPartition(settings.topic(name), p) for p in range(TOPICS.mentions_partitions)]
    with contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer:
        for record in read_to_end(consumer, partitions):
            yield record.key, record.timestamp / 1000, record.value


def stages(settings: KafkaSettings, events: Sequence[Seen]) -> list[tuple[float, float, float]]:
    """Seconds from the closing mention to its rollup, from there to the event, and until a consumer had it."""
    mentions, rollups = _Firsts(), _Firsts()
    for key, appended_s, value in messages(settings, MENTIONS):
        ms = event_ms(value)
        assert ms is not None
        mentions.add(key, ms, appended_s)
    for _, appended_s, value in messages(settings, ROLLUPS):
        for _, rollup in decode_batch(value).made:
            rollups.add(rollup.brand.encode(), rollup.newest, appended_s)
    seconds = []
    for seen in events:
        event = decode_event(seen.value)
        minute = int(datetime.fromisoformat(event.at).timestamp()) // 60
        brand = event.brand.encode()
        closed, rolled = mentions.reached(brand, minute), rollups.reached(brand, minute)
        seconds.append((rolled - closed, seen.appended_s - rolled, seen.seen_s - seen.appended_s))
    return seconds


def live(record: LiveRecord, rate: int, speed: float, seconds: float) -> Iterator[tuple[float, Line]]:
    """Yield mentions at their seconds: a steady rate, and a crowd in each brand at some moment."""
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
    """Send the brands' history, then live mentions; return how far behind the feed was."""
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
    """Send records of long ago; return how far behind the feed was."""
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
    """Return the value that a share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def row(name: str, brands: int, measured: Sequence[tuple[float, float, float]]) -> str:
    """Return a row of the table."""
    parts = [[sum(stages) for stages in measured], *map(list, zip(*measured, strict=True))]
    figures = [f"{statistics.median(part):.2f} / {percentile(part, 0.99):.2f} / {max(part):.2f}" for part in parts]
    return f"| {name} | {brands} | {len(measured)} | " + " | ".join(figures) + " |"


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
