"""Units of event time as detectors count it: whole minutes since 1970-01-01T00:00Z."""

__all__ = ["DAY_MINUTES", "HOUR_MINUTES", "NEVER"]

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
NEVER = -(10**9)
"""Before every minute and every hour: where nothing was counted yet."""
