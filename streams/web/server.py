"""A small HTTP server: GET requests for a fixed set of paths, answered on a thread of its own."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from streams.errors import ConfigError


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
        The paths served; any other is 404.
    host
        Address to listen on.
    setting
        The setting that the port comes from, named in the error.

    Raises
    ------
    ConfigError
        The port is in use.

    Examples
    --------
    >>> import urllib.request
    >>> server = Server(0, {"/ping": lambda accept: Response(200, "text/plain", b"pong")})
    >>> urllib.request.urlopen(f"http://127.0.0.1:{server.port}/ping?verbose=1").read()
    b'pong'
    >>> server.close()
    """

    def __init__(self, port: int, routes: Routes, host: str = "127.0.0.1", *, setting: str = "port") -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(routes))
        except OSError as error:
            raise ConfigError(f"{setting}: expected a free port on {host}, got {port}: {error.strerror}") from None
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="web", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_port

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(routes: Routes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            route = routes.get(self.path.partition("?")[0])
            response = route(self.headers.get("Accept", "")) if route else Response(404, "text/plain", b"not found\n")
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        def log_message(self, *_: object) -> None:
            """Log nothing: probes and scrapes come every few seconds."""

    return Handler
