"""A clock that a test sets, and a sleep that moves it on instead of waiting."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


class Clock:
    """The time, as it stands until somebody sleeps."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at
        self.slept = 0.0

    def __call__(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)
