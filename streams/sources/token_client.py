"""The HTTP client of an interface with a bearer token: bounded answers, decoded strictly, errors as those of a source.

It follows no redirect, which would carry the token elsewhere.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import aiohttp
import msgspec

from streams.errors import ConfigError, SourceError
from streams.settings.sources import secret
from streams.sources.public_addresses import connector, require_public
from streams.sources.refusal import refusal

T = TypeVar("T")

MAX_ANSWER = 10 * 1024 * 1024
"""Bytes of an answer that are read."""
CONNECT_S = 10.0
_REQUEST_S = 30.0

Refusal = Callable[[str, int, Mapping[str, str], bytes, datetime], SourceError]
Query = Mapping[str, str] | list[tuple[str, str]]


class TokenClient:
    """Requests to one interface; used inside `async with`, and again after it.

    Parameters
    ----------
    name
        Name of the source, for errors.
    url
        Address of the interface, without a path.
    token, token_file
        Bearer token, or the file that holds it, read at each opening; secret.
    user_agent
        How requests introduce themselves.
    allow_private
        Whether the address may be private, and a plain `http` one, by which a token travels unencrypted.
    clock
        The time now, with a zone.
    refuse
        What an answer means whose status is no success.

    Raises
    ------
    ConfigError
        The address is none, private, or not encrypted.
    """

    def __init__(
        self,
        name: str,
        url: str,
        token: str,
        token_file: str,
        *,
        user_agent: str,
        allow_private: bool,
        clock: Callable[[], datetime],
        refuse: Refusal = refusal,
    ) -> None:
        if not url.startswith(("https://", "http://") if allow_private else "https://"):
            raise ConfigError(
                f"sources.{name}.url: expected an https address, got {url!r}: a token must not travel unencrypted "
                "(source.allow_private = true permits http on a private network)"
            )
        require_public(f"sources.{name}.url", url, allow_private=allow_private)
        self.url = url.rstrip("/")
        self._name = name
        self._allow_private = allow_private
        self._token = token
        self._token_file = token_file
        self._user_agent = user_agent
        self._clock = clock
        self._refuse = refuse
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "TokenClient":
        headers = {"Authorization": f"Bearer {self._read_token()}", "User-Agent": self._user_agent}
        self._session = aiohttp.ClientSession(
            connector=connector(allow_private=self._allow_private),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()
        self._session = None

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        return self._session is not None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, for a WebSocket."""
        if self._session is None:
            raise RuntimeError("TokenClient is used outside `async with`")
        return self._session

    async def get(
        self, path: str, params: Query, answer: type[T], *, absent: T | None = None, timeout_s: float = _REQUEST_S
    ) -> T:
        """Request something and decode it; `absent` is what a 404 means, if it is no error.

        Raises
        ------
        SourceError
            The server is unreachable, refuses, or answers something else.
        """
        return await self._request("GET", path, answer, timeout_s, absent=absent, params=params)

    async def post(self, path: str, body: Any, answer: type[T]) -> T:
        """Send something as JSON and decode the answer; errors as of `get`."""
        return await self._request("POST", path, answer, _REQUEST_S, json=body)

    async def delete(self, path: str) -> None:
        """Delete something, whatever the answer says; errors as of `get`."""
        async with self.open("DELETE", path, aiohttp.ClientTimeout(total=_REQUEST_S)) as response:
            body = await read_bounded(response)
            if not response.ok:
                raise self.refusal(response, body)

    @asynccontextmanager
    async def open(
        self, method: str, path: str, timeout: aiohttp.ClientTimeout | None = None, **options: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open an answer, whatever its status; by default one that may be endless."""
        timeout = timeout or aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
        try:
            async with self.session.request(
                method, f"{self.url}{path}", timeout=timeout, allow_redirects=False, **options
            ) as response:
                yield response
        except (aiohttp.ClientError, OSError) as error:
            raise unreachable(f"{method} {self.url}{path}", error) from None

    def refusal(self, response: aiohttp.ClientResponse, body: bytes) -> SourceError:
        """Return what an answer means whose status is no success."""
        where = f"{response.method} {self.url}{response.url.path}"
        return self._refuse(where, response.status, response.headers, body, self._clock())

    async def _request(
        self, method: str, path: str, answer: type[T], timeout_s: float, *, absent: T | None = None, **options: Any
    ) -> T:
        timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=CONNECT_S)
        async with self.open(method, path, timeout, **options) as response:
            body = await read_bounded(response)
            if response.status == 404 and absent is not None:
                return absent
            if response.status not in (200, 201):
                raise self.refusal(response, body)
        try:
            return msgspec.json.decode(body, type=answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SourceError(
                f"{method} {self.url}{path}: expected the JSON of that interface, got {body[:80]!a} ({error}): "
                "check the address, and that no proxy answers in its place",
                reason="protocol",
            ) from None

    def _read_token(self) -> str:
        try:
            token = secret(self._token, self._token_file)
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(
                f"sources.{self._name}.token_file: expected a readable file with a token, got: {error}",
                reason="unauthorized",
                fatal=True,
            ) from None
        if not token or not token.isascii() or not token.isprintable():
            raise SourceError(
                f"sources.{self._name}: expected a token of one line, got {'another text' if token else 'none'}: "
                "set token_file to the file that holds it",
                reason="unauthorized",
                fatal=True,
            )
        return token


async def read_bounded(response: aiohttp.ClientResponse, limit: int = MAX_ANSWER) -> bytes:
    """Read an answer of at most `limit` bytes.

    Raises
    ------
    SourceError
        It is longer.
    """
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise SourceError(
                f"{response.method} {response.url.path}: expected at most {limit} bytes, got more: check the address",
                reason="protocol",
            )
    return bytes(body)


def unreachable(where: str, error: BaseException) -> SourceError:
    """Return the error of a connection that failed; its text names no header and no query."""
    return SourceError(
        f"{where}: expected an answer, got {failure(error)}: check the network and the address", reason="connect"
    )


def failure(error: BaseException) -> str:
    """Return what became of a connection, in words; without headers or a query, which may hold a secret."""
    text = str(error) if isinstance(error, OSError) and not isinstance(error, TimeoutError) else ""
    return text or type(error).__name__
