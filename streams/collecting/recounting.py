"""Recounting: which negative posts to look at again, so that their reach and reposts grow as on the network.

A stream shows a post when it is new, and nobody has shared it. The 50 most reposted negative posts of the last six
hours are read again 2, 5, 15 and 60 minutes after they were made.
"""

import heapq
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from streams.scoring.scorer import TextModel
from streams.sources.source import Post

AGES = tuple(timedelta(minutes=minutes) for minutes in (2, 5, 15, 60))
RETENTION = timedelta(hours=6)
MOST = 50
MAX_CANDIDATES = 10_000
_JUDGED = frozenset(("post", "reply", "review"))


class _Candidate:
    """A negative post: its brands, time, reposts seen so far, and how many of the ages have passed."""

    __slots__ = ("at", "brands", "passed", "reposts")

    def __init__(self, brands: Sequence[str], at: datetime, reposts: int) -> None:
        self.brands = brands
        self.at = at
        self.reposts = reposts
        self.passed = 0


class Recounting:
    """Rank negative posts by their reposts, and say which are due; bounded, lost in a restart.

    Parameters
    ----------
    model
        Scores texts.
    negative_at
        Negativity from which a post is looked at again.

    Examples
    --------
    >>> class Flat:
    ...     def score_many(self, texts):
    ...         return [0.9 for _ in texts]
    >>> noon = datetime.fromisoformat("2026-11-30T12:00:00Z")
    >>> recounting = Recounting(Flat(), 0.5)
    >>> recounting.note([(Post(id="1", created_at=noon, text="never again"), ("Acme",))])
    >>> recounting.due(noon + AGES[0] / 2), recounting.due(noon + AGES[0]), recounting.due(noon + AGES[0])
    ([], ['1'], [])
    >>> recounting.brands("1")
    ('Acme',)
    """

    def __init__(self, model: TextModel, negative_at: float) -> None:
        self._model = model
        self._negative_at = negative_at
        self._candidates: dict[str, _Candidate] = {}

    def note(self, matched: Iterable[tuple[Post, Sequence[str]]]) -> None:
        """Take notice of matched posts: negative ones become candidates, reposts and updates raise their counts."""
        judged = []
        for post, brands in matched:
            if post.kind in _JUDGED and post.text and not post.official:
                judged.append((post, brands))
            elif post.kind == "repost" and (original := self._candidates.get(post.repost_of or post.about or "")):
                original.reposts += 1
            elif post.kind == "update" and (known := self._candidates.get(post.id)):
                known.reposts = max(known.reposts, post.reposts or 0)
        if not judged:
            return
        scores = self._model.score_many([post.text for post, _ in judged])
        for (post, brands), score in zip(judged, scores, strict=True):
            if score >= self._negative_at and post.id not in self._candidates:
                self._candidates[post.id] = _Candidate(brands, post.created_at, post.reposts or 0)
        while len(self._candidates) > MAX_CANDIDATES:
            del self._candidates[next(iter(self._candidates))]

    def due(self, now: datetime) -> list[str]:
        """Return the ids of the posts to be looked at now; each of its ages counts as passed."""
        for post_id in [key for key, candidate in self._candidates.items() if now - candidate.at > RETENTION]:
            del self._candidates[post_id]
        ripe = [key for key, candidate in self._candidates.items() if self._pass_ages(candidate, now)]
        if not ripe:
            return []
        ranked = heapq.nlargest(MOST, self._candidates.items(), key=lambda item: (item[1].reposts, item[1].at))
        most = {post_id for post_id, _ in ranked}
        return [post_id for post_id in ripe if post_id in most]

    def brands(self, post_id: str) -> Sequence[str]:
        """Return the brands that a candidate is about; none where it is forgotten."""
        candidate = self._candidates.get(post_id)
        return candidate.brands if candidate else ()

    @staticmethod
    def _pass_ages(candidate: _Candidate, now: datetime) -> bool:
        passed = sum(now - candidate.at >= age for age in AGES)
        ripe = passed > candidate.passed
        candidate.passed = max(passed, candidate.passed)
        return ripe
