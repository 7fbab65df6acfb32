"""Event times of polled items: since when each was visible.

An item that a feed shows now and did not show at the last poll is news since then, whatever date it bears: a publisher
that shows an article three hours after its date would otherwise be three hours late. What was there before anybody
looked, a backlog, is news of nobody and makes no burst.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from streams.mentions.mention import EARLIEST

BACKLOG_AGE = timedelta(hours=2)
"""Age of an undated item of a backlog: more than the hour in which late mentions count."""
OLD = timedelta(days=1)
"""Age from which an item that appears is an old one shown again, as where a feed becomes longer."""

_MINUTE = timedelta(minutes=1)


def backlog_times(dates: Sequence[datetime | None], start: datetime) -> list[datetime]:
    """Return the event times of a backlog: its own dates, at most one item a minute.

    A site that was rebuilt a minute ago dates all its items now; so does one that dates none.

    Parameters
    ----------
    dates
        Dates of the items in the feed's order, `None` where one has none.
    start
        When the poll began.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    >>> [f"{at:%H:%M}" for at in backlog_times([start, start, None, None], start)]
    ['15:00', '14:59', '13:00', '12:59']
    """
    own = [min(date or start - BACKLOG_AGE, start) for date in dates]
    times = list(own)
    previous = start + _MINUTE
    for index in sorted(range(len(own)), key=lambda index: own[index], reverse=True):
        previous = max(min(own[index], previous - _MINUTE), EARLIEST)
        times[index] = previous
    return times


def visible_since(dates: Sequence[datetime | None], polled: datetime, start: datetime) -> list[datetime]:
    """Return the event times of items that were not there at the last poll.

    Its own date where that lies between the two polls, or is a day old. Otherwise it became visible at some moment
    between them: the items are spread over that time, the last of the feed first.

    Parameters
    ----------
    dates
        Dates of the items in the feed's order, `None` where one has none.
    polled
        When the last successful poll began.
    start
        When this poll began.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    >>> dates = [None, start - timedelta(hours=3), start - timedelta(minutes=2), start - timedelta(days=9)]
    >>> [f"{at:%d %H:%M}" for at in visible_since(dates, start - timedelta(minutes=10), start)]
    ['25 14:55', '25 14:50', '25 14:58', '16 15:00']
    """
    polled = min(polled, start)
    unknown = [index for index, date in enumerate(dates) if date is None or polled - OLD < date < polled]
    times = [min(date or start, start) for date in dates]
    for place, index in enumerate(reversed(unknown)):
        times[index] = polled + (start - polled) * place / len(unknown)
    return times
