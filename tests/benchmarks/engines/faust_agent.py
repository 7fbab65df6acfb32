"""The job as one Faust agent that processes every mention, with its state in tables."""

import asyncio
import os
import tempfile
from typing import Any

import faust

from detectors.negativity import NegativityModel
from streams.errors import MentionError
from streams.kafka.topics import MENTIONS
from streams.mentions.mention import decode, milliseconds
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.engines.clock import Clock
from tests.benchmarks.engines.feed import TOPICS
from tests.benchmarks.engines.job import ALERTS, COUNTS, LATENESS_S, MINUTE_MS, Watch, item

NAME = "faust"


def run(settings: KafkaSettings, clock: Clock) -> None:
    """Run until the clock has counted the last message."""
    asyncio.run(_run(settings, clock))


async def _run(settings: KafkaSettings, clock: Clock) -> None:
    model = NegativityModel.load()
    app: Any = faust.App(
        settings.topic(NAME),
        broker=f"kafka://{settings.bootstrap_servers}",
        store="memory://",
        datadir=tempfile.mkdtemp(),
        web_enabled=False,
        topic_disable_leader=True,
        topic_partitions=TOPICS.mentions_partitions,
        consumer_auto_offset_reset="earliest",
        producer_linger=0.02,
        key_serializer="json",
        value_serializer="json",
    )
    raw = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}
    mentions = app.topic(settings.topic(MENTIONS), **raw)
    out = {name: app.topic(settings.topic(f"{name}.{NAME}"), **raw) for name in (COUNTS, ALERTS)}
    # Plain tables: a windowed one expires by the wall clock, not by event time.
    newest = app.Table("newest", default=int)
    items = app.Table("items", default=list)
    learned = app.Table("learned")
    minutes = app.Table("minutes")
    watches: dict[str, Watch] = {}
    opened: dict[str, set[int]] = {}

    def close(brand: str, minute: int) -> list[tuple[str, bytes]]:
        watch = watches.get(brand)
        if watch is None:
            rows = {at: minutes.get(f"{brand}\0{at}") for at in range(minute - 25 * 60, minute)}
            watch = Watch(learned.get(brand), {at: row for at, row in rows.items() if row})
            watches[brand] = watch
        messages = watch.close(minute, items.pop(f"{brand}\0{minute}"))
        learned[brand] = watch.detector.state()
        minutes[f"{brand}\0{minute}"] = watch.detector.recent_row(minute)
        return messages

    async def count(stream: Any) -> None:
        for key in items:
            brand, _, at = key.partition("\0")
            opened.setdefault(brand, set()).add(int(at))
        async for value in stream:
            try:
                mention = decode(value)
            except MentionError:
                continue
            brand, ms = mention.brand, milliseconds(mention)
            minute = ms // MINUTE_MS
            latest = newest[brand]
            if (minute + 1) * MINUTE_MS + LATENESS_S * 1000 > latest:  # its minute is open
                key = f"{brand}\0{minute}"
                held = items[key]
                held.append(item(mention, model.score_one(mention.text or "")))
                items[key] = held
                opened.setdefault(brand, set()).add(minute)
            if ms > latest:
                newest[brand] = ms
                closing = (ms - LATENESS_S * 1000) // MINUTE_MS
                for ended in sorted(m for m in opened[brand] if m < closing):
                    opened[brand].remove(ended)
                    for name, message in close(brand, ended):
                        await out[name].send(key=brand.encode(), value=message)
            if clock.add():
                clock.report()
                await app.producer.flush()
                os._exit(0)

    app.agent(mentions, concurrency=1)(count)
    await app.start()
    await asyncio.sleep(3600)
