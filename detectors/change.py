"""A change of a brand's severity: what its detectors return."""

from typing import NamedTuple

__all__ = ["Change", "Reached"]


class Reached(NamedTuple):
    """The widest publication that holds the reach criterion.

    Parameters
    ----------
    post
        Its identifier.
    people
        People it reaches.
    usual
        The reach usual among the brand's posts.
    """

    post: str
    people: int
    usual: float


class Change(NamedTuple):
    """A change of a brand's severity, or a flood that begins in its open incident, with the figures reported with it.

    Parameters
    ----------
    minute
        End of the bucket at which it took effect, minutes since the epoch.
    severity, previous
        `calm`, `watch`, `warning` or `critical`, now and before; the same where a flood begins.
    criteria
        Names of the criteria that hold, as in `detectors.severity.CRITERIA`.
    since
        Minute at which the incident opened.
    observed, expected
        Voices seen in the leading criterion's window, and how many are usual at this hour; where reach leads, people
        reached and the usual reach; where coordination leads, copies.
    factor
        Observed over expected; None where next to nothing is expected.
    score
        -log10 of the chance of that many; 0 where reach leads.
    window
        Length of the leading criterion's window in minutes.
    authors, negatives, copies
        Fresh voices, fresh negative voices and copies in the window.
    posts
        Identifiers of the publications that hold the reach criterion, widest first.
    reached
        The widest of those that ask for the criterion's severity; None where it does not hold.
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
    reached: Reached | None
    warned: int
    crowd: int
