"""Event times of polled items: since when each was visible.

An item that a feed shows now and did not show at the last poll is news since then, whatever date it bears: a publisher
that shows an article three hours after its date would otherwise be three hours late. What was there before anybody
looked, a backlog, is news of nobody and makes no burst.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from streams.event_time import MAX_LATE_MS
from streams.mentions.mention import EARLIEST

BACKLOG_AGE = timedelta(milliseconds=MAX_LATE_MS) + timedelta(hours=1)
"""Age of an undated item of a backlog: late mentions no longer count then."""
OLD = timedelta(days=1)
"""Age from which an item that appears is an old one shown again, as where a feed becomes longer."""
MANY = 10
"""More new items than this, none of them beside a known one, are a backlog: all ids of the document have changed. More
than this that bear one minute bear the site's date, not their own."""

_MINUTE = timedelta(minutes=1)


def event_times(
    dates: Sequence[datetime | None], polled: datetime | None, start: datetime, *, known: bool = True
) -> list[datetime]:
    """Return the event times of items that were not there at the last poll.

    An item that bears a date between the two polls counts then. Any other became visible at some moment between them,
    and such items are spread over that time, the last one first; an old one (`OLD`) keeps its date. Of a backlog, at
    most one item counts in a minute, and one without a date is too late to count (`BACKLOG_AGE`).

    Parameters
    ----------
    dates
        Dates of the items, newest first as feeds have them; `None` where one has none that can be believed.
    polled
        When the last successful poll began; `None`: this is the first, and all it shows is a backlog.
    start
        When this poll began.
    known
        Whether it also shows an item that is known; where it does not, a document full of new ones is a backlog too.

    Examples
    --------
    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    >>> dates = [None, start - timedelta(hours=3), start - timedelta(minutes=2), start - timedelta(days=9)]
    >>> [f"{at:%d %H:%M}" for at in event_times(dates, start - timedelta(minutes=10), start)]
    ['25 14:55', '25 14:50', '25 14:58', '16 15:00']
    >>> [f"{at:%d %H:%M}" for at in event_times([start, start, None, None], None, start)]
    ['25 15:00', '25 14:59', '25 11:00', '25 10:59']
    """
    minutes = Counter(int(date.timestamp()) // 60 for date in dates if date)
    dates = [date if date and minutes[int(date.timestamp()) // 60] <= MANY else None for date in dates]
    last = min(polled or start, start)
    times = [min(date or start, start) for date in dates]
    others = [index for index, date in enumerate(dates) if date is None or not last < date <= start]
    if polled is None:
        _ladder(times, range(len(times)), dates, last)
    elif not known and len(dates) > MANY:
        _ladder(times, others, dates, last)
    else:
        unknown = [index for index in others if (dates[index] or start) > last - OLD]
        for place, index in enumerate(reversed(unknown)):
            times[index] = last + (start - last) * place / len(unknown)
    return times


def _ladder(times: list[datetime], indexes: Sequence[int], dates: Sequence[datetime | None], last: datetime) -> None:
    """Set the times of a backlog, all up to the last poll: by their dates, each a minute or more before the next."""
    own = {index: min(dates[index] or last - BACKLOG_AGE, last) for index in indexes}
    previous = last + _MINUTE
    for index in sorted(own, key=lambda index: own[index], reverse=True):
        previous = times[index] = max(min(own[index], previous - _MINUTE), EARLIEST)
