"""What each part of the scorer and of the watcher costs, in one process without Kafka.

``python -m tests.benchmarks.parts [FILE] [--brands N] [--messages N] [--runs N]`` prints a Markdown table, processor
time a mention. Without a FILE of mentions these are the mentions of `tests.benchmarks.kafka_engines`, in transactions
of 5,000 as a worker reads them, their rollups packed for four partitions, decoded, applied to a state store and
persisted as a watcher does; with one, a replay of it.

Each part is timed exclusively of the parts inside it, and the least of all runs is printed: the machine may be busy.
What reading the clock costs is measured and taken off.
"""

import argparse
import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from detectors.brand import BrandDetector
from detectors.criteria.brand_criteria import Criteria
from detectors.fresh_voices import FreshVoices
from detectors.negativity import NegativityModel
from streams.cli.options import GC_THRESHOLDS
from streams.kafka import partitioning
from streams.kafka.partitioning import brand_partition, pack
from streams.mentions.mention import decode
from streams.mentions.message import Message
from streams.recordings.files import MentionFiles
from streams.scoring import scorer as scorer_module
from streams.scoring.rollup_batch import decode_batch
from streams.scoring.rollup_builder import RollupBuilder
from streams.scoring.scorer import Scorer
from streams.settings.config import Config
from streams.watching import brand_watch, open_buckets
from streams.watching.brand_watch import BrandWatch
from streams.watching.desk_watch import DeskWatch
from streams.watching.open_buckets import OpenBuckets
from streams.watching.rows import state_store
from streams.watching.rows.state_store import BrandStateStore
from tests.benchmarks.engines import feed
from tests.benchmarks.engines.job import CONFIG

PARTITIONS = 4
TRANSACTION = 5000
PERSIST_EVERY = 4

PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "scorer: decode, duplicates, lateness, bucket": ((Scorer, "_read"),),
    "scorer: score negativity": ((NegativityModel, "score_many"),),
    "scorer: fingerprint texts": ((scorer_module, "fingerprints"),),
    "scorer: hand scores to their rollups, complaints": ((Scorer, "_score_texts"),),
    "scorer: official mentions": ((RollupBuilder, "add_official"),),
    "scorer: build rollups": ((RollupBuilder, "build"),),
    "scorer: the rest": ((Scorer, "score"),),
    "scorer: encode rollups": ((partitioning, "encode_batch"),),
    "watcher: decode rollups": (),
    "watcher: offsets, pending rollups": ((BrandStateStore, "apply"),),
    "watcher: event time, closing minutes": ((BrandWatch, "apply"), (BrandWatch, "advance_to")),
    "watcher: pool rollups of a minute": ((OpenBuckets, "add"),),
    "watcher: merge rollups": ((open_buckets, "merge"),),
    "watcher: observation of a minute": ((brand_watch, "observations"),),
    "watcher: fresh voices and copies": ((FreshVoices, "count"),),
    "watcher: learn": ((Criteria, "learn"),),
    "watcher: judge": ((Criteria, "judge"),),
    "watcher: the rest of the detectors": ((BrandDetector, "observe"), (BrandDetector, "advance")),
    "watcher: minutes that events are read from": ((BrandWatch, "_close_bucket"),),
    "watcher: usual terms": ((BrandWatch, "spreading"),),
    "watcher: incident events": ((BrandWatch, "_events"),),
    "watcher: response desk": ((DeskWatch, "observe"), (DeskWatch, "advance"), (DeskWatch, "follow")),
    "watcher: write open minutes": ((state_store, "open_rows"),),
    "watcher: write closed minutes": ((state_store, "closed_rows"),),
    "watcher: write the brand's own row": ((state_store, "brand_row"),),
    "watcher: write the response desk": ((DeskWatch, "encoded"),),
    "watcher: write usual terms": ((state_store, "terms_row"),),
    "watcher: the rest of writing": ((BrandStateStore, "persist"),),
}
"""By part: the functions that it is."""


class Stopwatch:
    """Exclusive processor time by part, in seconds."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self.calls = dict.fromkeys(PARTS, 0)
        # Time of the parts inside each part that is running.
        self._inside = [0.0]

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is timed as a part."""
        inside, clock = self._inside, time.process_time

        def call(*args: Any, **kwargs: Any) -> Any:
            inside.append(0.0)
            began = clock()
            try:
                return function(*args, **kwargs)
            finally:
                taken = clock() - began
                self.seconds[part] += taken - inside.pop()
                self.calls[part] += 1
                inside[-1] += taken

        return call

    @contextlib.contextmanager
    def attached(self) -> Iterator[None]:
        """Time every part while it is attached."""
        with contextlib.ExitStack() as stack:
            for part, functions in PARTS.items():
                for owner, name in functions:
                    stack.enter_context(mock.patch.object(owner, name, self.timed(part, getattr(owner, name))))
            yield

    def overhead(self) -> float:
        """Return what timing one call adds, in seconds: to its part and to the one around it together."""
        empty = Stopwatch().timed(next(iter(PARTS)), lambda: None)
        began = time.process_time()
        for _ in range(20_000):
            empty()
        return (time.process_time() - began) / 20_000


