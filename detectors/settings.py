"""The few thresholds of a brand's watch: the same for every brand unless a person sets them."""

from __future__ import annotations

import msgspec

__all__ = ["DetectorSettings"]


class DetectorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds of one brand's detectors.

    Scores are -log10 of a tail probability: 4 is what chance alone would do once in ten thousand looks.

    Parameters
    ----------
    watch_score
        Score of the volume at which a surge is worth a look.
    watch_authors
        Fewest fresh voices in the window of a surge; fewer are isolated mentions.
    warning_score
        Score of the negatives at which their growth is a warning.
    warning_authors
        Fewest fresh negative voices in the window of a warning.
    excess_share
        Least share of negatives among the voices beyond the expected ones: what keeps joy from paging as a crisis.
    critical_margin
        How far above `warning_score` a critical score is: ten times less likely by chance.
    critical_authors
        Fewest fresh negative voices in 6 hours of a critical incident.
    critical_hold
        Minutes for which a warning must have held before it can be critical.
    crowd_share
        Least share of fresh voices in a critical incident, in parts of the share usual for the brand: a few loud
        authors are no crowd.
    quiet_hold
        Minutes without any criterion after which an incident closes.
    aftermath_hours
        Hours after an incident closed in which only more than it had reached opens another.
    copies_least
        Fewest copies (the text of somebody else) in 6 hours that speak of coordination.
    copies_share
        Least share of copies among the voices of 6 hours that speaks of coordination.
    coordinated_hours
        Hours for which a coordinated flood keeps the severity at watch.
    reach_least
        Fewest people one negative publication must reach.
    reach_factor
        How many times the reach usual among this brand's posts it must reach.
    learning_hours
        Hours from a brand's first mention in which it is learned and does not alert.
    volume
        Name of the detector of a surge: `burst`, or one of `detectors.criteria.river_scorers.RIVER_SCORERS`.

    Examples
    --------
    >>> DetectorSettings(watch_score=4).watch_score
    4
    """

    watch_score: float = 4.0
    watch_authors: int = 4
    warning_score: float = 4.0
    warning_authors: int = 5
    excess_share: float = 0.4
    critical_margin: float = 1.0
    critical_authors: int = 20
    critical_hold: int = 60
    crowd_share: float = 0.85
    quiet_hold: int = 180
    aftermath_hours: int = 72
    copies_least: int = 4
    copies_share: float = 0.1
    coordinated_hours: int = 24
    reach_least: int = 50_000
    reach_factor: float = 5.0
    learning_hours: int = 24
    volume: str = "burst"
