"""The last six hours of closed minutes, from which an event's networks, response, terms and posts are read."""

from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from detectors.change import Change
from detectors.trending import Sample
from streams.scoring.rollup import Counts, PostRow, Rollup, combined_row, total

RECENT_MINUTES = 360

Posts = list[tuple[str, PostRow]]
"""Publications, each with its network."""


class ClosedMinute(NamedTuple):
    """One closed minute: its rollups, one a network."""

    minute: int
    rollups: list[Rollup]


class Window(NamedTuple):
    """Some closed minutes, summed: mentions and negatives a network, mentions a weakness, and the posts to show.

    `last` is the minute after a network's newest mention; what came late was made earlier than it counts as seen.
    """

    networks: dict[str, tuple[int, int]]
    last: dict[str, int]
    counts: Counts
    weaknesses: dict[str, int]
    posts: Posts


class RecentMinutes:
    """A sliding window over the closed minutes of the last six hours.

    Examples
    --------
    >>> recent = RecentMinutes()
    >>> recent.add(ClosedMinute(7, [Rollup("Acme", "forum", 7, 0, Counts(mentions=2, negatives=1))]))
    >>> recent.window(0, 10).networks
    {'forum': (2, 1)}
    """

    def __init__(self) -> None:
        self._rows: deque[ClosedMinute] = deque()

    def add(self, row: ClosedMinute) -> None:
        """Append a minute, later than the last, and drop those that are too old."""
        rows = self._rows
        while rows and rows[0].minute <= row.minute - RECENT_MINUTES:
            rows.popleft()
        rows.append(row)

    def closed_since(self, first: int) -> list[ClosedMinute]:
        """Return the minutes from `first` on, in order."""
        # From the newest back: most calls ask for the last hour of six.
        return list(takewhile(lambda row: row.minute >= first, reversed(self._rows)))[::-1]

    def since(self, change: Change) -> int:
        """Return the first minute that an event describes: the incident's, or that of the change's window."""
        first = min(change.since, change.minute - change.window)
        return max(first, change.minute - RECENT_MINUTES)

    def rollups(self, first: int, end: int) -> Iterator[Rollup]:
        """Yield the rollups of the minutes from `first` up to, not including, `end`, in order."""
        for row in self.closed_since(first):
            if row.minute >= end:
                break
            yield from row.rollups

    def publications(self, first: int, end: int) -> list[Sample]:
        """Return the texts of the publications of a span, each once, however often it was seen again."""
        rows = (post for rollup in self.rollups(first, end) for post in rollup.posts if post.text)
        return [Sample(*row) for row in {post.identity: (post.identity, post.text) for post in rows}.values()]

    def window(self, first: int, end: int) -> Window:
        """Sum the minutes from `first` up to, not including, `end`."""
        networks: dict[str, tuple[int, int]] = {}
        last: dict[str, int] = {}
        weaknesses: dict[str, int] = {}
        posts: dict[tuple[str, str], PostRow] = {}
        rollups = list(self.rollups(first, end))
        for rollup in rollups:
            if rollup.counts.mentions:
                mentions, negatives = networks.get(rollup.network, (0, 0))
                networks[rollup.network] = (mentions + rollup.counts.mentions, negatives + rollup.counts.negatives)
                last[rollup.network] = max(last.get(rollup.network, 0), rollup.minute - rollup.lag + 1)
            for tag, count in rollup.weaknesses.items():
                weaknesses[tag] = weaknesses.get(tag, 0) + count
            for post in rollup.posts:
                known = posts.get((rollup.network, post.id))
                posts[rollup.network, post.id] = combined_row(known, post) if known else post
        return Window(
            networks,
            last,
            total(rollup.counts for rollup in rollups),
            weaknesses,
            [(network, post) for (network, _), post in posts.items()],
        )
