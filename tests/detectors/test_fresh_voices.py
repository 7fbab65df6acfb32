from hypothesis import given
from hypothesis import strategies as st

from detectors.fresh_voices import FreshCounts, FreshVoices
from tests.helpers.crowds import voice

VOICES = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 20), st.booleans()), max_size=8, unique_by=lambda v: v[0]
)


def test_an_author_counts_once_in_six_hours() -> None:
    f = FreshVoices()
    fresh = [f.count(m, [voice(1)], 1.0).fresh for m in (0, 10, 371, 740)]
    assert fresh == [1, 0, 1, 1]


def test_the_same_text_from_others_is_a_copy_for_a_day() -> None:
    f = FreshVoices()
    f.count(0, [voice(1, text=9)], 1.0)
    assert f.count(700, [voice(2, text=9)], 1.0) == FreshCounts(0, 0, 1, 1)
    assert f.count(3000, [voice(3, text=9)], 1.0) == FreshCounts(1, 0, 0, 1)


def test_short_texts_and_reposts_are_never_copies() -> None:
    f = FreshVoices()
    assert f.count(0, [voice(i) for i in range(50)], 1.0) == FreshCounts(50, 0, 0, 50)


def test_a_sample_is_scaled_up_to_all_authors() -> None:
    f = FreshVoices()
    assert f.count(0, [voice(i, negative=True) for i in range(100)], 2.5) == FreshCounts(250, 250, 0, 250)


@given(st.lists(st.tuples(st.integers(1, 200), VOICES), max_size=40))
def test_memory_is_bounded_and_restored_voices_continue_the_same(
    minutes: list[tuple[int, list[tuple[int, int, bool]]]],
) -> None:
    f, now = FreshVoices(most=40), 0
    for step, voices in minutes:
        now += step
        f.count(now, [voice(a, text=t, negative=n) for a, t, n in voices], 1.0)
    assert f.stored <= 48
    assert len(f.authors) <= f.stored
    restored = FreshVoices(most=40)
    for minute in f.rows:
        restored.restore_row(minute, *f.row(minute))
    last = [voice(a, text=a % 21) for a in range(1, 31)]
    assert restored.count(now + 1, last, 1.0) == f.count(now + 1, last, 1.0)
