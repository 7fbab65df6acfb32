import pickle
import random
from collections.abc import Hashable, Iterator
from typing import Any

import pytest
from river import checks, compose, datasets

from detectors.criteria.negative_growth import NegativeGrowth
from detectors.criteria.surge import Surge

DAY = 1440


class Labelled:
    """Stands in for the data set of river's checks, which is a download."""

    def __iter__(self) -> Iterator[tuple[dict[str, Any], int]]:
        rng = random.Random(7)
        for i in range(1000):
            burst = 800 <= i < 820
            count = 30 if burst else rng.randrange(4)
            yield {"t": i * 20, "count": count, "negatives": count // 2, "V1": rng.random()}, int(burst)

    def take(self, k: int) -> Iterator[tuple[dict[str, Any], int]]:
        return (row for row, _ in zip(self, range(k), strict=False))


def taught(days: int = 10, every: int = 10) -> Surge:
    burst = Surge()
    for minute in range(0, days * DAY, every):
        burst.learn_one({"t": minute, "count": 1})
    return burst


@pytest.mark.parametrize("detector", [Surge(), NegativeGrowth()])
def test_it_passes_rivers_own_checks(detector: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "CreditCard", Labelled)
    checks.check_estimator(detector)


def test_it_clones_with_its_settings_and_pickles_with_its_memory() -> None:
    burst = taught()
    assert burst.clone().spans == burst.spans
    again = pickle.loads(pickle.dumps(burst))  # noqa: S301
    x: dict[Hashable, Any] = {"t": 10 * DAY, "count": 12}
    assert again.score_one(x) == burst.score_one(x) > 0


def test_it_composes_in_a_pipeline() -> None:
    pipeline = compose.Select("t", "count") | Surge()
    for minute in range(0, 5 * DAY, 30):
        pipeline.learn_one({"t": minute, "count": 1, "other": 9})
    assert pipeline.score_one({"t": 5 * DAY, "count": 30, "other": 9}) > 4


def test_scoring_changes_nothing() -> None:
    burst = taught()
    before = pickle.dumps(burst.state())
    scores = [burst.score_one({"t": 10 * DAY, "count": 20}) for _ in range(3)]
    assert len(set(scores)) == 1
    assert pickle.dumps(burst.state()) == before


def test_a_sudden_crowd_scores_high_and_a_silence_does_not() -> None:
    burst = taught()
    assert burst.score_one({"t": 10 * DAY, "count": 20}) > 4
    assert burst.score_one({"t": 11 * DAY, "count": 1}) < 1


def test_a_burst_is_not_learned() -> None:
    burst = taught()
    usual = burst.baseline.rate
    for minute in range(10 * DAY, 10 * DAY + 360):
        burst.learn_one({"t": minute, "count": 3})
    for minute in range(10 * DAY + 360, 11 * DAY + 600, 10):
        burst.learn_one({"t": minute, "count": 1})
    assert burst.baseline.rate < 1.3 * usual


def test_a_new_normal_is_accepted_within_days() -> None:
    burst = taught()
    for minute in range(10 * DAY, 20 * DAY, 2):
        burst.learn_one({"t": minute, "count": 1})
    assert burst.score_one({"t": 20 * DAY, "count": 1}) < 2
    assert burst.baseline.rate > 15


def test_a_slow_rise_over_a_night_is_not_learned_away() -> None:
    burst = taught()
    scores, minute, gap = [], 10 * DAY, 10.0
    while minute < 10 * DAY + 720:
        burst.learn_one({"t": minute, "count": 1})
        scores.append(burst.score_one({"t": minute, "count": 0}))
        gap *= 0.985
        minute += max(1, round(gap))
    assert scores[-1] > 4


def test_a_feed_that_starts_busy_is_usual_after_its_first_day() -> None:
    burst = Surge()
    for minute in range(2 * DAY):
        burst.learn_one({"t": minute, "count": 2})
    assert burst.score_one({"t": 2 * DAY, "count": 2}) < 2


def test_random_low_counts_rarely_reach_the_watch_score() -> None:
    rng, burst, high = random.Random(3), Surge(), 0
    for minute in range(60 * DAY):
        if rng.random() < 0.02:
            burst.learn_one({"t": minute, "count": 1})
            high += minute > 3 * DAY and burst.read(minute + 1).score >= 4
    assert high <= 3


def test_times_that_go_back_count_for_the_newest_minute() -> None:
    burst = taught()
    burst.learn_one({"t": 5, "count": 2})
    assert burst.now == 10 * DAY - 10


def test_joy_is_no_negative_growth_and_anger_after_joy_is() -> None:
    growth, rng = NegativeGrowth(), random.Random(5)
    for minute in range(0, 10 * DAY, 15):
        growth.learn_one({"t": minute, "count": 1, "negatives": int(rng.random() < 0.1)})
    joyful = []
    for minute in range(10 * DAY, 10 * DAY + 600, 2):
        growth.learn_one({"t": minute, "count": 2, "negatives": int(rng.random() < 0.2)})
        joyful.append(growth.read(minute + 1, least=5).score)
    assert max(joyful) < 3.5
    for minute in range(10 * DAY + 600, 10 * DAY + 660, 2):
        growth.learn_one({"t": minute, "count": 2, "negatives": 2})
    assert growth.read(10 * DAY + 660).score > 4
