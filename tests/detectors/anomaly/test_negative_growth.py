import random

from detectors.anomaly.negative_growth import NegativeGrowth
from detectors.minutes import DAY_MINUTES


def test_a_positive_surge_is_no_negative_growth_and_anger_after_it_is() -> None:
    growth, rng = NegativeGrowth(), random.Random(5)
    for minute in range(0, 10 * DAY_MINUTES, 15):
        growth.learn_one({"t": minute, "count": 1, "negatives": int(rng.random() < 0.1)})
    positive = []
    for minute in range(10 * DAY_MINUTES, 10 * DAY_MINUTES + 600, 2):
        growth.learn_one({"t": minute, "count": 2, "negatives": int(rng.random() < 0.2)})
        positive.append(growth.read(minute + 1, least=5).score)
    assert max(positive) < 3.5
    for minute in range(10 * DAY_MINUTES + 600, 10 * DAY_MINUTES + 660, 2):
        growth.learn_one({"t": minute, "count": 2, "negatives": 2})
    assert growth.read(10 * DAY_MINUTES + 660).score > 4
