"""A JSON interface with pages, as Hacker News, Steam and others have them; its faults can be switched."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

Page = Callable[[web.BaseRequest], Any]


class FakeInterface:
    """Answers each request with what `page` makes of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.fault = ""
        self.headers: dict[str, str] = {}
        self.requests: list[web.BaseRequest] = []

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)
        if self.fault.isdigit():
            return web.Response(status=int(self.fault), headers=self.headers, text="no")
        if self.fault:
            return web.Response(text=self.fault)  # an error text or a login page, with status 200
        return web.Response(body=json.dumps(self.page(request)).encode(), content_type="application/json")


def part(items: Sequence[Any], number: int, size: int) -> list[Any]:
    """One page of a list; the first has the number 0."""
    return list(items[number * size : (number + 1) * size])
