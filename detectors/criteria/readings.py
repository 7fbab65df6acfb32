"""Readings of a brand's detectors at one moment, for metrics and displays."""

from typing import NamedTuple

__all__ = ["Readings", "Signal"]


class Signal(NamedTuple):
    """What one criterion measures at a moment.

    Parameters
    ----------
    reached
        Whether its threshold is reached, however few people that takes.
    score
        -log10 of how likely the count is by chance, the highest over the windows; 0 where it has no score.
    observed, expected
        Its count over the last hour, and how much is usual.
    usual_max
        The most that is still usual: expected plus three standard deviations plus one.
    """

    reached: bool
    score: float = 0.0
    observed: int = 0
    expected: float = 0.0
    usual_max: float = 0.0


class Readings(NamedTuple):
    """All that the detectors measure of a brand at a moment.

    Parameters
    ----------
    volume, negatives
        Signals of the surge and of negative growth: fresh voices, and the negative ones among them.
    authors, negative_authors
        Fresh voices of the last 6 hours, and the negative ones among them.
    copies
        Copies of another author's text in the last hour.
    criteria
        Names of the criteria whose threshold is reached, however few people that takes.
    learning_until
        End of the first hours, which are learned and never alert: minutes since the epoch, 0 before the first mention.
    """

    volume: Signal
    negatives: Signal
    authors: int
    negative_authors: int
    copies: int
    criteria: tuple[str, ...]
    learning_until: int = 0
