"""Server-side request forgery: the check that keeps requests out of loopback and private networks.

A name is checked as it is resolved for the connection itself, so a name that resolves differently a moment later (DNS
rebinding) gains nothing.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

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
