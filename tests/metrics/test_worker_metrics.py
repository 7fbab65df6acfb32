"""What a person who scrapes a worker can rely on: latency, lag and progress, and brands that come and go."""

import time
from datetime import datetime
from types import SimpleNamespace

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

from detectors.negativity import NegativityModel
from streams.kafka.broker_monitor import BrokerMonitor, BrokerState, TopicState
from streams.kafka.start_offset import StartCounts
from streams.metrics import families as m
from streams.scoring.rollup import Counts, Rollup
from streams.scoring.rollup_batch import RollupBatch
from streams.scoring.scorer import Scorer
from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from streams.settings.kafka import KafkaSettings
from streams.watching.brand_watch import BrandWatch
from streams.watching.watch_event import incident_events
from streams.worker.health.stage_health import StageHealth
from streams.worker.metrics import WorkerMetrics
from tests.helpers.measured import OPENMETRICS, crisis_of, exported, measure, messages, series
from tests.helpers.records import crisis


def test_the_latency_of_an_incident_is_measured_unless_its_mentions_are_old() -> None:
    events = measure(crisis()).events[:1]
    at = datetime.fromisoformat(events[0].at).timestamp()
    worker = WorkerMetrics(Config(), clock=lambda: at + 3.0)
    worker.record_applied(RollupBatch(made=[]), events)
    (sample,) = (
        sample
        for family in parse_openmetrics(worker.render({}, OPENMETRICS).body.decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name == "badbuzz_mention_to_incident_seconds_sum"
    )
    assert sample.value == 123.0, "its minute, the lateness, and three seconds"
    replaying = WorkerMetrics(Config())
    replaying.record_applied(RollupBatch(made=[]), events)
    assert series(replaying.metrics, m.INCIDENT_EVENTS)[events[0].severity,] == 1.0
    assert "badbuzz_mention_to_incident_seconds_sum" not in exported(replaying.metrics)


def test_lag_and_progress_are_those_of_the_workers_parts() -> None:
    class Part:
        ticked, ready, topic, log = time.monotonic(), True, "mentions", StartCounts()

        def __init__(self) -> None:
            self.positions: dict[int, int | None] = {0: 7, 4: 1}

    worker, part = WorkerMetrics(Config(), clock=lambda: 1000.0), Part()
    stage = StageHealth(part, BrokerMonitor(KafkaSettings(), ["mentions"]))
    topic = TopicState("id", first={0: 0, 4: 0}, end={0: 10, 4: 10})
    stage.observe(BrokerState(time.monotonic(), {"mentions": topic}, {}))
    worker.render({"scorer": stage})
    part.positions = {4: 9}
    stage.observe(BrokerState(time.monotonic() - 5.0, {"mentions": topic}, {}))
    worker.render({"scorer": stage})
    assert series(worker.metrics, m.LAG) == {("scorer", "4"): 1.0}
    assert round(series(worker.metrics, m.PROGRESS)["scorer",]) == 995


def test_a_brand_that_moved_away_leaves_no_series_on_the_worker() -> None:
    worker = WorkerMetrics(Config())
    rollup = Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1))
    watch = BrandWatch("Acme", Config())
    watch.apply(rollup)
    watches = {"Acme": SimpleNamespace(watch=watch)}
    worker._watches = watches
    worker.record_applied(RollupBatch(made=[(0, rollup)]), [])
    worker.refresh()
    assert ("Acme",) in series(worker.metrics, m.SEVERITY)
    watches.clear()
    worker.refresh()
    assert 'brand="Acme"' not in exported(worker.metrics)


def test_a_severity_is_never_exported_with_the_figures_of_the_one_before() -> None:
    """A scrape may come between a detector's change and the publication of its event."""
    scorer, watch = Scorer(Config(), NegativityModel.load()), BrandWatch("Acme", Config())
    worker = WorkerMetrics(Config())
    worker._watches = {"Acme": SimpleNamespace(watch=watch)}
    changes = []
    every = messages(crisis_of("Acme"))
    for rollup in (
        rollup
        for batch in (every[i : i + 20] for i in range(0, len(every), 20))
        for rollup in scorer.score(batch).rollups
    ):
        events = incident_events(watch.apply(rollup))
        worker.refresh()
        before = series(worker.metrics, m.SEVERITY)["Acme",]
        worker.record_applied(RollupBatch(made=[(0, rollup)]), events)
        worker.refresh()
        if events:
            changes.append((before, series(worker.metrics, m.SEVERITY)["Acme",]))
            if events[-1].severity != "calm":
                assert series(worker.metrics, m.INCIDENT_OBSERVED)["Acme",] == events[-1].observed
    assert max(after for _, after in changes) == 3.0
    assert [before for before, _ in changes] == [0.0, *(after for _, after in changes[:-1])]


def test_brands_of_the_configuration_have_label_slots_on_the_worker() -> None:
    config = Config(brands={"Acme": BrandConfig()})
    assert WorkerMetrics(config).metrics.brands.configured == {"Acme"}
