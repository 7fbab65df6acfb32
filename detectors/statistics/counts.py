"""Count models: recent counts over any window, and the tail probability of a count."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from scipy.special import betainc

__all__ = ["Dispersion", "RecentCounts", "highest_usual", "tail_surprisal"]

HIGHEST = 300.0
_SMALLEST = 1e-300
_PRUNED_MINUTES = 256


def tail_surprisal(count: float, expected: float, dispersion: float) -> float:
    """Return -log10 of the chance that a negative binomial count is at least this high.

    Parameters
    ----------
    count
        The count observed.
    expected
        Mean of the negative binomial.
    dispersion
        Variance beyond a Poisson's, in squares of the mean: var = mean + dispersion * mean**2.

    Returns
    -------
    float
        From 0, nothing unusual, to 300.

    Notes
    -----
    P(N >= n) is the regularised incomplete beta function I_q(n, r) with r = 1 / dispersion and q = mean / (mean + r)
    (Johnson, Kemp and Kotz, Univariate Discrete Distributions, 2005, doi:10.1002/0471715816). A Poisson tail would make
    a false alarm of every busy hour: no threshold then reaches a usable budget.

    Examples
    --------
    >>> round(tail_surprisal(10, 2.0, 0.2), 2)
    2.96
    >>> tail_surprisal(0, 2.0, 0.2)
    0.0
    """
    if count <= 0:
        return 0.0
    if expected <= 0:
        return HIGHEST
    size = 1.0 / (dispersion if dispersion > 1e-6 else 1e-6)
    chance = betainc(count, size, expected / (expected + size))
    if chance <= _SMALLEST:
        return HIGHEST
    # Rounding may give a chance a little beyond 1.
    return -math.log10(chance) if chance < 1.0 else 0.0


def highest_usual(expected: float, dispersion: float) -> float:
    """Return the mean plus three standard deviations plus one: the most that is learned of a count."""
    return expected + 3.0 * math.sqrt(expected + dispersion * expected * expected) + 1.0


class Dispersion:
    """Learn how much more counts vary than a Poisson's, by decayed moments.

    Parameters
    ----------
    prior
        The dispersion assumed before any count.
    weight
        Weight of the prior, in squared expected counts.
    memory
        Steps after which a step weighs 1/e.
    every
        Weight of one count: below 1 where windows overlap and say the same thing several times.

    Examples
    --------
    >>> d = Dispersion(prior=0.2, weight=100.0, memory=336.0)
    >>> for _ in range(50): d.learn([10, 0, 20, 10], 10.0)
    >>> 0.35 < d.value < 0.4
    True
    """

    __slots__ = ("_decay", "every", "excess", "prior", "squares", "weight")

    # Real brands are never Poisson, and estimates lean low because surges are left out of them.
    LOWEST, HIGHEST = 0.1, 2.0

    def __init__(self, prior: float, weight: float, memory: float, every: float = 1.0) -> None:
        self.prior = prior
        self.weight = weight
        self.every = every
        self._decay = math.exp(-1.0 / memory)
        self.excess = 0.0
        self.squares = 0.0

    @property
    def value(self) -> float:
        """The current estimate."""
        estimate = (self.weight * self.prior + self.excess) / (self.weight + self.squares)
        if estimate < self.LOWEST:
            return self.LOWEST
        return estimate if estimate < self.HIGHEST else self.HIGHEST

    def learn(self, counts: Sequence[float], expected: float) -> None:
        """Learn one step: the counts of its windows, and the count expected in each."""
        self.learn_empty(len(counts), expected)
        for count in counts:
            # A window adds (count - expected)**2 - expected.
            self.excess += self.every * count * (count - 2.0 * expected)

    def capped(self, count: float, expected: float, uncertain: float) -> float:
        """Return a count, capped at the most that is usual with a mean so uncertain (squared, relative)."""
        if count <= expected + 1.0:  # up to there any count is usual
            return count
        return min(count, highest_usual(expected, self.value + uncertain))

    def learn_window(self, count: float, expected: float, uncertain: float) -> None:
        """Learn a step of one window, its count capped at the most that is usual."""
        weight = self.every * expected
        excess = self._decay * self.excess + weight * (expected - 1.0)
        if count:
            if count > expected + 1.0:
                count = self.capped(count, expected, uncertain)
            excess += self.every * count * (count - 2.0 * expected)
        self.excess = excess
        self.squares = self._decay * self.squares + weight * expected

    def learn_empty(self, windows: int, expected: float) -> None:
        """Learn one step without counts, as most are."""
        weight = self.every * windows * expected
        self.excess = self._decay * self.excess + weight * (expected - 1.0)
        self.squares = self._decay * self.squares + weight * expected

    def state(self) -> list[float]:
        """Return what was learned."""
        return [self.excess, self.squares]

    def restore(self, state: Sequence[float]) -> None:
        """Restore what `state` returned."""
        self.excess, self.squares = state


class RecentCounts:
    """Whole-numbered counts of recent minutes, summed over any window without walking through it.

    Parameters
    ----------
    fields
        How many counts each minute has.
    horizon
        Minutes to remember.

    Attributes
    ----------
    minutes
        Minutes with counts, in order.
    sums
        Running sums of each field: `sums[field][bisect_left(minutes, m)]` counts the minutes before `m`.

    Examples
    --------
    >>> c = RecentCounts(fields=2, horizon=1440)
    >>> c.add(100, (3, 1)); c.add(130, (2, 0))
    >>> c.totals(100, 131), c.totals(101, 131)
    ([5, 1], [2, 0])
    """

    __slots__ = ("fields", "horizon", "minutes", "sums")

    def __init__(self, fields: int, horizon: int) -> None:
        self.fields = fields
        self.horizon = horizon
        self.minutes: list[int] = []
        self.sums: list[list[int]] = [[0] for _ in range(fields)]

    def add(self, minute: int, counts: Iterable[int]) -> None:
        """Add a minute later than every minute before it."""
        self.minutes.append(minute)
        for sums, count in zip(self.sums, counts, strict=True):
            sums.append(sums[-1] + count)
        # Pruned in blocks: deleting from the front of a list moves all of it.
        if self.minutes[0] < minute - self.horizon - _PRUNED_MINUTES:
            at = bisect_left(self.minutes, minute + 1 - self.horizon)
            del self.minutes[:at]
            for sums in self.sums:
                del sums[:at]

    def insert(self, minute: int, counts: Iterable[int]) -> None:
        """Add counts to a minute that may be older than others."""
        at = bisect_left(self.minutes, minute)
        if at == len(self.minutes) or self.minutes[at] != minute:
            self.minutes.insert(at, minute)
            for sums in self.sums:
                sums.insert(at + 1, sums[at])
        for sums, count in zip(self.sums, counts, strict=True):
            if count:
                sums[at + 1 :] = [total + count for total in sums[at + 1 :]]

    def total(self, field: int, start: int, end: int) -> int:
        """Sum one field over the minutes from `start` to before `end`."""
        sums = self.sums[field]
        return sums[bisect_left(self.minutes, end)] - sums[bisect_left(self.minutes, start)]

    def sum_fields(self, fields: Iterable[int], start: int, end: int) -> list[int]:
        """Sum some fields over the minutes from `start` to before `end`."""
        low = bisect_left(self.minutes, start)
        high = bisect_left(self.minutes, end)
        return [self.sums[field][high] - self.sums[field][low] for field in fields]

    def totals(self, start: int, end: int) -> list[int]:
        """Sum every field over the minutes from `start` to before `end`."""
        low = bisect_left(self.minutes, start)
        high = bisect_left(self.minutes, end)
        return [sums[high] - sums[low] for sums in self.sums]
