"""The terms of an incident: the same however they are looked for, and never more work than a few milliseconds."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.trending import TrendingTerms
from streams.mentions.text import extract_terms
from streams.scoring.rollup import Counts, PostRow, Rollup
from streams.settings.config import Config
from streams.watching.brand_watch import MAX_READ, BrandWatch
from streams.watching.recent_minutes import ClosedMinute

PIECES = ("promo", "29343", "CODE50", "#3Suisses", "http://t.co/Xy", "été", "नमस्ते", "ราคา", " ", "-", "2012", "@acme")
MARKED = "नमस्ते"


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_text_has_the_same_terms_beside_a_word_of_another_script(text: str) -> None:
    assert extract_terms(f"{text} {MARKED}") == tuple(dict.fromkeys((*extract_terms(text), MARKED)))


def test_words_of_scripts_with_vowel_signs_are_whole() -> None:
    assert extract_terms("बहिष्कार करो ไม่ซื้อ") == ("बहिष्कार", "ไม่ซื้อ")


def test_an_hour_of_a_loud_brand_is_read_by_a_sample_the_same_in_any_order() -> None:
    def watched(minutes: list[int]) -> tuple[list[tuple[str, int]], int]:
        read: list[str] = []

        def words(text: str) -> list[str]:
            read.append(text)
            return text.split()

        watch = BrandWatch("Acme", Config())
        watch.trending = TrendingTerms(words)
        for minute in range(60):
            first = 100 * minutes[minute]
            rows = [
                PostRow(n * 7919 % 60_013, 0, 0, 0, str(n), "", 0, f"promo {n % 9}", "")
                for n in range(first, first + 100)
            ]
            watch.recent.add(ClosedMinute(minute, [Rollup("Acme", "forum", minute, 0, Counts(), posts=tuple(rows))]))
        return watch.spreading(60), len(read)

    terms, read = watched(list(range(60)))
    assert (terms[0], read) == (("promo", MAX_READ), MAX_READ)
    assert watched(list(range(59, -1, -1))) == (terms, read)
