"""Partial copies: whether texts that share a run of words with others' are assembled, or a crowd's own words."""

from detectors.copied_texts import Verdict
from detectors.fresh_voices import COPIES, PARTIAL, VOICES, FreshCounts
from detectors.minutes import HOUR_MINUTES
from detectors.statistics.counts import RecentCounts

__all__ = ["WINDOW_MINUTES", "PartialCopies"]

WINDOW_MINUTES = 6 * HOUR_MINUTES
"""Minutes over which copies are counted."""

# A brand with a greater share of partial copies has them every day: of an app, a form, a greeting.
_USUAL = 0.1
_PRIOR_VOICES = 25.0
# Whoever assembles texts from few parts repeats some of them whole; a crowd of this many does not.
_WHOLE = 0.1
_DECIDED = 30
_FEWEST = 3


class PartialCopies:
    """Judge partial copies by the whole ones beside them.

    Texts assembled from a few parts soon repeat each other whole; people who tell of the same thing share words now and
    then and hardly ever a text. Until there are enough of either, partial copies count as neither.

    Parameters
    ----------
    recent
        Recent counts of the brand.

    Examples
    --------
    >>> recent = RecentCounts(fields=7, horizon=1500)
    >>> partial = PartialCopies(recent)
    >>> recent.add(100, (5, 5, 0, 15, 10, 10, 10))
    >>> partial.verdict(101, usual_copies=0.02).name
    'UNDECIDED'
    >>> recent.add(110, (0, 0, 20, 50, 30, 0, 0))
    >>> partial.verdict(111, usual_copies=0.02).name
    'COPIES'
    """

    __slots__ = ("partial", "recent", "voices")

    def __init__(self, recent: RecentCounts) -> None:
        self.recent = recent
        self.partial = 0.0
        self.voices = 0.0

    def learn_hour(self, counts: FreshCounts, fade: float) -> None:
        """Learn one usual hour's counts; what was learned before weighs `fade`."""
        self.partial = self.partial * fade + counts.partial
        self.voices = self.voices * fade + counts.voices

    def verdict(self, end: int, usual_copies: float) -> Verdict:
        """Return what partial copies are by the hours before a minute.

        Parameters
        ----------
        end
            Minutes since the epoch.
        usual_copies
            Share of whole copies usual for the brand.
        """
        if self.partial > _USUAL * (_PRIOR_VOICES + self.voices):
            return Verdict.OWN
        copies, partial, voices = self.recent.sum_fields((COPIES, PARTIAL, VOICES), end - WINDOW_MINUTES, end)
        if not partial and not copies:
            return Verdict.UNDECIDED
        whole = max(0.0, copies - usual_copies * voices)
        if whole >= _WHOLE * (whole + partial):
            return Verdict.COPIES if whole >= _FEWEST else Verdict.UNDECIDED
        return Verdict.OWN if partial >= _DECIDED else Verdict.UNDECIDED

    def state(self) -> list[float]:
        """Return what was learned."""
        return [self.partial, self.voices]

    def restore(self, state: list[float]) -> None:
        """Restore what `state` returned."""
        self.partial, self.voices = state
