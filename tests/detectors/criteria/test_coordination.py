import json

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.criteria.coordination import Coordination
from detectors.fresh_voices import FreshCounts
from detectors.statistics.counts import RecentCounts
from tests.helpers.crowds import said, voice

HORIZON = 1500
COUNTS = st.tuples(st.integers(0, 40), st.integers(0, 40))


def coordination(recent: RecentCounts | None = None) -> Coordination:
    return Coordination(RecentCounts(fields=7, horizon=HORIZON) if recent is None else recent)


def test_a_brand_that_is_always_copied_needs_more_copies_to_be_a_flood() -> None:
    brand = coordination()
    assert brand.flooded(copies=10, voices=40) is not None
    for _ in range(200):
        brand.learn_hour(FreshCounts(30, 0, 10, 40), hours=1)
    assert brand.flooded(copies=10, voices=40) is None


def test_a_few_loud_authors_are_no_crowd() -> None:
    brand = coordination()
    assert brand.crowded(FreshCounts(95, 0, 0, 100), share=0.85)
    assert not brand.crowded(FreshCounts(50, 0, 0, 100), share=0.85)


def test_people_beside_a_flood_are_a_crowd_however_many_copies_there_are() -> None:
    assert coordination().crowded(FreshCounts(60, 60, 2_000, 2_060), share=0.85)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 200), COUNTS, st.booleans()), max_size=40), st.integers(0, 40))
def test_a_restored_one_continues_to_the_last_digit(minutes: list[tuple[int, tuple[int, int], bool]], cut: int) -> None:
    recent = RecentCounts(fields=7, horizon=HORIZON)
    one, now = coordination(recent), 0
    other = coordination(recent)
    for n, (step, (copies, others), calm) in enumerate(minutes):
        now += step
        if n == cut:
            other.restore(json.loads(json.dumps(one.state())))
        one.learn(said(now, voice(1)), calm=calm)
        if n >= cut:
            other.learn(said(now, voice(1)), calm=calm)
        recent.add(now, (others, 0, copies, copies + others, copies, 0, 0))
        held = one.holds(now + 1)
        if n >= cut:
            assert other.holds(now + 1) == held
            assert other.state() == one.state()
