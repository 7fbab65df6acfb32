"""Severities of an incident, and its criteria by name."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["CRITERIA", "SEVERITIES", "Severity"]


class Severity(IntEnum):
    """How severe a brand's incident is, least first; its `label` is what events, metrics and people call it.

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
    def of(cls, label: str) -> Severity:
        """Return the severity of a label.

        Raises
        ------
        KeyError
            If no severity has this label.
        """
        return cls[label.upper()]


SEVERITIES = tuple(severity.label for severity in Severity)
"""The labels, least severe first."""

CRITERIA = ("surge", "negative_growth", "reach", "coordinated")
"""Each criterion's name in events, metrics and settings; `streams.wording` has the phrase a person reads."""
