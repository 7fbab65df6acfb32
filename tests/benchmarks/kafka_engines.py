"""The scorer beside other engines doing the same job, on one core, in one run.

``python -m tests.benchmarks.kafka_engines [--messages N]`` prints a Markdown table. The job: read mentions from Kafka,
decode them strictly, score their negativity, count mentions and negatives by brand, network and minute, and write the
counts back to Kafka. badbuzz does more (duplicates, lateness, distinct people, posts, dead letters, one transaction a
batch); the others do just this, each in the way its own documentation shows. The bare loop reads, decodes and scores in
batches and does nothing else. Each engine is a process bound to the first core, the broker to the others.

quixstreams, bytewax and confluent-kafka come with the extra ``bench``; an engine that is not installed is left out.
"""

import argparse
import contextlib
import importlib.util
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from deploy.local.kafka import LocalKafka
from detectors.negativity import NegativityModel
from streams.config import Config
from streams.kafka_clients import consumer_options, producer_options
from streams.kafka_settings import KafkaSettings, TopicSettings
from streams.mention import Mention, decode, milliseconds
from streams.mention_files import MentionFiles
from streams.topics import MENTIONS, create
from tests.conftest import SHARED

TOPICS = TopicSettings(mentions_partitions=4, rollups_partitions=4)
START = datetime(2024, 3, 1, tzinfo=UTC)
PER_SECOND = 50
NEEDS = {"quixstreams": "quixstreams", "bytewax": "bytewax", "bare loop, confluent-kafka": "confluent_kafka"}
COUNTS = "counts"


