"""What a brand's detectors see at a moment, for those who show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from detectors.criteria.fresh_voices import FRESH, NEGATIVE
from detectors.criteria.surge import HOUR, NEVER
from detectors.statistics.counts import highest_usual

if TYPE_CHECKING:
    from detectors.criteria.negative_growth import NegativeGrowth

__all__ = ["Readings", "Signal", "last_hour"]


class Signal(NamedTuple):
    """The volume or the negatives at a moment.

    Parameters
    ----------
    score
        -log10 of how likely the count is by chance, the highest over the windows.
    observed, expected
        Fresh voices of the last hour, and how many are usual.
    usual_max
        The most that is still usual: expected plus three standard deviations plus one.
    """

    score: float
    observed: int
    expected: float
    usual_max: float


class Readings(NamedTuple):
    """All that is seen of a brand at a moment.

    Parameters
    ----------
    volume, negatives
        Its signals.
    authors, negative_authors
        Fresh voices of the last 6 hours, and the negative ones among them.
    copies
        Copies of somebody else's text in the last hour.
    criteria
        What holds: `surge`, `negative_growth` where the score reaches its threshold, however few people that takes,
        `reach`, `coordinated`.
    """

    volume: Signal
    negatives: Signal
    authors: int
    negative_authors: int
    copies: int
    criteria: tuple[str, ...]


def last_hour(growth: NegativeGrowth, end: int) -> tuple[Signal, Signal]:
    """Read the volume and the negatives before a minute; nothing is learned.

    Parameters
    ----------
    growth
        The detector of negative growth, with the volume it is taught along with.
    end
        Minutes since the epoch.

    Examples
    --------
    >>> from detectors.criteria.negative_growth import NegativeGrowth
    >>> growth = NegativeGrowth()
    >>> growth.learn_one({"t": 100, "count": 3, "negatives": 1})
    >>> [signal.observed for signal in last_hour(growth, 101)]
    [3, 1]
    """
    volume, recent, start = growth.volume, growth.recent, end - HOUR
    usual = volume.expected(start, end) if volume.hour != NEVER else 0.0
    uncertain = 1.0 / volume.baseline.shape
    spread = volume.dispersions[volume.spans.index(HOUR)].value + uncertain
    negative_spread = growth.dispersions[growth.spans.index(HOUR)].value + uncertain
    negatives = usual * growth.share
    return (
        Signal(volume.read(end).score, recent.total(FRESH, start, end), usual, highest_usual(usual, spread)),
        Signal(
            growth.read(end).score,
            recent.total(NEGATIVE, start, end),
            negatives,
            highest_usual(negatives, negative_spread),
        ),
    )
