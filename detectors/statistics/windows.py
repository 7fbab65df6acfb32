"""How the length of a window bears on its statistics: the prior of its dispersion, and its multiple-testing penalty."""

import math

from detectors.minutes import HOUR_MINUTES
from detectors.statistics.counts import Dispersion

__all__ = ["HOUR_DISPERSION", "multiple_testing_penalty", "prior_dispersion", "window_dispersion"]

# Weight of the prior dispersion, in squared expected counts.
_PRIOR_WEIGHT = 50.0
_MEMORY_HOURS = 336.0


def prior_dispersion(span: int) -> float:
    """Return the dispersion assumed of a window of `span` minutes before any count: a longer one evens out more.

    Examples
    --------
    >>> [round(prior_dispersion(span), 2) for span in (15, 60, 360, 1440)]
    [0.3, 0.18, 0.09, 0.06]
    """
    return 0.3 * math.pow(15.0 / span, 0.37)


HOUR_DISPERSION = prior_dispersion(HOUR_MINUTES)


def window_dispersion(span: int) -> Dispersion:
    """Return the dispersion of a window of `span` minutes, to be learned once an hour from its prior on.

    Examples
    --------
    >>> round(window_dispersion(60).value, 2), round(window_dispersion(360).every, 2)
    (0.18, 0.17)
    """
    return Dispersion(
        prior=prior_dispersion(span),
        weight=_PRIOR_WEIGHT,
        memory=_MEMORY_HOURS,
        every=min(1.0, HOUR_MINUTES / span),
    )


def multiple_testing_penalty(span: int) -> float:
    """Return what is subtracted from a short window's score, which is tested more often than an hour's: log10 of that.

    Examples
    --------
    >>> round(multiple_testing_penalty(15), 1), multiple_testing_penalty(360)
    (0.6, 0.0)
    """
    return max(0.0, math.log10(HOUR_MINUTES / span))
