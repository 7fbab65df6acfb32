"""The source of Mastodon: hashtags and the brand's own account, over one WebSocket of one server.

The server keeps nothing for a reader who is away; its timelines fill the gap.
"""

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, MastodonConfig
from streams.sources import cursor_text
from streams.sources.mastodon import cursor as cursors
from streams.sources.mastodon.catch_up import CatchUp
from streams.sources.mastodon.connection import connect, subscriptions
from streams.sources.mastodon.cursor import MastodonCursor
from streams.sources.mastodon.instance import Instance, ask
from streams.sources.mastodon.intake import Intake
from streams.sources.mastodon.lookup import absent
from streams.sources.mastodon.receiver import Receiver
from streams.sources.mastodon.statuses import Status, StatusReader
from streams.sources.post_queue import CAPACITY, PostQueue
from streams.sources.source import Batch, Post
from streams.sources.token_client import TokenClient

_log = logging.getLogger(__name__)

SILENCE_S = 75.0
"""Seconds without a frame after which the stream is dead: a server pings every 30."""
IDLE_S = 10.0
"""Seconds after which a batch comes without posts."""
BEHIND = timedelta(seconds=10)
"""How much later than its event time a status may come from another server."""
BLIND = timedelta(minutes=15)
"""How long no event may come before the timelines are asked whether the stream is blind."""
SETTLED = timedelta(minutes=1)
"""How old a status is that the stream should have delivered."""
REMEMBERED = timedelta(hours=48)
"""How long a status is remembered for its boosts and quotes."""
_RECOUNTED = 20  # statuses of one request
_RECOUNT_S = 2.0


