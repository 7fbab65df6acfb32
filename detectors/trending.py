"""Terms that are spreading: said often now, and rare before."""

from collections.abc import Iterable, Mapping
from math import log
from typing import Any, TypeVar

Number = TypeVar("Number", int, float)

HOUR = 60
RECENT_HOURS = 6
HALF_LIFE_HOURS = 168
MAX_BACKGROUND = 150
MAX_HOUR = 400


class TrendingTerms:
    """Rank the terms of the last hours by how much more they are said than before.

    Counts of an hour stay apart for `RECENT_HOURS`, then sink into a background that halves every week. A term's
    score is ``c * log((c + 0.5) / (e + 0.5))`` with its count c and the count e that the background expects: the
    term's part in the log-likelihood ratio of the two.

    References
    ----------
    Dunning (1993), Accurate methods for the statistics of surprise and coincidence, https://aclanthology.org/J93-1003/

    Examples
    --------
    >>> trending = TrendingTerms()
    >>> for day in range(7):
    ...     trending.learn_one(day * 1440, [("delivery", "late")] * 3)
    >>> trending.learn_one(7 * 1440, [("delivery", "29343")] * 3)
    >>> trending.top(7 * 1440, since=7 * 1440, n=1)
    [('29343', 3)]
    """

    def __init__(self) -> None:
        self._hours: dict[int, dict[str, int]] = {}
        self._background: dict[str, float] = {}
        self._first: int | None = None
        self._stamp = 0
        self._sunk = 0

    def learn_one(self, minute: int, samples: Iterable[Iterable[str]]) -> None:
        """Count the terms of one closed minute.

        Parameters
        ----------
        minute
            Minutes since the epoch; never less than the last one's.
        samples
            The distinct terms of each sampled mention.
        """
        hour = minute // HOUR
        if self._first is None:
            self._first = self._stamp = self._sunk = hour
        counts = self._hours.get(hour)
        if counts is None:
            self._sink(hour - RECENT_HOURS)
            counts = self._hours[hour] = {}
        for terms in samples:
            for term in terms:
                counts[term] = counts.get(term, 0) + 1
        if len(counts) > 2 * MAX_HOUR:
            self._hours[hour] = _largest(counts, MAX_HOUR)

    def _sink(self, before: int) -> None:
        for hour in sorted(h for h in self._hours if h <= before):
            # Later hours weigh more instead of earlier ones less: the whole background is touched once a week only.
            weight = 2.0 ** ((hour - self._stamp) / HALF_LIFE_HOURS)
            background = self._background
            for term, count in self._hours.pop(hour).items():
                background[term] = background.get(term, 0.0) + count * weight
            self._sunk = hour
            if len(background) > 2 * MAX_BACKGROUND or hour - self._stamp > HALF_LIFE_HOURS:
                kept = _largest(background, MAX_BACKGROUND)
                self._background = {term: value / weight for term, value in kept.items()}
                self._stamp = hour

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
            Best first; only terms said at least twice.
        """
        if self._first is None:
            return []
        counts: dict[str, int] = {}
        for hour, terms in self._hours.items():
            if since // HOUR <= hour <= minute // HOUR:
                for term, count in terms.items():
                    counts[term] = counts.get(term, 0) + count
        keep = 0.5 ** (1 / HALF_LIFE_HOURS)
        learned = (1 - keep ** (self._sunk - self._first + 1)) / (1 - keep)
        weight = 2.0 ** ((self._sunk - self._stamp) / HALF_LIFE_HOURS)
        share = (minute // HOUR - since // HOUR + 1) / learned / weight
        scored = []
        for term, count in counts.items():
            if count >= 2 and term not in leave_out:
                score = count * log((count + 0.5) / (self._background.get(term, 0.0) * share + 0.5))
                if score > 0:
                    scored.append((-score, term, count))
        return [(term, count) for _, term, count in sorted(scored)[:n]]

    def state(self) -> dict[str, Any]:
        """Give what was learned, as plain numbers."""
        return {
            "first": self._first,
            "stamp": self._stamp,
            "sunk": self._sunk,
            "background": self._background,
            "hours": {str(hour): counts for hour, counts in self._hours.items()},
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> "TrendingTerms":
        """Continue from what `state` gave."""
        trending = cls()
        trending._first = state["first"]
        trending._stamp = state["stamp"]
        trending._sunk = state["sunk"]
        trending._background = dict(state["background"])
        trending._hours = {int(hour): dict(counts) for hour, counts in state["hours"].items()}
        return trending


def _largest(counts: Mapping[str, Number], n: int) -> dict[str, Number]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:n])
