"""A JSON interface with pages, as Hacker News, Steam and others have them; its faults can be switched."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from streams.sources.poll import preset as presets

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


def preset_on(address: str, name: str, folder: Path) -> str:
    """The preset with its network's server replaced by one on loopback."""
    source = Path(presets.__file__).parent / "presets" / f"{name}.toml"
    copy = folder / f"{name}.toml"
    copy.write_text(re.sub(r'(?m)^url = "(https://[^/]+|\{site\})', f'url = "{address}', source.read_text()))
    return str(copy)
