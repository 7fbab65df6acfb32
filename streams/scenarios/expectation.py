"""Expectation: what must be found in a scenario and by when, or must not be found; the `[[expect]]` tables of its file.

A signal with a documented hour is expected by the clock (`begins`, `within_minutes`). One without is expected by order
alone: `after` one single post, `before` another, named by their ids. Three examples::

    [[expect]]
    signal = "watch"                 # a severity (this one or a higher), or a criterion; of desk signals, the name
    begins = 2012-07-06T15:10:00     # not before this local time (default: the scenario's start)
    within_minutes = 45              # and at most so much later (default: any time later)
    source = "operators"             # the id of the source that documents it (default: none does)

    [[expect]]
    signal = "reach"
    after = "refusal"                # begins after this post
    before = "deletion"              # and before that one

    [[expect]]
    kind = "desk"                    # how the brand answers; "incident" (default): what the detectors find
    signal = "hot_reply"
    never = true                     # holds at no time between `begins` and `ends` (default: the whole scenario)

`ends` is the time before which the signal must not end, `ends_within_minutes` how much later it may at most.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from streams.scenarios.table import Count, LocalTime, Name, StrictTable


class Period(NamedTuple):
    """A time during which a signal held, in the scenario's local time; `ends` is None where it still holds."""

    begins: datetime
    ends: datetime | None = None


class Expectation(StrictTable, frozen=True):
    """One expectation of a scenario.

    Parameters
    ----------
    signal
        A severity, a criterion, or the name of a desk signal.
    kind
        `incident` or `desk`.
    begins, ends
        Earliest local time at which it begins, and at which it ends; of a `never`, the times between which it is.
    within_minutes, ends_within_minutes
        How much later than `begins` or `ends` at most; None: any time later.
    after, before
        Ids of single posts between which it begins.
    never
        Whether it must not hold.
    source
        Id of the source that documents it.
    """

    signal: Name
    kind: Literal["incident", "desk"] = "incident"
    begins: LocalTime | None = None
    within_minutes: Count | None = None
    ends: LocalTime | None = None
    ends_within_minutes: Count | None = None
    after: Name | None = None
    before: Name | None = None
    never: bool = False
    source: Name | None = None

    @property
    def by_order(self) -> bool:
        """Whether it is expected after or before a single post."""
        return self.after is not None or self.before is not None

    @property
    def by_clock(self) -> bool:
        """Whether it is expected at a time."""
        return self.begins is not None or self.within_minutes is not None

    def fault(self, periods: Sequence[Period], posts: Mapping[str, datetime]) -> str | None:
        """Return how the periods in which the signal held differ from this expectation; None where they do not.

        Parameters
        ----------
        periods
            When the signal held.
        posts
            Local time of each single post with an id.

        Examples
        --------
        >>> early = Expectation(signal="watch", begins=datetime(2012, 7, 6, 15, 10), within_minutes=45)
        >>> early.fault([Period(datetime(2012, 7, 6, 15, 29))], {})
        >>> early.fault([Period(datetime(2012, 7, 6, 16, 29))], {})
        'watch: expected to begin from 2012-07-06 15:10 to 2012-07-06 15:55, got 2012-07-06 16:29'
        """
        earliest = posts[self.after] if self.after else self.begins
        if self.never:
            holding = [p for p in periods if _overlap(p, earliest, self.ends)]
            return f"{self.signal}: expected never, got {_times(holding)}" if holding else None
        latest = posts[self.before] if self.before else _later(earliest, self.within_minutes)
        begun = [p for p in periods if _within(p.begins, earliest, latest)]
        if not begun:
            return f"{self.signal}: expected to begin {_span(earliest, latest)}, got {_times(periods)}"
        last = _later(self.ends, self.ends_within_minutes)
        if self.ends and not any(_within(p.ends, self.ends, last) if p.ends else last is None for p in begun):
            return f"{self.signal}: expected to end {_span(self.ends, last)}, got {_times(begun)}"
        return None


def _later(time: datetime | None, minutes: int | None) -> datetime | None:
    return None if time is None or minutes is None else time + timedelta(minutes=minutes)


def _within(time: datetime, first: datetime | None, last: datetime | None) -> bool:
    return (first is None or first <= time) and (last is None or time <= last)


def _overlap(period: Period, first: datetime | None, last: datetime | None) -> bool:
    begins_before = last is None or period.begins < last
    return begins_before and (first is None or period.ends is None or period.ends > first)


def _span(first: datetime | None, last: datetime | None) -> str:
    words = [f"{word} {at:%Y-%m-%d %H:%M}" for word, at in (("from", first), ("to", last)) if at is not None]
    return " ".join(words) or "at any time"


def _times(periods: Sequence[Period]) -> str:
    shown = (f"{p.begins:%Y-%m-%d %H:%M}" + (f" to {p.ends:%Y-%m-%d %H:%M}" if p.ends else "") for p in periods)
    return ", ".join(shown) or "none"
