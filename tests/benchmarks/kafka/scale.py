"""What many brands cost on Kafka: memory, a restart, a mention, and the rows that are stored.

``python -m tests.benchmarks.kafka.scale [--restart 1000] [--per-day 240] [--cost 10 100 1000 10000] [--live 10 10000]``

One worker that does both parts, default settings, bound to the first core; the broker and whoever sends are on the
others. Brands speak on five networks.

Restart: so many brands get a day and an hour of history. Then the worker is stopped (SIGTERM), or is killed
(SIGKILL), and started again at once, and each brand gets one more mention. Measured are its resident memory, and the
seconds from the new process's start until `/readyz` says 200, which it does when every brand is watched again, and
until the mentions sent meanwhile are scored, applied and committed. At the end a crowd complains about every brand:
the column says for how many brands an incident event was published.

Cost: processor time of the worker, all threads, for a mention of so many brands at 2,000 mentions in a second of event
time: as fast as they go (`backlog`), and, where asked for, sent at 2,000 a second. Every brand closes a bucket in each
minute of event time, so ten thousand brands close a thousand times as many as ten do. It is measured within one hour of
event time, after each brand closed its first minute of it: what is done once an hour would else be paid by the mentions
of a few minutes. Texts are real ones, halves put together anew, so that hardly one comes twice; without the shared
records made-up ones.

Rows: sizes of what is in `watches` for one brand.
"""

import argparse
import contextlib
import gzip
import json
import statistics
import time
from collections.abc import Iterator, Sequence

from kafka import KafkaConsumer, TopicPartition

from streams.kafka.clients import consumer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topics import WATCHES
from streams.settings.kafka import KafkaSettings
from streams.watching.rows.row_keys import CLOSED_KEY, OPEN_KEY, TERMS_KEY
from tests.benchmarks.kafka.bench_cluster import DefaultCluster, DefaultWorker, Feed, Reader, benched, decode_event
from tests.benchmarks.live_record import ROUNDS, Line, LiveRecord
from tests.helpers.cluster import TOPICS
from tests.helpers.paths import SHARED

RATE = 2000
SETTLE_S = 190
COST_S = 150
LIVE_S = 330
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
CROWD = 25
KINDS = {
    "brand": "the brand's own",
    "open": "what is open",
    "closed": "closed minutes",
    "terms": "its usual terms",
}


def texts() -> list[str]:
    """Return real texts, or none."""
    path = SHARED / "data" / "incidents" / "airlines_2015.jsonl.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rb") as lines:
        return [json.loads(line)["text"] for line in lines]


def rows(settings: KafkaSettings) -> tuple[dict[bytes, bytes], int, int]:
    """Read the watchers' changelog: the rows it holds; messages and bytes read for them."""
    partitions = [TopicPartition(settings.topic(WATCHES), p) for p in range(TOPICS.rollups_partitions)]
    stored: dict[bytes, bytes] = {}
    count = size = 0
    with contextlib.closing(KafkaConsumer(**consumer_options(settings, None))) as consumer:
        for record in read_to_end(consumer, partitions):
            count += 1
            size += len(record.key) + len(record.value or b"")
            if record.value is None:
                stored.pop(record.key, None)
            else:
                stored[record.key] = record.value
    return stored, count, size


def kind(key: bytes) -> str:
    """Return the kind of a row by its key."""
    rest = key.partition(b"\0")[2]
    return "brand" if not rest else {OPEN_KEY: "open", CLOSED_KEY: "closed", TERMS_KEY: "terms"}[rest[0]]


def row_sizes(title: str, stored: dict[bytes, bytes]) -> Iterator[str]:
    """Yield lines of the table of sizes."""
    for name, label in KINDS.items():
        sizes = sorted(len(row) for key, row in stored.items() if kind(key) == name)
        if sizes:
            figures = (statistics.median(sizes), sizes[int(len(sizes) * 0.99)], sizes[-1])
            yield f"| {title} | {label} | {len(sizes):,} | " + " | ".join(f"{f:,.0f}" for f in figures) + " |"


def one_each(record: LiveRecord, minutes: int) -> list[Line]:
    """Return one mention of every brand, so many minutes after the start."""
    return [record.mention(brand, record.start_ms + minutes * MINUTE_MS) for brand in range(len(record.brands))]


def restarted(cluster: DefaultCluster, worker: DefaultWorker, kill: bool, lines: Sequence[Line]) -> DefaultWorker:
    """Restart a worker while mentions come; print how long it took."""
    stopping = time.monotonic()
    cluster.stop(worker, kill=kill)
    started = time.monotonic()
    worker = cluster.start(worker.instance)
    feed = Feed(cluster.settings)
    feed.send(lines)
    feed.flush()
    feed.close()
    worker.wait_ready()
    ready_s = time.monotonic() - started
    cluster.drain()
    figures = [started - stopping, ready_s, time.monotonic() - started]
    seconds = " | ".join(f"{figure:.1f}" for figure in figures)
    print(f"| {'SIGKILL' if kill else 'SIGTERM'} | {seconds} | {worker.memory():,.0f} |", flush=True)
    return worker


