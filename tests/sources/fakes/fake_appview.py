"""An AppView that is slow, refuses or answers nonsense when told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sources.fakes.fake_jetstream import FakeJetstream

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from aiohttp import web


class FakeAppView(FakeJetstream):
    """Bluesky with an AppView that misbehaves.

    Attributes
    ----------
    answers
        Answers to the next queries instead of the right ones.
    slow
        What queries wait for.
    asked
        How many accounts or posts each query asked for; resolving handles is left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[web.Response] = []
        self.slow: asyncio.Event | None = None
        self.asked: list[int] = []

    def queries(self) -> dict[str, Callable[[web.Request], Awaitable[web.Response]]]:
        """Return the queries, each with the faults."""
        return {name: self._faulty(query) for name, query in super().queries().items()}

    def _faulty(
        self, query: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            if "handle" not in request.query:
                self.asked.append(len(request.query))
            if self.slow is not None:
                await self.slow.wait()
            return self.answers.pop(0) if self.answers else await query(request)

        return answer