def lines(count: int, brands: int) -> Iterator[tuple[bytes, bytes]]:
    """Mentions of so many brands, each with its key: halves of two real texts, so that hardly one comes twice."""
    texts = [json.loads(m.value) for m in MentionFiles([str(SHARED / "data/incidents/airlines_2015.jsonl.gz")])]
    for number, record in enumerate(islice(cycle(texts), count)):
        at = START + timedelta(seconds=number / PER_SECOND)
        brand = f"brand {number * 7919 % brands}"
        fields = {"id": str(number), "brand": brand, "created_at": at.isoformat().replace("+00:00", "Z")}
        words, others = record["text"].split(), texts[(number * 31 + number // len(texts)) % len(texts)]["text"].split()
        fields["text"] = " ".join([*words[: len(words) // 2], *others[len(others) // 2 :]])
        fields["author"] = f"author {number * 13 % 50_000}"
        kept = {k: v for k, v in record.items() if k != "gold_label"}
        yield brand.encode(), json.dumps(kept | fields, ensure_ascii=False).encode()


def fill(settings: KafkaSettings, count: int, brands: int) -> None:
    """Create the topics and send the mentions."""
    create(settings, TOPICS)
    with KafkaAdminClient(bootstrap_servers=settings.servers) as admin:
        admin.create_topics({settings.topic(COUNTS): {"num_partitions": 4, "replication_factor": 1}})
    producer = KafkaProducer(**producer_options(settings))
    for key, value in lines(count, brands):
        producer.send(settings.topic(MENTIONS), value=value, key=key)
    producer.flush()
    producer.close()


class Clock:
    """Time from a first batch of messages to the last, in wall and processor seconds."""

    def __init__(self, count: int, warm: int) -> None:
        self.count, self.warm, self.seen = count, warm, 0
        self.begun: tuple[float, float, int] | None = None

    def add(self, messages: int = 1) -> bool:
        """Count messages; tell whether these were the last."""
        self.seen += messages
        if self.begun is None and self.seen >= self.warm:
            self.begun = (time.perf_counter(), time.process_time(), self.seen)
        if self.seen >= self.count:
            self.tell()
            return True
        return False

    def tell(self) -> None:
        """Print what was measured."""
        assert self.begun is not None
        wall, cpu, first = self.begun
        timed = self.seen - first
        result = {
            "wall_us": (time.perf_counter() - wall) * 1e6 / timed,
            "cpu_us": (time.process_time() - cpu) * 1e6 / timed,
        }
        print(json.dumps(result | {"messages": timed}), flush=True)


class MinuteCounts:
    """Mentions and negatives by brand and network; a minute is given out when the next begins."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, str], list[int]] = {}

    def add(self, mention: Mention, negativity: float) -> bytes | None:
        """Count one; give the minute it ended, if it did."""
        key = (mention.brand, mention.network)
        minute = milliseconds(mention) // 60_000
        row = self.open.get(key)
        ended = None
        if row is None or row[0] != minute:
            if row is not None:
                ended = json.dumps([*key, *row]).encode()
            row = self.open[key] = [minute, 0, 0]
        row[1] += 1
        row[2] += negativity >= 0.5
        return ended


def badbuzz(settings: KafkaSettings, clock: Clock) -> None:
    from streams.scorer_worker import Scored, ScorerWorker  # noqa: PLC0415

    stopping = threading.Event()

    def scored(done: Scored) -> None:
        if clock.add(done.messages):
            stopping.set()

    ScorerWorker(Config(kafka=settings, topics=TOPICS), NegativityModel.load(), "bench", scored).run(stopping)


def bare_kafka_python(settings: KafkaSettings, clock: Clock) -> None:
    model = NegativityModel.load()
    consumer = KafkaConsumer(**consumer_options(settings, None), max_partition_fetch_bytes=4 << 20)
    places = [TopicPartition(settings.topic(MENTIONS), p) for p in range(4)]
    consumer.assign(places)
    consumer.seek_to_beginning(*places)
    while True:
        for records in consumer.poll(timeout_ms=200, max_records=2000).values():
            model.score_many([decode(record.value).text or "" for record in records])
            if clock.add(len(records)):
                return


def bare_confluent(settings: KafkaSettings, clock: Clock) -> None:
    from confluent_kafka import Consumer  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    model = NegativityModel.load()
    consumer = Consumer(
        {"bootstrap.servers": settings.bootstrap_servers, "group.id": "bare", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([settings.topic(MENTIONS)])
    while True:
        messages = consumer.consume(2000, timeout=0.2)
        if messages:
            model.score_many([decode(message.value()).text or "" for message in messages])
            if clock.add(len(messages)):
                return


def quixstreams(settings: KafkaSettings, clock: Clock) -> None:
    from quixstreams import Application  # noqa: PLC0415

    logging.disable(logging.INFO)
    model, counts = NegativityModel.load(), MinuteCounts()
    app = Application(
        broker_address=settings.bootstrap_servers,
        consumer_group="quix",
        auto_offset_reset="earliest",
        auto_create_topics=False,
        use_changelog_topics=False,
    )

    def count(value: bytes) -> bytes | None:
        mention = decode(value)
        ended = counts.add(mention, model.score_one(mention.text or ""))
        if clock.add():
            os._exit(0)
        return ended

    frame = app.dataframe(app.topic(settings.topic(MENTIONS), value_deserializer="bytes", key_deserializer="bytes"))
    frame = frame.apply(count).filter(lambda ended: ended is not None)
    frame.to_topic(app.topic(settings.topic(COUNTS), value_serializer="bytes", key_serializer="bytes"))
    app.run()


def bytewax(settings: KafkaSettings, clock: Clock) -> None:
    import bytewax.operators as op  # noqa: PLC0415
    from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource  # noqa: PLC0415
    from bytewax.dataflow import Dataflow  # noqa: PLC0415
    from bytewax.testing import run_main  # noqa: PLC0415

    model, counts = NegativityModel.load(), MinuteCounts()

    def score(batch: list[Any]) -> list[tuple[Mention, float]]:
        mentions = [decode(message.value) for message in batch]
        return list(zip(mentions, model.score_many([mention.text or "" for mention in mentions]), strict=True))

    def count(scored: tuple[Mention, float]) -> Any:
        ended = counts.add(*scored)
        if clock.add():
            os._exit(0)
        return None if ended is None else KafkaSinkMessage(None, ended)

    flow = Dataflow("bench")
    source = KafkaSource([settings.bootstrap_servers], [settings.topic(MENTIONS)], batch_size=2000)
    read = op.input("read", flow, source)
    scored = op.flat_map_batch("score", read, score)
    ended = op.filter_map("count", scored, count)
    op.output("write", ended, KafkaSink([settings.bootstrap_servers], settings.topic(COUNTS)))
    run_main(flow)


def faust_agent(settings: KafkaSettings, clock: Clock) -> None:
    import asyncio  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    import faust  # noqa: PLC0415

    model, counts = NegativityModel.load(), MinuteCounts()
    app = faust.App(
        "faust-bench",
        broker=f"kafka://{settings.bootstrap_servers}",
        store="memory://",
        datadir=tempfile.mkdtemp(),
        web_enabled=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        producer_linger=0.02,
        key_serializer="raw",
        value_serializer="raw",
    )
    mentions = app.topic(settings.topic(MENTIONS), key_type=bytes, value_type=bytes)
    out = app.topic(settings.topic(COUNTS), key_type=bytes, value_type=bytes)

    async def count(stream: Any) -> None:
        async for value in stream:
            mention = decode(value)
            ended = counts.add(mention, model.score_one(mention.text or ""))
            if ended is not None:
                await out.send(value=ended)
            if clock.add():
                os._exit(0)

    app.agent(mentions, concurrency=1)(count)

    async def work() -> None:
        await app.start()
        await asyncio.sleep(3600)

    asyncio.run(work())


ENGINES: dict[str, Callable[[KafkaSettings, Clock], None]] = {
    "badbuzz scorer": badbuzz,
    "bare loop, kafka-python": bare_kafka_python,
    "bare loop, confluent-kafka": bare_confluent,
    "quixstreams": quixstreams,
    "bytewax": bytewax,
    "Faust agent a mention": faust_agent,
}


def measure(engine: str, settings: KafkaSettings, count: int) -> dict[str, float] | None:
    """Run one engine as a process of its own on the first core."""
    needed = NEEDS.get(engine)
    if needed and importlib.util.find_spec(needed) is None:
        return None
    command = [
        *("taskset", "-c", "0", sys.executable, "-m", "tests.benchmarks.kafka_engines", "--engine", engine),
        *("--bootstrap", settings.bootstrap_servers, "--prefix", settings.topic_prefix, "--messages", str(count)),
    ]
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=env)
    told = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not told:
        raise RuntimeError(f"{engine}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(told[-1])
    return found


def main() -> None:
    """Measure every engine that is installed, or one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--brands", type=int, default=100)
    parser.add_argument("--engine", choices=list(ENGINES))
    parser.add_argument("--bootstrap")
    parser.add_argument("--prefix", default="")
    options = parser.parse_args()
    if options.bootstrap:
        settings = KafkaSettings(bootstrap_servers=options.bootstrap, topic_prefix=options.prefix)
        ENGINES[options.engine](settings, Clock(options.messages, options.messages // 5))
        return
    with LocalKafka(heap="512m") as broker:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(broker.pid or 0, set(range(1, os.cpu_count() or 1)))
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix="bench.")
        fill(settings, options.messages, options.brands)
        print("| engine | mentions/s | wall us/mention | CPU us/mention |\n|---|---|---|---|")
        for engine in [options.engine] if options.engine else list(ENGINES):
            found = measure(engine, settings, options.messages)
            if found is None:
                print(f"| {engine} | not installed | | |")
                continue
            wall, cpu = found["wall_us"], found["cpu_us"]
            print(f"| {engine} | {1e6 / wall:,.0f} | {wall:.1f} | {cpu:.1f} |", flush=True)


if __name__ == "__main__":
    main()
