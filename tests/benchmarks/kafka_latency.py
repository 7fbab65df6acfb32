"""From the mention that closes a bucket to its incident event on Kafka.

``python -m tests.benchmarks.kafka_latency [--rate 2000] [--pairs 50]`` sends made-up records of many brands side by
side at a steady rate through one worker (bound to the first core, the broker to the others), and prints how long each
incident event took: from the arrival of the first mention or heartbeat late enough to close its last bucket, by the
broker's clock, to the event's own.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition

from deploy.local.kafka import LocalKafka
from streams.kafka_clients import consumer_options
from streams.kafka_settings import KafkaSettings
from streams.mention_files import event_ms
from streams.scorer import Message
from streams.to_kafka import KafkaSink
from streams.topics import INCIDENTS, MENTIONS
from tests.behaviour.records import crisis
from tests.kafka.workers import Cluster

STEP_S = 0.05


def record(pairs: int) -> list[bytes]:
    """Records of two brands each, side by side."""
    columns = [
        [
            line.replace(b'"brand": "Acme"', b'"brand": "Acme %d"' % pair).replace(
                b'"brand": "Other"', b'"brand": "Other %d"' % pair
            )
            for line in crisis()
        ]
        for pair in range(pairs)
    ]
    return [line for row in zip(*columns, strict=True) for line in row]


def arrivals(settings: KafkaSettings, name: str) -> list[tuple[int, bytes]]:
    """When each message of a topic came, in milliseconds, and the message."""
    consumer = KafkaConsumer(**consumer_options(settings, None))
    places = [TopicPartition(settings.topic(name), p) for p in range(4)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    ends = consumer.end_offsets(places)
    found = []
    while any(consumer.position(place) < end for place, end in ends.items()):
        for records in consumer.poll(timeout_ms=500, max_records=5000).values():
            found += [(r.timestamp, r.value) for r in records]
    consumer.close()
    return found


def latencies(settings: KafkaSettings) -> list[int]:
    """Milliseconds from the mention that closes a bucket to the incident event it gave."""
    closing: dict[str, list[tuple[int, int]]] = {}
    for came, value in arrivals(settings, MENTIONS):
        at = event_ms(value)
        assert at is not None
        closing.setdefault(json.loads(value)["brand"], []).append((at, came))
    taken = []
    for told, value in arrivals(settings, INCIDENTS):
        event = json.loads(value)
        at = event_ms(b'"created_at": "%s"' % event["at"].encode()) or 0
        taken.append(told - min(came for when, came in closing[event["brand"]] if when >= at))
    return sorted(taken)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalKafka(heap="512m") as broker:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix="latency.")
        os.sched_setaffinity(broker.pid or 0, set(range(1, os.cpu_count() or 1)) or {0})
        with Cluster(settings, Path(folder)) as cluster:
            worker = cluster.start("w")
            os.sched_setaffinity(worker.process.pid, {0})
            worker.wait_ready()
            lines = record(options.pairs)
            sink = KafkaSink(cluster.config)
            step = round(options.rate * STEP_S)
            started = time.monotonic()
            for number, first in enumerate(range(0, len(lines), step)):
                time.sleep(max(0.0, started + number * STEP_S - time.monotonic()))
                sink.send(Message("record", i, value) for i, value in enumerate(lines[first : first + step]))
            rate = len(lines) / (time.monotonic() - started)
            sink.finish()
            cluster.drain()
            taken = latencies(settings)
            p50, p99 = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
            print("| mentions/s | incident events | p50 ms | p99 ms | longest ms |\n|---|---|---|---|---|")
            print(f"| {rate:,.0f} | {len(taken)} | {p50} | {p99} | {taken[-1]} |")


if __name__ == "__main__":
    main()
