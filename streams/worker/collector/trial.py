"""A trial of a source: what it would bring, read for a while from now on, and committed nowhere."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from streams.collecting.commit import Commit
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
    collection = opener.open(name)
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
