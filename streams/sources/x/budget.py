"""The daily budget of posts: X charges for each post read, so reading stops when a UTC day's number is spent."""

from datetime import UTC, datetime, timedelta

from streams.errors import SourceError

_REMEMBERED = 200_000


class DailyBudget:
    """Count of the posts of a UTC day against its limit.

    Parameters
    ----------
    name
        Name of the source, for its error.
    limit
        Posts that may be read in a UTC day.

    Examples
    --------
    >>> budget, noon = DailyBudget("x", limit=3), datetime(2026, 10, 1, 12, tzinfo=UTC)
    >>> for post in ("1", "2", "2"):
    ...     budget.charge(post, noon)
    >>> budget.left(noon), budget.left(noon + timedelta(days=1))
    (1, 3)
    """

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._day = ""
        self._spent = 0
        self._unreported = 0
        self._charged: set[str] = set()

    def restore(self, day: str, spent: int) -> None:
        """Continue from what a cursor says was spent on a day; what this process spent meanwhile is not forgotten."""
        if day > self._day:
            self._day, self._spent = day, spent
            self._charged.clear()
        elif day == self._day:
            self._spent = max(self._spent, spent)

    def charge(self, post_id: str, now: datetime) -> None:
        """Count a post; the same one again costs nothing on the same day, as X bills it."""
        self._turn(now)
        if post_id in self._charged:
            return
        if len(self._charged) < _REMEMBERED:
            self._charged.add(post_id)
        self._spend(1)

    def charge_users(self, users: int, now: datetime) -> None:
        """Count profiles, each at the price of two posts."""
        self._turn(now)
        self._spend(2 * users)

    def spent(self, now: datetime) -> tuple[str, int]:
        """Return the UTC day, and the posts that it has cost so far."""
        self._turn(now)
        return self._day, self._spent

    def take_spent(self) -> int:
        """Return the posts that were spent since the last call, over days and in this process."""
        spent, self._unreported = self._unreported, 0
        return spent

    def left(self, now: datetime) -> int:
        """Return the posts that may still be read today."""
        self._turn(now)
        return max(self._limit - self._spent, 0)

    def exhausted(self, now: datetime) -> SourceError:
        """Return the error that stops reading until the next UTC day."""
        midnight = (now.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return SourceError(
            f"source {self._name}: expected at most posts_a_day = {self._limit} posts, got {self._spent} today: "
            f"reading goes on at {midnight:%Y-%m-%d %H:%M} UTC; raise posts_a_day to read sooner",
            reason="budget",
            retry_after_s=(midnight - now).total_seconds(),
        )

    def _spend(self, posts: int) -> None:
        self._spent += posts
        self._unreported += posts

    def _turn(self, now: datetime) -> None:
        day = now.astimezone(UTC).date().isoformat()
        if day > self._day:
            self._day, self._spent = day, 0
            self._charged.clear()
