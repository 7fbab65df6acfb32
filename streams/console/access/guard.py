"""Request guard: refuses unknown hosts and cross-site posts, and sets the security headers of every response."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from streams.settings.console import ConsoleSettings

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types badbuzz"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser sends the origin "null" with a form, and the check of the origin refuses it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Server": "badbuzz",
}


async def set_headers(_: web.BaseRequest, response: web.StreamResponse) -> None:
    """Set the security headers of a response, pages, stream and files alike."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "badbuzz"


def guard(settings: ConsoleSettings) -> Middleware:
    """Return the middleware that refuses requests which no page of the console sends.

    Parameters
    ----------
    settings
        By which names browsers reach the console.
    """
    names = LOOPBACK_NAMES | {name.lower() for name in settings.host_names}

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "").lower()
        if host_name(host) not in names:  # a name that was rebound to this address
            return _refused(
                421,
                f"This console is not reached as {host_name(host)!r}: add it to console.hosts, or use another name.",
            )
        if request.method not in {"GET", "HEAD"} and not same_site(
            request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin"), host
        ):
            return _refused(
                403, "This form was not sent from a page of the console: open the console and send it there."
            )
        return await handler(request)

    return checked


def host_name(host: str) -> str:
    """Return the name in a `Host` header, without its port.

    Examples
    --------
    >>> host_name("127.0.0.1:9467"), host_name("[::1]:9467"), host_name("cell.example")
    ('127.0.0.1', '[::1]', 'cell.example')
    """
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def same_site(fetch_site: str | None, origin: str | None, host: str) -> bool:
    """Whether a form was sent by a page of this host.

    Parameters
    ----------
    fetch_site, origin, host
        The headers `Sec-Fetch-Site`, `Origin` and `Host`.

    Examples
    --------
    >>> same_site("same-origin", None, "a:1"), same_site("cross-site", "http://a:1", "a:1")
    (True, False)
    >>> same_site(None, "http://a:1", "a:1"), same_site(None, "http://b", "a:1"), same_site(None, None, "a:1")
    (True, False, False)
    """
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return origin is not None and urlsplit(origin).netloc.lower() == host


def _refused(status: int, reason: str) -> web.Response:
    return web.Response(status=status, text=reason + "\n")
