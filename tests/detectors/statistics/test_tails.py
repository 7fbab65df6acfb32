"""What a user of the tail probability can rely on."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.statistics.tails import MIN_VALUES, TailProbability

values = st.lists(st.floats(0, 1e6), min_size=MIN_VALUES, max_size=200)


def learned(seen: list[float], size: int = 4032) -> TailProbability:
    tail = TailProbability(size)
    for value in seen:
        tail.update(value)
    return tail


@given(seen=values, one=st.floats(0, 1e7), other=st.floats(0, 1e7), events=st.floats(1, 100))
def test_a_greater_value_is_never_less_rare(seen: list[float], one: float, other: float, events: float) -> None:
    tail = learned(seen)
    low, high = sorted((one, other))
    assert 0.0 <= tail.decades(low, events) <= tail.decades(high, events)


@given(seen=values, size=st.integers(MIN_VALUES, 120), value=st.floats(0, 1e6))
def test_only_the_last_values_count(seen: list[float], size: int, value: float) -> None:
    assert len(learned(seen, size)) == min(size, len(seen))
    assert learned(seen, size).decades(value) == learned(seen[-size:]).decades(value)


@given(seen=values, value=st.floats(0, 1e6))
def test_below_the_threshold_the_answer_is_the_share_of_values_as_great(seen: list[float], value: float) -> None:
    decades = learned(seen).decades(value)
    at_least = len(seen) - bisect_left(sorted(seen), value)
    if at_least > 0.02 * len(seen) + 1:
        assert 10**-decades == pytest.approx(at_least / len(seen))


def test_too_few_values_call_nothing_rare() -> None:
    assert learned([1.0] * (MIN_VALUES - 1)).decades(1e9) == 0.0
    assert learned([1.0] * MIN_VALUES).decades(1e9) > 1.0


def test_more_evidence_makes_the_same_excess_rarer() -> None:
    tail = learned([float(i % 100) for i in range(1000)])
    assert tail.decades(120.0, 1) < tail.decades(120.0, 10) < tail.decades(120.0, 1000)


def test_a_constant_series_has_the_spread_of_the_floor() -> None:
    tail = TailProbability(size=1000, floor=1.0)
    for _ in range(1000):
        tail.update(5.0)
    # Every value lies at the threshold, so a value one floor above it is e times rarer than all of them.
    assert 10 ** -tail.decades(6.0, events=1e9) == pytest.approx(0.02 / 2.718281828, rel=1e-3)
    assert tail.decades(5.0) == 0.0


def test_shrinking_the_memory_forgets_at_the_next_value() -> None:
    tail = learned([1.0] * 200 + [2.0] * 100)
    tail.size = 100
    tail.update(2.0)
    assert len(tail) == 100
    assert tail.decades(2.0) == 0.0
