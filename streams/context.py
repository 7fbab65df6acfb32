"""What a person is told beside the figures: on which network, by which posts, how it is being answered."""

from collections import deque
from typing import NamedTuple, Self

from detectors.brand import Change
from streams.rollup import Counts, PostRow, Rollup

REMEMBERED_MINUTES = 360


class MinuteContext(NamedTuple):
    """One closed minute: mentions and negatives of each network, sums, weaknesses, and the posts to show."""

    minute: int
    networks: dict[str, tuple[int, int]]
    counts: Counts
    weaknesses: dict[str, tuple[int, int]]
    posts: list[tuple[str, tuple[PostRow, ...]]]

    @classmethod
    def of(cls, minute: int, rollups: list[Rollup]) -> Self:
        """Gather the rollups of one minute, one a network.

        Examples
        --------
        >>> MinuteContext.of(7, [Rollup("Acme", "forum", 7, 0, Counts(mentions=2, negatives=1))]).networks
        {'forum': (2, 1)}
        """
        counts = rollups[0].counts
        weaknesses = dict(rollups[0].weaknesses)
        for rollup in rollups[1:]:
            counts = counts.plus(rollup.counts)
            _add(weaknesses, rollup.weaknesses)
        return cls(
            minute,
            {r.network: (r.counts.mentions, r.counts.negatives) for r in rollups if r.counts.mentions},
            counts,
            weaknesses,
            [(rollup.network, rollup.posts) for rollup in rollups],
        )


class Window(NamedTuple):
    """The minutes of an incident's window, summed."""

    networks: dict[str, tuple[int, int]]
    counts: Counts
    weaknesses: dict[str, tuple[int, int]]
    posts: list[tuple[str, PostRow]]


class Context:
    """Remember the closed minutes of the last six hours.

    Examples
    --------
    >>> context = Context()
    >>> context.add(MinuteContext(7, {"forum": (2, 1)}, Counts(mentions=2), {}, []))
    >>> context.window(0, 10).networks
    {'forum': (2, 1)}
    """

    def __init__(self) -> None:
        self.rows: deque[MinuteContext] = deque()

    def add(self, row: MinuteContext) -> None:
        """Remember a minute, later than the last."""
        while self.rows and self.rows[0].minute <= row.minute - REMEMBERED_MINUTES:
            self.rows.popleft()
        self.rows.append(row)

    def since(self, change: Change) -> int:
        """Give the minute from which on a change is told: while it goes on, or as far as its detector looks back."""
        first = min(change.since, change.minute - change.window)
        return max(first, change.minute - REMEMBERED_MINUTES)

    def window(self, first: int, end: int) -> Window:
        """Sum the minutes from `first` up to, not including, `end`."""
        counts = Counts()
        networks: dict[str, tuple[int, int]] = {}
        weaknesses: dict[str, tuple[int, int]] = {}
        posts: dict[tuple[str, str], PostRow] = {}
        for row in self.rows:
            if not first <= row.minute < end:
                continue
            counts = counts.plus(row.counts)
            _add(networks, row.networks)
            _add(weaknesses, row.weaknesses)
            for network, rows in row.posts:
                for post in rows:
                    known = posts.get((network, post.id))
                    posts[network, post.id] = max(known, post) if known else post
        return Window(networks, counts, weaknesses, [(network, post) for (network, _), post in posts.items()])


def _add(total: dict[str, tuple[int, int]], more: dict[str, tuple[int, int]]) -> None:
    for key, (mentions, negatives) in more.items():
        before = total.get(key, (0, 0))
        total[key] = (before[0] + mentions, before[1] + negatives)
