"""What a user of the burst detector for one series can rely on."""

import pickle
from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import checks, compose, datasets

from detectors.series.alarm import AlarmGate
from detectors.series.burst import SeriesBurst

DAY = 86_400
THRESHOLD = 2.2
Row = dict[Hashable, Any]


def noise(days: int, step: int, mean: float, seed: int = 1, *, daily: bool = False) -> list[Row]:
    """Poisson counts, `mean` a row, every `step` seconds; with `daily`, quiet nights and busy days."""
    t = np.arange(0, days * DAY, step)
    rate = mean * (1 + 0.9 * np.sin(2 * np.pi * t / DAY)) if daily else np.full(len(t), mean)
    counts = np.random.default_rng(seed).poisson(rate)
    return [{"t": float(a), "value": float(b)} for a, b in zip(t, counts, strict=True)]


def scores(rows: Iterable[Row], detector: SeriesBurst | None = None) -> list[float]:
    detector = detector or SeriesBurst()
    answer = []
    for row in rows:
        answer.append(detector.score_one(row))
        detector.learn_one(row)
    return answer


def alarms(rows: list[Row], detector: SeriesBurst | None = None) -> list[float]:
    gate = AlarmGate(THRESHOLD)
    return [row["t"] for row, score in zip(rows, scores(rows, detector), strict=True) if gate.update(row["t"], score)]


def burst(rows: list[Row], start: float, seconds: float, extra: float) -> list[Row]:
    return [row | {"value": row["value"] + extra * (start <= row["t"] < start + seconds)} for row in rows]


class LabelledSeries:
    """Stands in for river's credit card data, a download: a series with labelled bursts and fields of no concern."""

    def __iter__(self) -> Iterator[tuple[Row, int]]:
        rows = noise(40, 300, 5.0)
        for i, row in enumerate(burst(rows, 3 * DAY, 3600, 60)):
            yield row | {"a": 1.0, "b": -2.5, "c": float(i % 3)}, int(3 * DAY <= row["t"] < 3 * DAY + 3600)

    def take(self, n: int) -> Iterator[tuple[Row, int]]:
        return islice(iter(self), n)


def test_it_is_a_true_river_estimator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "CreditCard", LabelledSeries)
    checks.check_estimator(SeriesBurst())


def test_it_composes_in_a_river_pipeline() -> None:
    rows = burst(noise(8, 300, 5.0), 7 * DAY, 1800, 80)
    pipeline = compose.Select("t", "value") | SeriesBurst()
    piped = []
    for row in rows:
        piped.append(pipeline.score_one(row | {"other": 1.0}))
        pipeline.learn_one(row | {"other": 1.0})
    assert piped == scores(rows)


def test_a_pickled_copy_goes_on_with_the_same_scores() -> None:
    rows = burst(noise(6, 300, 5.0), 5 * DAY, 1800, 80)
    detector = SeriesBurst()
    scores(rows[:1000], detector)
    copy = pickle.loads(pickle.dumps(detector))  # noqa: S301 - our own bytes
    assert scores(rows[1000:], copy) == scores(rows[1000:], detector)


@pytest.mark.parametrize(("step", "extra", "late"), [(60, 10, 900), (300, 60, 300), (3600, 300, 0)])
def test_a_burst_alarms_within_minutes_at_any_cadence(step: int, extra: float, late: float) -> None:
    start = 10 * DAY
    rows = burst(noise(11, step, 5.0 * step / 300), start, 7200, extra)
    assert [t for t in alarms(rows) if start <= t <= start + late]


@pytest.mark.parametrize("mean", [0.05, 1.0, 20.0, 500.0])
def test_plain_noise_alarms_at_most_once_in_four_weeks(mean: float) -> None:
    assert len(alarms(noise(28, 300, mean, daily=True))) <= 1


def test_a_busy_hour_at_night_stands_out_where_the_same_count_by_day_does_not() -> None:
    rows = noise(15, 300, 100.0, daily=True)
    night, day = 14 * DAY + 18 * 3600, 14 * DAY + 6 * 3600
    at_night = max(s for row, s in zip(rows, scores(burst(rows, night, 3600, 120)), strict=True) if row["t"] >= night)
    by_day = max(s for row, s in zip(rows, scores(rows), strict=True) if day <= row["t"] < day + 3600)
    assert at_night > by_day + 0.5


