"""A warm-up teaches a brand's watch what an older record has taught another, and alerts on nothing in it."""

import pytest
from msgspec.structs import replace

from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.scoring.rollup import Rollup
from streams.scoring.rollup_batch import RollupBatch, decode_batch, encode_batch
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.rows.state_store import BrandStateStore
from streams.watching.warm_up import learned_rollup, learning_until
from tests.helpers.records import CRISIS_AT, DAY, HOUR, crisis, in_order, quiet, wave


class Flat:
    """A model for records whose ratings set the tone."""

    def score_many(self, texts: list[str]) -> list[float]:
        return [0.5 for _ in texts]


def run(lines: list[bytes]) -> Pipeline:
    pipeline = Pipeline(Config(), Flat())
    pipeline.run(Message("record", n, line) for n, line in enumerate(lines))
    pipeline.finish()
    return pipeline


def rollups(lines: list[bytes]) -> list[Rollup]:
    made: list[Rollup] = []
    pipeline = Pipeline(Config(), Flat(), on_batch=lambda batch: made.extend(batch.rollups))
    for n, line in enumerate(lines):
        pipeline.run([Message("record", n, line)])
    return made


def record(first: float, end: float) -> list[bytes]:
    ordinary = [row for row in quiet(days=10) if first <= row[0] < end]
    return in_order(ordinary, wave(120, 90, rating=-1) if end > CRISIS_AT else [])


LIVE_FROM = CRISIS_AT - 2 * HOUR


@pytest.fixture(scope="module")
def learned() -> Rollup:
    rollup = learned_rollup(run(record(0, CRISIS_AT - 3 * HOUR)).watches["Acme"])
    assert rollup is not None
    return decode_batch(encode_batch([(0, rollup)])).made[0][1]


def severities(watch: BrandWatch, live: list[Rollup]) -> set[str]:
    return {event.severity for rollup in live for event in watch.apply(rollup) if event.type == "incident"}


def test_a_new_installation_misses_a_crisis_of_its_first_day_and_a_warmed_up_one_alerts(learned: Rollup) -> None:
    live = rollups(record(LIVE_FROM, CRISIS_AT + DAY))
    assert severities(BrandWatch("Acme", Config()), live) == set()
    before = BrandWatch("Acme", Config())
    assert before.apply(learned) == []
    assert {"warning", "critical"} <= severities(before, live)


def test_a_brand_that_still_learns_is_taught_in_the_middle_of_its_first_day(learned: Rollup) -> None:
    live = rollups(record(LIVE_FROM, CRISIS_AT + DAY))
    watch = BrandWatch("Acme", Config())
    assert severities(watch, live[:3]) == set()
    assert learning_until(watch) is not None
    watch.apply(learned)
    assert learning_until(watch) is None
    assert {"warning", "critical"} <= severities(watch, live[3:])


def test_a_brand_that_has_learned_by_itself_is_left_as_it_is(learned: Rollup) -> None:
    watch = run(record(0, 3 * DAY)).watches["Acme"]
    state = watch.state()
    assert watch.apply(learned) == []
    assert watch.state() == state


def test_a_record_that_is_newer_than_what_was_read_live_is_left_out(learned: Rollup) -> None:
    watch = BrandWatch("Acme", Config())
    severities(watch, rollups(record(0, 6 * HOUR)))
    assert learning_until(watch) is not None
    watch.apply(learned)
    assert learning_until(watch) is not None


def test_what_another_version_of_the_detectors_has_learned_is_left_out(learned: Rollup) -> None:
    assert learned.learned is not None
    detectors = learned.learned.detectors | {"version": 0}
    watch = BrandWatch("Acme", Config())
    assert watch.apply(replace(learned, learned=replace(learned.learned, detectors=detectors))) == []
    assert watch.opened is None


def test_a_restart_after_a_warm_up_goes_on_with_what_it_taught(learned: Rollup) -> None:
    live = rollups(record(LIVE_FROM, CRISIS_AT + DAY))
    rows: dict[bytes, bytes] = {}
    events = []
    for restart in (False, True):
        rows.clear()
        store = BrandStateStore(Config(), rows, lambda: 0.0)
        published = store.apply(0, 0, RollupBatch(made=[(0, learned)]))
        for offset, rollup in enumerate(live, start=1):
            published += store.apply(0, offset, RollupBatch(made=[(0, rollup)]))
            if restart and offset in {1, 5, 60}:
                store.persist(store.dirty(older_than=0.0))
                store = BrandStateStore(Config(), rows, lambda: 0.0)
        events.append([event.to_json() for event in published])
    assert events[0]
    assert events[0] == events[1]


def test_a_record_of_less_than_the_first_hours_teaches_nothing() -> None:
    assert learned_rollup(run(record(0, 5 * HOUR)).watches["Acme"]) is None


def test_incidents_of_the_record_are_over_when_it_is_taught() -> None:
    rollup = learned_rollup(run(crisis()).watches["Acme"])
    watch = BrandWatch("Acme", Config())
    assert rollup is not None
    assert watch.apply(rollup) == []
    assert watch.severity.label == "calm"