class Mastodon:
    """Statuses of Mastodon with hashtags, and those addressed to the token's own account.

    Parameters
    ----------
    name
        Name of the source.
    config, common
        Its settings, and those of all sources.
    accounts
        Official accounts on Mastodon, `user@domain`.
    clock
        The time now, with a zone.
    silence_s, idle_s
        Seconds without a frame after which the stream is dead; seconds after which a batch comes without posts.
    capacity
        Posts that wait for the collector; then the oldest are dropped.

    Raises
    ------
    ConfigError
        The address is not encrypted, a hashtag is none, or nothing is to be read.
    """

    remembered = REMEMBERED

    def __init__(
        self,
        name: str,
        config: MastodonConfig,
        common: CollectorSettings,
        accounts: frozenset[str] = frozenset(),
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        silence_s: float = SILENCE_S,
        idle_s: float = IDLE_S,
        capacity: int = CAPACITY,
    ) -> None:
        self.network = config.network or "mastodon"
        self.accounts = accounts
        self._name = name
        self._config = config
        self._common = common
        self._tags = _tags(name, config)
        self._clock = clock
        self._silence_s = silence_s
        self._idle_s = idle_s
        self._capacity = capacity
        self._reader: StatusReader | None = None
        self._client = TokenClient(
            name,
            config.url,
            config.token,
            config.token_file,
            user_agent=common.user_agent,
            allow_private=common.allow_private,
            clock=clock,
        )

    async def read(self, cursor: str | None) -> AsyncGenerator[Batch, None]:
        """Yield what the server publishes from now on, after what was missed since a cursor.

        Raises
        ------
        SourceError
            The server is unreachable, silent, blind or refuses; `fatal` where its administrators disabled the stream.
        """
        start = cursors.decode(cursor)
        queue = PostQueue(self._capacity)
        async with self._client as client:
            instance = await ask(client, name=self._name, hashtags=bool(self._tags))
            hashtags = instance.hashtag_stream()
            intake = Intake(self._status_reader(instance), queue, start.own, self._clock)
            url = instance.streaming_url(client.url)
            messages = subscriptions(self._tags, hashtags, own=self._config.own)
            allow = self._common.allow_private
            async with connect(client, url, messages, allow_private=allow, clock=self._clock) as socket:
                receiver = Receiver(url, intake, queue, self._clock, silence_s=self._silence_s)
                local = hashtags == "hashtag:local"
                catch_up = CatchUp(client, self._tags, intake, queue, local=local, own=self._config.own)
                reading = asyncio.create_task(receiver.run(socket))
                try:
                    async for batch in self._missed(start, queue, intake, catch_up):
                        yield batch
                    async for batch in self._live(start, queue, intake, catch_up, receiver):
                        yield batch
                finally:
                    reading.cancel()
                    with suppress(asyncio.CancelledError):
                        await reading

    async def recount(self, ids: Sequence[str]) -> Sequence[Post]:
        """Return statuses with their counts so far, as this server knows them; those that it has shown before."""
        reader = self._reader
        known = [local for local in (reader.local_id(uri) for uri in ids) if local] if reader else []
        if not reader or not known or not self._client.is_open:
            return ()
        query = [("id[]", local) for local in known[:_RECOUNTED]]
        try:
            statuses = await self._client.get("/api/v1/statuses", query, list[Status], timeout_s=_RECOUNT_S)
        except SourceError as error:
            _log.info("Source %s: statuses were not counted again: %s", self._name, error)
            return ()
        return [reader.update(status, self._clock()) for status in statuses]

    async def absent(self, ids: Sequence[str]) -> frozenset[str]:
        """Return the statuses that this server no longer knows or shows; see `streams.sources.source.Rechecks`."""
        async with self._client as client:
            return await absent(client, ids)

    def _status_reader(self, instance: Instance) -> StatusReader:
        # Kept over reconnections, for a recount needs the ids that this server gave.
        if self._reader is None or self._reader.domain != instance.domain:
            self._reader = StatusReader(
                instance.domain,
                self.accounts,
                respect_indexable=self._config.respect_indexable,
                brand=self._config.brand or None,
            )
        return self._reader

    async def _missed(
        self, start: MastodonCursor, queue: PostQueue, intake: Intake, catch_up: CatchUp
    ) -> AsyncIterator[Batch]:
        """Yield what timelines show since the cursor, which stays where it is until all of them were read."""
        if not start.at:
            return
        end = self._clock()
        async for _ in catch_up.since(start.at):
            posts, refused, gap, gone = await queue.take(0)
            cursor = cursor_text.encode(MastodonCursor(at=start.at, own=intake.own))
            yield Batch(posts, cursor, None, refused, gap, gone=gone)
        if not catch_up.complete:
            yield Batch(cursor=cursor_text.encode(MastodonCursor(at=start.at, own=intake.own)), gap=(start.at, end))

    async def _live(
        self, start: MastodonCursor, queue: PostQueue, intake: Intake, catch_up: CatchUp, receiver: Receiver
    ) -> AsyncIterator[Batch]:
        complete_to = start.at or receiver.alive_at
        while True:
            posts, refused, gap, gone = await queue.take(self._idle_s)
            complete_to = max(complete_to, receiver.alive_at - BEHIND)
            cursor = cursor_text.encode(MastodonCursor(at=complete_to, own=intake.own))
            yield Batch(posts, cursor, complete_to, refused, gap, gone=gone)
            if self._clock() - receiver.shown_at >= BLIND:
                await self._look_for_blindness(queue, catch_up, receiver)

    async def _look_for_blindness(self, queue: PostQueue, catch_up: CatchUp, receiver: Receiver) -> None:
        """Compare a stream without events with the timelines: one that misses something is opened again."""
        since, until = receiver.shown_at, self._clock() - SETTLED
        missed = await catch_up.hashtags(since, until)
        receiver.shown_at = until
        if missed:
            error = SourceError(
                f"{self._client.shown}: expected its stream to deliver {missed} statuses that its timelines show since "
                f"{since:%H:%M} UTC, got none: the connection is opened again",
                reason="silent",
            )
            queue.fail(error)  # after the statuses, which no cursor would find again


def _tags(name: str, config: MastodonConfig) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(tag.removeprefix("#") for tag in config.hashtags))
    for tag in tags:
        if not re.fullmatch(r"\w{1,100}", tag):
            raise ConfigError(f"sources.{name}.hashtags: expected words such as 'acme', got {tag!r}")
    if not tags and not config.own:
        raise ConfigError(f"sources.{name}: expected hashtags or own = true, got neither: nothing would be read")
    return tags
