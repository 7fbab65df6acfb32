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


def test_joy_raises_what_is_expected_of_voices_and_not_of_complaints() -> None:
    calm, joyful = NegativeGrowth(), NegativeGrowth()
    for detector, joy in ((calm, 0), (joyful, 2)):
        for minute in range(0, 20 * 1440, 30):
            extra = joy if minute >= 14 * 1440 else 0
            detector.learn_one({"t": minute, "count": 1 + extra, "negatives": int(minute % 150 == 0)})
        detector.start_minute(20 * 1440)
    rates = [detector.volume.baseline.rate for detector in (calm, joyful)]
    complaints = [rate * detector.share for rate, detector in zip(rates, (calm, joyful), strict=True)]
    assert rates[1] > 1.5 * rates[0]
    assert complaints[1] <= complaints[0]
