"""The shape of a day follows the clock that people live by, over the change of clocks too."""

import random
from datetime import UTC, datetime

import pytest

from detectors.brand import BrandDetector
from detectors.minutes import HOUR_MINUTES
from detectors.observation import Observation
from detectors.series.burst import SeriesBurst
from detectors.statistics.baseline import Baseline
from detectors.statistics.local_hours import LocalHours
from streams.offline.detect import detect
from streams.settings.local_hours import local_hours
from tests.helpers.crowds import said, voice, watch

PARIS = local_hours("Europe/Paris")
START = int(datetime(2024, 3, 4, tzinfo=UTC).timestamp()) // 3600
CHANGE = int(datetime(2024, 3, 31, 1, tzinfo=UTC).timestamp()) // 3600
PEAK = {6: 6.0, 7: 14.0, 8: 22.0, 9: 16.0, 10: 8.0}


def morning_peak(clock: LocalHours, days: int, seed: int) -> list[Observation]:
    """A brand that people mention most at eight in the morning."""
    rng = random.Random(seed)
    minutes = range(START * HOUR_MINUTES, (START + days * 24) * HOUR_MINUTES)
    rate = [PEAK.get((hour + clock.offset(hour)) % 24, 3.0) / 60 for hour in range(START, START + days * 24)]
    return [
        said(minute, voice(10**9 + minute, negative=rng.random() < 0.1))
        for minute in minutes
        if rng.random() < rate[minute // HOUR_MINUTES - START]
    ]


@pytest.mark.parametrize("seed", range(3))
def test_a_morning_peak_alerts_nobody_when_the_clocks_are_put_forward(seed: int) -> None:
    detector = BrandDetector(local_hours=PARIS)
    changes = watch(detector, morning_peak(PARIS, 42, seed))
    assert [c for c in changes if c.severity != "calm" and c.minute >= CHANGE * HOUR_MINUTES] == []


@pytest.mark.parametrize("name", ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Havana"])
def test_what_is_expected_of_a_window_is_never_negative_nor_doubled_where_clocks_change(name: str) -> None:
    clock = local_hours(name)
    baseline = Baseline(local_hours=clock)
    for hour in range(START, START + 24 * 7 * 60):
        baseline.learn(hour, 4)
        for span in (15, 60, 360):
            end = (hour + 1) * HOUR_MINUTES
            if hour > START + 24 * 21:
                assert baseline.expected(end - span, end) == pytest.approx(4 * span / 60, rel=0.15)


def test_a_long_silence_over_changes_of_clocks_is_learned_as_hour_by_hour() -> None:
    one, other = Baseline(local_hours=PARIS), Baseline(local_hours=PARIS)
    for hour in range(START, START + 24 * 14):
        one.learn(hour, hour % 24)
        other.learn(hour, hour % 24)
    one.learn_quiet(START + 24 * 14, 24 * 30)
    for hour in range(START + 24 * 14, START + 24 * 44):
        other.learn(hour, 0)
    day = (START + 24 * 44) * HOUR_MINUTES
    expected = other.expected(day, day + 300)
    assert one.expected(day, day + 300) == pytest.approx(expected, rel=0.05)


def test_a_series_with_a_morning_peak_has_no_alarm_when_the_clocks_are_put_forward() -> None:
    rng = random.Random(4)
    rows = [
        (datetime.fromtimestamp(t, UTC), sum(rng.random() < lot / 60 for _ in range(60)))
        for t in range(START * 3600, (START + 24 * 34) * 3600, 300)
        for lot in [PEAK.get((t // 3600 + PARIS.offset(t // 3600)) % 24, 1.0) / 4]
    ]
    change = datetime.fromtimestamp(CHANGE * 3600, UTC)

    def alarms(detector: SeriesBurst) -> int:
        return sum(row.alarm for row in detect(rows, detector) if row.timestamp >= change)

    assert alarms(SeriesBurst(local_hours=PARIS)) < max(1, alarms(SeriesBurst()))


def test_a_restored_detector_of_a_zone_continues_to_the_digit() -> None:
    observations = morning_peak(PARIS, 42, 1)
    one = BrandDetector(local_hours=PARIS)
    watch(one, observations[:2500])
    other = BrandDetector.restore(None, one.state(), one.recent_rows(), PARIS)
    assert watch(one, observations[2500:]) == watch(other, observations[2500:])
    assert one.state() == other.state()
