import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from detectors.statistics.counts import Dispersion, RecentCounts, tail_surprisal


@given(st.integers(1, 60), st.floats(0.05, 30), st.floats(0.02, 2))
def test_the_surprise_is_the_upper_tail_of_a_negative_binomial(count: int, expected: float, dispersion: float) -> None:
    size = 1 / dispersion
    tail = nbinom.sf(count - 1, size, size / (size + expected))
    assert tail_surprisal(count, expected, dispersion) == pytest.approx(-math.log10(tail), rel=1e-6, abs=1e-9)


@given(st.integers(0, 500), st.floats(1e-9, 1e4), st.floats(0, 10))
def test_more_is_never_less_surprising_and_always_finite(count: int, expected: float, dispersion: float) -> None:
    assert 0 <= tail_surprisal(count, expected, dispersion) <= tail_surprisal(count + 1, expected, dispersion) <= 300


def test_fewer_than_expected_is_no_surprise() -> None:
    assert tail_surprisal(0, 50, 0.1) == 0
    assert tail_surprisal(10, 50, 0.1) < 0.01


def test_counts_that_swing_are_learned_to_swing() -> None:
    steady, wild = Dispersion(0.2, 50, 336), Dispersion(0.2, 50, 336)
    for n in range(300):
        steady.learn([10 + n % 3], 10)
        wild.learn([30 * (n % 3 == 0)], 10)
    assert steady.value == Dispersion.LOWEST
    assert wild.value > 1.0


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 9)), min_size=1, max_size=600),
    st.integers(1, 300),
)
def test_window_sums_are_right_however_many_minutes_came_before(steps: list[tuple[int, int]], span: int) -> None:
    recent = RecentCounts(fields=1, horizon=300)
    minute, seen = 0, {}
    for step, count in steps:
        minute += step
        seen[minute] = count
        recent.add(minute, (count,))
    end = minute + 1
    assert recent.total(0, end - span, end) == sum(n for m, n in seen.items() if m >= end - span)
    assert len(recent.minutes) <= 300 + 256
