"""Reach: one negative publication that a significant number of people see."""

from __future__ import annotations

import math
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING, Any

import msgspec

from detectors.criteria.surge import NEVER

if TYPE_CHECKING:
    from detectors.observation import Observation

__all__ = ["Reach"]


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

    @property
    def people(self) -> int:
        return self.reach + self.seen_by

    @property
    def spread(self) -> int:
        return max(self.reposters, self.reposts)


class Reach:
    """Follow the publications that reach most people and tell when a negative one reaches significantly many.

    People reached are the author's followers or the views, whichever is more, and the followers of those who repost.
    A publication is significant when it reaches at least `least` people, `factor` times what is usual among this
    brand's own posts, and is passed on: at least `passed_on` reposts within `window` minutes of its first sight, or
    ten times that reach at once. A negative post of ordinary reach never counts.

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
    >>> r = Reach(least=50_000)
    >>> r.learn(Observation(0, 1, 1, [], 1.0, [Post("a", 9, 80_000, 0, True)]))
    >>> r.significant(1)
    []
    >>> r.learn(Observation(5, 12, 12, [Voice(i, 0, 9, True, 2_000) for i in range(12)]))
    >>> r.significant(6)
    ['a']
    """

    def __init__(
        self, least: int = 50_000, factor: float = 5.0, passed_on: int = 10, window: int = 360, most: int = 48
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

    def learn(self, observation: Observation) -> None:
        """Take in one minute's posts and reposts."""
        minute = observation.minute
        for post in observation.posts:
            t = self.posts.get(post.key)
            if t is None:
                self._usual(post.reach)
                t = self._track(post.key, minute, post.reach)
                t.reposts_first = 0 if post.reposts < self.passed_on else post.reposts // 2
            t.id = post.id
            t.last = minute
            t.negative = post.negative
            t.reach = max(t.reach, post.reach)
            t.reposts = max(t.reposts, post.reposts)
        for voice in observation.voices:
            if voice.origin:
                t = self.posts.get(voice.origin)
                if t is None:
                    t = self._track(voice.origin, minute)
                t.last = minute
                # Its reposts say what a publication is like only where it was not seen itself.
                t.negative = t.negative if t.id else voice.negative
                t.reposters += 1
                t.seen_by += voice.followers

    def _usual(self, reach: int) -> None:
        # Stochastic approximation of a quantile on a log scale: 95 small steps down for 5 of 19 times the size up.
        step = 0.05
        level = math.log1p(reach)
        self.usual = max(0.0, self.usual + (step * 19 if level > self.usual else -step))

    def _track(self, key: int, minute: int, reach: int = 0) -> _Tracked:
        if self._oldest < minute - self.window:
            self._prune(minute - self.window)
        if len(self.posts) >= self.most:
            self._drop_least()
        t = self.posts[key] = _Tracked(key, "", minute, minute, reach=reach)
        if self._least_first:
            heappush(self._least_first, (reach, key))
        return t

    def _prune(self, before: int) -> None:
        for old in [key for key, t in self.posts.items() if t.last < before]:
            del self.posts[old]
        self._least_first = []
        # When each was last seen only grows.
        self._oldest = min([t.last for t in self.posts.values()], default=before)

    def _drop_least(self) -> None:
        # Who is reached only grows: an entry that is not up to date comes too early, never too late.
        rows = self._least_first
        if not rows:
            rows += [(t.people, key) for key, t in self.posts.items()]
            heapify(rows)
        while (people := self.posts[rows[0][1]].people) != rows[0][0]:
            heapreplace(rows, (people, rows[0][1]))
        del self.posts[heappop(rows)[1]]

    def significant(self, minute: int) -> list[str]:
        """Return the identifiers of the negative publications seen lately that reach significantly many, most first."""
        if not self.posts:
            return []
        needed = max(float(self.least), self.factor * math.expm1(self.usual))
        found = [
            t
            for t in self.posts.values()
            if t.negative
            and t.last >= minute - self.window
            and t.people >= needed
            and (t.spread - t.reposts_first >= self.passed_on or t.people >= 10 * needed)
        ]
        return [t.id or f"{t.key:016x}" for t in sorted(found, key=lambda t: (-t.people, t.key))]

    def state(self) -> dict[str, Any]:
        """Return what is followed, as plain numbers and lists."""
        return {"usual": self.usual, "posts": [msgspec.structs.astuple(t) for t in self.posts.values()]}

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        self.usual = state["usual"]
        self._oldest = NEVER
        self._least_first = []
        self.posts = {row[0]: _Tracked(*row) for row in state["posts"]}
