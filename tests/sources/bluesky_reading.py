"""Reading a source in tests: batches until a condition holds, and again after each error as a collector does."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import Any

from streams.errors import SourceError
from streams.sources.source import Batch, Post, Source

PATIENCE_S = 20.0


async def read_until(source: Source, cursor: str | None, enough: Callable[[list[Batch]], bool]) -> list[Batch]:
    """Read batches until they are enough; errors of the source are raised."""
    batches: list[Batch] = []
    async with asyncio.timeout(PATIENCE_S), contextlib.aclosing(_generator(source.read(cursor))) as reading:
        async for batch in reading:
            batches.append(batch)
            if enough(batches):
                break
    return batches


async def read_through(
    source: Source, cursor: str | None, enough: Callable[[list[Batch]], bool]
) -> tuple[list[Batch], list[SourceError]]:
    """Read until batches are enough, again from the last cursor after each error that is not fatal."""
    batches: list[Batch] = []
    errors: list[SourceError] = []
    async with asyncio.timeout(PATIENCE_S):
        while not enough(batches):
            try:
                async with contextlib.aclosing(_generator(source.read(cursor))) as reading:
                    async for batch in reading:
                        batches.append(batch)
                        cursor = batch.cursor or cursor
                        if enough(batches):
                            break
            except SourceError as error:
                if error.fatal:
                    raise
                errors.append(error)
    return batches, errors


def posts_of(batches: Sequence[Batch]) -> list[Post]:
    """Return the posts of batches, in order."""
    return [post for batch in batches for post in batch.posts]


def ids_of(batches: Sequence[Batch]) -> list[str]:
    """Return the ids of the posts of batches, in order."""
    return [post.id for post in posts_of(batches)]


def refused_of(batches: Sequence[Batch]) -> dict[str, int]:
    """Return what was refused in batches."""
    total: dict[str, int] = {}
    for batch in batches:
        for reason, count in batch.refused.items():
            total[reason] = total.get(reason, 0) + count
    return total


def at_least(count: int) -> Callable[[list[Batch]], bool]:
    """Return the condition of so many posts."""
    return lambda batches: len(posts_of(batches)) >= count


def _generator(reading: AsyncIterator[Batch]) -> AsyncGenerator[Batch, Any]:
    assert isinstance(reading, AsyncGenerator)
    return reading
