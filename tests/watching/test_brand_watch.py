"""The terms of an incident come from a bounded sample of its posts."""

import pytest

from streams.mentions.brand_terms import MAX_TERM_POSTS
from streams.scoring.rollup import Counts, PostRow, Rollup
from streams.settings.config import Config
from streams.watching.brand_watch import BrandWatch
from streams.watching.recent_minutes import ClosedMinute


def test_the_terms_of_a_busy_hour_come_from_a_sample_that_is_the_same_in_any_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def spreading(minutes: list[int]) -> tuple[list[tuple[str, int]], int]:
        texts: list[str] = []

        def words(text: str) -> list[str]:
            texts.append(text)
            return text.split()

        monkeypatch.setattr("streams.mentions.brand_terms.extract_terms", words)
        watch = BrandWatch("Acme", Config())
        for minute in range(60):
            first = 100 * minutes[minute]
            posts = [
                PostRow(n * 7919 % 60_013, 0, 0, 0, str(n), "", 0, f"promo {n % 9}", "")
                for n in range(first, first + 100)
            ]
            watch.recent.add(ClosedMinute(minute, [Rollup("Acme", "forum", minute, 0, Counts(), posts=tuple(posts))]))
        return watch.spreading(60), len(texts)

    terms, extracted = spreading(list(range(60)))
    assert (terms[0], extracted) == (("promo", MAX_TERM_POSTS), MAX_TERM_POSTS)
    assert spreading(list(range(59, -1, -1))) == (terms, extracted)
