"""What a person is told beside the figures: on which network, by which posts, how it is being answered."""

from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from detectors.change import Change
from streams.scoring.rollup import Counts, PostRow, Rollup, total

REMEMBERED_MINUTES = 360


class ClosedMinute(NamedTuple):
    """One closed minute: its rollups, one a network."""

    minute: int
    rollups: list[Rollup]


class Window(NamedTuple):
    """Some closed minutes, summed: mentions and negatives of each network and weakness, and the posts to show."""

    networks: dict[str, tuple[int, int]]
    counts: Counts
    weaknesses: dict[str, int]
    posts: list[tuple[str, PostRow]]


class RecentMinutes:
    """Remember the closed minutes of the last six hours.

    Examples
    --------
    >>> context = RecentMinutes()
    >>> context.add(ClosedMinute(7, [Rollup("Acme", "forum", 7, 0, Counts(mentions=2, negatives=1))]))
    >>> context.window(0, 10).networks
    {'forum': (2, 1)}
    """

    def __init__(self) -> None:
        self.rows: deque[ClosedMinute] = deque()

    def add(self, row: ClosedMinute) -> None:
        """Remember a minute, later than the last."""
        rows = self.rows
        while rows and rows[0].minute <= row.minute - REMEMBERED_MINUTES:
            rows.popleft()
        rows.append(row)

    def closed_since(self, first: int) -> list[ClosedMinute]:
        """Give the minutes remembered from `first` on, in order."""
        # From the newest back: mostly the last hour of six is asked for.
        return list(takewhile(lambda row: row.minute >= first, reversed(self.rows)))[::-1]

    def since(self, change: Change) -> int:
        """Give the minute from which on a change is told: while it goes on, or as far as its detector looks back."""
        first = min(change.since, change.minute - change.window)
        return max(first, change.minute - REMEMBERED_MINUTES)

    def rollups(self, first: int, end: int) -> Iterator[Rollup]:
        """Give the rollups of the minutes from `first` up to, not including, `end`, in order."""
        for row in self.closed_since(first):
            if row.minute >= end:
                break
            yield from row.rollups

    def window(self, first: int, end: int) -> Window:
        """Sum the minutes from `first` up to, not including, `end`."""
        networks: dict[str, tuple[int, int]] = {}
        weaknesses: dict[str, int] = {}
        posts: dict[tuple[str, str], PostRow] = {}
        rollups = list(self.rollups(first, end))
        for rollup in rollups:
            if rollup.counts.mentions:
                mentions, negatives = networks.get(rollup.network, (0, 0))
                networks[rollup.network] = (mentions + rollup.counts.mentions, negatives + rollup.counts.negatives)
            for tag, count in rollup.weaknesses.items():
                weaknesses[tag] = weaknesses.get(tag, 0) + count
            for post in rollup.posts:
                known = posts.get((rollup.network, post.id))
                posts[rollup.network, post.id] = max(known, post) if known else post
        return Window(
            networks,
            total(rollup.counts for rollup in rollups),
            weaknesses,
            [(network, post) for (network, _), post in posts.items()],
        )
