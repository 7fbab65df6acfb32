"""The reading of an anomaly detector: a score, and the counts that it rests on."""

from typing import NamedTuple

__all__ = ["NO_READING", "Reading"]


class Reading(NamedTuple):
    """One detector's score at one moment.

    Parameters
    ----------
    score
        -log10 of the chance of so high a count.
    window
        Minutes of the window that scores highest; 0 where no window scores.
    observed, expected
        The count in that window, and how much is usual.
    """

    score: float
    window: int
    observed: int
    expected: float


NO_READING = Reading(0.0, 0, 0, 0.0)
