"""The HTTP server of health and metrics: GET and HEAD for a fixed set of paths, on a thread of its own.

aiohttp serves every connection on that one thread, so that thousands of half-open ones cost no thread each; pages are
made on a few others. It answers while the process it reports on is busy.
"""

import asyncio
import gzip
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from aiohttp import web

from streams.errors import ConfigError

IDLE_S = 15.0
"""Seconds after which a connection that sends no request is closed; Prometheus scrapes more often."""
PAGE_THREADS = 4
COMPRESSED_FROM = 1024
"""Bytes from which a body is compressed, where the client accepts that."""
COMPRESSION = 8
"""Level of gzip: 30 ms for 13,000 series, outside the interpreter's lock, and a sixth less than at level 6."""
CLOSE_TIMEOUT_S = 5.0
BACKLOG = 1024

logger = logging.getLogger(__name__)


class Response(NamedTuple):
    """An HTTP response: status, content type and body."""

    status: int
    content_type: str
    body: bytes


Routes = dict[str, Callable[[str], Response]]
"""Path to the function that answers it, given the request's `Accept` header."""


class Server:
    """Serve routes until closed.

    Parameters
    ----------
    port
        Port to listen on; 0 for any free one.
    routes
        The paths served; any other is 404. Their functions are called on other threads.
    host
        Address to listen on, IPv4 or IPv6.
    setting
        The setting that the port comes from, named in the error.
    idle_s
        `IDLE_S`, where a test cannot wait so long.

    Raises
    ------
    ConfigError
        The port is in use, or the address is none of this machine's.

    Examples
    --------
    >>> import urllib.request
    >>> server = Server(0, {"/ping": lambda accept: Response(200, "text/plain", b"pong")})
    >>> urllib.request.urlopen(f"http://127.0.0.1:{server.port}/ping?verbose=1").read()
    b'pong'
    >>> server.close()
    """

    def __init__(
        self, port: int, routes: Routes, host: str = "127.0.0.1", *, setting: str = "port", idle_s: float = IDLE_S
    ) -> None:
        self._routes = routes
        self._idle_s = idle_s
        self._pages = ThreadPoolExecutor(PAGE_THREADS, "web page")
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._listening = threading.Event()
        self._failure: OSError | None = None
        self.port = port
        """The port it listens on."""
        self._thread = threading.Thread(target=self._run, args=(host,), name="web", daemon=True)
        self._thread.start()
        self._listening.wait()
        if self._failure is not None:
            self._thread.join()
            reason = self._failure.strerror or self._failure
            raise ConfigError(f"{setting}: expected a free port on {host}, got {port}: {reason}") from None

    def close(self) -> None:
        """Stop serving."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def _run(self, host: str) -> None:
        try:
            self._loop.run_until_complete(self._serve(host))
        except OSError as error:
            self._failure = error
        finally:
            self._pages.shutdown()
            self._loop.close()
            self._listening.set()

    async def _serve(self, host: str) -> None:
        # Idle connections and half-sent requests are closed; no line is logged for a client that goes away.
        server = web.Server(self._answer, keepalive_timeout=self._idle_s, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=CLOSE_TIMEOUT_S)
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, self.port, backlog=BACKLOG)
            await site.start()
            self.port = runner.addresses[0][1]
            self._listening.set()
            await self._stopping.wait()
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return _plain(405, b"expected GET or HEAD\n", {"Allow": "GET, HEAD"})
        route = self._routes.get(request.path)
        if route is None:
            return _plain(404, b"not found\n")
        compress = "gzip" in request.headers.get("Accept-Encoding", "")
        accept = request.headers.get("Accept", "")
        try:
            page = self._loop.run_in_executor(self._pages, _page, route, accept, compress)
            response, body = await page
        except Exception:  # a page that fails must not end the server
            logger.exception("the page %s failed", request.path)
            return _plain(500, b"the page failed: the log says why\n")
        headers = {"Content-Type": response.content_type, "Server": "badbuzz", "Vary": "Accept-Encoding"}
        if body is not response.body:
            headers["Content-Encoding"] = "gzip"
        return web.Response(status=response.status, headers=headers, body=body)


def _page(route: Callable[[str], Response], accept: str, compress: bool) -> tuple[Response, bytes]:
    response = route(accept)
    if compress and len(response.body) >= COMPRESSED_FROM:
        return response, gzip.compress(response.body, compresslevel=COMPRESSION, mtime=0)
    return response, response.body


def _plain(status: int, body: bytes, headers: dict[str, str] | None = None) -> web.Response:
    fields = {"Content-Type": "text/plain; charset=utf-8", "Server": "badbuzz"} | (headers or {})
    return web.Response(status=status, headers=fields, body=body)
