"""A trial of a source: what it would bring, read for a while from now on, and committed nowhere; or only a check."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from streams.collecting.collection import Collection, utc_now
from streams.collecting.commit import Commit
from streams.sources.source import Checks
from streams.worker.collector.running import Opener


async def try_source(opener: Opener, name: str, seconds: float) -> AsyncGenerator[Commit, None]:
    """Read a source and yield what its batches become, until the time is over or the stream ends.

    Senders of a webhook are not answered, since nothing is stored: they come again.

    Parameters
    ----------
    opener
        Opens the source.
    name
        Of the source.
    seconds
        How long to read.

    Raises
    ------
    SourceError
        The network cannot be read; there is no second try.
    ConfigError
        The settings of the source are wrong.
    """
    async for commit in _read(opener, opener.open(name), seconds):
        yield commit


async def check_source(opener: Opener, name: str, seconds: float) -> str:
    """Return in one line that a source can be read: by its own check, or by reading it until the first batch.

    Parameters
    ----------
    opener
        Opens the source.
    name
        Of the source.
    seconds
        How long to wait for the first batch.

    Raises
    ------
    SourceError, ConfigError
        As of `try_source`.
    """
    collection = opener.open(name)
    if isinstance(collection.source, Checks):
        return f"good, {await collection.source.check()}"
    async with contextlib.aclosing(_read(opener, collection, seconds)) as commits:
        commit = await anext(commits, None)
    if commit is None:
        return f"no fault, and nothing published within {seconds:g} s"
    line = f"good, {commit.events} posts read"
    if commit.complete_to is not None:
        behind = (utc_now() - commit.complete_to).total_seconds()
        line += f", complete to {commit.complete_to:%Y-%m-%d %H:%M:%S} UTC, {behind:.0f} s ago"
    return line


async def _read(opener: Opener, collection: Collection, seconds: float) -> AsyncGenerator[Commit, None]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    async with contextlib.AsyncExitStack() as stack:
        if opener.receiver is not None:
            await stack.enter_async_context(opener.receiver)
        batches = collection.source.read(None)
        try:
            while True:
                # Only waiting for the network is cut short: a batch that came is handed out whole.
                async with asyncio.timeout_at(deadline):
                    batch = await anext(batches)
                yield await collection.take(batch)
        except (TimeoutError, StopAsyncIteration):
            return
        finally:
            if isinstance(batches, AsyncGenerator):
                await batches.aclose()
