"""Thresholds of a brand's detectors: the same for every brand unless the configuration sets them."""

import msgspec

__all__ = ["NEGATIVE_BINOMIAL", "SURGE_DETECTORS", "DetectorSettings"]

NEGATIVE_BINOMIAL = "negative_binomial"
SURGE_DETECTORS = (NEGATIVE_BINOMIAL, "gaussian", "half_space_trees")
"""Detectors of a surge: `detectors.anomaly.surge.Surge`, and river's in `detectors.anomaly.river_scorers`."""


class DetectorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds of one brand's detectors.

    Scores are -log10 of a tail probability: 4 is what chance alone reaches once in ten thousand tests.

    Parameters
    ----------
    watch_score
        Score of the volume at which a surge opens an incident, at severity watch.
    watch_authors
        Fewest fresh voices in the window of a surge; fewer are isolated mentions.
    warning_score
        Score of the negatives at which their growth is a warning.
    warning_authors
        Fewest fresh negative voices in the window of a warning.
    excess_share
        Least share of negatives among the voices beyond the expected ones: it keeps positive surges from paging as
        crises.
    critical_margin
        How far above `warning_score` a critical score is: ten times less likely by chance.
    critical_authors
        Fewest fresh negative voices in 6 hours of a critical incident.
    critical_evidence
        Evidence of a crisis that goes on, in decades, from which on a warning is critical; ten minutes add at most two.
    critical_hold
        Minutes for which a warning must have held to be critical without that evidence.
    crowd_share
        Least share of fresh voices in a critical incident, in parts of the share usual for the brand: a few loud
        authors are no crowd.
    quiet_hold
        Minutes without any criterion after which an incident closes.
    aftermath_hours
        Hours after an incident closed in which only more than its peak opens another.
    copies_least
        Fewest copies of other authors' texts in 6 hours that count as coordinated.
    copies_share
        Least share of copies among the voices of 6 hours that counts as coordinated.
    reach_least
        Fewest people one publication must reach.
    reach_factor
        How many times the reach usual among this brand's posts a negative one must reach; one of any tone, twice that.
    learning_hours
        Hours from a brand's first mention in which its detectors learn and do not alert.
    surge_detector
        Detector of a surge: `negative_binomial`, or one of river's, `gaussian` or `half_space_trees`.

    Raises
    ------
    ValueError
        If there is no such surge detector.

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
    critical_authors: int = 12
    critical_evidence: float = 4.5
    critical_hold: int = 60
    crowd_share: float = 0.85
    quiet_hold: int = 180
    aftermath_hours: int = 72
    copies_least: int = 8
    copies_share: float = 0.1
    reach_least: int = 50_000
    reach_factor: float = 5.0
    learning_hours: int = 24
    surge_detector: str = NEGATIVE_BINOMIAL

    def __post_init__(self) -> None:
        if self.surge_detector not in SURGE_DETECTORS:
            raise ValueError(
                f"surge_detector: expected one of {', '.join(SURGE_DETECTORS)}, got {self.surge_detector!r}"
            )
