"""The Jetstream source: subscribe, read, and resume from a cursor, on one of several servers."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec

from streams.addresses import shown
from streams.errors import ConfigError, SourceError
from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.appview import AppView
from streams.sources.bluesky.batch_reader import BatchReader
from streams.sources.bluesky.endpoint import Endpoint
from streams.sources.bluesky.frame_buffer import FrameBuffer
from streams.sources.bluesky.handshake import Connection, Handshake, OpenConnection, Socket
from streams.sources.bluesky.position import Position, Resume
from streams.sources.bluesky.posts import BLOCK, POST, REPOST, THREADGATE, Named, PostBuilder
from streams.sources.bluesky.recent_ids import RecentIds
from streams.sources.bluesky.refusal import RefusedError
from streams.sources.public_addresses import require_public
from streams.sources.source import Batch, Post

REMEMBERED = timedelta(hours=48)
RESOLVE_S = 5.0
RESOLVE_AGAIN_S = 60.0


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of time and size.

    Parameters
    ----------
    silence_s
        Seconds without an event after which a connection is given up; pings do not count.
    full_s
        Seconds that frames wait for the collector before the connection is closed: the server stores them.
    queue
        Frames that wait for the collector at most.
    queue_bytes
        Bytes of them at most.
    batch
        Frames of a batch at most.
    batch_s
        Seconds between two batches where there are fewer.
    rewind_s
        Seconds that are read again where reading resumes by time.
    """

    silence_s: float = 28.0
    full_s: float = 5.0
    queue: int = 20_000
    queue_bytes: int = 64 * 1024 * 1024
    batch: int = 5_000
    batch_s: float = 0.25
    rewind_s: float = 5.0


