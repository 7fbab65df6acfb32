"""What a scrape can rely on: conventions, bounds, and nothing that a hostile name can break."""

import itertools
import subprocess
import time
from datetime import datetime
from types import SimpleNamespace

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from deploy.local.prometheus import binary
from detectors.negativity import NegativityModel
from streams.cli.reference import metrics_page
from streams.mentions.message import Message
from streams.metrics import families as m
from streams.metrics.brand_gauges import BrandGauges
from streams.metrics.label_cap import LabelCap
from streams.metrics.mention_counters import count_batch, count_rollups
from streams.metrics.registry import DAY_S, Metrics
from streams.offline.recorded_metrics import RecordedMetrics
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.scoring.rollup import Counts, Rollup
from streams.scoring.rollup_batch import RollupBatch
from streams.scoring.scorer import Scorer
from streams.settings.config import BrandConfig, Config
from streams.settings.metrics import LabelLimits
from streams.watching.brand_watch import BrandWatch
from streams.worker.metrics import WorkerMetrics
from tests.helpers.mentions import mention_line
from tests.helpers.paths import ROOT
from tests.helpers.records import CRISIS_AT, DAY, QUIET_DAYS, crisis, in_order, quiet, wave

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
HOSTILE = ['quo"te', "new\nline", "back\\slash", "sur\ud83drogate", "x" * 64, "{}=,", "\u202eevil", "é" * 64, " "]


def page(metrics: Metrics) -> str:
    return metrics.render()[0].decode()


def series(metrics: Metrics, family: m.Family) -> dict[tuple[str, ...], float]:
    """The values of a metric by its labels."""
    return {
        tuple(sample.labels[label] for label in family.labels): sample.value
        for found in parse_text(page(metrics))
        for sample in found.samples
        if sample.name == family.name
    }


@pytest.fixture(scope="module")
def in_crisis() -> RecordedMetrics:
    """Two brands, one of them in the midst of a crisis."""
    recorded = RecordedMetrics(_pipeline())
    lines = [value for value in crisis() if b"2024-03-09T12" not in value]
    middle = next(i for i, value in enumerate(lines) if b"2024-03-09T11" in value)
    recorded.run([Message("record", i, value) for i, value in enumerate(lines[:middle])])
    return recorded


