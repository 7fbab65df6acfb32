"""A fake Bluesky on loopback: Jetstream in both versions, and the AppView's queries for profiles, posts and handles."""

from __future__ import annotations

import asyncio
import random
from importlib.resources import files
from typing import TYPE_CHECKING, Self

import zstandard
from aiohttp import WSMsgType, web

from deploy.local.bluesky_player import sample_frames
from deploy.local.jetstream_log import FIRST_TIME, STREAM, JetstreamLog, frame_v1, frame_v2, info_v2, wanted
from deploy.local.server import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from deploy.local.jetstream_log import LoggedEvent

PATH_V1, PATH_V2 = "/subscribe", f"/xrpc/{STREAM}"
KINDS = frozenset(("commit", "account", "identity", "sync"))
DICTIONARY_V1 = files("streams.sources.bluesky").joinpath("jetstream_v1.zdict")
ECHOED = "xrpc.v1.json"


class FakeBluesky:
    """Servers of Bluesky on one port.

    Parameters
    ----------
    log
        What Jetstream delivers.
    port
        Port on 127.0.0.1; 0: a free one.

    Attributes
    ----------
    followers, counts, handles
        What the AppView answers: followers by account, counts by post (reposts, likes, replies), accounts by handle.
    dictionary
        The compression dictionary.
    """

    def __init__(self, log: JetstreamLog | None = None, port: int = 0) -> None:
        self.log = log or JetstreamLog()
        self.followers: dict[str, int] = {}
        self.counts: dict[str, tuple[int, int, int]] = {}
        self.handles: dict[str, str] = {}
        self.dictionary = train(77)
        self._compressor_v1 = zstandard.ZstdCompressor(
            dict_data=zstandard.ZstdCompressionDict(DICTIONARY_V1.read_bytes())
        )
        self.port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Address of the AppView."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def jetstream(self) -> str:
        """Address of Jetstream, version 2."""
        return f"ws://{LOOPBACK}:{self.port}"

    @property
    def jetstream_v1(self) -> str:
        """Address of Jetstream, version 1."""
        return self.jetstream + PATH_V1

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get(PATH_V1, self.subscribe_v1)
        app.router.add_get(PATH_V2, self.subscribe_v2)
        for method, handler in self.queries().items():
            app.router.add_get(f"/xrpc/{method}", handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, LOOPBACK, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def queries(self) -> dict[str, Callable[[web.Request], Awaitable[web.Response]]]:
        """Return the queries by their name in the lexicons."""
        return {
            "network.bsky.jetstream.getZstdDictionary": self.get_dictionary,
            "app.bsky.actor.getProfiles": self.get_profiles,
            "app.bsky.feed.getPosts": self.get_posts,
            "com.atproto.identity.resolveHandle": self.resolve_handle,
        }

    async def subscribe_v1(self, request: web.Request) -> web.StreamResponse:
        """Stream version 1: a cursor that is too old is moved up silently."""
        refusal = await self.refuse(request)
        if refusal is not None:
            return refusal
        log, cursor = self.log, request.query.get("cursor")
        start = log.next_seq
        if cursor is not None and (index := max(log.index_of_time(int(cursor)), log.floor)) < len(log.events):
            start = log.events[index].seq
        collections = request.query.getall("wantedCollections", [])

        def encode(event: LoggedEvent) -> bytes | None:
            if event.kind == "commit" and not wanted(event, (), collections, ()):
                return None
            return frame_v1(event)

        compressed = request.query.get("compress") == "true"
        return await self.stream(request, start, encode, [], self._compressor_v1 if compressed else None)

    async def subscribe_v2(self, request: web.Request) -> web.StreamResponse:
        """Stream version 2: a sequence number that is too old is refused, a time is moved up with a notice."""
        refusal = await self.refuse(request) or self._mistaken(request)
        if refusal is not None:
            return refusal
        start, notices = self._start_v2(request.query.get("cursor"))
        kinds, collections, dids = (request.query.getall(name, []) for name in ("kinds", "collections", "dids"))
        compressor = None
        if "zstdDictionary" in request.query:
            compressor = zstandard.ZstdCompressor(dict_data=self.dictionary)

        def encode(event: LoggedEvent) -> bytes | None:
            return frame_v2(event) if wanted(event, kinds, collections, dids) else None

        return await self.stream(request, start, encode, notices, compressor)

    async def refuse(self, _: web.Request) -> web.Response | None:
        """Return a refusal of a subscription, for tests; `None`: it is accepted."""
        return None

    async def send(self, socket: web.WebSocketResponse, frame: bytes, *, binary: bool) -> bool:
        """Send one frame; return whether the stream goes on. Tests do worse."""
        await (socket.send_bytes(frame) if binary else socket.send_str(frame.decode()))
        return True

    async def get_dictionary(self, _: web.Request) -> web.Response:
        """Answer the current dictionary."""
        return web.Response(body=self.dictionary.as_bytes(), content_type="application/octet-stream")

    async def get_profiles(self, request: web.Request) -> web.Response:
        """Answer the profiles of the accounts that there are."""
        names = {did: handle for handle, did in self.handles.items()}
        known = [self.handles.get(actor, actor) for actor in request.query.getall("actors", [])]
        profiles = [
            {"did": did, "handle": names.get(did, "handle.invalid"), "followersCount": self.followers[did]}
            for did in known
            if did in self.followers
        ]
        return web.json_response({"profiles": profiles})

    async def get_posts(self, request: web.Request) -> web.Response:
        """Answer the counts of the posts that there are."""
        posts = [
            {"uri": uri, "author": {"did": uri[5:].partition("/")[0]}}
            | dict(zip(("repostCount", "likeCount", "replyCount"), self.counts[uri], strict=True))
            for uri in request.query.getall("uris", [])
            if uri in self.counts
        ]
        return web.json_response({"posts": posts})

    async def resolve_handle(self, request: web.Request) -> web.Response:
        """Answer the account of a handle."""
        did = self.handles.get(request.query.get("handle", ""))
        return web.json_response({"did": did}) if did else xrpc_error("InvalidRequest", "Unable to resolve handle")

    def _mistaken(self, request: web.Request) -> web.Response | None:
        query = request.query
        if "wantedCollections" in query or "wantedDids" in query:
            return xrpc_error("InvalidRequest", "wanted* is of version 1: use collections and dids")
        if unknown := set(query.getall("kinds", [])) - KINDS:
            return xrpc_error("InvalidRequest", f"unknown kinds {sorted(unknown)}")
        number = query.get("zstdDictionary")
        if number is not None and number != str(self.dictionary.dict_id()):
            return xrpc_error("UnknownZstdDictionary", f"the current dictionary is {self.dictionary.dict_id()}")
        oldest, cursor = self.log.oldest(), query.get("cursor")
        if cursor is not None and oldest is not None and int(cursor) < min(oldest.seq, FIRST_TIME):
            return xrpc_error("CursorTooOld", f"cursor too old: {cursor} is below the floor {oldest.seq}")
        return None

    def _start_v2(self, cursor: str | None) -> tuple[int, list[bytes]]:
        log, oldest = self.log, self.log.oldest()
        if cursor is None or oldest is None:
            return log.next_seq, []
        if int(cursor) < FIRST_TIME:
            if int(cursor) > log.next_seq:
                return log.next_seq, [info_v2("FutureCursor", f"{cursor} is beyond {log.next_seq}: starting live")]
            return int(cursor), []
        if int(cursor) < oldest.us:
            return oldest.seq, [info_v2("OutdatedCursor", f"below the retention floor: starting at {oldest.seq}")]
        index = log.index_of_time(int(cursor))
        return log.events[index].seq if index < len(log.events) else log.next_seq, []

    async def stream(
        self,
        request: web.Request,
        start: int,
        encode: Callable[[LoggedEvent], bytes | None],
        notices: Sequence[bytes],
        compressor: zstandard.ZstdCompressor | None,
    ) -> web.StreamResponse:
        """Stream to one subscriber until it leaves."""
        socket = web.WebSocketResponse(compress=False, protocols=(ECHOED,) if request.path == PATH_V2 else ())
        await socket.prepare(request)
        self.log.watched.set()
        sending = asyncio.create_task(self._send_all(socket, start, encode, notices, compressor))
        try:
            # Reading answers pings and notices the end; whatever a client sends is a mistake.
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await socket.close(code=1008)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        return socket

    async def _send_all(
        self,
        socket: web.WebSocketResponse,
        seq: int,
        encode: Callable[[LoggedEvent], bytes | None],
        notices: Sequence[bytes],
        compressor: zstandard.ZstdCompressor | None,
    ) -> None:
        for notice in notices:
            await self.send(socket, compressor.compress(notice) if compressor else notice, binary=bool(compressor))
        while True:
            for event in await self.log.after(seq):
                seq = event.seq + 1
                frame = encode(event)
                if frame is None:
                    continue
                content = compressor.compress(frame) if compressor else frame
                if not await self.send(socket, content, binary=compressor is not None):
                    return


def xrpc_error(name: str, message: str, status: int = 400) -> web.Response:
    """Return an error as the lexicons have it."""
    return web.json_response({"error": name, "message": message}, status=status)


def train(number: int) -> zstandard.ZstdCompressionDict:
    """Train a compression dictionary on made-up frames."""
    return zstandard.train_dictionary(8192, list(sample_frames(random.Random(number), 600)), dict_id=number)
