"""The HTTP client of the sources: one GET with every bound a stranger's server needs."""

import asyncio
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
import msgspec
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from streams.addresses import shown
from streams.errors import SourceError
from streams.settings.sources import CollectorSettings
from streams.sources.public_addresses import ADVICE, PrivateAddressError, PublicResolver, is_public
from streams.sources.retry_after import retry_after_s

TIMEOUT_S = 10.0
MAX_REDIRECTS = 5

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_CHUNK = 1 << 16
_CUT_OFF = (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError, aiohttp.ClientResponseError)


def now() -> datetime:
    """Return the time in UTC: the clock of sources outside tests."""
    return datetime.now(UTC)


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer: 200 with a body, or 304 without one.

    Parameters
    ----------
    status
        200 or 304.
    headers
        As received.
    body
        Decompressed.
    """

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes = b""


class HttpClient:
    """Send GET requests, with a timeout, a bound on size, redirects checked one by one, and no private addresses.

    An asynchronous context manager; no cookies, no proxies of the environment.

    Parameters
    ----------
    name
        The source, named in errors.
    common
        `user_agent` and `allow_private`.
    timeout_s
        Seconds for a whole request.
    clock
        The time, against which a `Retry-After` date is read.
    allowed
        Which names and addresses may be connected to, unless `allow_private`.
    """

    def __init__(
        self,
        name: str,
        common: CollectorSettings,
        *,
        timeout_s: float = TIMEOUT_S,
        clock: Callable[[], datetime] = now,
        allowed: Callable[[str], bool] = is_public,
    ) -> None:
        self._name = name
        self._common = common
        self._timeout_s = timeout_s
        self._clock = clock
        self._allowed = allowed
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        resolver = None if self._common.allow_private else PublicResolver(self._allowed)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, limit_per_host=2, use_dns_cache=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._common.user_agent},
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        url: str,
        *,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        secret_headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one GET request and read its answer.

        Parameters
        ----------
        url
            An http or https address; its query may hold a key and is never shown.
        max_bytes
            Largest body, counted after decompression while it is read.
        headers
            Sent to every server on the way.
        secret_headers
            Sent to the first server only, and to where it redirects within itself.

        Raises
        ------
        SourceError
            `connect`, `silent` (timeout), `closed` (cut off), `rate_limit` (429), `unauthorized` (401, 403; fatal),
            `http` (another status) or `protocol` (too large, too many redirects, no address).
        """
        target = self._checked(url, first=True)
        secret = dict(secret_headers or {})
        try:
            async with asyncio.timeout(self._timeout_s):
                for _ in range(MAX_REDIRECTS + 1):
                    answer = await self._request(target, {**(headers or {}), **secret}, max_bytes)
                    if isinstance(answer, Answer):
                        return answer
                    following = self._checked(answer, first=False, base=target)
                    if following.origin() != target.origin():
                        secret = {}
                    target = following
        except TimeoutError:
            message = f"expected an answer within {self._timeout_s:g} s, got none; it is tried again"
            raise self._error(target, message, "silent") from None
        except PrivateAddressError as error:
            message = f"expected a public address, got that {error}; {ADVICE}"
            raise self._error(target, message, "connect") from None
        except aiohttp.ClientError as error:
            raise self._failed(target, error) from None
        raise self._error(target, f"expected at most {MAX_REDIRECTS} redirects, got more; correct the url", "protocol")

    async def _request(self, url: URL, headers: Mapping[str, str], max_bytes: int) -> Answer | str:
        """Return the answer, or where it redirects to."""
        assert self._session is not None, "entered"  # noqa: S101 - a use without `async with` is a defect
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            location = response.headers.get("Location")
            if response.status in _REDIRECTS and location:
                return location
            if response.status not in (200, 304):
                raise self._refused(url, response)
            body = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > max_bytes:
                    message = f"expected at most {max_bytes} bytes, got more; nothing of it is read"
                    raise self._error(url, message, "protocol")
            return Answer(response.status, CIMultiDictProxy(CIMultiDict(response.headers)), bytes(body))

    def _checked(self, text: str, *, first: bool, base: URL | None = None) -> URL:
        try:
            url = base.join(URL(text)) if base else URL(text)
        except ValueError:
            message = "expected an http or https address, got none; correct the url"
            raise self._error(base, message, "protocol", fatal=first) from None
        if url.scheme not in ("http", "https") or not url.host:
            message = f"expected an http or https address, got the scheme {url.scheme!a}; correct the url"
            raise self._error(url, message, "protocol", fatal=first)
        if not self._common.allow_private and not self._allowed(url.host):
            # The user's own address cannot become right by waiting; where a server redirects to can.
            raise self._error(url, f"expected a public address, got {url.host}; {ADVICE}", "connect", fatal=first)
        return url

    def _refused(self, url: URL, response: aiohttp.ClientResponse) -> SourceError:
        status = response.status
        wait = retry_after_s(response.headers.get("Retry-After"), self._clock())
        if status in (401, 403):
            message = f"expected status 200, got {status}; check its token and its permissions"
            return self._error(url, message, "unauthorized", fatal=True)
        reason = "rate_limit" if status == 429 else "http"
        return self._error(url, f"expected status 200, got {status}; it is tried again", reason, wait=wait)

    def _failed(self, url: URL, error: aiohttp.ClientError) -> SourceError:
        if isinstance(
            error, aiohttp.ClientPayloadError | aiohttp.ServerDisconnectedError | aiohttp.ClientResponseError
        ):
            return self._error(url, "expected a whole answer, got one cut off; it is tried again", "closed")
        if isinstance(error, aiohttp.ClientConnectorDNSError) and isinstance(error.os_error, PrivateAddressError):
            return self._error(url, f"expected a public address, got that {error.os_error}; {ADVICE}", "connect")
        if isinstance(error, aiohttp.InvalidURL):
            return self._error(url, "expected an address, got one that cannot be read; correct the url", "protocol")
        # aiohttp's own texts may hold the whole address, and with it a key.
        number = (error.errno or 0) if isinstance(error, OSError) else 0
        cause = os.strerror(number) if number > 0 else type(error).__name__
        return self._error(url, f"expected a connection, got: {cause}; check the network and the url", "connect")

    def _error(
        self, url: URL | None, message: str, reason: str, *, fatal: bool = False, wait: float | None = None
    ) -> SourceError:
        place = f"{self._name} ({shown(url)})" if url else self._name
        return SourceError(f"{place}: {message}", reason=reason, fatal=fatal, retry_after_s=wait)
