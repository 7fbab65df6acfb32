"""State machine of one brand's incident: calm, watch, warning, critical, and calm again."""

from typing import Any

from detectors.severity import Severity

__all__ = ["IncidentState"]

# A member of an enumeration is ten times slower to access than a global, and this one is compared every minute.
_CALM = Severity.CALM


class IncidentState:
    """One incident at a time: it rises at once and closes after a quiet while.

    It goes down in one case only, and once: where voices that raised it turn out to be copies, to what others carry.

    Parameters
    ----------
    quiet_hold
        Minutes without any active criterion after which it closes: shorter pauses do not make a second incident.

    Examples
    --------
    >>> incident = IncidentState(quiet_hold=60)
    >>> incident.update(10, Severity.WATCH, active=True), incident.update(12, Severity.WARNING, active=True)
    (True, True)
    >>> incident.update(30, Severity.WATCH, active=True), incident.update(89, Severity.CALM, active=False)
    (False, False)
    >>> incident.update(91, Severity.CALM, active=False), incident.severity
    (True, <Severity.CALM: 0>)
    """

    __slots__ = (
        "active_at",
        "closed_at",
        "doubtful",
        "flooded",
        "previous",
        "quiet_hold",
        "raised_at",
        "settled",
        "severity",
        "since",
        "warned_since",
    )

    def __init__(self, quiet_hold: int) -> None:
        self.quiet_hold = quiet_hold
        self.severity = _CALM
        self.previous = _CALM
        self.since = 0
        self.raised_at = 0
        self.doubtful = False
        self.settled = False
        self.flooded = False
        self.active_at = 0
        self.closed_at = 0
        self.warned_since = -1

    @property
    def open(self) -> bool:
        """Whether there is an incident."""
        return self.severity > _CALM

    def update(self, minute: int, severity: Severity, *, active: bool) -> bool:
        """Apply the severity that the criteria ask for at a minute.

        Parameters
        ----------
        minute
            Minutes since the epoch.
        severity
            What they ask for; a lower one does not lower an open incident's.
        active
            Whether what opened it goes on.

        Returns
        -------
        bool
            Whether the incident's severity changed.
        """
        if severity > self.severity or active:
            self.active_at = minute
        if severity > self.severity:
            if self.severity == _CALM:
                self.since = minute
                self.settled = self.flooded = False
            self.previous, self.severity = self.severity, severity
            self.raised_at, self.doubtful = minute, False
            return True
        if self.severity > _CALM and minute - self.active_at >= self.quiet_hold:
            self.previous, self.severity = self.severity, _CALM
            self.closed_at = minute
            return True
        return False

    def doubt(self, minute: int) -> None:
        """Register that a voice of a minute turned out to be a copy: it may have raised the severity."""
        if self.open and minute < self.raised_at and not self.settled:
            self.doubtful = True

    def flood(self, minute: int) -> bool:
        """Register that a flood holds; return whether it is the first time, in an incident open before this minute."""
        begins = not self.flooded and self.raised_at < minute
        self.flooded = True
        if begins:
            self.previous = self.severity
        return begins

    def settle(self, severity: Severity) -> bool:
        """Lower a doubtful severity to the one that is still asked for; return whether it changed."""
        doubtful, self.doubtful = self.doubtful, False
        if not doubtful or severity == _CALM or severity >= self.severity:
            return False
        self.settled = True
        self.previous, self.severity = self.severity, severity
        if severity < Severity.WARNING:
            self.warned_since = -1
        return True

    def warn(self, minute: int) -> int:
        """Register that a warning holds; return the minute since which one has in this incident."""
        if self.warned_since < 0:
            self.warned_since = minute
        return self.warned_since

    def state(self) -> list[Any]:
        """Return the incident as plain numbers."""
        times = [self.since, self.active_at, self.closed_at, self.warned_since, self.raised_at]
        return [self.severity, self.previous, *times, int(self.doubtful), int(self.settled), int(self.flooded)]

    def restore(self, state: list[Any]) -> None:
        """Restore what `state` returned."""
        severity, previous, *times, doubtful, settled, flooded = state
        self.severity, self.previous = Severity(severity), Severity(previous)
        self.doubtful, self.settled, self.flooded = bool(doubtful), bool(settled), bool(flooded)
        self.since, self.active_at, self.closed_at, self.warned_since, self.raised_at = times