@pytest.mark.usefixtures("tools")
def test_promtool_finds_nothing_to_complain_of_on_the_page(in_crisis: RecordedMetrics) -> None:
    in_crisis.metrics.observe(m.LATENCY, 70.0, "critical", exemplar="m1")
    checked = subprocess.run(
        [binary("promtool"), "check", "metrics"], input=in_crisis.metrics.render()[0], capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_a_crisis_can_be_read_off_the_page(in_crisis: RecordedMetrics) -> None:
    metrics = in_crisis.metrics
    assert series(metrics, m.SEVERITY) == {("Acme",): 3.0, ("Other",): 0.0}
    assert series(metrics, m.OPEN) == {("watch",): 0.0, ("warning",): 0.0, ("critical",): 1.0}
    assert series(metrics, m.CRITERION)["Acme", "negative_growth"] == 1.0
    assert series(metrics, m.CRITERION)["Acme", "coordinated"] == 0.0
    assert series(metrics, m.INCIDENT_OBSERVED)["Acme",] > 10 * series(metrics, m.INCIDENT_EXPECTED)["Acme",]
    assert series(metrics, m.OBSERVED)["Acme", "negatives"] > series(metrics, m.USUAL_MAX)["Acme", "negatives"]
    assert series(metrics, m.OBSERVED)["Other", "volume"] <= series(metrics, m.USUAL_MAX)["Other", "volume"]
    ((brand, network, share, terms),) = series(metrics, m.INFO)
    assert (brand, network) == ("Acme", "twitter")
    assert int(share.rstrip("%")) > 80
    assert "prices" in terms
    assert series(metrics, m.MENTIONS)["Acme", "twitter", "negative"] > 100


def test_recording_changes_no_answer_and_what_is_told_of_an_incident_goes_with_it() -> None:
    lines = [Message("record", i, value) for i, value in enumerate(crisis())]
    pipeline = _pipeline()
    recorded = RecordedMetrics(pipeline)
    answer = replay(lines, pipeline, recorded=recorded)
    assert answer == replay(lines, _pipeline())
    assert [event.severity for event in answer[0]][-1] == "calm"
    assert series(recorded.metrics, m.SEVERITY) == {("Acme",): 0.0, ("Other",): 0.0}
    for family in (m.INFO, m.SINCE, m.CRITERION, m.INCIDENT_OBSERVED):
        assert series(recorded.metrics, family) == {}


def test_openmetrics_carries_the_id_of_a_mention_that_was_counted(in_crisis: RecordedMetrics) -> None:
    body, content_type = in_crisis.metrics.render(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")
    exemplars = [
        sample.exemplar.labels["mention_id"]
        for family in parse_openmetrics(body.decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name == m.MENTIONS.name and sample.exemplar
    ]
    assert any(name.startswith("Acme-") for name in exemplars)


def test_an_id_too_long_for_an_exemplar_is_cut() -> None:
    metrics = Metrics()
    metrics.inc(m.MENTIONS, "Acme", "forum", "other", exemplar="i" * 256)
    assert b'mention_id="' + b"i" * 118 + b'"' in metrics.render(OPENMETRICS)[0]


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_breaks_no_scrape(name: str) -> None:
    metrics = Metrics()
    metrics.inc(m.MENTIONS, name, name, "other")
    metrics.set(m.SEVERITY, 3, name)
    metrics.set(m.INFO, 1, name, name, "50%", name)
    for accept, parse in (("", parse_text), (OPENMETRICS, parse_openmetrics)):
        samples = [s for family in parse(metrics.render(accept)[0].decode()) for s in family.samples]
        assert sum(s.name == m.SEVERITY.name for s in samples) == 1
    checked = subprocess.run([binary("promtool"), "check", "metrics"], input=metrics.render()[0], check=False)
    assert checked.returncode == 0
    metrics.forget("brand", name)
    assert series(metrics, m.SEVERITY) == {}


def test_ten_thousand_brands_on_hostile_networks_grow_the_page_to_its_cap_and_no_further() -> None:
    metrics = Metrics()
    sizes = []
    for first in (0, 5_000):
        for n in range(first, first + 5_000):
            rollup = Rollup(f"brand {n}", f"net {n}", 100, 6_000_000, Counts(mentions=2, negatives=1))
            count_rollups(metrics, [rollup])
            metrics.set(m.SEVERITY, 0, f"brand {n}")
            metrics.set(m.SCORE, 1, f"brand {n}", "volume")
        sizes.append(page(metrics).count("\n"))
    assert sizes[1] == sizes[0]
    limits = LabelLimits()
    assert len({brand for brand, _, _ in series(metrics, m.MENTIONS)}) == limits.brands + 1
    assert len({network for _, network, _ in series(metrics, m.MENTIONS)}) == limits.networks + 1
    assert sum(series(metrics, m.MENTIONS).values()) == 20_000
    assert len(series(metrics, m.SEVERITY)) == limits.brands
    assert series(metrics, m.OVERFLOW)["brand",] > 9_000


def test_a_brand_of_which_only_heartbeats_come_takes_no_place() -> None:
    metrics = Metrics()
    count_rollups(metrics, [Rollup("Silent", "badbuzz-clock", 100, 6_000_000, Counts())])
    assert not metrics.caps["brand"].admits("Silent")
    assert not metrics.caps["network"].admits("badbuzz-clock")


def test_every_cap_is_kept_whatever_comes_in_whatever_order() -> None:
    cap = LabelCap(5, known=["a", "b"], reserve=2)
    for value, urgent in itertools.product("zyxwvutsrab", (False, True)):
        cap.label(value, urgent=urgent)
    assert cap.label("a") == "a"
    assert cap.label("b") == "b"
    assert len({value for value in "zyxwvutsrab" if cap.admits(value)}) == 7


def test_brands_of_the_configuration_keep_their_place() -> None:
    metrics = Metrics(["Acme"], LabelLimits(brands=3))
    for n in range(10):
        metrics.inc(m.MENTIONS, f"brand {n}", "forum", "other")
    metrics.inc(m.MENTIONS, "Acme", "forum", "other")
    assert {brand for brand, _, _ in series(metrics, m.MENTIONS)} == {"brand 0", "brand 1", "Acme", "other"}


def test_a_crisis_of_a_brand_beyond_the_limit_is_still_shown() -> None:
    metrics = Metrics(limits=LabelLimits(brands=1, alarms=1))
    watching = BrandGauges(metrics)
    metrics.inc(m.MENTIONS, "first", "forum", "other")
    events = [
        replay([Message("record", i, value) for i, value in enumerate(lines)], _pipeline())[0]
        for lines in (_crisis_of("second"), _crisis_of("third"))
    ]
    for found in events:
        for event in found[:-1]:
            watching.record_event(event)
    severities = series(metrics, m.SEVERITY)
    assert severities["second",] == 3.0
    assert severities["other",] == 3.0
    assert series(metrics, m.OPEN)["critical",] == 2.0
    for found in events:
        watching.record_event(found[-1])
    assert series(metrics, m.SEVERITY) == {("other",): 0.0}


def _pipeline() -> Pipeline:
    return Pipeline(Config(), NegativityModel.load())


def _crisis_of(brand: str) -> list[bytes]:
    waves = wave(120, 90, rating=-1, brand=brand), wave(40, 300, rating=-0.5, brand=brand, at=CRISIS_AT + 10_800)
    return in_order(quiet(brand, days=QUIET_DAYS + 2), *waves)


def test_brands_that_vanish_are_forgotten_and_those_of_the_configuration_are_not() -> None:
    now = 0.0
    metrics = Metrics(["Acme"], LabelLimits(forget_days=7), clock=lambda: now)
    for brand in ("Acme", "Gone", "Heard"):
        metrics.inc(m.MENTIONS, brand, "forum", "other")
        metrics.set(m.SEVERITY, 0, brand)
    now = 6 * DAY_S
    metrics.inc(m.MENTIONS, "Heard", "forum", "other")
    now = 8 * DAY_S
    metrics.sweep()
    assert {brand for brand, _, _ in series(metrics, m.MENTIONS)} == {"Acme", "Heard"}
    assert set(series(metrics, m.SEVERITY)) == {("Acme",), ("Heard",)}


def test_an_incident_taken_over_from_another_worker_is_told_in_full() -> None:
    pipeline = _pipeline()
    lines = _crisis_of("Acme")
    middle = next(i for i, value in enumerate(lines) if b"2024-03-09T11" in value)
    pipeline.run([Message("record", i, value) for i, value in enumerate(lines[:middle])])
    metrics = Metrics()
    BrandGauges(metrics).update_from(pipeline.watches["Acme"])
    assert series(metrics, m.SEVERITY) == {("Acme",): 3.0}
    assert series(metrics, m.CRITERION)["Acme", "negative_growth"] == 1.0
    assert series(metrics, m.INCIDENT_OBSERVED)["Acme",] > 20
    assert [network for _, network, _, _ in series(metrics, m.INFO)] == ["twitter"]


def test_the_way_of_an_incident_is_timed_where_its_mentions_are_of_today() -> None:
    events, _ = replay([Message("record", i, value) for i, value in enumerate(crisis())], _pipeline())
    at = datetime.fromisoformat(events[0].at).timestamp()
    worker = WorkerMetrics(Config(), clock=lambda: at + 3.0)
    worker.record_applied(RollupBatch(made=[]), events[:1])
    (sample,) = (
        sample
        for family in parse_openmetrics(worker.render({}, OPENMETRICS).body.decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name == "badbuzz_mention_to_incident_seconds_sum"
    )
    assert sample.value == 123.0, "its minute, the lateness, and three seconds"
    of_old = WorkerMetrics(Config())
    of_old.record_applied(RollupBatch(made=[]), events[:1])
    assert series(of_old.metrics, m.CHANGES)[events[0].severity,] == 1.0
    assert "badbuzz_mention_to_incident_seconds_sum" not in page(of_old.metrics)


def test_lag_and_progress_are_those_of_the_workers_parts() -> None:
    class Part:
        def __init__(self) -> None:
            self.progressed = time.monotonic() - 5.0
            self.ready = True
            self.lag = {0: 3, 4: 9}

    worker, part = WorkerMetrics(Config(), clock=lambda: 1000.0), Part()
    worker.render({"scorer": part})
    part.lag = {4: 1}
    worker.render({"scorer": part})
    assert series(worker.metrics, m.LAG) == {("scorer", "4"): 1.0}
    assert round(series(worker.metrics, m.PROGRESS)["scorer",]) == 995


def test_a_brand_that_moved_away_leaves_no_series_on_the_worker() -> None:
    worker = WorkerMetrics(Config())
    rollup = Rollup("Acme", "forum", 100, 6_000_000, Counts(mentions=1))
    watch = BrandWatch("Acme", Config())
    watch.apply(rollup)

    class Kept:
        def __init__(self) -> None:
            self.watch = watch

    watches = {"Acme": Kept()}
    worker._watches = watches
    worker.record_applied(RollupBatch(made=[(0, rollup)]), [])
    worker.refresh()
    assert ("Acme",) in series(worker.metrics, m.SEVERITY)
    watches.clear()
    worker.refresh()
    assert 'brand="Acme"' not in page(worker.metrics)


def test_a_severity_is_never_shown_with_the_figures_of_the_one_before() -> None:
    """A scrape may come between a detector's change and the publication of its event."""
    scorer, watch = Scorer(Config(), NegativityModel.load()), BrandWatch("Acme", Config())
    kept = SimpleNamespace(watch=watch)
    worker = WorkerMetrics(Config())
    worker._watches = {"Acme": kept}
    seen = []
    messages = [Message("record", i, value) for i, value in enumerate(_crisis_of("Acme"))]
    for rollup in (
        rollup
        for some in (messages[i : i + 20] for i in range(0, len(messages), 20))
        for rollup in scorer.score(some).rollups
    ):
        events = watch.apply(rollup)
        worker.refresh()
        before = series(worker.metrics, m.SEVERITY)["Acme",]
        worker.record_applied(RollupBatch(made=[(0, rollup)]), events)
        worker.refresh()
        if events:
            seen.append((before, series(worker.metrics, m.SEVERITY)["Acme",]))
            if events[-1].severity != "calm":
                assert series(worker.metrics, m.INCIDENT_OBSERVED)["Acme",] == events[-1].observed
    assert max(after for _, after in seen) == 3.0
    assert [before for before, _ in seen] == [0.0, *(after for _, after in seen[:-1])]


def test_reading_a_detector_changes_nothing_in_it() -> None:
    pipeline = _pipeline()
    lines = in_order(quiet(days=3))
    pipeline.run([Message("record", i, value) for i, value in enumerate(lines)])
    watch = pipeline.watches["Acme"]
    before = repr(watch.state())
    watch.readings((watch.opened or 0) + int(DAY // 60))
    assert repr(watch.state()) == before


def test_dead_letters_late_and_duplicate_mentions_are_counted_by_kind() -> None:
    metrics = Metrics()
    lines = [mention_line(1, 0), mention_line(1, 0), b"{", mention_line(2, 600), mention_line(3, 60)]
    lines += [mention_line(4, 9000), mention_line(5, 0)]
    batch = Scorer(Config(), NegativityModel.load()).score(
        [Message("record", i, value) for i, value in enumerate(lines)]
    )
    count_batch(metrics, batch)
    assert series(metrics, m.DEAD_LETTERS)["json",] == 1.0
    assert series(metrics, m.DUPLICATES) == {(): 1.0}
    assert series(metrics, m.LATE) == {("kept",): 1.0, ("dropped",): 1.0}
    assert series(metrics, m.MESSAGES) == {("scorer",): 7.0}


def test_the_page_of_metrics_says_what_the_code_serves() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == metrics_page(), "run: make docs"
    assert len({family.name for family in m.FAMILIES}) == len(m.FAMILIES)


def test_a_brand_named_in_the_configuration_is_known_to_the_worker() -> None:
    config = Config(brands={"Acme": BrandConfig()})
    assert WorkerMetrics(config).metrics.brands.known == {"Acme"}
