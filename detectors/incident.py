"""The incident of one brand: calm, watch, warning, critical, and back."""

from __future__ import annotations

from typing import Any

from detectors.severity import Severity

__all__ = ["IncidentState"]


class IncidentState:
    """One incident at a time: it rises at once and closes after a quiet while, never in steps down.

    Parameters
    ----------
    quiet_hold
        Minutes without any criterion after which it closes: shorter pauses do not make a second incident.

    Examples
    --------
    >>> incident = IncidentState(quiet_hold=60)
    >>> incident.update(10, Severity.WATCH, alive=True), incident.update(12, Severity.WARNING, alive=True)
    (True, True)
    >>> incident.update(30, Severity.WATCH, alive=True), incident.update(89, Severity.CALM, alive=False)
    (False, False)
    >>> incident.update(91, Severity.CALM, alive=False), incident.severity
    (True, <Severity.CALM: 0>)
    """

    __slots__ = ("alive_at", "closed_at", "previous", "quiet_hold", "severity", "since", "warned_since")

    def __init__(self, quiet_hold: int = 120) -> None:
        self.quiet_hold = quiet_hold
        self.severity = Severity.CALM
        self.previous = Severity.CALM
        self.since = 0
        self.alive_at = 0
        self.closed_at = 0
        self.warned_since = -1

    @property
    def open(self) -> bool:
        """Whether there is an incident."""
        return self.severity > Severity.CALM

    def update(self, minute: int, level: Severity, alive: bool) -> bool:
        """Take in the level asked for at a minute and whether what opened it goes on; return whether it changed."""
        if level > self.severity or alive:
            self.alive_at = minute
        if level > self.severity:
            if self.severity == Severity.CALM:
                self.since = minute
            self.previous, self.severity = self.severity, level
            return True
        if self.severity > Severity.CALM and minute - self.alive_at >= self.quiet_hold:
            self.previous, self.severity = self.severity, Severity.CALM
            self.closed_at = minute
            return True
        return False

    def lower(self, level: Severity) -> bool:
        """Lower the severity where what was seen turns out to be less; return whether it changed."""
        if self.severity > level:
            self.previous, self.severity = self.severity, level
            return True
        return False

    def warn(self, minute: int) -> int:
        """Note that a warning holds; return the minute since which one has."""
        if self.warned_since < 0:
            self.warned_since = minute
        return self.warned_since

    def state(self) -> list[Any]:
        """Return the incident as plain numbers."""
        return [self.severity, self.previous, self.since, self.alive_at, self.closed_at, self.warned_since]

    def restore(self, state: list[Any]) -> None:
        """Take back what `state` gave."""
        severity, previous, self.since, self.alive_at, self.closed_at, self.warned_since = state
        self.severity, self.previous = Severity(severity), Severity(previous)
