from hypothesis import given
from hypothesis import strategies as st

from detectors.criteria.copies import Copies
from detectors.criteria.fresh_voices import FreshCounts, FreshVoices
from tests.helpers.crowds import voice

VOICES = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 20), st.booleans()), max_size=8, unique_by=lambda v: v[0]
)


def test_an_author_counts_once_in_six_hours() -> None:
    f = FreshVoices()
    fresh = [f.take(m, [voice(1)], 1.0).fresh for m in (0, 10, 371, 740)]
    assert fresh == [1, 0, 1, 1]


def test_the_same_text_from_others_is_a_copy_for_a_day() -> None:
    f = FreshVoices()
    f.take(0, [voice(1, text=9)], 1.0)
    assert f.take(700, [voice(2, text=9)], 1.0) == FreshCounts(0, 0, 1, 1)
    assert f.take(3000, [voice(3, text=9)], 1.0) == FreshCounts(1, 0, 0, 1)


def test_short_texts_and_reposts_are_never_copies() -> None:
    f = FreshVoices()
    assert f.take(0, [voice(i) for i in range(50)], 1.0) == FreshCounts(50, 0, 0, 50)


def test_a_sample_is_scaled_up_to_all_authors() -> None:
    f = FreshVoices()
    assert f.take(0, [voice(i, negative=True) for i in range(100)], 2.5) == FreshCounts(250, 250, 0, 250)


@given(st.lists(st.tuples(st.integers(1, 200), VOICES), max_size=40))
def test_memory_is_bounded_and_given_back_voices_go_on_the_same(
    minutes: list[tuple[int, list[tuple[int, int, bool]]]],
) -> None:
    f, now = FreshVoices(most=40), 0
    for step, voices in minutes:
        now += step
        f.take(now, [voice(a, text=t, negative=n) for a, t, n in voices], 1.0)
    assert f.held <= 48
    assert len(f.authors) <= f.held
    again = FreshVoices(most=40)
    for minute in f.rows:
        again.refill(minute, *f.row(minute))
    last = [voice(a, text=a % 21) for a in range(1, 31)]
    assert again.take(now + 1, last, 1.0) == f.take(now + 1, last, 1.0)


def test_a_brand_that_is_always_copied_needs_more_copies_to_be_a_flood() -> None:
    copies = Copies()
    assert copies.flooded(copies=10, voices=40)
    for _ in range(200):
        copies.learn(copies=10, fresh=30, voices=40, hours=1)
    assert not copies.flooded(copies=10, voices=40)


def test_a_few_loud_authors_are_no_crowd() -> None:
    copies = Copies()
    assert copies.crowded(fresh=95, voices=100, share=0.85)
    assert not copies.crowded(fresh=50, voices=100, share=0.85)
