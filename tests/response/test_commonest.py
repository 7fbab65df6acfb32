"""The commonest of some keys is that of counting them anew, whatever comes and goes."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from streams.response.conduct.commonest import Commonest


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), max_size=60), st.data())
def test_it_counts_as_if_anew(added: list[tuple[int, int]], data: st.DataObject) -> None:
    counts, kept = Commonest[int](), list[tuple[int, int]]()
    for key, count in added:
        counts.add(key, count)
        kept.append((key, count))
        if data.draw(st.booleans()):
            gone, less = kept.pop(0)
            counts.add(gone, -less)
        anew: Counter[int] = Counter()
        for each, number in kept:
            anew[each] += number
        assert (counts.total, counts.highest) == (anew.total(), max(anew.values(), default=0))
