"""The source of X: its filtered stream, which keeps nothing for us, filled from recent search after a gap."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from streams.errors import SourceError
from streams.settings.sources import CollectorSettings, XConfig
from streams.sources import cursor_text
from streams.sources.post_queue import CAPACITY, PostQueue, Taken
from streams.sources.source import Batch, Post
from streams.sources.token_client import TokenClient
from streams.sources.x import cursor as cursors
from streams.sources.x.account import usage
from streams.sources.x.backfill import backfill
from streams.sources.x.budget import DailyBudget
from streams.sources.x.client import open_client, open_stream
from streams.sources.x.cursor import XCursor
from streams.sources.x.lookup import absent
from streams.sources.x.posts import FIELDS, Page, Tweet, to_post
from streams.sources.x.profiles import LOOK_UP_S, Followers
from streams.sources.x.receiver import Receiver
from streams.sources.x.rule_sync import missing, synchronise
from streams.sources.x.rules import Rule

_log = logging.getLogger(__name__)

SILENCE_S = 25.0
"""Seconds without a byte after which the stream is dead: it sends an empty line every 20."""
IDLE_S = 10.0
"""Seconds after which a batch comes without posts."""
BEHIND = timedelta(seconds=10)
"""How much later than its event time a post may come: X delivers 99 of 100 in 7 seconds."""
AT_ONCE_EVERY = timedelta(minutes=5)
"""How often a dropped connection is opened again without waiting."""
REMEMBERED = timedelta(hours=24)
"""How long a post is remembered for its reposts and quotes: X wants what was deleted there deleted within a day."""
_RECOUNTED = 100  # posts of one request


class XStream:
    """Posts of X that match rules.

    Parameters
    ----------
    name
        Name of the source.
    config, common
        Its settings, and those of all sources.
    accounts
        Official accounts on X, by their ids.
    rules
        A brand and a rule each, as `streams.sources.x.rules` compiles them.
    clock
        The time now, with a zone.
    silence_s, idle_s
        Seconds without a byte after which the stream is dead; seconds after which a batch comes without posts.
    capacity
        Posts that wait for the collector; then the oldest are dropped.

    Raises
    ------
    ConfigError
        The address is private, or not encrypted.
    """

    remembered = REMEMBERED

    def __init__(
        self,
        name: str,
        config: XConfig,
        common: CollectorSettings,
        accounts: frozenset[str] = frozenset(),
        *,
        rules: tuple[Rule, ...] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        silence_s: float = SILENCE_S,
        idle_s: float = IDLE_S,
        capacity: int = CAPACITY,
    ) -> None:
        self.network = config.network or "x"
        self.accounts = accounts
        self.looks_up = config.profiles
        self._name = name
        self._config = config
        self._rules = rules
        self._clock = clock
        self._silence_s = silence_s
        self._idle_s = idle_s
        self._capacity = capacity
        self._brand = config.brand or None
        self._client = open_client(name, config, common, clock)
        self._budget = DailyBudget(name, config.posts_a_day)
        self._followers = Followers(self._budget)
        self._reconnected_at = datetime.min.replace(tzinfo=UTC)

    async def read(self, cursor: str | None) -> AsyncGenerator[Batch, None]:
        """Yield what X publishes from now on, after what was missed since a cursor.

        The cursor counts the day's posts, so that a restart does not spend the budget twice.

        Raises
        ------
        SourceError
            X is unreachable, silent or refuses; or the budget is spent, until the next UTC day.
        """
        start = cursors.decode(cursor)
        self._budget.restore(start.day, start.spent)
        if not self._rules:
            message = f"source {self._name}: expected rules, got none: name a brand in [brands]"
            raise SourceError(message, reason="protocol", fatal=True)
        if not self._budget.left(self._clock()):
            raise self._budget.exhausted(self._clock())
        queue = PostQueue(self._capacity)
        async with self._client as client:
            await synchronise(client, self._rules)
            async with open_stream(client, {"tweet.fields": FIELDS}) as response:
                receiver = Receiver(
                    client,
                    queue,
                    self._budget,
                    self._clock,
                    silence_s=self._silence_s,
                    reconnect_s=self._reconnect_s,
                    brand=self._brand,
                )
                reading = asyncio.create_task(receiver.run(response.content))
                try:
                    async for batch in self._batches(client, start, queue, receiver):
                        yield batch
                finally:
                    reading.cancel()
                    with suppress(asyncio.CancelledError):
                        await reading

    async def look_up(self, posts: Sequence[Post]) -> Sequence[Post]:
        """Return the posts with their authors' followers, where profiles are paid for and X answers in two seconds."""
        if not self.looks_up or not self._client.is_open:
            return posts
        authors = [post.author for post in posts if post.author]
        try:
            async with asyncio.timeout(LOOK_UP_S):
                followers = await self._followers.look_up(self._client, authors, self._clock())
        except (SourceError, TimeoutError) as error:
            _log.info("Source %s: posts go without followers: %s", self._name, error or type(error).__name__)
            return posts
        return [msgspec.structs.replace(post, followers=followers.get(post.author or "")) for post in posts]

    async def recount(self, ids: Sequence[str]) -> Sequence[Post]:
        """Return posts with their counts so far; X does not charge for one again on the day of its first reading."""
        chosen = [post_id for post_id in ids if post_id.isdigit()][:_RECOUNTED]
        now = self._clock()
        if not chosen or not self._config.profiles or not self._client.is_open or len(chosen) > self._budget.left(now):
            return ()
        params = {"ids": ",".join(chosen), "tweet.fields": FIELDS}
        try:
            page = await self._client.get("/2/tweets", params, Page, timeout_s=LOOK_UP_S)
        except SourceError as error:
            _log.info("Source %s: posts were not counted again: %s", self._name, error)
            return ()
        for tweet in page.data:
            self._budget.charge(tweet.id, now)
        shown = [tweet for tweet in page.data if tweet.withheld is None]
        return [msgspec.structs.replace(self._post(tweet), kind="update", created_at=now) for tweet in shown]

    async def absent(self, ids: Sequence[str]) -> frozenset[str]:
        """Return the posts that X no longer shows, at the price of reading the others; see `Rechecks`."""
        async with self._client as client:
            return await absent(client, ids)

    async def check(self) -> str:
        """Return what the account may read and whether its rules are there; see `streams.sources.source.Checks`.

        The stream is not opened: X permits one connection, and the collector's would end.
        """
        async with self._client as client:
            new = await missing(client, self._rules)
            return f"rules: {len(self._rules)}, not at X yet: {new}; {await usage(client)}"

    async def _batches(
        self, client: TokenClient, start: XCursor, queue: PostQueue, receiver: Receiver
    ) -> AsyncIterator[Batch]:
        found: set[str] = set()
        connected_at = receiver.alive_at
        if start.at and start.at < connected_at:
            span = (start.at, connected_at)
            if start.stopped or not self._config.backfill:
                yield self._batch([], start.at, gap=span)
            else:
                rules = [rule for _, rule in self._rules]
                async for tweets, gap in backfill(client, rules, span, self._budget, self._clock):
                    shown = [tweet for tweet in tweets if tweet.withheld is None]
                    unknown = [post for post in map(self._post, shown) if post.id not in found]
                    posts = list({post.id: post for post in unknown}.values())  # several queries may find it
                    found.update(post.id for post in posts)
                    refused = {"withheld": len(tweets) - len(shown)} if len(shown) < len(tweets) else {}
                    yield self._batch(posts, start.at, refused=refused, gap=gap)
        complete_to = start.at or connected_at
        searched = bool(self._budget.left(self._clock()))  # otherwise the gap is still open when reading goes on
        while True:
            spent = not self._budget.left(self._clock())
            taken = await queue.take(0 if spent else self._idle_s)
            if searched:
                complete_to = max(complete_to, receiver.alive_at - BEHIND)
            yield self._live(taken, found, complete_to)
            if spent:
                raise self._budget.exhausted(self._clock())

    def _post(self, tweet: Tweet) -> Post:
        return to_post(tweet, self._clock(), self._brand)

    def _live(self, taken: Taken, found: set[str], complete_to: datetime) -> Batch:
        posts = [post for post in taken.posts if post.id not in found]
        return self._batch(posts, complete_to, complete_to=complete_to, refused=taken.refused, gap=taken.gap)

    def _batch(self, posts: Sequence[Post], at: datetime, **fields: Any) -> Batch:
        return Batch(posts=posts, cursor=self._cursor(at), spent=self._budget.take_spent(), **fields)

    def _cursor(self, at: datetime) -> str:
        now = self._clock()
        day, spent = self._budget.spent(now)
        return cursor_text.encode(XCursor(at=at, day=day, spent=spent, stopped=not self._budget.left(now)))

    def _reconnect_s(self) -> float | None:
        """Return no wait for a first disconnection, and none to say for one soon after it."""
        now = self._clock()
        if now - self._reconnected_at < AT_ONCE_EVERY:
            return None
        self._reconnected_at = now
        return 0.0
