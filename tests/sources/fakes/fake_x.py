"""A fake X: rules, the filtered stream with its keep-alive, recent search, look-ups, and a meter of what is charged."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from streams.sources.x.cursor import id_at
from tests.sources.fakes.server import FakeServer

TOKEN = "made-up-token"  # noqa: S105 (no secret: the fake server made it up)
OPERATIONAL_DISCONNECT = {
    "errors": [
        {
            "title": "operational-disconnect",
            "disconnect_type": "UpstreamOperationalDisconnect",
            "detail": "This stream was disconnected.",
            "type": "https://api.x.com/2/problems/operational-disconnect",
        }
    ]
}
TOO_MANY = {
    "title": "ConnectionException",
    "detail": "Too many connections.",
    "connection_issue": "TooManyConnections",
    "type": "https://api.x.com/2/problems/streaming-connection",
}
Tweet = dict[str, Any]


class FakeX(FakeServer):
    """X with one account.

    Attributes
    ----------
    refuse
        Answers by path, given instead of what is asked for: status, headers, body.
    half_open
        Whether a connection is counted that nobody reads, until all are deleted.
    problems, silent_about
        Why a post that is not there is not shown, where it is not deleted; posts of which a look-up says nothing.
    opened
        Set when somebody reads the stream.
    charged
        Ids of the posts that were paid for, and `users`, the number of users that were.
    """

    def __init__(self, clock: Callable[[], datetime], *, keep_alive_s: float = 0.02) -> None:
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/2/tweets/search/stream", self._stream)
        app.router.add_get("/2/tweets/search/stream/rules", self._list_rules)
        app.router.add_post("/2/tweets/search/stream/rules", self._change_rules)
        app.router.add_get("/2/tweets/search/recent", self._search)
        app.router.add_get("/2/tweets", self._look_up)
        app.router.add_get("/2/users", self._users)
        app.router.add_get("/2/usage/tweets", self._usage)
        app.router.add_delete("/2/connections/all", self._delete_connections)
        super().__init__(app)
        self._clock = clock
        self.keep_alive_s: float | None = keep_alive_s
        self.rules: dict[str, dict[str, str]] = {}
        self.tweets: list[Tweet] = []
        self.followers: dict[str, int] = {}
        self.charged: set[str] = set()
        self.users = 0
        self.requests: list[str] = []
        self.queries: list[str] = []
        self.refuse: dict[str, tuple[int, dict[str, str], str]] = {}
        self.invalid_rule = ""
        self.problems: dict[str, str] = {}
        self.silent_about: set[str] = set()
        self.half_open = False
        self.page = 100
        self._lines: asyncio.Queue[bytes | None] | None = None
        self.opened = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._request: web.Request | None = None

    async def left_alone(self) -> None:
        """Wait until nobody reads the stream."""
        await self._free.wait()

    def tweet(self, text: str, number: int = 0, **fields: Any) -> Tweet:
        """Make a post of now, without publishing it."""
        post_id = str(int(id_at(self._clock())) + number)
        made = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"id": post_id, "text": text, "created_at": made, "edit_history_tweet_ids": [post_id], **fields}

    def publish(self, text: str, number: int = 0, **fields: Any) -> Tweet:
        """Publish a post; whoever reads the stream receives it where a rule matches."""
        tweet = self.tweet(text, number, **fields)
        self.tweets.append(tweet)
        rules = [{"id": i, "tag": r["tag"]} for i, r in self.rules.items() if _matches(r["value"], text)]
        if rules:
            self.send({"data": tweet, "matching_rules": rules})
        return tweet

    def send(self, line: Any) -> None:
        """Send any line: JSON, or bytes as they are."""
        if self._lines is None:
            return
        if isinstance(line, dict) and "data" in line:
            self.charged.add(line["data"]["id"])
        self._lines.put_nowait(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\r\n")

    def end(self) -> None:
        """End the stream in an orderly way."""
        if self._lines is not None:
            self._lines.put_nowait(None)

    def cut(self) -> None:
        """Cut the connection, as a failing network does."""
        if self._request is not None and self._request.transport is not None:
            self._request.transport.abort()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}, status=401)
        if request.path in self.refuse:
            status, headers, body = self.refuse[request.path]
            return web.Response(status=status, headers=headers, text=body)
        response: web.StreamResponse = await handler(request)
        return response

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self.half_open:
            return web.json_response(TOO_MANY, status=429)
        await self._free.wait()  # a connection that was closed in an orderly way is free a moment later
        self._free.clear()
        self.opened.set()
        response = web.StreamResponse()
        lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._lines = lines  # before the client sees an answer, so that a test can publish from then on
        self._request = request
        try:
            await response.prepare(request)
            while (line := await self._next(lines)) is not None:
                await response.write(line)
        except ConnectionResetError:
            pass
        finally:
            self._lines = None
            self._free.set()
        return response

    async def _next(self, lines: "asyncio.Queue[bytes | None]") -> bytes | None:
        try:
            async with asyncio.timeout(self.keep_alive_s):
                return await lines.get()
        except TimeoutError:
            return b"\r\n"

    async def _list_rules(self, request: web.Request) -> web.Response:
        rules = [{"id": i, **rule} for i, rule in self.rules.items()]
        start = int(request.query.get("pagination_token", 0))
        more = start + self.page < len(rules)
        meta = {"result_count": len(rules), **({"next_token": str(start + self.page)} if more else {})}
        page = rules[start : start + self.page]
        return web.json_response({**({"data": page} if page else {}), "meta": meta})

    async def _change_rules(self, request: web.Request) -> web.Response:
        body = await request.json()
        for rule_id in body.get("delete", {}).get("ids", []):
            del self.rules[rule_id]
        errors = []
        for rule in body.get("add", []):
            values = [r["value"] for r in self.rules.values()]
            title = "InvalidRules" if rule["value"] == self.invalid_rule or len(rule["value"]) > 1024 else ""
            title = title or ("DuplicateRule" if rule["value"] in values else "")
            if title:
                errors.append({"value": rule["value"], "title": title, "detail": "no such operator", "type": "x"})
            else:
                self.rules[str(len(self.requests) * 1000 + len(self.rules))] = rule
        return web.json_response({"meta": {}, **({"errors": errors} if errors else {})}, status=201)

    async def _search(self, request: web.Request) -> web.Response:
        query, since = request.query["query"], int(request.query["since_id"])
        self.queries.append(query)
        oldest = int(id_at(self._clock() - timedelta(days=7)))
        if len(query) > 512 or since < oldest or not 10 <= int(request.query["max_results"]) <= 100:
            return web.json_response({"title": "Invalid Request", "detail": "since_id too old or too long"}, status=400)
        found = [t for t in self.tweets if int(t["id"]) > since and _matches(query, t["text"])]
        found.sort(key=lambda t: -int(t["id"]))
        start, size = int(request.query.get("next_token", 0)), min(self.page, int(request.query["max_results"]))
        page = found[start : start + size]
        self.charged.update(t["id"] for t in page)
        meta = {"result_count": len(page)}
        if start + size < len(found):
            return web.json_response({"data": page, "meta": {**meta, "next_token": str(start + size)}})
        return web.json_response({"data": page, "meta": meta} if page else {"meta": meta})

    async def _look_up(self, request: web.Request) -> web.Response:
        ids = request.query["ids"].split(",")
        page = [t for t in self.tweets if t["id"] in ids]
        self.charged.update(t["id"] for t in page)
        absent = [each for each in ids if each not in {t["id"] for t in page} | self.silent_about]
        errors = [self._problem(each) for each in absent]
        return web.json_response({**({"data": page} if page else {}), **({"errors": errors} if errors else {})})

    def _problem(self, post_id: str) -> dict[str, str]:
        kind = f"https://api.x.com/2/problems/{self.problems.get(post_id, 'resource-not-found')}"
        return {"value": post_id, "resource_id": post_id, "resource_type": "tweet", "parameter": "ids", "type": kind}

    async def _users(self, request: web.Request) -> web.Response:
        found = [
            {"id": i, "name": "n", "username": "u", "public_metrics": {"followers_count": self.followers[i]}}
            for i in request.query["ids"].split(",")
            if i in self.followers
        ]
        self.users += len(found)
        return web.json_response({"data": found})

    async def _usage(self, _: web.Request) -> web.Response:
        usage = {"cap_reset_day": 10, "project_cap": "3000000", "project_usage": str(len(self.charged))}
        return web.json_response({"data": {**usage, "project_id": "1"}})

    async def _delete_connections(self, _: web.Request) -> web.Response:
        self.half_open = False
        return web.json_response({"data": {"killed_connections": True}})


def _matches(rule: str, text: str) -> bool:
    """Whether a text has one of the quoted phrases of a rule; enough of X's language for these tests."""
    return any(phrase.lower() in text.lower() for phrase in re.findall(r'(?<!-)"([^"]+)"', rule))
