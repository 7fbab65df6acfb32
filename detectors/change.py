"""A change of a brand's severity: what its detectors return."""

from typing import NamedTuple

__all__ = ["Change"]


class Change(NamedTuple):
    """A change of a brand's severity, with the figures that are reported with it.

    Parameters
    ----------
    minute
        End of the bucket at which it took effect, minutes since the epoch.
    severity, previous
        `calm`, `watch`, `warning` or `critical`, now and before.
    criteria
        Names of the criteria that hold, as in `detectors.severity.CRITERIA`.
    since
        Minute at which the incident opened.
    observed, expected
        Voices seen in the leading criterion's window, and how many are usual at this hour.
    factor
        Observed over expected; None where next to nothing is expected.
    score
        -log10 of the chance of that many.
    window
        Length of the leading criterion's window in minutes.
    authors, negatives, copies
        Fresh voices, fresh negative voices and copies in the window.
    posts
        Identifiers of the publications that hold the reach criterion.
    warned
        Minutes for which a warning had held.
    crowd
        Fresh negative voices of the last six hours.
    """

    minute: int
    severity: str
    previous: str
    criteria: tuple[str, ...]
    since: int
    observed: int
    expected: float
    factor: float | None
    score: float
    window: int
    authors: int
    negatives: int
    copies: int
    posts: tuple[str, ...]
    warned: int
    crowd: int
