import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.statistics.baseline import Baseline


def trained(hours: int = 24 * 9) -> Baseline:
    baseline = Baseline()
    for hour in range(hours):
        baseline.learn(hour, 6 if hour % 24 in {8, 9} else 1)
    return baseline


def test_an_hour_of_day_that_is_always_busy_is_expected_to_be_busy() -> None:
    baseline = trained()
    assert baseline.expected(8 * 60, 9 * 60) > 3 * baseline.expected(15 * 60, 16 * 60)


def test_the_expected_count_of_two_windows_is_the_sum_of_theirs() -> None:
    baseline = trained()
    parts = baseline.expected(100, 777) + baseline.expected(777, 5000)
    assert baseline.expected(100, 5000) == pytest.approx(parts)


@given(start=st.integers(24 * 9, 24 * 11), hours=st.integers(0, 24 * 5))
def test_a_silence_learned_at_once_is_close_to_the_same_silence_learned_hour_by_hour(start: int, hours: int) -> None:
    one, other = trained(start), trained(start)
    one.learn_quiet(start, hours)
    for hour in range(start, start + hours):
        other.learn(hour, 0.0)
    # In closed form the profile holds still for whole days, so the two agree but for that.
    assert one.rate == pytest.approx(other.rate, rel=0.02)
    assert one.counts == pytest.approx(other.counts)


def test_years_of_silence_cost_no_more_than_a_day_and_leave_a_tiny_flat_rate() -> None:
    baseline = trained()
    baseline.learn_quiet(24 * 9, 24 * 365 * 10)
    assert 0 < baseline.rate < 0.01
    assert baseline.expected(8 * 60, 9 * 60) == pytest.approx(baseline.expected(15 * 60, 16 * 60), rel=0.05)


def test_a_restored_baseline_continues_to_the_last_digit() -> None:
    one, other = trained(24 * 9 + 5), Baseline()
    other.restore(one.state())
    for hour in range(24 * 9 + 5, 24 * 12):
        one.learn(hour, hour % 7)
        other.learn(hour, hour % 7)
    assert one.state() == other.state()
    assert one.expected(0, 10_000) == other.expected(0, 10_000)
