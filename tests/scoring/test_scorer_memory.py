"""A scorer's state depends on the last messages alone: one that re-reads them scores as one that never stopped."""

import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from kafka.consumer.fetcher import ConsumerRecord
from msgspec.structs import replace

from streams.event_time import HOUR_MS
from streams.scoring.rollup import Counts, Rollup, merge
from streams.scoring.rollup_batch import encode_batch
from streams.settings.config import Config
from streams.settings.worker import WorkerSettings
from streams.worker.scorer.partition_scorer import PartitionScorer
from tests.helpers.mentions import mention_line

WINDOW = 50
CONFIG = Config(worker=WorkerSettings(read_back=WINDOW))


class Flat:
    """A model that scores every text alike."""

    def score_many(self, texts: list[str]) -> list[float]:
        return [0.6] * len(texts)


def log(seed: int) -> list[ConsumerRecord]:
    """Messages with duplicates, updates and late ones, heartbeats, and offset gaps as left by transaction markers."""
    rng = random.Random(seed)
    values: list[bytes] = []
    records, offset = [], rng.randrange(3)
    for number in range(400):
        seconds = number * 20.0 - rng.choice((0, 0, 0, 100, 5000))
        brand = rng.choice(("Acme", "Other", f"rare {number % 40}"))
        if values and rng.random() < 0.3:
            value = values[-rng.randrange(1, min(len(values), 160) + 1)]
            if rng.random() < 0.5:
                value = json.dumps(json.loads(value) | {"views": rng.randrange(3)}).encode()
        elif rng.random() < 0.1:
            value = mention_line(number, max(0, seconds), brand=brand, kind="heartbeat")
        else:
            value = mention_line(number, max(0, seconds), brand=brand)
        values.append(value)
        records.append(record(offset, value))
        offset += rng.choice((1, 1, 1, 2, 4))
    return records


def record(offset: int, value: bytes) -> ConsumerRecord:
    return ConsumerRecord("mentions", 0, 0, offset, 0, 1, None, value, [], None, None, None, None)


def score(records: list[ConsumerRecord], restarts: set[int], seed: int) -> list[bytes]:
    """Score in batches of any size; a restart loses everything but the committed offset."""
    rng = random.Random(seed)
    partition = PartitionScorer(CONFIG, Flat(), 0, 0)
    rollups: list[Rollup] = []
    at = 0
    while at < len(records):
        if at in restarts:
            committed = records[at].offset
            partition = PartitionScorer(CONFIG, Flat(), 0, committed)
            read_again = [r for r in records if partition.position <= r.offset < committed]
            for first in range(0, len(read_again), 17):
                assert partition.feed(read_again[first : first + 17]) == []
        to = next((r for r in sorted(restarts) if at < r), len(records))
        to = min(to, at + rng.randrange(1, 40))
        for batch in partition.feed(records[at:to]):
            rollups += batch.rollups
        at = to
    return summed(rollups)


def summed(rollups: list[Rollup]) -> list[bytes]:
    """Merge rollups of one bucket, without those of heartbeats alone: the cuts of a stream must not show."""
    buckets: dict[tuple[str, str, int, int], Rollup] = {}
    for rollup in rollups:
        key = (rollup.brand, rollup.network, rollup.minute, rollup.lag)
        buckets[key] = merge(buckets[key], rollup) if key in buckets else rollup
    counted = [buckets[key] for key in sorted(buckets) if buckets[key].counts != Counts()]
    newest = max(rollup.newest for rollup in rollups)
    covered = sorted({(rollup.brand, rollup.newest // HOUR_MS) for rollup in rollups if rollup.covered})
    summed = [encode_batch([(0, replace(rollup, newest=0, covered=False))]) for rollup in counted]
    return [*summed, f"{newest} {covered}".encode()]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sets(st.integers(1, 399), max_size=8), st.integers(0, 10**6))
def test_a_scorer_restarted_anywhere_scores_as_one_that_never_stopped(seed: int, restarts: set[int], cut: int) -> None:
    records = log(seed)
    undisturbed = score(records, set(), cut)
    assert score(records, restarts, cut + 1) == undisturbed


def test_a_duplicate_within_the_window_is_always_found() -> None:
    first = record(0, mention_line(1, 0))
    others = [record(n, mention_line(n + 10, n)) for n in range(1, WINDOW)]
    partition = PartitionScorer(CONFIG, Flat(), 0, 0)
    batches = partition.feed([first, *others, record(WINDOW, mention_line(1, 0))])
    assert sum(rollup.counts.duplicates for batch in batches for rollup in batch.rollups) == 1
