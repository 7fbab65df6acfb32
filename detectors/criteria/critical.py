"""The rule by which a warning is critical: evidence of a crowd, accumulated over more than a moment."""

import math

from detectors.anomaly.negative_growth import NegativeGrowth
from detectors.anomaly.reading import Reading
from detectors.criteria.coordination import Coordination
from detectors.fresh_voices import NEGATIVE, FreshCounts
from detectors.minutes import HOUR_MINUTES
from detectors.settings import DetectorSettings

__all__ = ["CRITICAL_MINUTES", "CriticalRule", "slot_evidence"]

CRITICAL_MINUTES = 6 * HOUR_MINUTES
"""Minutes of the window in which people are counted and evidence is accumulated."""

_SLOT_MINUTES = 10
# Of the slots of the window, this many must hold fresh negative voices.
_LEAST_SLOTS = 3
# How many times the usual negative voices the crisis has that the evidence speaks for.
_TIMES = 5.0
# Most that one slot adds to the evidence, in decades: a moment alone, however loud, is none.
_MOST_A_SLOT = 2.0
# Most people that copies are doubted for.
_MOST_DOUBTED = 20


class CriticalRule:
    """Say whether a warning is critical: many people, far beyond chance, who go on.

    "Going on" is evidence, and not time alone: for each ten minutes of the last six hours the likelihood ratio of a
    crisis (five times the usual negative voices) against the usual, at most a hundred, multiplied over the slots from
    where that speaks most. A violent outage is critical while it lasts, in some twenty minutes; a slow one by and by. A
    brand that is hardly known yet, so that a crowd and a few loud accounts look the same, gathers evidence more slowly;
    for any brand a warning of `critical_hold` minutes is evidence enough.

    Parameters
    ----------
    settings
        Thresholds.
    growth
        The detector of negative growth: what is usual.
    coordination
        Knows copies, and how fresh the brand's voices usually are.
    """

    def __init__(self, settings: DetectorSettings, growth: NegativeGrowth, coordination: Coordination) -> None:
        self.settings = settings
        self.growth = growth
        self.coordination = coordination

    def holds(self, end: int, growth: Reading | None, warned: int) -> bool:
        """Return whether a growth warned of for so many minutes is critical before minute `end`."""
        s, recent = self.settings, self.growth.recent
        if growth is None or growth.score < s.warning_score + s.critical_margin:
            return False
        # People hear of the warning first: what it rests on may all have come before it.
        if warned < min(_SLOT_MINUTES, s.critical_hold):
            return False
        start = end - CRITICAL_MINUTES
        counts = FreshCounts(*recent.totals(start, end))
        # Some of a flood's copies stay unrecognised: one in ten is taken for one.
        copies = self.coordination.copies_between(start, end)
        needed = s.critical_authors + min(copies // 10, _MOST_DOUBTED)
        # A few loud authors are no crowd.
        if counts.negatives < needed or not self.coordination.crowded(counts, s.crowd_share):
            return False
        slots = [recent.total(NEGATIVE, at, at + _SLOT_MINUTES) for at in range(start, end, _SLOT_MINUTES)]
        if sum(slot > 0 for slot in slots) < _LEAST_SLOTS:
            return False
        return warned >= s.critical_hold or self.evidence(start, slots) >= s.critical_evidence

    def evidence(self, start: int, slots: list[int]) -> float:
        """Return the evidence of a crisis that goes on, in decades: that of the best run of slots up to the last.

        Notes
        -----
        A CUSUM of log likelihood ratios (Page 1954, doi:10.1093/biomet/41.1-2.100). Cutting a ratio keeps its mean at
        most 1 where nothing is wrong, so that by Ville's inequality a given run exceeds x decades with a chance of at
        most 10**-x, however often one looks.
        """
        growth = self.growth
        size = 1.0 / growth.hour_spread()
        most = _MOST_A_SLOT * self.coordination.known
        best = 0.0
        for i, count in enumerate(slots):
            at = start + i * _SLOT_MINUTES
            usual = growth.share * growth.volume.expected(at, at + _SLOT_MINUTES)
            best = max(0.0, best + min(most, slot_evidence(count, usual, size)))
        return best


def slot_evidence(count: int, usual: float, size: float, times: float = _TIMES) -> float:
    """Return log10 of the likelihood ratio of a negative binomial count with `times` the usual mean.

    Parameters
    ----------
    count
        The count observed.
    usual
        Its usual mean.
    size
        1 / dispersion.
    times
        How many times the usual mean the alternative has.

    Examples
    --------
    >>> round(slot_evidence(4, 0.1, 3.0), 2), round(slot_evidence(0, 0.1, 3.0), 2)
    (2.43, -0.16)
    """
    ratio = (times * usual + size) / (usual + size)
    return count * math.log10(times / ratio) - size * math.log10(ratio)
