"""A fake Mastodon server: the instance, the WebSocket with its pings and subscriptions, timelines and notifications."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aiohttp import WSMsgType, web

from tests.sources.fakes.server import FakeServer

TOKEN = "made-up-token"  # noqa: S105 (no secret: the fake server made it up)
DOMAIN = "social.example"
MAX_UNANSWERED = 100
"""Pings without an answer after which the reader counts as gone; Mastodon itself allows one, of 30 seconds."""
Status = dict[str, Any]


class FakeMastodon(FakeServer):
    """A server with one user, the brand's account.

    Attributes
    ----------
    refuse
        Answers by path, given instead of what is asked for: status, headers, body.
    blind
        Whether the stream delivers nothing, though it pings.
    denied
        Streams that the token may not subscribe to.
    """

    def __init__(self, clock: Callable[[], Any], *, ping_s: float = 0.02) -> None:
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/api/v2/instance", self._instance)
        app.router.add_get("/api/v1/streaming", self._stream)
        app.router.add_get("/api/v1/timelines/tag/{tag}", self._timeline)
        app.router.add_get("/api/v1/notifications", self._notifications)
        app.router.add_get("/api/v1/statuses", self._statuses)
        app.router.add_get("/api/v2/search", self._search)
        super().__init__(app)
        self._clock = clock
        self.ping_s: float | None = ping_s
        self.access = {"local": "public", "remote": "public"}
        self.streaming: str | None = None
        self.statuses: list[Status] = []
        self.notifications: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.refuse: dict[str, tuple[int, dict[str, str], str]] = {}
        self.denied: frozenset[str] = frozenset()
        self.blind = False
        self.page = 40
        self.subscriptions: list[dict[str, str]] = []
        self._subscribed = asyncio.Event()
        self._frames: asyncio.Queue[str | bytes | int] | None = None
        self._request: web.Request | None = None
        self._number = 0
        self._unanswered = 0

    async def subscribed(self, streams: int) -> None:
        """Wait until somebody has subscribed to so many streams."""
        while len(self.subscriptions) < streams:
            self._subscribed.clear()
            await self._subscribed.wait()

    def status(self, text: str, acct: str = "ann", *, age_s: float = 0, **fields: Any) -> Status:
        """Make a status of now, without publishing it."""
        self._number += 1
        made = self._clock() - timedelta(seconds=age_s)
        number = str(int(made.timestamp() * 1000) * 1000 + self._number)
        return {
            "id": number,
            "uri": f"https://{DOMAIN}/users/{acct}/statuses/{number}",
            "url": f"https://{DOMAIN}/@{acct}/{number}",
            "created_at": made.isoformat().replace("+00:00", "Z"),
            "content": f"<p>{text}</p>",
            "visibility": "public",
            "tags": [{"name": word[1:].lower(), "url": "x"} for word in text.split() if word.startswith("#")],
            "account": {"id": acct, "acct": acct, "followers_count": 7, "indexable": True},
            "media_attachments": [],
            "mentions": [],
            **fields,
        }

    def publish(self, text: str, acct: str = "ann", **fields: Any) -> Status:
        """Publish a status under its hashtags."""
        status = self.status(text, acct, **fields)
        self.statuses.append(status)
        self.event("update", status)
        return status

    def event(self, event: str, status: Status) -> None:
        """Deliver an event to the subscriptions to a status's hashtags, or to a user's stream where it has none."""
        for subscription in self.subscriptions:
            if subscription.get("tag", "") in [tag["name"] for tag in status["tags"]]:
                self._deliver(["hashtag", subscription["tag"]], event, json.dumps(status))

    def home(self, event: str, payload: Any) -> None:
        """Deliver an event to the user's stream."""
        if any(subscription["stream"] == "user" for subscription in self.subscriptions):
            self._deliver(["user"], event, payload if isinstance(payload, str) else json.dumps(payload))

    def notify(self, kind: str, status: Status) -> None:
        """Notify the user of a status."""
        number = str(len(self.notifications) + 1)
        notification = {"id": number, "type": kind, "created_at": status["created_at"], "status": status}
        self.notifications.append(notification)
        self.home("notification", notification)

    def send(self, frame: str | bytes | int) -> None:
        """Send any frame; a number closes with that code."""
        if self._frames is not None:
            self._frames.put_nowait(frame)

    def cut(self) -> None:
        """Cut the connection, as a failing network does."""
        if self._request is not None and self._request.transport is not None:
            self._request.transport.abort()

    def _deliver(self, stream: list[str], event: str, payload: str) -> None:
        if not self.blind:
            self.send(json.dumps({"stream": stream, "event": event, "payload": payload}))

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "The access token is invalid"}, status=401)
        if request.path in self.refuse:
            status, headers, body = self.refuse[request.path]
            return web.Response(status=status, headers=headers, text=body)
        response: web.StreamResponse = await handler(request)
        return response

    async def _instance(self, _: web.Request) -> web.Response:
        urls = {} if self.streaming == "" else {"streaming": self.streaming or self.url.replace("http", "ws")}
        configuration = {"urls": urls, "timelines_access": {"hashtag_feeds": self.access}}
        return web.json_response({"domain": DOMAIN, "version": "4.5.0", "configuration": configuration})

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self._request, self.subscriptions, self._unanswered = request, [], 0
        frames: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self._frames = frames
        sending = asyncio.create_task(self._send_all(socket, frames))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._subscribe(json.loads(message.data))
                elif message.type is WSMsgType.PONG:
                    self._unanswered = 0
        finally:
            sending.cancel()
        return socket

    def _subscribe(self, message: dict[str, str]) -> None:
        if message["stream"] in self.denied:
            self.send(json.dumps({"error": "Access token does not have the required scopes", "status": 401}))
        else:
            self.subscriptions.append(message)
            self._subscribed.set()

    async def _send_all(self, socket: web.WebSocketResponse, frames: "asyncio.Queue[str | bytes | int]") -> None:
        while True:
            try:
                async with asyncio.timeout(self.ping_s):
                    frame = await frames.get()
            except TimeoutError:
                if self._unanswered >= MAX_UNANSWERED:
                    await socket.close(code=1006)
                    return
                self._unanswered += 1
                await socket.ping()
                continue
            if isinstance(frame, str):
                await socket.send_str(frame)
            elif isinstance(frame, bytes):
                await socket.send_bytes(frame)
            else:
                await socket.close(code=frame)

    async def _timeline(self, request: web.Request) -> web.Response:
        tag = request.match_info["tag"]
        tagged = [s for s in self.statuses if tag in [t["name"] for t in s["tags"]]]
        if request.query.get("local") == "true":
            tagged = [s for s in tagged if "@" not in s["account"]["acct"]]
        return web.json_response(self._paged(request, tagged))

    async def _notifications(self, request: web.Request) -> web.Response:
        kinds = request.query.getall("types[]", [])
        return web.json_response(self._paged(request, [n for n in self.notifications if n["type"] in kinds]))

    def _paged(self, request: web.Request, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        before = int(request.query.get("max_id", 10**18))
        newest = sorted((e for e in entries if int(e["id"]) < before), key=lambda e: -int(e["id"]))
        return newest[: min(self.page, int(request.query["limit"]))]

    async def _statuses(self, request: web.Request) -> web.Response:
        ids = request.query.getall("id[]")
        return web.json_response([status for status in self.statuses if status["id"] in ids])

    async def _search(self, request: web.Request) -> web.Response:
        found = [status for status in self.statuses if status["uri"] == request.query["q"]]
        shown = found if request.query.get("resolve") == "true" else []
        return web.json_response({"accounts": [], "hashtags": [], "statuses": shown})
