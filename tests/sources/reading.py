"""Reading of a source in a test: a clock that stands still, and a limit after which a hanging test fails."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
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
    """Read batches until they are enough, and stop as the collector does; errors of the source are raised."""
    batches: list[Batch] = []
    async with asyncio.timeout(LIMIT_S), aclosing(_reading(source, cursor)) as reading:
        async for batch in reading:
            batches.append(batch)
            if enough(batches):
                break
    return batches


async def read_posts(source: Source, cursor: str | None, count: int) -> list[Batch]:
    """Read until so many posts came."""
    return await read_until(source, cursor, at_least(count))


async def read_through(
    source: Source, cursor: str | None, enough: Callable[[list[Batch]], bool]
) -> tuple[list[Batch], list[SourceError]]:
    """Read until batches are enough, again from the last cursor after each error that is not fatal."""
    batches: list[Batch] = []
    errors: list[SourceError] = []
    async with asyncio.timeout(LIMIT_S):
        while not enough(batches):
            try:
                async with aclosing(_reading(source, cursor)) as reading:
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


def at_least(count: int) -> Callable[[list[Batch]], bool]:
    """Return the condition of so many posts."""
    return lambda batches: len(posts_of(batches)) >= count


def posts_of(batches: Sequence[Batch]) -> list[Post]:
    """Return the posts of batches, in order."""
    return [post for batch in batches for post in batch.posts]


def ids_of(batches: Sequence[Batch]) -> list[str]:
    """Return the ids of the posts of batches, in order."""
    return [post.id for post in posts_of(batches)]


def refused_of(batches: Sequence[Batch]) -> dict[str, int]:
    """Return what was refused in batches, by reason."""
    total: dict[str, int] = {}
    for batch in batches:
        for reason, count in batch.refused.items():
            total[reason] = total.get(reason, 0) + count
    return total


def _reading(source: Source, cursor: str | None) -> AsyncGenerator[Batch, None]:
    return cast("AsyncGenerator[Batch, None]", source.read(cursor))
