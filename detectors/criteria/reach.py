"""Criterion: reach, one publication that a significant number of people see."""

import math
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any

import msgspec

from detectors.change import Reached
from detectors.criteria.criterion import Holding
from detectors.criteria.readings import Signal
from detectors.minutes import NEVER
from detectors.observation import Observation
from detectors.severity import REACH, Severity

__all__ = ["FOLLOWED_MINUTES", "Reach"]

FOLLOWED_MINUTES = 360
"""Minutes for which a publication is followed after it was last seen."""

ANY_TONE = 2.0
"""How many times farther beyond the usual than a negative publication one of any tone must reach."""


class _Tracked(msgspec.Struct, gc=False):
    """One publication followed over time; its fields in this order are its state."""

    key: int
    id: str
    first: int
    last: int
    negative: bool = False
    reach: int = 0
    reposts: int = 0
    reposts_first: int = 0
    reposters: int = 0
    seen_by: int = 0
    # Log of the usual reach before the publication itself was learned.
    usual: float = 0.0

    @property
    def name(self) -> str:
        return self.id or f"{self.key:016x}"

    @property
    def people(self) -> int:
        return self.reach + self.seen_by

    @property
    def spread(self) -> int:
        return max(self.reposters, self.reposts)


class Reach:
    """Follow the publications that reach most people; hold while one reaches significantly many.

    People reached are the author's followers or the views, whichever is more, and the followers of those who repost.
    A negative publication is significant, and a warning, when it reaches at least `least` people, `factor` times what
    is usual among this brand's own posts, and is passed on: at least `passed_on` reposts within `window` minutes of its
    first sight, or ten times that reach at once. A negative post of ordinary reach never counts. One of any other tone,
    as that of the press, is a watch when its reach is exceptional: `ANY_TONE` times as far beyond the usual, and passed
    on ten times as often.

    Parameters
    ----------
    least
        Fewest people.
    factor
        Times the usual reach: the 95th percentile of this brand's posts, decayed.
    passed_on
        Fewest reposts.
    window
        Minutes for which a publication is followed after it was last seen.
    most
        Most publications followed at once; the least reaching are dropped first.

    Examples
    --------
    >>> from detectors.observation import Observation, Post, Voice
    >>> reach = Reach(least=50_000)
    >>> reach.learn(Observation(0, 1, 1, [], 1.0, [Post("a", 9, 80_000, 0, True)]), calm=True)
    >>> reach.significant(1)
    ()
    >>> reach.learn(Observation(5, 12, 12, [Voice(i, b"", 9, True, 2_000) for i in range(12)]), calm=True)
    >>> reach.significant(6)
    ('a',)
    """

    name = REACH
    windows: tuple[tuple[int, int], ...] = ()

    def __init__(
        self,
        least: int = 50_000,
        factor: float = 5.0,
        passed_on: int = 10,
        window: int = FOLLOWED_MINUTES,
        most: int = 48,
    ) -> None:
        self.least = least
        self.factor = factor
        self.passed_on = passed_on
        self.window = window
        self.most = most
        self.usual = 0.0
        self.posts: dict[int, _Tracked] = {}
        # No post was last seen before this minute.
        self._oldest = NEVER
        self._least_first: list[tuple[int, int]] = []

    def learn(self, observation: Observation, *, calm: bool) -> None:
        """Learn one minute's posts and reposts."""
        minute = observation.minute
        for post in observation.posts:
            tracked = self.posts.get(post.key)
            if tracked is None:
                tracked = self._track(post.key, minute, post.reach)
                self._learn_usual(post.reach)
                tracked.reposts_first = 0 if post.reposts < self.passed_on else post.reposts // 2
            tracked.id = post.id
            tracked.last = minute
            if post.negative is not None:
                tracked.negative = post.negative
            tracked.reach = max(tracked.reach, post.reach)
            tracked.reposts = max(tracked.reposts, post.reposts)
        for voice in observation.voices:
            if voice.origin:
                tracked = self.posts.get(voice.origin)
                if tracked is None:
                    tracked = self._track(voice.origin, minute)
                tracked.last = minute
                # Reposts decide whether a publication is negative only while it was not seen itself.
                tracked.negative = tracked.negative if tracked.id else voice.negative
                tracked.reposters += 1
                tracked.seen_by += voice.followers

    def _learn_usual(self, reach: int) -> None:
        # Stochastic approximation of a quantile on a log scale: 95 small steps down for 5 of 19 times the size up.
        step = 0.05
        level = math.log1p(reach)
        self.usual = max(0.0, self.usual + (step * 19 if level > self.usual else -step))

    def _track(self, key: int, minute: int, reach: int = 0) -> _Tracked:
        if self._oldest < minute - self.window:
            self._prune(minute - self.window)
        if len(self.posts) >= self.most:
            self._drop_least()
        tracked = self.posts[key] = _Tracked(key, "", minute, minute, reach=reach, usual=self.usual)
        if self._least_first:
            heappush(self._least_first, (reach, key))
        return tracked

    def _prune(self, before: int) -> None:
        for old in [key for key, tracked in self.posts.items() if tracked.last < before]:
            del self.posts[old]
        self._least_first = []
        # The minute each was last seen only grows.
        self._oldest = min([tracked.last for tracked in self.posts.values()], default=before)

    def _drop_least(self) -> None:
        # The people reached only grow: an outdated entry comes too early, never too late.
        entries = self._least_first
        if not entries:
            entries += [(tracked.people, key) for key, tracked in self.posts.items()]
            heapify(entries)
        while (people := self.posts[entries[0][1]].people) != entries[0][0]:
            heapreplace(entries, (people, entries[0][1]))
        del self.posts[heappop(entries)[1]]

    def _significant(self, end: int) -> list[_Tracked]:
        """Return the recent publications that reach significantly many, most people first."""
        if not self.posts:
            return []
        needed = max(float(self.least), self.factor * math.expm1(self.usual))
        oldest = end - self.window
        reaching = [
            tracked
            for tracked in self.posts.values()
            if tracked.last >= oldest and tracked.people >= self.least and self._reaches_many(tracked, needed)
        ]
        return sorted(reaching, key=lambda tracked: (-tracked.people, tracked.key))

    def _reaches_many(self, tracked: _Tracked, needed: float) -> bool:
        """Return whether a publication reaches significantly many, by the needs of its tone."""
        people, passed_on = tracked.people, tracked.spread - tracked.reposts_first
        if tracked.negative:
            return people >= needed and (passed_on >= self.passed_on or people >= 10 * needed)
        # Its own reach is left out of what is usual: it would raise the need by as much.
        exceptional = max(float(self.least), ANY_TONE * self.factor * math.expm1(tracked.usual))
        return people >= exceptional and (passed_on >= 10 * self.passed_on or people >= 10 * exceptional)

    def significant(self, end: int) -> tuple[str, ...]:
        """Return the identifiers of the publications that hold before minute `end`, most people first."""
        return tuple(tracked.name for tracked in self._significant(end))

    def holds(self, end: int) -> Holding | None:
        """Return what far-reaching publications ask for: a negative one warning, any other watch."""
        posts = self._significant(end)
        if not posts:
            return None
        negative = next((tracked for tracked in posts if tracked.negative), None)
        severity = Severity.WATCH if negative is None else Severity.WARNING
        widest = negative or posts[0]
        reached = Reached(widest.name, widest.people, math.expm1(widest.usual))
        return Holding(severity, posts=tuple(tracked.name for tracked in posts), reached=reached)

    def elevated(self, end: int) -> bool:
        """Return whether it holds."""
        return bool(self._significant(end))

    def signal(self, end: int) -> Signal:
        """Return whether it holds."""
        return Signal(bool(self._significant(end)))

    def state(self) -> dict[str, Any]:
        """Return what is followed, as plain numbers and lists."""
        return {"usual": self.usual, "posts": [msgspec.structs.astuple(tracked) for tracked in self.posts.values()]}

    def restore(self, state: dict[str, Any]) -> None:
        """Restore what `state` returned."""
        self.usual = state["usual"]
        self._oldest = NEVER
        self._least_first = []
        self.posts = {row[0]: _Tracked(*row) for row in state["posts"]}
