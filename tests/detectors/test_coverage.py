"""A gap in a brand's feed is not silence: what was usual before it is usual after it."""

import msgspec
import pytest

from detectors.brand import BrandDetector
from detectors.coverage import Coverage
from detectors.minutes import DAY_MINUTES, HOUR_MINUTES
from detectors.observation import Observation
from detectors.settings import SURGE_DETECTORS, DetectorSettings
from tests.helpers.crowds import people, quiet, watch

DAYS_BEFORE = 16
AWAY = [3, 5, 7, 14, 21]


def back(away: int, every: int, days: int = 6) -> list[Observation]:
    """The feed as it was, after so many days away."""
    return quiet(days, every=every, share=0.2, seed=7, start=(DAYS_BEFORE + away) * DAY_MINUTES)


def detector_before(every: int, beats_until: int = 0, detector: BrandDetector | None = None) -> BrandDetector:
    """A detector that knows the brand; heartbeats, if any, until that day."""
    detector = BrandDetector() if detector is None else detector
    for hour in range(beats_until * 24):
        detector.cover(hour)
    watch(detector, quiet(DAYS_BEFORE, every=every, share=0.2))
    return detector


@pytest.mark.parametrize("beats", [False, True])
@pytest.mark.parametrize("every", [2, 15])
@pytest.mark.parametrize("away", AWAY)
def test_a_feed_that_comes_back_as_it_was_alerts_nobody(away: int, every: int, beats: bool) -> None:
    detector = detector_before(every, DAYS_BEFORE if beats else 0)
    assert watch(detector, back(away, every)) == []


@pytest.mark.parametrize("beats", [False, True])
@pytest.mark.parametrize("away", AWAY)
def test_a_crisis_in_the_first_hours_after_a_gap_is_a_warning(away: int, beats: bool) -> None:
    detector = detector_before(15, DAYS_BEFORE if beats else 0)
    start = (DAYS_BEFORE + away) * DAY_MINUTES
    watch(detector, quiet(1, every=15, share=0.2, seed=7, start=start)[:8])
    crowd = people(detector.now + 1, minutes=60, each=1, share=0.9)
    assert "warning" in [change.severity for change in watch(detector, crowd)]


def test_what_is_usual_is_the_same_after_a_gap_between_heartbeats() -> None:
    start = DAYS_BEFORE * DAY_MINUTES
    detector = detector_before(15, DAYS_BEFORE)
    watch(detector, people(start, 1, 1, 0.0))
    before = detector.expected(start, start + DAY_MINUTES)
    detector.observe(back(14, 15)[0])
    # The hour of the last mention is learned, nothing else.
    assert detector.expected(start, start + DAY_MINUTES) == pytest.approx(before, rel=0.02)


def test_a_brand_that_falls_quiet_under_heartbeats_is_learned_as_quiet() -> None:
    detector = detector_before(15, DAYS_BEFORE + 14)
    start = (DAYS_BEFORE + 14) * DAY_MINUTES
    assert [change.severity for change in watch(detector, back(14, 15))][:1] == ["watch"]
    assert detector.expected(start, start + HOUR_MINUTES) < 1.5


def test_a_brand_that_falls_quiet_without_heartbeats_is_learned_by_and_by() -> None:
    detector = detector_before(15)
    start = DAYS_BEFORE * DAY_MINUTES
    watch(detector, quiet(60, every=2 * DAY_MINUTES, start=start))
    assert detector.expected(start, start + HOUR_MINUTES) < 0.6


def test_a_gap_in_a_feeds_first_day_does_not_shorten_it() -> None:
    detector = BrandDetector()
    for hour in [0, 1, 2, 3]:
        detector.cover(hour)
    watch(detector, people(0, minutes=4 * HOUR_MINUTES, each=1, share=0.1))
    again = people(5 * DAY_MINUTES, minutes=6 * HOUR_MINUTES, each=1, share=0.1)
    assert watch(detector, again) == []


@pytest.mark.parametrize("name", SURGE_DETECTORS)
def test_a_detector_restored_in_a_gap_continues_to_the_digit(name: str) -> None:
    settings = DetectorSettings(surge_detector=name)
    one = detector_before(15, DAYS_BEFORE, BrandDetector(settings))
    state = msgspec.msgpack.decode(msgspec.msgpack.encode(one.state()))
    other = BrandDetector.restore(settings, state, one.recent_rows())
    after = [*back(5, 15), *people((DAYS_BEFORE + 12) * DAY_MINUTES, 90, 1, 0.9)]
    assert watch(one, after) == watch(other, after)
    assert one.state() == other.state()


def test_covered_hours_are_the_same_in_any_order_and_bounded() -> None:
    hours = [*range(0, 5000, 3), *range(1, 5000, 7)]
    one, other = Coverage(memory=100), Coverage(memory=100)
    for hour in hours:
        one.cover(hour)
    for hour in reversed(hours):
        other.cover(hour)
    assert one.state() == other.state()
    assert len(str(one.state())) < 60
