"""Terms that are spreading: said often now, and rare before."""

from collections.abc import Callable, Iterable
from heapq import nsmallest
from math import log
from typing import NamedTuple

HOUR = 60
RECENT_HOURS = 6
MAX_HOUR = 96
BACKGROUND_DAYS = 7
MAX_DAY = 32


class Sample(NamedTuple):
    """A sampled text; the hash of its mention decides what is kept where there are too many."""

    key: int
    text: str


class TrendingTerms:
    """Rank the terms of the last hours by how much larger a part of what is said they are than before.

    Samples of an hour stay for `RECENT_HOURS`, at most `MAX_HOUR` of each; then `MAX_DAY` of each day are the
    background, for `BACKGROUND_DAYS`. Which are kept is decided by their hashes (bottom-k), so that the same mentions
    keep the same samples. Terms are only extracted when somebody asks. A term's score is ``c * log((c + 0.5) / (e +
    0.5))`` with its count c and the count e that its share of the background gives: its part in the log-likelihood
    ratio of the two.

    Parameters
    ----------
    extract
        Gives the distinct terms of a text.

    References
    ----------
    Dunning (1993), Accurate methods for the statistics of surprise and coincidence, https://aclanthology.org/J93-1003/

    Examples
    --------
    >>> trending = TrendingTerms(str.split)
    >>> for day in range(7):
    ...     trending.learn_one(day * 1440, [Sample(n, "delivery late") for n in range(3)])
    >>> trending.learn_one(7 * 1440, [Sample(n, "delivery 29343") for n in range(3)])
    >>> trending.top(7 * 1440, since=7 * 1440, n=1)
    [('29343', 3)]
    """

    def __init__(self, extract: Callable[[str], Iterable[str]]) -> None:
        self.extract = extract
        self._hours: dict[int, list[Sample]] = {}
        self._days: dict[int, list[Sample]] = {}

    def learn_one(self, minute: int, samples: Iterable[Sample]) -> None:
        """Keep samples of one closed minute.

        Parameters
        ----------
        minute
            Minutes since the epoch; never less than the last one's.
        samples
            What was said in it, or a part.
        """
        hour = minute // HOUR
        kept = self._hours.get(hour)
        if kept is None:
            self._sink(hour - RECENT_HOURS)
            kept = self._hours[hour] = []
        kept.extend(samples)
        if len(kept) > 2 * MAX_HOUR:
            self._hours[hour] = nsmallest(MAX_HOUR, kept)

    def _sink(self, before: int) -> None:
        for hour in sorted(h for h in self._hours if h <= before):
            day = hour // 24
            self._days[day] = nsmallest(MAX_DAY, self._days.get(day, []) + self._hours.pop(hour))
            for old in [d for d in self._days if d <= day - BACKGROUND_DAYS]:
                del self._days[old]

    def top(
        self, minute: int, since: int, n: int = 8, leave_out: frozenset[str] = frozenset()
    ) -> list[tuple[str, int]]:
        """Give the terms that spread most.

        Parameters
        ----------
        minute
            Now, in minutes since the epoch.
        since
            Count from the hour of this minute on; at most `RECENT_HOURS` are known.
        n
            How many.
        leave_out
            Terms not to name.

        Returns
        -------
        list of (term, count)
            Best first; only terms of at least two samples.
        """
        recent = earlier = 0
        counts: dict[str, int] = {}
        usual: dict[str, int] = {}
        for hour, samples in self._hours.items():
            if since // HOUR <= hour <= minute // HOUR:
                recent += self._count(samples, counts)
        for kept in (self._days, {h: s for h, s in self._hours.items() if h < since // HOUR}):
            for samples in kept.values():
                earlier += self._count(samples, usual)
        share = recent / max(1, earlier)
        scored = []
        for term, count in counts.items():
            if count >= 2 and term not in leave_out:
                score = count * log((count + 0.5) / (usual.get(term, 0) * share + 0.5))
                if score > 0:
                    scored.append((-score, term, count))
        return [(term, count) for _, term, count in sorted(scored)[:n]]

    def _count(self, samples: list[Sample], counts: dict[str, int]) -> int:
        for sample in samples:
            for term in self.extract(sample.text):
                counts[term] = counts.get(term, 0) + 1
        return len(samples)

    def state(self) -> list[tuple[int, list[Sample]]]:
        """Give the background: samples of each day. The recent hours are learned again from the minutes kept."""
        return sorted(self._days.items())

    def restore(
        self, state: Iterable[tuple[int, Iterable[Sample]]], minutes: Iterable[tuple[int, list[Sample]]]
    ) -> None:
        """Continue from what `state` gave, and from the samples of the last hours' minutes, in order."""
        kept = list(minutes)
        recent = kept[-1][0] // HOUR - RECENT_HOURS if kept else 0
        for minute, samples in kept:
            if minute // HOUR > recent:
                self.learn_one(minute, samples)
        self._days = {day: [Sample(*row) for row in rows] for day, rows in state}
