"""Trending terms: frequent in the texts of now, and rare before."""

from collections import Counter
from collections.abc import Callable, Iterable
from math import log
from typing import NamedTuple

BACKGROUND_DAYS = 7
MAX_DAY_TEXTS = 32
MIN_RATIO = 3
"""How many times its usual share a term must have: a term that is always frequent is no trend."""


class Sample(NamedTuple):
    """A sampled text; the hash of its mention decides which are sampled where there are too many."""

    key: int
    text: str


class TrendingTerms:
    """Rank terms by how much larger their share in the texts of now is than it was before.

    The background is `MAX_DAY_TEXTS` texts of each of the last `BACKGROUND_DAYS` days, sampled by their hashes
    (bottom-k), so that the same mentions give the same samples. Terms are extracted only by `top`. A term's score is
    ``c * log((c + 0.5) / (e + 0.5))`` with its count c and the count e that its share of the background gives: its part
    in the log-likelihood ratio of the two.

    Parameters
    ----------
    extract
        Returns the distinct terms of a text.

    References
    ----------
    Dunning (1993), Accurate methods for the statistics of surprise and coincidence, https://aclanthology.org/J93-1003/

    Examples
    --------
    >>> trending = TrendingTerms(str.split)
    >>> for day in range(7):
    ...     trending.learn_one(day, [Sample(n, "delivery late") for n in range(3)])
    >>> trending.top(["delivery 29343", "the 29343 works"], n=1)
    [('29343', 2)]
    """

    def __init__(self, extract: Callable[[str], Iterable[str]]) -> None:
        self.extract = extract
        self._days: dict[int, list[Sample]] = {}
        self._background: tuple[int, Counter[str]] | None = None  # counted once until it changes
        # Of the texts of the last `top`: most of them are among those of the next one, a minute later.
        self._extracted: dict[str, tuple[str, ...]] = {}

    def learn_one(self, day: int, samples: Iterable[Sample]) -> None:
        """Learn the texts of a day, or a part of them.

        Parameters
        ----------
        day
            Days since the epoch; never less than the last one's.
        samples
            Texts.
        """
        self._background, self._extracted = None, {}
        self._days[day] = sorted([*self._days.get(day, ()), *samples])[:MAX_DAY_TEXTS]
        for old in [d for d in self._days if d <= day - BACKGROUND_DAYS]:
            del self._days[old]

    def top(self, texts: Iterable[str], n: int = 8, leave_out: frozenset[str] = frozenset()) -> list[tuple[str, int]]:
        """Return the terms that spread most.

        Parameters
        ----------
        texts
            The texts of now.
        n
            How many.
        leave_out
            Terms to leave out.

        Returns
        -------
        list of (term, count)
            Best first; only terms of at least two texts.
        """
        now, counts = self._count_now(list(texts))
        if self._background is None:
            self._background = self._count(sample.text for samples in self._days.values() for sample in samples)
        before, usual = self._background
        share = now / max(1, before)
        scored = []
        for term, count in counts.items():
            expected = usual.get(term, 0) * share
            if count >= 2 and count > MIN_RATIO * expected and term not in leave_out:
                scored.append((-count * log((count + 0.5) / (expected + 0.5)), term, count))
        return [(term, count) for _, term, count in sorted(scored)[:n]]

    def _count_now(self, texts: list[str]) -> tuple[int, Counter[str]]:
        known = self._extracted
        self._extracted = {text: known.get(text) or tuple(self.extract(text)) for text in texts}
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(self._extracted[text])
        return len(texts), counts

    def _count(self, texts: Iterable[str]) -> tuple[int, Counter[str]]:
        counts: Counter[str] = Counter()
        number = 0
        for text in texts:
            number += 1
            counts.update(self.extract(text))
        return number, counts

    def state(self) -> list[tuple[int, list[Sample]]]:
        """Return the samples of each day."""
        return sorted(self._days.items())

    def restore(self, state: Iterable[tuple[int, Iterable[Sample]]]) -> None:
        """Restore what `state` returned."""
        self._background = None
        self._days = {day: [Sample(*row) for row in rows] for day, rows in state}
