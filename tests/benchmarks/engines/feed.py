"""The mentions that every engine reads, and the minutes they must add up to."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle, islice

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient

from detectors.negativity import NegativityModel
from streams.kafka.clients import admin_options, producer_options
from streams.kafka.topic_admin import create
from streams.kafka.topics import MENTIONS
from streams.mentions.mention import decode, milliseconds
from streams.recordings.files import MentionFiles
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.benchmarks.engines.job import MINUTE_MS, Item, Networks, close, item
from tests.helpers.mentions import START
from tests.helpers.paths import SHARED

TOPICS = TopicSettings(mentions_partitions=4, rollups_partitions=4)
NETWORKS = ("twitter", "twitter", "facebook", "forum")
PER_BRAND_MINUTE = 20
# Each of these many mentions comes twice, the second time some seconds later: as from a producer that retries.
ONE_IN = 100
DISORDER_S = 20.0
# One brand in so many has a crisis of a few minutes, after the detectors' first hour.
CRISIS_ONE_IN, CRISIS_FROM, CRISIS_TO = 20, 70, 75


def lines(count: int, brands: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield mentions, each with its key: halves of two real texts, so that hardly one comes twice."""
    drawn = random.Random(7)
    texts = [json.loads(m.value) for m in MentionFiles([str(SHARED / "data/incidents/airlines_2015.jsonl.gz")])]
    again: list[tuple[int, bytes, bytes]] = []
    second = 60 / (brands * PER_BRAND_MINUTE)
    for number, record in enumerate(islice(cycle(texts), count)):
        if again and again[0][0] <= number:
            yield again.pop(0)[1:]
            continue
        minute = number * second / 60
        of = number * 7919 % brands
        if CRISIS_FROM <= minute < CRISIS_TO and drawn.random() < 0.2:
            of -= of % CRISIS_ONE_IN
        at = START + timedelta(seconds=number * second - drawn.random() * DISORDER_S)
        words, others = record["text"].split(), texts[(number * 31 + number // len(texts)) % len(texts)]["text"].split()
        brand = f"brand {of}"
        fields = {
            "id": str(number),
            "brand": brand,
            "network": NETWORKS[drawn.randrange(len(NETWORKS))],
            "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "text": " ".join([*words[: len(words) // 2], *others[len(others) // 2 :]]),
            "author": f"author {drawn.randrange(50_000)}",
        }
        recorded = {k: v for k, v in record.items() if k != "gold_label"}
        line = brand.encode(), json.dumps(recorded | fields, ensure_ascii=False).encode()
        if number % ONE_IN == 0:
            again.append((number + 500, *line))
        yield line


def fill(settings: KafkaSettings, count: int, brands: int, others: list[str]) -> None:
    """Create the topics, `others` among them, and send the mentions."""
    create(settings, TOPICS)
    if others:
        with KafkaAdminClient(**admin_options(settings)) as admin:
            admin.create_topics(
                {settings.topic(name): {"num_partitions": 4, "replication_factor": 1} for name in others}
            )
    producer = KafkaProducer(**producer_options(settings))
    for key, value in lines(count, brands):
        producer.send(settings.topic(MENTIONS), value=value, key=key)
    producer.flush()
    producer.close()


def expected(count: int, brands: int) -> dict[tuple[str, int], Networks]:
    """Return what each brand's minutes must add up to, all but the last few, which may still be open."""
    model = NegativityModel.load()
    mentions = [decode(value) for _, value in lines(count, brands)]
    scores = model.score_many([mention.text or "" for mention in mentions])
    minutes: dict[tuple[str, int], list[Item]] = {}
    for mention, score in zip(mentions, scores, strict=True):
        minutes.setdefault((mention.brand, milliseconds(mention) // MINUTE_MS), []).append(item(mention, score))
    last = max(minute for _, minute in minutes) - 4
    return {key: close(key[1], items)[0] for key, items in minutes.items() if key[1] < last}
