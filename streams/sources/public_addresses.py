"""Server-side request forgery: the check that keeps requests out of loopback and private networks.

A name is checked as it is resolved for the connection itself, so a name that resolves differently a moment later (DNS
rebinding) gains nothing.
"""

import errno
import socket
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from aiohttp import AddrInfoType, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from streams.errors import ConfigError

ADVICE = "set source.allow_private = true if it is meant"


class PrivateAddressError(OSError):
    """A host is not on the public internet."""


def is_public(host: str) -> bool:
    """Return whether a host may be connected to: any name, but only an address of the public internet.

    Examples
    --------
    >>> is_public("8.8.8.8"), is_public("news.example")
    (True, True)
    >>> [is_public(host) for host in ("127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "::ffff:127.0.0.1")]
    [False, False, False, False, False]
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return True  # a name: checked when it is resolved
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


def require_public(setting: str, url: str, *, allow_private: bool) -> None:
    """Refuse a configured address whose host is an address of a private network; a name is checked by `connector`.

    Parameters
    ----------
    setting
        Where the address stands, for the error.
    url
        The address.
    allow_private
        `source.allow_private`.

    Raises
    ------
    ConfigError
        The host is a private address.

    Examples
    --------
    >>> require_public("sources.x.url", "https://api.example", allow_private=False)
    >>> require_public("sources.x.url", "https://10.0.0.7", allow_private=False)
    Traceback (most recent call last):
        ...
    streams.errors.ConfigError: sources.x.url: expected a public address, got https://10.0.0.7; \
set source.allow_private = true if it is meant
    """
    if not allow_private and not is_public(URL(url).host or ""):
        raise ConfigError(f"{setting}: expected a public address, got {url}; {ADVICE}")


def connector(*, allow_private: bool) -> TCPConnector:
    """Return the connector of a session, which connects to public addresses alone unless private ones are allowed.

    What is checked is the address of each connection: whatever a name resolves to, and wherever an answer redirects.
    """
    return TCPConnector(socket_factory=None if allow_private else _public_socket)


def _public_socket(info: AddrInfoType) -> socket.socket:
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise PrivateAddressError(errno.EACCES, f"expected a public address, got {address[0]}; {ADVICE}")
    return socket.socket(family, kind, protocol)


class PublicResolver(AbstractResolver):
    """Resolve names as the system does, and refuse those that lead into a private network.

    One private address among public ones is enough: which of them is connected to is not ours to say.

    Parameters
    ----------
    allowed
        Which addresses are public.
    """

    def __init__(self, allowed: Callable[[str], bool] = is_public) -> None:
        self._system = ThreadedResolver()
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host.

        Raises
        ------
        PrivateAddressError
            One of them is not public.
        """
        found = await self._system.resolve(host, port, family)
        for result in found:
            if not self._allowed(result["host"]):
                raise PrivateAddressError(f"{host} is {result['host']}")
        return found

    async def close(self) -> None:
        """Close the system's resolver."""
        await self._system.close()