def transactions(lines: Sequence[tuple[bytes, bytes]]) -> Iterator[Sequence[tuple[bytes, bytes]]]:
    """Cut mentions into those that a worker reads at once."""
    for start in range(0, len(lines), TRANSACTION):
        yield lines[start : start + TRANSACTION]


def work_as_a_worker(lines: Sequence[tuple[bytes, bytes]], watch: Stopwatch) -> None:
    """Score, pack, decode, apply and persist, as the scorer and the watcher of one worker do."""
    scorers = [Scorer(CONFIG, NegativityModel.load()) for _ in range(PARTITIONS)]
    store = BrandStateStore(CONFIG, {}, lambda: 0.0)
    offsets = dict.fromkeys(range(PARTITIONS), -1)
    timed_decode = watch.timed("watcher: decode rollups", decode_batch)
    for number, transaction in enumerate(transactions(lines)):
        by_partition: dict[int, list[Message]] = {}
        for key, value in transaction:
            by_partition.setdefault(brand_partition(key.decode(), PARTITIONS), []).append(Message("parts", 0, value))
        made = [
            (partition, rollup)
            for partition, messages in by_partition.items()
            for rollup in scorers[partition].score(messages, partition).rollups
        ]
        for partition, message in pack(made, PARTITIONS):
            offsets[partition] += 1
            store.apply(partition, offsets[partition], timed_decode(message))
        if number % PERSIST_EVERY == PERSIST_EVERY - 1:
            store.persist(store.dirty(older_than=0.0))


def work_as_a_replay(lines: Sequence[tuple[bytes, bytes]], _watch: Stopwatch) -> None:
    """Score and apply, as a replay does."""
    scorer, watches = Scorer(Config(), NegativityModel.load()), dict[str, BrandWatch]()
    for part in transactions(lines):
        for rollup in scorer.score([Message("parts", 0, value) for _, value in part]).rollups:
            watched = watches.get(rollup.brand)
            if watched is None:
                watched = watches[rollup.brand] = BrandWatch(rollup.brand, scorer.config)
            watched.apply(rollup)


def decoding(lines: Sequence[tuple[bytes, bytes]]) -> float:
    """Return the processor time of decoding alone, in seconds."""
    began = time.process_time()
    for _, value in lines:
        decode(value)
    return time.process_time() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--brands", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    gc.set_threshold(*GC_THRESHOLDS)
    if options.file:
        lines = [(b"", message.value) for message in MentionFiles([str(options.file)])]
        work: Callable[..., None] = work_as_a_replay
        what = options.file.name
    else:
        lines = list(feed.lines(options.messages, options.brands))
        work, what = work_as_a_worker, f"{options.brands:,} brands"
    least = dict.fromkeys(PARTS, float("inf"))
    calls = dict.fromkeys(PARTS, 0)
    whole, decoded = float("inf"), float("inf")
    for _ in range(options.runs):
        began = time.process_time()
        work(lines, Stopwatch())
        whole = min(whole, time.process_time() - began)
        decoded = min(decoded, decoding(lines))
        watch = Stopwatch()
        with watch.attached():
            work(lines, watch)
        each = watch.overhead()
        for part, seconds in watch.seconds.items():
            least[part] = min(least[part], max(0.0, seconds - each * watch.calls[part]))
        calls = watch.calls
    each_us = 1e6 / len(lines)
    print(f"{what}, {len(lines):,} mentions, least of {options.runs} runs\n")
    print("| part | CPU µs a mention | calls a mention |\n|---|---|---|")
    for part, seconds in least.items():
        if calls[part]:
            print(f"| {part} | {seconds * each_us:.2f} | {calls[part] / len(lines):.3f} |")
    for side in ("scorer", "watcher"):
        print(f"| **{side}** | {sum(s for part, s in least.items() if part.startswith(side)) * each_us:.2f} | |")
    print(f"| of the first: decode alone | {decoded * each_us:.2f} | |")
    print(f"| all, untimed | {whole * each_us:.2f} | |")


if __name__ == "__main__":
    main()