class Jetstream:
    """Bluesky's posts by Jetstream, with followers and counts from an AppView.

    Parameters
    ----------
    name
        Of the source, for messages.
    config
        Servers, and what is read.
    common
        The User-Agent, and whether addresses may be private.
    accounts
        Official accounts of all brands on Bluesky, DIDs or handles.
    named
        Filter of posts by their text, before they are built; `None`: all are.
    clock
        The time.
    limits
        Limits of time and size.

    Raises
    ------
    ConfigError
        An address is none of a Jetstream's, or private, or there is none.

    Attributes
    ----------
    network
        `bluesky`, unless configured otherwise.
    looks_up, remembered
        As of `LooksUp` and `Shares`.
    """

    remembered = REMEMBERED

    def __init__(
        self,
        name: str,
        config: JetstreamConfig,
        common: CollectorSettings,
        accounts: frozenset[str] = frozenset(),
        *,
        named: Named | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        limits: Limits | None = None,
    ) -> None:
        self.network = config.network or "bluesky"
        self.looks_up = config.profiles
        self._name = name
        self._config = config
        self._user_agent = common.user_agent
        self._limits = limits or Limits()
        if not config.url:
            raise ConfigError(f"sources.{name}.url: expected the address of at least one Jetstream, got none")
        private = common.allow_private
        for setting, url in (*(("url", url) for url in config.url), ("appview", config.appview)):
            require_public(f"sources.{name}.{setting}", url, allow_private=private)
        self._endpoints = [Endpoint.parse(url) for url in config.url]
        self._handshakes = [
            Handshake(one, compress=config.compress, allow_private=private, clock=clock) for one in self._endpoints
        ]
        self._turn = 0
        self._accounts = OfficialAccounts(accounts)
        self._by_handle = bool(self._accounts.unresolved)
        self._builder = PostBuilder(self._accounts, None if config.brand else named)
        self._appview = AppView(config.appview, common.user_agent, clock, allow_private=private)
        self._recent = RecentIds()
        self._yielded: str | None = None
        self._rewind_s = self._limits.rewind_s
        self._exact = True

    @property
    def collections(self) -> tuple[str, ...]:
        """Collections that are subscribed to; what brands do is read of the whole network's blocks and threadgates."""
        own = (BLOCK, THREADGATE) if self._accounts else ()
        return (POST, *((REPOST,) if self._config.reposts else ()), *own)

    async def read(self, cursor: str | None) -> AsyncGenerator[Batch, None]:
        """Yield batches from a cursor on; see `streams.sources.source.Source`."""
        position = Position.parse(cursor) if cursor else None
        if cursor != self._yielded:
            self._recent.clear()  # what was yielded and not committed must be read again
        endpoint = self._endpoints[self._turn]
        began = False
        try:
            await self._resolve_handles()
            resume, opened = await self._open(endpoint, position)
            async with opened as connection:
                reader = BatchReader(
                    endpoint, resume, connection.dictionary, self._builder, self._accounts, self._recent
                )
                async with contextlib.aclosing(self._batches(connection, reader)) as batches:
                    async for batch in batches:
                        began = True
                        self._note(batch, cursor)
                        yield batch
        except SourceError as error:
            self._prepare_next(error, began=began, progress=self._yielded != cursor)
            raise

    async def look_up(self, posts: Sequence[Post]) -> Sequence[Post]:
        """Return the posts with their authors' followers, where those are known within two seconds."""
        return await self._appview.with_followers(posts) if self.looks_up else posts

    async def absent(self, ids: Sequence[str]) -> frozenset[str]:
        """Return the posts that Bluesky no longer shows; see `streams.sources.source.Rechecks`."""
        gone = await self._appview.absent(ids)
        if gone is None:
            message = f"source {self._name}: expected an answer of {shown(self._config.appview)}, got none: try later"
            raise SourceError(message, reason="http")
        return gone

    async def recount(self, ids: Sequence[str]) -> Sequence[Post]:
        """Return the counts so far of each post that still exists."""
        return await self._appview.recount(ids) if self._config.profiles else ()

    async def _open(self, endpoint: Endpoint, position: Position | None) -> tuple[Resume, OpenConnection]:
        handshake = self._handshakes[self._turn]
        resume = Resume.from_position(position, endpoint, self._rewind_s, exact=self._exact)
        try:
            return resume, await handshake.open(self.collections, resume.cursor, self._user_agent)
        except RefusedError as error:
            if error.name != "CursorTooOld":
                raise
        # By time, the server starts at the oldest event that it still stores.
        resume = Resume.from_position(position, endpoint, self._rewind_s, exact=False)
        return resume, await handshake.open(self.collections, resume.cursor, self._user_agent)

    async def _batches(self, connection: Connection, reader: BatchReader) -> AsyncGenerator[Batch, None]:
        limits, loop = self._limits, asyncio.get_running_loop()
        buffer = FrameBuffer(limits.queue, limits.queue_bytes)
        receiving = asyncio.create_task(self._receive(connection.socket, buffer))
        resolving = asyncio.create_task(self._keep_resolved())
        heard = loop.time()
        try:
            while not buffer.closed or buffer:
                batch = reader.read(await buffer.take(limits.batch, limits.batch_s))
                if batch.events:
                    heard = loop.time()
                if batch.events or batch.refused:
                    for did in reader.gone:
                        self._appview.forget(did)
                    reader.gone.clear()
                    yield batch
                if reader.ending is not None:
                    raise reader.ending
                if not batch.events and loop.time() - heard >= limits.silence_s:
                    raise self._error(
                        f"expected an event within {limits.silence_s:g} s, got none: the connection is opened anew",
                        "silent",
                    )
            raise self._error(await receiving, "closed")
        finally:
            for task in (receiving, resolving):
                task.cancel()
            await asyncio.gather(receiving, resolving, return_exceptions=True)

    async def _resolve_handles(self) -> None:
        """Look up the DIDs of official accounts' handles, for a moment; the rest is looked up while events come."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESOLVE_S):
                await self._accounts.resolve(self._appview.resolve)

    async def _keep_resolved(self) -> None:
        while self._by_handle:
            await self._accounts.resolve(self._appview.resolve)
            await asyncio.sleep(RESOLVE_AGAIN_S)

    async def _receive(self, socket: Socket, buffer: FrameBuffer) -> str:
        """Receive frames until the end; return why it ended."""
        try:
            while True:
                message = await socket.receive()
                if message.type not in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
                    return (
                        f"expected events without an end, got the end of the connection (code {socket.close_code}): "
                        "it is opened anew"
                    )
                buffer.add(message.data)
                if buffer.full and not await buffer.space(self._limits.full_s):
                    await socket.close()
                    return (
                        f"expected the collector to take frames within {self._limits.full_s:g} s, got {len(buffer)} "
                        "that wait: the server stores them, and they are read again later"
                    )
        except (aiohttp.ClientError, OSError) as error:
            return f"expected events without an end, got: {error}: the connection is opened anew"
        finally:
            buffer.close()

    def _note(self, batch: Batch, cursor: str | None) -> None:
        if batch.cursor == self._yielded and batch.posts:
            self._yielded = None  # the same cursor before and after: it cannot show whether these were committed
        else:
            self._yielded = batch.cursor
        if batch.cursor != cursor:
            self._exact = True

    def _prepare_next(self, error: SourceError, *, began: bool, progress: bool) -> None:
        """Choose the server and the place of the next attempt."""
        if error.reason == "cursor":
            self._exact = False
        elif not began:
            self._turn = (self._turn + 1) % len(self._endpoints)
        error.fatal = error.fatal and len(self._endpoints) == 1
        if progress:
            self._rewind_s = self._limits.rewind_s
        elif began:
            self._rewind_s /= 2  # connections that end within what is read again would never get on

    def _error(self, message: str, reason: str) -> SourceError:
        url = self._endpoints[self._turn].url
        return SourceError(f"source {self._name}, {shown(url)}: {message}", reason=reason)
