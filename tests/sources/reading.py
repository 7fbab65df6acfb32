"""Reading of a source in a test, with a clock that stands still and a limit after which a hanging test fails."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import pytest

from streams.errors import SourceError
from streams.sources.source import Batch, Post, Source

T = TypeVar("T")

LIMIT_S = 20.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


def run(test: Coroutine[Any, Any, T]) -> T:
    """Run an asynchronous test."""

    async def limited() -> T:
        async with asyncio.timeout(LIMIT_S):
            return await test

    return asyncio.run(limited())


async def read_until(source: Source, cursor: str | None, enough: Callable[[list[Batch]], bool]) -> list[Batch]:
    """Read batches until they are enough, and stop as the collector does."""
    batches: list[Batch] = []
    async with aclosing(cast("AsyncGenerator[Batch, None]", source.read(cursor))) as reading:
        async for batch in reading:
            batches.append(batch)
            if enough(batches):
                break
    return batches


async def read_posts(source: Source, cursor: str | None, count: int) -> list[Batch]:
    """Read until so many posts came."""
    return await read_until(source, cursor, lambda batches: len(posts_of(batches)) >= count)


async def read_to_error(
    source: Source, cursor: str | None = None, then: Callable[[int], object] = lambda number: None
) -> tuple[list[Batch], SourceError]:
    """Read until the source ends with an error; `then` happens after each batch, given their number so far."""
    batches: list[Batch] = []

    async def read() -> None:
        async for batch in source.read(cursor):
            batches.append(batch)
            then(len(batches))

    with pytest.raises(SourceError) as raised:
        await read()
    return batches, raised.value


def posts_of(batches: list[Batch]) -> list[Post]:
    return [post for batch in batches for post in batch.posts]


def refused_of(batches: list[Batch]) -> dict[str, int]:
    total: dict[str, int] = {}
    for batch in batches:
        for reason, count in batch.refused.items():
            total[reason] = total.get(reason, 0) + count
    return total
