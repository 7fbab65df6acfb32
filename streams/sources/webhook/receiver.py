"""The webhook receiver: one HTTP server for all webhooks, at `/hooks/NAME`, on loopback unless configured otherwise.

It reads bodies within bounds of size and time, and leaves what they mean to the webhook.
"""

import asyncio
import logging
import math
import re
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import msgspec
from aiohttp import web

from streams.errors import ConfigError
from streams.sources.webhook.body import is_json

MAX_BODY = 1024 * 1024
"""Bytes of a body, counted as they are read."""
BODY_TIMEOUT_S = 10.0
"""Seconds in which a body must have come, however slowly it trickles in."""
HEADERS_TIMEOUT_S = 130.0
"""Seconds in which a connection must have sent the headers of its next request; proxies hold idle ones up to 120 s."""
LINGERING_S = 2.0
"""Seconds for which the rest of a refused body is discarded, so that its sender reads the answer."""
MAX_CONNECTIONS = 512
MAX_AT_ONCE = 100
"""Deliveries of one webhook that are read or wait for their commit at the same time."""
_NOBODY = b'{"error":"no such webhook, or not signed for it"}'
_LISTEN = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<host>[^:]*)):(?P<port>[0-9]{1,5})")

logger = logging.getLogger(__name__)


class Delivered(NamedTuple):
    """One delivery as it came: body, content type, headers, and the secret at the end of its path."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    path_secret: str = ""


class Answer(NamedTuple):
    """What a sender is answered: status, JSON, and after how many seconds to come again."""

    status: int
    report: dict[str, Any] | None = None
    retry_after_s: float = 0.0


class Hook(Protocol):
    """What the receiver asks of a webhook."""

    name: str

    async def deliver(self, delivered: Delivered) -> Answer:
        """Take a delivery in, and answer it."""

    def handshake(self, token: str) -> bool:
        """Whether a handshake may succeed."""

    def refuse(self, reason: str) -> None:
        """Count a delivery that was refused before it was read."""


class Receiver:
    """The HTTP server of all webhooks; an asynchronous context in which it listens.

    Parameters
    ----------
    listen
        Address and port, `127.0.0.1:9465` or `[::1]:9465`; port 0: any free one.
    body_timeout_s, headers_timeout_s
        `BODY_TIMEOUT_S` and `HEADERS_TIMEOUT_S`, where a test cannot wait so long.

    Raises
    ------
    ConfigError
        The address is not of that form; on entering: it is in use, or not of this machine.
    """

    def __init__(
        self, listen: str, *, body_timeout_s: float = BODY_TIMEOUT_S, headers_timeout_s: float = HEADERS_TIMEOUT_S
    ) -> None:
        match = _LISTEN.fullmatch(listen)
        if not match or int(match["port"]) > 65_535 or not (match["six"] or match["host"]):
            raise ConfigError(f"source.listen: expected ADDRESS:PORT, as 127.0.0.1:9465, got {listen!r}")
        self._host, self._port = match["six"] or match["host"], int(match["port"])
        self._body_timeout_s = body_timeout_s
        self._headers_timeout_s = headers_timeout_s
        self._hooks: dict[str, Hook] = {}
        self._at_once: Counter[str] = Counter()
        self._listener: asyncio.Server | None = None
        self._runner: web.AppRunner | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    def add(self, hook: Hook) -> None:
        """Serve a webhook at `/hooks/NAME`."""
        self._hooks[hook.name] = hook

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_post("/hooks/{name}", self._post)
        app.router.add_post("/hooks/{name}/{secret}", self._post)
        app.router.add_get("/hooks/{name}", self._handshake, allow_head=False)
        app.on_response_prepare.append(_hide_server)
        self._runner = web.AppRunner(
            app,
            access_log=None,  # addresses may end in a secret
            keepalive_timeout=self._headers_timeout_s,
            lingering_time=LINGERING_S,
            auto_decompress=False,
            shutdown_timeout=1.0,
        )
        await self._runner.setup()
        try:
            self._listener = await asyncio.get_running_loop().create_server(self._connection, self._host, self._port)
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError(
                f"source.listen: expected a free port on {self._host}, got {self._port}: {error.strerror or error}"
            ) from None
        self._port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listener and self._runner:
            self._listener.close()
            await self._runner.cleanup()

    def _connection(self) -> asyncio.Protocol:
        server = self._runner.server if self._runner else None
        if server is None or len(server.connections) >= MAX_CONNECTIONS:
            return _Refused()
        return server()

    async def _handshake(self, request: web.Request) -> web.Response:
        hook = self._hooks.get(request.match_info["name"])
        if hook is None:
            return _response(Answer(404))
        query = request.query
        if query.get("hub.mode") == "subscribe" and hook.handshake(query.get("hub.verify_token", "")):
            return web.Response(
                text=query.get("hub.challenge", "")[:1024], headers={"X-Content-Type-Options": "nosniff"}
            )
        return _response(Answer(403, {"error": "expected a handshake with this webhook's verify token"}))

    async def _post(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        hook = self._hooks.get(name)
        if hook is None:
            return _response(Answer(404))
        if self._at_once[name] >= MAX_AT_ONCE:
            hook.refuse("rate")
            return _response(Answer(429, {"error": "too many deliveries at once"}, 1))
        self._at_once[name] += 1
        try:
            return await self._receive(hook, request)
        finally:
            self._at_once[name] -= 1

    async def _receive(self, hook: Hook, request: web.Request) -> web.Response:
        encoding = request.headers.get("Content-Encoding", "identity").lower()
        if not is_json(request.content_type) or encoding != "identity":
            hook.refuse("content_type")
            return _response(Answer(415, {"error": "expected JSON or JSON lines, not compressed"}))
        try:
            async with asyncio.timeout(self._body_timeout_s):
                body = await _bounded(request)
        except TimeoutError:
            hook.refuse("slow")
            return _response(Answer(408, {"error": f"expected the body within {self._body_timeout_s:g} s"}), close=True)
        except (ConnectionError, web.RequestPayloadError):
            return _response(Answer(400, {"error": "expected the whole body"}), close=True)
        if body is None:
            hook.refuse("size")
            return _response(Answer(413, {"error": f"expected at most {MAX_BODY} bytes"}), close=True)
        secret = request.match_info.get("secret", "")
        return _response(await hook.deliver(Delivered(body, request.content_type, request.headers, secret)))


class _Refused(asyncio.Protocol):
    """A connection beyond the limit: closed at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


async def _bounded(request: web.Request) -> bytes | None:
    """Read a body; `None` as soon as it is too long, whatever its Content-Length says."""
    if (request.content_length or 0) > MAX_BODY:
        return None
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _response(answer: Answer, *, close: bool = False) -> web.Response:
    body = _NOBODY if answer.status in (401, 404) else msgspec.json.encode(answer.report or {})
    headers = {"Retry-After": str(math.ceil(answer.retry_after_s))} if answer.retry_after_s else {}
    response = web.Response(status=answer.status, body=body, headers=headers, content_type="application/json")
    if close:
        response.force_close()
    return response


async def _hide_server(request: web.BaseRequest, response: web.StreamResponse) -> None:
    response.headers["Server"] = "badbuzz"
