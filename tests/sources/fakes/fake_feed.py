"""A publisher of feeds with the whims of real ones: validators, limits, cut-off documents, pages instead of feeds."""

import hashlib
import html
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from aiohttp import web


class Entry(NamedTuple):
    """One item: no id, link or date where None."""

    title: str
    guid: str | None = None
    link: str | None = None
    date: str | None = None
    text: str = ""
    author: str | None = None


class FakeFeed:
    """Serves `entries` as RSS at every path; each path in `broken` its own fault."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self.entries = list(entries)
        self.fault = ""
        self.broken: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.requests: list[web.BaseRequest] = []
        self.body: bytes | None = None
        self.content_type = "application/rss+xml"

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)
        fault = self.broken.get(request.path, self.fault)
        body = rss(self.entries) if self.body is None else self.body
        headers = dict(self.headers)
        if fault.isdigit():
            return web.Response(status=int(fault), headers=headers, text="<html>no</html>")
        if fault == "html":
            return web.Response(text="<html><body>Please log in</body></html>", content_type="text/html")
        if fault == "cut":
            return web.Response(
                body=body[: len(body) * 2 // 3], headers={"ETag": '"cut"'}, content_type=self.content_type
            )
        if fault == "dropped":
            response = web.StreamResponse(headers={"Content-Length": str(len(body))})
            await response.prepare(request)
            await response.write(body[:100])
            assert request.transport is not None
            request.transport.abort()
            return response
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        headers |= {"ETag": etag, "Content-Type": self.content_type}
        return web.Response(body=body, headers=headers)


def rss(entries: Sequence[Entry], head: str = "") -> bytes:
    """An RSS 2.0 document."""
    items = "".join(map(_item, entries))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Press</title>'
        f"<link>https://press.example/</link><description>News</description>{head}{items}</channel></rss>"
    ).encode()


def date(at: datetime) -> str:
    """A date as RSS writes it."""
    return format_datetime(at)


def _item(entry: Entry) -> str:
    fields = {
        "title": entry.title,
        "link": entry.link,
        "pubDate": entry.date,
        "description": entry.text or None,
        "author": entry.author,
    }
    tags = "".join(f"<{name}>{html.escape(value)}</{name}>" for name, value in fields.items() if value is not None)
    guid = f'<guid isPermaLink="false">{html.escape(entry.guid)}</guid>' if entry.guid else ""
    return f"<item>{guid}{tags}</item>"
