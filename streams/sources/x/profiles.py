"""Followers of authors on X: looked up for matched posts, each at the price of two posts, and cached for a week."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from streams.sources.token_client import TokenClient
from streams.sources.x.budget import DailyBudget

KEPT = timedelta(days=7)
MAX_CACHED = 100_000
LOOK_UP_S = 2.0
_AT_ONCE = 100


class _Metrics(msgspec.Struct):
    followers_count: int | None = None


class _User(msgspec.Struct):
    id: str
    public_metrics: _Metrics | None = None


class _Users(msgspec.Struct):
    data: list[_User] = []


class Followers:
    """Cache of followers by author, filled from X.

    Parameters
    ----------
    budget
        What look-ups are charged to.
    """

    def __init__(self, budget: DailyBudget) -> None:
        self._budget = budget
        self._cached: dict[str, tuple[int | None, datetime]] = {}

    async def look_up(self, client: TokenClient, authors: Iterable[str], now: datetime) -> dict[str, int | None]:
        """Return the followers of authors, of as many as the budget permits.

        Raises
        ------
        SourceError
            The server is unreachable or refuses.
        """
        wanted = list(dict.fromkeys(authors))
        unknown = [author for author in wanted if not self._fresh(author, now)]
        chosen = unknown[: min(_AT_ONCE, self._budget.left(now) // 2)]
        if chosen:
            params = {"ids": ",".join(chosen), "user.fields": "public_metrics"}
            users = await client.get("/2/users", params, _Users, timeout_s=LOOK_UP_S)
            self._budget.charge_users(len(users.data), now)
            found = {user.id: user.public_metrics.followers_count for user in users.data if user.public_metrics}
            for author in chosen:  # one that X does not know is not asked for again
                self._remember(author, found.get(author), now)
        return {author: self._cached[author][0] for author in wanted if author in self._cached}

    def _fresh(self, author: str, now: datetime) -> bool:
        return author in self._cached and now - self._cached[author][1] < KEPT

    def _remember(self, author: str, followers: int | None, now: datetime) -> None:
        self._cached.pop(author, None)
        while len(self._cached) >= MAX_CACHED:
            del self._cached[next(iter(self._cached))]
        self._cached[author] = followers, now
