"""badbuzz beside other engines doing the same job, on one core, in one run.

``python -m tests.benchmarks.kafka.engines [--messages N]`` prints a Markdown table: mentions a second and processor
time a mention over N mentions, after 70 minutes of them that each engine has worked through before. Each engine is a
process bound to the first core, the broker to the others, with Python's search for cycles set as `badbuzz` sets it.

The job, for every engine but the bare loops:

1. read mentions from Kafka, decode them strictly (`streams.mentions.mention.decode`), leave out what cannot be read;
2. score each with this project's negativity;
3. count mentions, negatives and distinct authors by brand, network and minute of event time, 60 s of lateness allowed,
   an id that comes twice counted once;
4. show each closed minute of a brand to its burst detectors (`detectors.brand`), which remember across minutes;
5. write the counts of each closed minute, and the alerts, to Kafka, with what was read committed so that a crash loses
   nothing.

What each does:

badbuzz scorer
    1 to 3, and 5 for rollups: up to what is committed for the watcher. Its rollups hold more than the counts: each
    author's and each text's hash, the posts that reach far and a sample of texts for people to read, unreadable
    messages go to a topic, late mentions are counted in the oldest open minute. Exactly once, one transaction a batch.
badbuzz worker
    All of it: scorer and watcher in one process, as `badbuzz worker` runs. Beside the job: terms that spread, reach,
    the text of incident events, metrics, and the memory of each brand in a compacted topic.
quixstreams
    All of it: keyed by brand, `tumbling_window(60 s, grace 60 s)` by event time collecting the mentions of a minute,
    detectors in the keyed state (RocksDB and its changelog topic), exactly once, a transaction a second. Scores one
    text at a time: it has no operator over a batch of messages.
bytewax
    All of it: batches decoded and scored together (`flat_map_batch`), `fold_window` with `EventClock` and
    `TumblingWindower`, detectors in `stateful_batch`. Its Kafka sink is at least once; what a crash repeats is bounded
    by its epoch, 10 s by default, at whose end all state that changed is written to its recovery store.
Faust agent a mention
    All of it: one agent, event by event, minutes and detectors in tables with changelog topics, windows closed by the
    agent (Faust's own expire by the wall clock). At least once.
bare loops
    Read, decode, score in batches: the limit. Nothing is counted, written or committed.

The others leave out, and badbuzz has: dead letters, texts and posts to show, reach, terms, late mentions counted. An
engine's output up to the middle of the timed stretch is compared with what it must be: every minute's counts, and the
alerts with badbuzz's incidents.

quixstreams, bytewax and confluent-kafka come with the extra ``bench``; an engine that is not installed is left out.
"""

import argparse
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from deploy.local.kafka import LocalKafka
from streams.cli.options import GC_THRESHOLDS
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.engines import check, feed
from tests.benchmarks.engines.clock import Clock
from tests.benchmarks.engines.job import ALERTS, COUNTS, LATENESS_S

# Before the clock runs: the hour that the detectors learn, and ten minutes.
WARM_MINUTES = 70
# After it: what is read ahead when the clock stops.
AHEAD = 12_000


class Engine(NamedTuple):
    """Where an engine's job is, what must be installed, and the topics it writes to."""

    module: str
    function: str
    needs: str = "kafka"
    topic: str = ""


ENGINES = {
    "badbuzz scorer": Engine("badbuzz", "scorer"),
    "badbuzz worker": Engine("badbuzz", "scorer_and_watcher"),
    "quixstreams": Engine("quix", "run", "quixstreams", "quixstreams"),
    "bytewax": Engine("wax", "run", "bytewax", "bytewax"),
    "Faust agent a mention": Engine("faust_agent", "run", "faust", "faust"),
    "bare loop, kafka-python": Engine("bare", "kafka_python"),
    "bare loop, confluent-kafka": Engine("bare", "confluent", "confluent_kafka"),
}


