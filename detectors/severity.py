"""Severities of an incident, and its criteria by name."""

from enum import IntEnum
from typing import Self

__all__ = ["COORDINATED", "CRITERIA", "NEGATIVE_GROWTH", "REACH", "SEVERITIES", "SURGE", "Severity"]


class Severity(IntEnum):
    """Severity of a brand's incident, lowest first; `label` is its name in events, metrics and texts.

    Examples
    --------
    >>> Severity.WARNING > Severity.WATCH, Severity.WARNING.label, Severity.of("critical")
    (True, 'warning', <Severity.CRITICAL: 3>)
    """

    CALM = 0
    WATCH = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        """Its name in lower case."""
        return self.name.lower()

    @classmethod
    def of(cls, label: str) -> Self:
        """Return the severity of a label.

        Raises
        ------
        KeyError
            If no severity has this label.
        """
        return cls[label.upper()]


SEVERITIES = tuple(severity.label for severity in Severity)
"""The labels, lowest severity first."""

SURGE = "surge"
NEGATIVE_GROWTH = "negative_growth"
REACH = "reach"
COORDINATED = "coordinated"

CRITERIA = (SURGE, NEGATIVE_GROWTH, REACH, COORDINATED)
"""Each criterion's name in events and metrics, as they are listed; `streams.wording` has the phrase a person reads."""
