"""Times as exports write them: ISO 8601, numbers in either order, named months, seconds since the epoch."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

_CLOCK = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?:(?P<half>[ap])\.?\s?m\.?)?"
_ISO = re.compile(r"(\d{4})[-/.](\d{2})[-/.](\d{2})[T ]+(\d{1,2}:\d{2}.*)", re.IGNORECASE)
_NUMBERS = re.compile(
    rf"(?P<one>\d{{1,2}})(?P<mark>[-/.])(?P<two>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}|\d{{2}}),?\s+{_CLOCK}", re.I
)
_DAY_NAMED = re.compile(
    rf"(?P<day>\d{{1,2}})[-\s](?P<month>[a-z]{{3,9}})\.?[-\s](?P<year>\d{{4}}|\d{{2}}),?\s+{_CLOCK}", re.I
)
_NAMED_DAY = re.compile(rf"(?P<month>[a-z]{{3,9}})\.?\s(?P<day>\d{{1,2}}),?\s(?P<year>\d{{4}}),?\s+{_CLOCK}", re.I)
_DATE_ALONE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}[-\s][a-z]{3,9}\.?[-\s]\d{2,4}", re.I)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_time(text: str, month_first: bool = False, date_format: str | None = None) -> datetime:
    """Read a time of an export.

    Parameters
    ----------
    text
        A date with its time of day.
    month_first
        Whether 03/04/2026 is the 4 March.
    date_format
        The form of all times, as of `strptime`; `None`: those that are known.

    Returns
    -------
    datetime
        With a zone only where the text has one.

    Raises
    ------
    ValueError
        It is none; the argument is `date` where only the time of day is missing, otherwise `time`.

    Examples
    --------
    >>> [str(read_time(text)) for text in ("2026-11-25 15:04:00.0", "25-Nov-2026 03:04PM", "25/11/2026 15:04")]
    ['2026-11-25 15:04:00', '2026-11-25 15:04:00', '2026-11-25 15:04:00']
    >>> str(read_time("11/25/26 3:04 pm", month_first=True)), str(read_time("2026-11-25T15:04:00+01:00"))
    ('2026-11-25 15:04:00', '2026-11-25 15:04:00+01:00')
    >>> read_time("2026-11-25")
    Traceback (most recent call last):
    ...
    ValueError: date
    """
    text = " ".join(text.split())
    try:
        if date_format:
            return datetime.strptime(text, date_format)  # noqa: DTZ007 - its zone is the export's
        return _known(text, month_first)
    except (ValueError, OverflowError):
        raise ValueError("date" if _DATE_ALONE.fullmatch(text) else "time") from None


def months_come_first(texts: Iterable[str]) -> bool | None:
    """Tell from all times of a column whether 03/04/2026 is the 4 March; `None`: no time shows it.

    Examples
    --------
    >>> months_come_first(["03/04/2026 10:00", "11/25/2026 10:00"]), months_come_first(["03/04/2026 10:00"])
    (True, None)
    """
    day = month = 0
    for text in texts:
        match = _NUMBERS.match(text.strip())
        if match and match["mark"] != ".":
            day += int(match["one"]) > 12
            month += int(match["two"]) > 12
    return month > day if day or month else None


def is_numbers(text: str) -> bool:
    """Whether the order of a time's numbers matters: 03/04/2026, and not 03.04.2026, where the day comes first.

    Examples
    --------
    >>> is_numbers("03/04/2026 10:00"), is_numbers("03.04.2026 10:00"), is_numbers("2026-04-03 10:00")
    (True, False, False)
    """
    match = _NUMBERS.match(text.strip())
    return match is not None and match["mark"] != "." and match["one"] != match["two"]


def _known(text: str, month_first: bool) -> datetime:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text) / (1000 if len(text) > 10 else 1), UTC)
    if match := _ISO.fullmatch(text):
        year, month, day, clock = match.groups()
        clock = re.sub(r"\s*(?:UTC|GMT|Z)$", "+00:00", clock, flags=re.I)
        return datetime.fromisoformat(f"{year}-{month}-{day}T{clock.zfill(5) if clock[1] != ':' else '0' + clock}")
    if match := _NUMBERS.fullmatch(text):
        first, second = int(match["one"]), int(match["two"])
        month_day = (first, second) if month_first and match["mark"] != "." else (second, first)
        return _time(match, *month_day)
    match = _DAY_NAMED.fullmatch(text) or _NAMED_DAY.fullmatch(text)
    if not match:
        raise ValueError(text)
    return _time(match, _MONTHS.index(match["month"][:3].lower()) + 1, int(match["day"]))


def _time(match: re.Match[str], month: int, day: int) -> datetime:
    year, hour, half = int(match["year"]), int(match["hour"]), (match["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(match.string)
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    year += 2000 if year < 100 else 0
    time = f"{year:04}-{month:02}-{day:02}T{hour:02}:{match['minute']}:{match['second'] or '00'}"
    return datetime.fromisoformat(time)