def measure(name: str, settings: KafkaSettings, warm: int, count: int) -> dict[str, float]:
    """Run one engine as a process of its own on the first core."""
    command = [
        *("taskset", "-c", "0", sys.executable, "-m", "tests.benchmarks.kafka.engines", "--engine", name),
        *("--bootstrap", settings.bootstrap_servers, "--prefix", settings.topic_prefix),
        *("--warm", str(warm), "--messages", str(count)),
    ]
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=env)
    reports = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not reports:
        raise RuntimeError(f"{name}: {done.stdout[-1000:]} {done.stderr[-2000:]}")
    measured: dict[str, float] = json.loads(reports[-1])
    return measured


def rows(chosen: list[str], settings: KafkaSettings, messages: int, brands: int) -> Iterator[str]:
    """Measure and check engines, one row of the table each."""
    warm = WARM_MINUTES * brands * feed.PER_BRAND_MINUTE
    total = warm + messages + AHEAD
    topics = [f"{kind}.{engine.topic}" for engine in ENGINES.values() if engine.topic for kind in (COUNTS, ALERTS)]
    feed.fill(settings, total, brands, topics)
    # Apart from the worker, which would go on where this one stopped.
    alone = msgspec.structs.replace(settings, topic_prefix="alone.")
    if "badbuzz scorer" in chosen:
        feed.fill(alone, total, brands, [])
    must = feed.expected(warm + messages // 2, brands)
    expected_alerts: set[tuple[str, int, str]] = set()
    for name in chosen:
        engine = ENGINES[name]
        if importlib.util.find_spec(engine.needs) is None:
            yield f"| {name} | not installed | | | | |"
            continue
        here = alone if engine.function == "scorer" else settings
        measured = measure(name, here, warm, messages)
        each = {kind: measured[f"{kind}_s"] * 1e6 / measured["messages"] for kind in ("wall", "cpu")}
        counts = alerts = ""
        if engine.topic or engine.module == "badbuzz":
            minutes = check.counted(settings, engine.topic) if engine.topic else check.rolled_up(here)
            counts = f"{sum(minutes.get(key) == networks for key, networks in must.items())} of {len(must)}"
        if engine.topic or engine.function == "scorer_and_watcher":
            last = max(minute for _, minute in must)
            seen = check.alerted(settings, engine.topic) if engine.topic else check.incidents(settings, LATENESS_S)
            seen = {alert for alert in seen if alert[1] < last}
            expected_alerts = expected_alerts or seen
            alerts = f"{len(seen & expected_alerts)} of {len(seen | expected_alerts)}"
        yield f"| {name} | {1e6 / each['wall']:,.0f} | {each['wall']:.1f} | {each['cpu']:.1f} | {counts} | {alerts} |"


def main() -> None:
    """Measure every engine that is installed, or some."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--brands", type=int, default=100)
    parser.add_argument("--engine", choices=list(ENGINES), action="append")
    parser.add_argument("--bootstrap")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--warm", type=int, default=0)
    options = parser.parse_args()
    if options.bootstrap:
        settings = KafkaSettings(bootstrap_servers=options.bootstrap, topic_prefix=options.prefix)
        engine = ENGINES[options.engine[0]]
        gc.set_threshold(*GC_THRESHOLDS)
        job = importlib.import_module(f"tests.benchmarks.engines.{engine.module}")
        getattr(job, engine.function)(settings, Clock(options.warm, options.warm + options.messages))
        return
    with LocalKafka(heap="512m") as broker:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(broker.pid or 0, set(range(1, os.cpu_count() or 1)))
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix="bench.")
        print("| engine | mentions/s | wall µs a mention | CPU µs a mention | minutes right | alerts as badbuzz |")
        print("|---|---|---|---|---|---|")
        for row in rows(options.engine or list(ENGINES), settings, options.messages, options.brands):
            print(row, flush=True)


if __name__ == "__main__":
    main()
