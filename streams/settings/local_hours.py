"""The changes of a time zone's clocks, looked up once for the detectors, which do no input or output."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from detectors.statistics.local_hours import LocalHours

_FIRST_HOUR, _LAST_HOUR = 0, 24 * 366 * 130
# Shorter than any time between two changes, so that none is stepped over.
_STEP_HOURS = 24 * 7


@lru_cache(maxsize=64)
def local_hours(timezone: str) -> LocalHours:
    """Return the local hours of a time zone, from 1970 to 2100.

    Parameters
    ----------
    timezone
        An IANA name.

    Examples
    --------
    >>> hour = int(datetime(2024, 3, 31, 1, tzinfo=UTC).timestamp()) // 3600
    >>> paris = local_hours("Europe/Paris")
    >>> paris.offset(hour - 1), paris.offset(hour)
    (1, 2)
    """
    zone = ZoneInfo(timezone)
    changes: list[int] = []
    offsets = [_offset(zone, _FIRST_HOUR)]
    for hour in range(_FIRST_HOUR + _STEP_HOURS, _LAST_HOUR, _STEP_HOURS):
        offset = _offset(zone, hour)
        if offset != offsets[-1]:
            before, after = hour - _STEP_HOURS, hour
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (before, middle) if _offset(zone, middle) == offset else (middle, after)
            changes.append(after)
            offsets.append(offset)
    return LocalHours(changes, offsets)


def _offset(zone: ZoneInfo, hour: int) -> int:
    offset = datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).utcoffset()
    # Part hours shift every day alike, and so do not matter to its shape.
    return 0 if offset is None else int(offset.total_seconds() // 3600)