def test_the_first_day_never_scores() -> None:
    rows = burst(noise(2, 300, 5.0), DAY / 2, 3600, 500)
    assert max(s for row, s in zip(rows, scores(rows), strict=True) if row["t"] < DAY) == 0.0


def test_a_drop_never_alarms() -> None:
    rows = [row if row["t"] < 12 * DAY else row | {"value": 0.0} for row in noise(14, 300, 200.0)]
    assert not [t for t in alarms(rows) if t >= 12 * DAY]


@pytest.mark.parametrize("zeros", [True, False], ids=["rows of zeros", "no rows"])
@pytest.mark.parametrize("days", [0.25, 2, 10])
def test_a_silent_feed_that_comes_back_does_not_alarm(days: float, *, zeros: bool) -> None:
    back = 15 * DAY + days * DAY
    rows = noise(28, 300, 50.0, daily=True)
    usual = alarms(rows)
    if zeros:
        rows = [row | {"value": 0.0} if 15 * DAY <= row["t"] < back else row for row in rows]
    else:
        rows = [row for row in rows if not 15 * DAY <= row["t"] < back]
    assert not [t for t in alarms(rows) if back <= t <= back + DAY and t not in usual]


def test_a_few_mentions_of_a_silent_brand_are_no_burst() -> None:
    rows = burst(noise(20, 300, 0.0), 15 * DAY, 300, 5)
    assert max(scores(rows)) == 0.0
    assert alarms(burst(rows, 16 * DAY, 600, 40))[0] == 16 * DAY


def test_a_new_normal_is_accepted_within_the_memory() -> None:
    rows = noise(40, 300, 10.0)
    rows = [row if row["t"] < 15 * DAY else row | {"value": row["value"] * 5} for row in rows]
    given_alarms = alarms(rows)
    assert given_alarms[-1] >= 15 * DAY
    assert len([t for t in given_alarms if t >= 16 * DAY]) <= 5


def test_leaving_out_empty_rows_changes_no_alarm() -> None:
    rows = burst(noise(21, 300, 0.5), 15 * DAY, 1800, 12)
    sparse = alarms([row for row in rows if row["value"]])
    assert sparse == alarms(rows)
    assert sparse


def test_a_row_without_time_follows_by_the_usual_step() -> None:
    rows = burst(noise(8, 300, 5.0), 7 * DAY, 1800, 80)
    timeless: list[Row] = [{"value": row["value"]} for row in rows[2:]]
    assert scores(rows[:2] + timeless) == scores(rows)


@settings(max_examples=50, deadline=None)
@given(
    row=st.fixed_dictionaries(
        {}, optional={"t": st.floats(allow_nan=True), "value": st.floats(allow_nan=True), "x": st.floats()}
    )
)
def test_scoring_changes_nothing_and_no_row_however_odd_breaks_it(row: Row) -> None:
    detector = SeriesBurst()
    scores(noise(2, 3600, 5.0), detector)
    before = pickle.dumps(detector)
    assert 0.0 <= detector.score_one(row) < float("inf")
    assert pickle.dumps(detector) == before
    detector.learn_one(row)
    assert 0.0 <= detector.score_one({"value": 3.0}) < float("inf")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 1e300])
def test_a_value_that_is_no_count_leaves_the_state_as_it_was(value: float) -> None:
    detector = SeriesBurst()
    scores(noise(2, 300, 5.0), detector)
    before = pickle.dumps(detector)
    detector.learn_one({"t": 3.0 * DAY, "value": value})
    assert pickle.dumps(detector) == before
    assert detector.score_one({"t": 3.0 * DAY, "value": value}) == 0.0


def test_memory_stays_bounded_however_fast_or_far_apart_the_rows_come() -> None:
    usual, fast, far = SeriesBurst(), SeriesBurst(), SeriesBurst()
    scores(noise(30, 300, 5.0), usual)
    limit = 1.2 * len(pickle.dumps(usual))
    for i in range(50_000):
        fast.learn_one({"t": 0.5 * i, "value": 1.0})
    scores(noise(2, 300, 5.0), far)
    far.learn_one({"t": 9e9, "value": 1.0})
    assert len(pickle.dumps(fast)) < limit
    assert len(pickle.dumps(far)) < limit