def measure_restart(brands: int, per_day: int) -> list[str]:
    """Fill a worker's state, and restart it; return the sizes of the rows."""
    with benched("restart.") as (_, cluster):
        worker = cluster.start("w")
        worker.wait_ready()
        names = [f"brand {number}" for number in range(brands)]
        record = LiveRecord(names, max(1, per_day // ROUNDS), int(time.time() - 3600) * 1000, texts())
        feed = Feed(cluster.settings)
        sent = feed.send(record.history())
        feed.flush()
        cluster.drain()
        memory, most = worker.memory(), worker.memory("VmHWM")
        stored, count, size = rows(cluster.settings)
        print(f"{brands:,} brands on five networks, {sent:,} mentions in a day of event time")
        print(f"\n- resident memory {memory:,.0f} MiB, at most {most:,.0f} MiB")
        print(f"- `watches`: {len(stored):,} rows, {sum(map(len, stored.values())) / 2**20:,.0f} MiB; ", end="")
        print(f"{count:,} messages, {size / 2**20:,.0f} MiB to read\n")
        print("| stopped by | seconds to stop | start to ready | start to all applied | resident MiB then |")
        print("|---|---|---|---|---|")
        for number, kill in enumerate((False, True, False, True)):
            worker = restarted(cluster, worker, kill, one_each(record, 5 * (number + 1)))
        reader = Reader(cluster.settings)
        crowd = [
            record.stranger(brand, record.start_ms + 30 * MINUTE_MS) for _ in range(CROWD) for brand in range(brands)
        ]
        feed.send([*crowd, *one_each(record, 33)])
        feed.flush()
        feed.close()
        cluster.drain()
        time.sleep(1)
        reader.close()
        alerted = {decode_event(seen.value).brand for seen in reader.messages}
        print(f"\nBrands whose incident was published when a crowd came to each: {len(alerted):,} of {brands:,}.\n")
        return list(row_sizes(f"{brands:,} brands, {per_day} mentions a day each", rows(cluster.settings)[0]))


def live(record: LiveRecord, seconds: float, after_s: float) -> Iterator[tuple[float, Line]]:
    """Yield mentions at their seconds, evenly over all brands, so many seconds after the record's start."""
    for number in range(round(RATE * seconds)):
        at = number / RATE
        yield at, record.mention(number % len(record.brands), record.start_ms + round((at + after_s) * 1000))


def measure_cost(brands: int, with_live: bool) -> list[str]:
    """Print the cost of a mention; return the sizes of the rows."""
    with benched("cost.") as (_, cluster):
        worker = cluster.start("w")
        worker.wait_ready()
        # Few enough that history is short, enough that a minute of a brand holds many voices.
        regulars = max(12, min(600, 48_000 // brands))
        start_ms = (int(time.time() * 1000) // HOUR_MS - 1) * HOUR_MS + 5 * MINUTE_MS
        record = LiveRecord([f"brand {number}" for number in range(brands)], regulars, start_ms, texts())
        feed = Feed(cluster.settings)
        feed.send(record.history())
        feed.send(line for _, line in live(record, SETTLE_S, 0.0))
        feed.flush()
        cluster.drain()
        lines = [line for _, line in live(record, COST_S, SETTLE_S)]
        used, started = worker.cpu_s(), time.monotonic()
        feed.send(lines)
        feed.flush()
        cluster.drain()
        elapsed_s = time.monotonic() - started
        backlog_us = (worker.cpu_s() - used) / len(lines) * 1e6
        rate = len(lines) / elapsed_s
        live_us = "not measured"
        if with_live:
            used = worker.cpu_s()
            late = feed.send_paced(live(record, LIVE_S, SETTLE_S + COST_S))
            feed.flush()
            # Not what follows: with nothing left to read everything is written at once.
            live_us = f"{(worker.cpu_s() - used) / (RATE * LIVE_S) * 1e6:.1f}"
            if late > 1:
                live_us += f" (the feed was {late:.0f} s behind)"
            cluster.drain()
        feed.close()
        print(f"| {brands:,} | {backlog_us:.1f} | {rate:,.0f} | {live_us} | {worker.memory():,.0f} |", flush=True)
        return list(row_sizes(f"{brands:,} brands, {RATE / brands:g} mentions/s each", rows(cluster.settings)[0]))


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--restart", type=int, default=1000, metavar="BRANDS", help="0: not")
    parser.add_argument("--per-day", type=int, default=240, help="mentions of each brand in its history")
    parser.add_argument("--cost", type=int, nargs="*", default=[10, 100, 1000, 10_000], metavar="BRANDS")
    parser.add_argument("--live", type=int, nargs="*", default=[10, 10_000], metavar="BRANDS")
    options = parser.parse_args()
    sizes = measure_restart(options.restart, options.per_day) if options.restart else []
    if options.cost:
        print(f"| brands | backlog, CPU µs a mention | mentions/s | live at {RATE:,}/s, CPU µs a mention | MiB |")
        print("|---|---|---|---|---|")
        for brands in options.cost:
            sizes += measure_cost(brands, brands in options.live)
    print("\n| | row | rows | median bytes | p99 | largest |\n|---|---|---|---|---|---|")
    print("\n".join(sizes))


if __name__ == "__main__":
    main()
