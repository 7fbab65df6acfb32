import pickle
import random
from collections.abc import Hashable, Iterator
from typing import Any

import pytest
from river import checks, compose, datasets

from detectors.anomaly.negative_growth import NegativeGrowth
from detectors.anomaly.surge import Surge
from detectors.minutes import DAY_MINUTES


class Labelled:
    """Stands in for the data set of river's checks, which is a download."""

    def __iter__(self) -> Iterator[tuple[dict[str, Any], int]]:
        rng = random.Random(7)
        for i in range(1000):
            surge = 800 <= i < 820
            count = 30 if surge else rng.randrange(4)
            yield {"t": i * 20, "count": count, "negatives": count // 2, "V1": rng.random()}, int(surge)

    def take(self, k: int) -> Iterator[tuple[dict[str, Any], int]]:
        return (row for row, _ in zip(self, range(k), strict=False))


def trained(days: int = 10, every: int = 10) -> Surge:
    surge = Surge()
    for minute in range(0, days * DAY_MINUTES, every):
        surge.learn_one({"t": minute, "count": 1})
    return surge


@pytest.mark.parametrize("detector", [Surge(), NegativeGrowth()])
def test_it_passes_rivers_own_checks(detector: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "CreditCard", Labelled)
    checks.check_estimator(detector)


def test_it_clones_with_its_settings_and_pickles_with_its_state() -> None:
    surge = trained()
    assert surge.clone().spans == surge.spans
    again = pickle.loads(pickle.dumps(surge))  # noqa: S301
    x: dict[Hashable, Any] = {"t": 10 * DAY_MINUTES, "count": 12}
    assert again.score_one(x) == surge.score_one(x) > 0


def test_it_composes_in_a_pipeline() -> None:
    pipeline = compose.Select("t", "count") | Surge()
    for minute in range(0, 5 * DAY_MINUTES, 30):
        pipeline.learn_one({"t": minute, "count": 1, "other": 9})
    assert pipeline.score_one({"t": 5 * DAY_MINUTES, "count": 30, "other": 9}) > 4


def test_scoring_changes_nothing() -> None:
    surge = trained()
    before = pickle.dumps(surge.state())
    scores = [surge.score_one({"t": 10 * DAY_MINUTES, "count": 20}) for _ in range(3)]
    assert len(set(scores)) == 1
    assert pickle.dumps(surge.state()) == before


def test_a_sudden_crowd_scores_high_and_a_silence_does_not() -> None:
    surge = trained()
    assert surge.score_one({"t": 10 * DAY_MINUTES, "count": 20}) > 4
    assert surge.score_one({"t": 11 * DAY_MINUTES, "count": 1}) < 1


def test_a_surge_is_not_learned() -> None:
    surge = trained()
    usual = surge.baseline.rate
    for minute in range(10 * DAY_MINUTES, 10 * DAY_MINUTES + 360):
        surge.learn_one({"t": minute, "count": 3})
    for minute in range(10 * DAY_MINUTES + 360, 11 * DAY_MINUTES + 600, 10):
        surge.learn_one({"t": minute, "count": 1})
    assert surge.baseline.rate < 1.3 * usual


def test_a_new_normal_is_accepted_within_days() -> None:
    surge = trained()
    for minute in range(10 * DAY_MINUTES, 20 * DAY_MINUTES, 2):
        surge.learn_one({"t": minute, "count": 1})
    assert surge.score_one({"t": 20 * DAY_MINUTES, "count": 1}) < 2
    assert surge.baseline.rate > 15


def test_a_slow_rise_over_a_night_is_not_learned_away() -> None:
    surge = trained()
    scores, minute, gap = [], 10 * DAY_MINUTES, 10.0
    while minute < 10 * DAY_MINUTES + 720:
        surge.learn_one({"t": minute, "count": 1})
        scores.append(surge.score_one({"t": minute, "count": 0}))
        gap *= 0.985
        minute += max(1, round(gap))
    assert scores[-1] > 4


def test_a_feed_that_starts_busy_is_usual_after_its_first_day() -> None:
    surge = Surge()
    for minute in range(2 * DAY_MINUTES):
        surge.learn_one({"t": minute, "count": 2})
    assert surge.score_one({"t": 2 * DAY_MINUTES, "count": 2}) < 2


def test_random_low_counts_rarely_reach_the_watch_score() -> None:
    rng, surge, high = random.Random(3), Surge(), 0
    for minute in range(60 * DAY_MINUTES):
        if rng.random() < 0.02:
            surge.learn_one({"t": minute, "count": 1})
            high += minute > 3 * DAY_MINUTES and surge.read(minute + 1).score >= 4
    assert high <= 3


def test_times_that_go_back_count_for_the_newest_minute() -> None:
    surge = trained()
    surge.learn_one({"t": 5, "count": 2})
    assert surge.now == 10 * DAY_MINUTES - 10
