"""Care hours: the hours of a week in which a brand's customer care answers, by which waiting is counted."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from streams.errors import ConfigError

if TYPE_CHECKING:
    from datetime import tzinfo

ALWAYS = "always"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(rf"({'|'.join(_DAYS)})(?:-({'|'.join(_DAYS)}))? ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class CareHours:
    """The same hours on some days of the week, in one time zone; or all hours.

    Parameters
    ----------
    text
        `always`, or days and hours such as `mon-fri 09:00-18:00`.
    zone
        Of its hours.

    Raises
    ------
    ConfigError
        The text is neither.

    Examples
    --------
    >>> friday = int(datetime(2024, 3, 1, 17, 30, tzinfo=UTC).timestamp())
    >>> due = CareHours("mon-fri 09:00-18:00").after(friday, 3600)
    >>> datetime.fromtimestamp(due, UTC).isoformat()
    '2024-03-04T09:30:00+00:00'
    """

    def __init__(self, text: str, zone: tzinfo = UTC) -> None:
        self._zone = zone
        self._days: frozenset[int] | None = None
        if text == ALWAYS:
            return
        match = _FORM.fullmatch(text)
        if match is None:
            raise ConfigError(f"expected `{ALWAYS}`, or days and hours such as `mon-fri 09:00-18:00`, got {text!r}")
        first, last = match[1], match[2] or match[1]
        begin, end = _DAYS.index(first), _DAYS.index(last)
        self._days = frozenset((begin + n) % 7 for n in range((end - begin) % 7 + 1))
        self._opens, self._closes = time(int(match[3]), int(match[4])), time(int(match[5]), int(match[6]))
        if self._opens >= self._closes:
            raise ConfigError(f"expected hours that open before they close, got {text!r}: swap them")

    def after(self, at: int, seconds: int) -> int:
        """Return when so many seconds of care are over since an instant, both in seconds since the epoch."""
        if self._days is None:
            return at + seconds
        day = datetime.fromtimestamp(at, self._zone).date()
        while True:
            if day.weekday() in self._days:
                begins, closes = max(at, self._at(day, self._opens)), self._at(day, self._closes)
                if begins + seconds <= closes:
                    return begins + seconds
                seconds -= max(0, closes - begins)
            day += timedelta(days=1)

    def _at(self, day: date, hour: time) -> int:
        return int(datetime.combine(day, hour, self._zone).timestamp())
