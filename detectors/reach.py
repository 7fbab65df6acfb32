"""Reach: one negative publication that a significant number of people see."""

from __future__ import annotations

import math
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detectors.observation import Observation

__all__ = ["Reach"]


class _Tracked:
    """One publication followed over time."""

    __slots__ = ("first", "id", "key", "last", "negative", "reach", "reposters", "reposts", "reposts_first", "seen_by")

    def __init__(self, key: int, minute: int) -> None:
        self.key = key
        self.id = ""
        self.first = self.last = minute
        self.negative = False
        self.reach = 0
        self.reposts = 0
        self.reposts_first = 0
        self.reposters = 0
        self.seen_by = 0

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
        self._pruned = -1
        self._least_first: list[tuple[int, int]] = []

    def learn(self, observation: Observation) -> None:
        """Take in one minute's posts and reposts."""
        minute = observation.minute
        for post in observation.posts:
            t = self.posts.get(post.key)
            if t is None:
                self._usual(post.reach)
                t = self._track(post.key, minute)
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

    def _track(self, key: int, minute: int) -> _Tracked:
        if minute != self._pruned:
            self._pruned = minute
            self._least_first = []
            for old in [k for k, t in self.posts.items() if t.last < minute - self.window]:
                del self.posts[old]
        if len(self.posts) >= self.most:
            self._drop_least()
        t = self.posts[key] = _Tracked(key, minute)
        if self._least_first:
            heappush(self._least_first, (0, key))
        return t

    def _drop_least(self) -> None:
        # Who is reached only grows: an entry that is not up to date comes too early, never too late.
        rows = self._least_first
        if not rows:
            rows += [(t.people, key) for key, t in self.posts.items()]
            heapify(rows)
        while self.posts[rows[0][1]].people != rows[0][0]:
            heapreplace(rows, (self.posts[rows[0][1]].people, rows[0][1]))
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
        return {
            "usual": self.usual,
            "posts": [
                [
                    t.key,
                    t.id,
                    t.first,
                    t.last,
                    int(t.negative),
                    t.reach,
                    t.reposts,
                    t.reposts_first,
                    t.reposters,
                    t.seen_by,
                ]
                for t in self.posts.values()
            ],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        self.usual = state["usual"]
        self.posts = {}
        for row in state["posts"]:
            self.posts[row[0]] = t = _Tracked(row[0], row[2])
            _, t.id, t.first, t.last, negative, t.reach, t.reposts, t.reposts_first, t.reposters, t.seen_by = row
            t.negative = bool(negative)
