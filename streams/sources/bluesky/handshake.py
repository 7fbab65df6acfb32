"""The handshake with a Jetstream: connecting, agreeing on a compression dictionary, and refusals as errors."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import aiohttp

from streams.errors import SourceError
from streams.sources.bluesky.compression import MAX_DICTIONARY_BYTES, Dictionary
from streams.sources.bluesky.endpoint import Endpoint
from streams.sources.bluesky.refusal import RefusedError, refused
from streams.sources.public_addresses import connector

HANDSHAKE_S = 15.0
DICTIONARY_S = 5.0
CLOSE_S = 1.0  # a stalled server never answers the closing handshake
MAX_BODY_BYTES = 64 * 1024
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A larger message ends the connection. One that is only larger than a frame may be is refused alone, or each new
connection would meet it again."""
ATTEMPTS = 4  # with the dictionary at hand, the current one, one that was rotated meanwhile, and none

Socket = aiohttp.ClientWebSocketResponse[Literal[False]]


class Connection(NamedTuple):
    """An open subscription, and the dictionary of its compressed frames."""

    socket: Socket
    dictionary: Dictionary | None


class Handshake:
    """Handshakes with one server, which remember its dictionary.

    Parameters
    ----------
    endpoint
        The server.
    compress
        Whether compressed frames are asked for.
    allow_private
        Whether the server may be in a private network.
    clock
        The time.
    """

    def __init__(
        self, endpoint: Endpoint, *, compress: bool, allow_private: bool, clock: Callable[[], datetime]
    ) -> None:
        self._endpoint = endpoint
        self._allow_private = allow_private
        self._compress = compress
        self._clock = clock
        self._dictionary = Dictionary.of_version_1() if compress and endpoint.version == 1 else None
        self._unknown: int | None = None

    async def open(self, collections: Sequence[str], cursor: int | None, user_agent: str) -> "OpenConnection":
        """Subscribe.

        Parameters
        ----------
        collections
            Collections of the commits that are wanted.
        cursor
            Where to resume; `None`: with what is published now.
        user_agent
            How the request introduces itself.

        Raises
        ------
        RefusedError
            The server answered with an error.
        SourceError
            There is no server, or none that speaks WebSocket.
        """
        session = aiohttp.ClientSession(
            connector=connector(allow_private=self._allow_private),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": user_agent},
            timeout=aiohttp.ClientTimeout(total=None),
            middlewares=(self._raise_refusal,),
        )
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                return OpenConnection(session, await self._agree(session, collections, cursor))
        except BaseException as error:
            await session.close()
            raise self._failed(error) from None

    async def _agree(
        self, session: aiohttp.ClientSession, collections: Sequence[str], cursor: int | None
    ) -> Connection:
        for attempt in range(ATTEMPTS):
            dictionary = await self._current(session) if attempt < ATTEMPTS - 1 else None
            query = self._endpoint.query(collections, cursor, dictionary.number if dictionary else None)
            try:
                socket = await session.ws_connect(
                    self._endpoint.subscribe,
                    params=query,
                    protocols=self._endpoint.protocols,
                    max_msg_size=MAX_MESSAGE_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
                    decode_text=False,
                )
            except RefusedError as error:
                if error.name != "UnknownZstdDictionary" or dictionary is None:
                    raise
                self._unknown, self._dictionary = dictionary.number, None
                continue
            return Connection(socket, dictionary)
        raise AssertionError("unreachable: the last attempt asks for no dictionary")

    async def _current(self, session: aiohttp.ClientSession) -> Dictionary | None:
        """Return the server's dictionary; `None`: frames are read uncompressed."""
        if not self._compress or self._dictionary is not None:
            return self._dictionary
        try:
            timeout = aiohttp.ClientTimeout(total=DICTIONARY_S)
            async with session.get(self._endpoint.dictionary, timeout=timeout) as response:
                content = await response.content.read(MAX_DICTIONARY_BYTES)
                while len(content) < MAX_DICTIONARY_BYTES and (more := await response.content.read(1 << 16)):
                    content += more
        except (aiohttp.ClientError, OSError, RefusedError):
            return None
        dictionary = Dictionary.load(content)
        # A fleet of mixed versions goes on handing out the one that another of its servers has just refused.
        if dictionary is None or dictionary.number == self._unknown:
            return None
        self._dictionary = dictionary
        return dictionary

    async def _raise_refusal(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Raise a refusal with what the server says, which the handshake's own error leaves out."""
        response = await handler(request)
        if response.status < 400:
            return response
        body = await response.content.read(MAX_BODY_BYTES)
        response.close()
        raise refused(self._endpoint.url, response.status, response.headers, body, self._clock())

    def _failed(self, error: BaseException) -> BaseException:
        url = self._endpoint.url
        if isinstance(error, aiohttp.WSServerHandshakeError):
            return SourceError(
                f"{url}: expected a WebSocket of Jetstream, got an HTTP answer of status {error.status} "
                f"({error.message}): check `url`, and whether a proxy answers in its place",
                reason="protocol",
            )
        if isinstance(error, TimeoutError):
            return SourceError(
                f"{url}: expected an answer within {HANDSHAKE_S:.0f} s, got none: it is tried again", reason="connect"
            )
        if isinstance(error, (aiohttp.ClientError, OSError)):
            return SourceError(
                f"{url}: expected a connection, got: {error}: check the network and `url`; it is tried again",
                reason="connect",
            )
        return error


class OpenConnection:
    """An open subscription with its session: an asynchronous context manager that closes both."""

    def __init__(self, session: aiohttp.ClientSession, connection: Connection) -> None:
        self._session = session
        self._connection = connection

    async def __aenter__(self) -> Connection:
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._connection.socket.close()
        finally:
            await self._session.close()
