"""A Jetstream that misbehaves when told to: the fake of `deploy.local` with the faults of real servers and networks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import web

from deploy.local.fake_bluesky import FakeBluesky, train, xrpc_error
from deploy.local.jetstream_log import commit, rfc3339_us
from streams.sources.bluesky.position import Position

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON = 1_783_166_400_000_000  # 2026-07-04T12:00:00Z
SECOND = 1_000_000
POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"

NEXT = 0
"""Number of whichever frame comes next, on whichever connection."""

Fault = tuple[str, Any]


class FakeJetstream(FakeBluesky):
    """Jetstream with switchable faults.

    Attributes
    ----------
    faults
        By number of the frame on its connection, from 1, or `NEXT`: what happens instead of the frame or after it.
        ``("cut", n)``: it breaks off after n bytes, and the connection with it; ``("close", code)``;
        ``("stall", None)``: nothing more comes, pings are answered; ``("insert", frame)``: another frame comes before
        it, text or bytes. Each happens once.
    refusals
        Answers to the next subscriptions, before any is accepted.
    seen
        Queries of all subscriptions.
    subscribed, ended
        Set by each subscription, and by its end.
    handed_out
        What is answered as the dictionary; `None`: the current one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.faults: dict[int, Fault] = {}
        self.refusals: list[web.Response] = []
        self.seen: list[Mapping[str, Any]] = []
        self.subscribed, self.ended = asyncio.Event(), asyncio.Event()
        self.handed_out: bytes | None = None
        self._sent: dict[int, int] = {}

    def rotate(self) -> None:
        """Change the compression dictionary."""
        self.dictionary = train(self.dictionary.dict_id() + 1)

    async def get_dictionary(self, request: web.Request) -> web.Response:
        """Answer the current dictionary, or another."""
        return web.Response(body=self.handed_out) if self.handed_out else await super().get_dictionary(request)

    async def refuse(self, request: web.Request) -> web.Response | None:
        """Record a subscription; refuse it if the test says so."""
        self.seen.append({name: request.query.getall(name) for name in request.query})
        self.subscribed.set()
        return self.refusals.pop(0) if self.refusals else None

    async def send(self, socket: web.WebSocketResponse, frame: bytes, *, binary: bool) -> bool:
        """Send one frame, or what the faults have instead."""
        number = self._sent[id(socket)] = self._sent.get(id(socket), 0) + 1
        kind, value = self.faults.pop(number if number in self.faults else NEXT, ("", None))
        match kind:
            case "cut":
                transport = socket._req.transport if socket._req else None
                assert transport is not None
                header = b"\x81\x7e" + len(frame).to_bytes(2, "big")
                transport.write(header + frame[:value])
                await asyncio.sleep(0.02)
                transport.abort()
                return False
            case "close":
                await socket.close(code=value)
                return False
            case "stall":
                return False
            case "insert":
                await (socket.send_bytes(value) if isinstance(value, bytes) else socket.send_str(value))
        return await super().send(socket, frame, binary=binary)

    async def stream(self, *arguments: Any) -> web.StreamResponse:
        """Stream to one subscriber, and note its end."""
        try:
            return await super().stream(*arguments)
        finally:
            self.ended.set()

    async def post(self, text: str, at: int = 0, did: str = "did:plc:ann", **record: Any) -> str:
        """Publish a post, at seconds after noon; return its address."""
        us = NOON + at * SECOND
        rkey = f"r{self.log.next_seq}"
        fields = {"text": text, "createdAt": rfc3339_us(us)} | record
        await self.log.publish((did, "commit", commit(POST, rkey, fields), us))
        return f"at://{did}/{POST}/{rkey}"

    async def beginning(self, version: int = 2) -> str:
        """Publish a first post; return the cursor after it."""
        await self.post("the first", at=-1)
        url = self.jetstream_v1 if version == 1 else self.jetstream
        return Position(url, NOON - SECOND, self.log.next_seq - 1 if version == 2 else None).cursor

    async def posts(self, count: int, at: int = 0) -> list[str]:
        """Publish posts, one a second; return their addresses."""
        return [await self.post(f"post {number}", at + number) for number in range(count)]


def unavailable(status: int = 503, **headers: str) -> web.Response:
    """Return a refusal without a word of the lexicon."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, text="<html>try later</html>", content_type="text/html", headers=named)


def xrpc_refusal(name: str, message: str = "") -> web.Response:
    """Return a refusal by its name in the lexicon."""
    return xrpc_error(name, message)
