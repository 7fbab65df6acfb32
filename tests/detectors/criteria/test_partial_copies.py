"""Texts that share words are told from assembled ones by how often a text is repeated whole."""

import pytest

from detectors.copied_texts import Verdict
from detectors.criteria.partial_copies import PartialCopies
from detectors.fresh_voices import FreshCounts
from detectors.statistics.counts import RecentCounts


def partial_copies(copies: int, partial: int, voices: int = 100) -> PartialCopies:
    recent = RecentCounts(fields=7, horizon=1500)
    recent.add(100, FreshCounts(5, 5, copies, voices, partial, partial, partial))
    return PartialCopies(recent)


@pytest.mark.parametrize(
    ("copies", "partial", "verdict"),
    [
        (0, 0, Verdict.UNDECIDED),
        (0, 29, Verdict.UNDECIDED),
        (2, 5, Verdict.UNDECIDED),
        (0, 30, Verdict.OWN),
        (5, 100, Verdict.OWN),
        (3, 20, Verdict.COPIES),
        (14, 66, Verdict.COPIES),
    ],
)
def test_it_waits_for_enough_of_either_and_then_decides(copies: int, partial: int, verdict: Verdict) -> None:
    assert partial_copies(copies, partial).verdict(101, usual_copies=0.0) is verdict


def test_copies_that_are_usual_for_the_brand_prove_nothing() -> None:
    assert partial_copies(10, 60).verdict(101, usual_copies=0.1) is Verdict.OWN


def test_where_people_write_alike_every_day_partial_copies_are_their_own_words() -> None:
    known = partial_copies(20, 20)
    for _ in range(50):
        known.learn_hour(FreshCounts(10, 1, 0, 10, 4), fade=0.99)
    assert known.verdict(101, usual_copies=0.0) is Verdict.OWN
