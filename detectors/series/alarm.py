"""Alarm gate: a threshold on scores, then quiet for a day unless the score grows clearly worse."""

from river import base


class AlarmGate(base.Base):
    """Turn a stream of scores into alarms, few enough to be read.

    A score that reaches the threshold alarms, and then none for `hold` seconds, except at once one that exceeds the
    last alarm's by `escalation`: so that a small alarm does not hide the burst behind it.

    Parameters
    ----------
    threshold
        Least score that alarms, in the score's own unit.
    hold
        Seconds of quiet after an alarm.
    escalation
        By how much a score must exceed the last alarm's to alarm again within `hold`.

    Examples
    --------
    >>> gate = AlarmGate(threshold=2.0, hold=60.0, escalation=1.0)
    >>> [gate.update(t, score) for t, score in [(0, 1.9), (10, 2.1), (20, 3.0), (30, 3.2), (70, 2.5), (100, 2.5)]]
    [False, True, False, True, False, True]

    """

    def __init__(self, threshold: float, hold: float = 86_400.0, escalation: float = 1.0) -> None:
        self.threshold = threshold
        self.hold = hold
        self.escalation = escalation
        self._at = float("-inf")
        self._score = float("-inf")

    def update(self, t: float, score: float) -> bool:
        """Return whether `score` at time `t` (seconds, never decreasing) is an alarm."""
        if score < self.threshold or (t - self._at < self.hold and score <= self._score + self.escalation):
            return False
        self._at = t
        self._score = score
        return True
