"""Endpoints of Jetstream: a server's address, the version that its path speaks, and the query that subscribes."""

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

import msgspec

from streams.addresses import shown
from streams.errors import ConfigError
from streams.sources.bluesky.frames import Decode, decode_v1, decode_v2

PATH_V1 = "/subscribe"
PATH_V2 = "/xrpc/network.bsky.jetstream.subscribeEvents"
PATH_DICTIONARY = "/xrpc/network.bsky.jetstream.getZstdDictionary"
SUBPROTOCOL_V2 = "xrpc.v1.json"
MAX_FRAME_BYTES = 1024 * 1024
"""Larger frames are left out by the server, and refused where one comes all the same."""


class Endpoint(msgspec.Struct, frozen=True):
    """A server of Jetstream.

    Parameters
    ----------
    url
        As configured.
    subscribe
        Address of the subscription.
    version
        1 or 2.

    Examples
    --------
    >>> Endpoint.parse("wss://jetstream.us-east.bsky.network").subscribe
    'wss://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents'
    >>> Endpoint.parse("wss://jetstream2.us-east.bsky.network/subscribe").version
    1
    """

    url: str
    subscribe: str
    version: int

    @classmethod
    def parse(cls, url: str) -> "Endpoint":
        """Read a configured address.

        Raises
        ------
        ConfigError
            It is no WebSocket address, or its path is none of Jetstream's.
        """
        parts = urlsplit(url)
        path = parts.path.rstrip("/") or PATH_V2
        if parts.scheme not in ("ws", "wss") or not parts.netloc or path not in (PATH_V1, PATH_V2):
            raise ConfigError(
                f"expected the address of a Jetstream such as wss://jetstream.us-east.bsky.network, with the path "
                f"{PATH_V1} for version 1 and {PATH_V2} or none for version 2, got {shown(url)!r}"
            )
        return cls(url, urlunsplit((parts.scheme, parts.netloc, path, "", "")), 1 if path == PATH_V1 else 2)

    @property
    def dictionary(self) -> str:
        """Address of the compression dictionary, in version 2."""
        parts = urlsplit(self.subscribe)
        return urlunsplit(("https" if parts.scheme == "wss" else "http", parts.netloc, PATH_DICTIONARY, "", ""))

    @property
    def decode(self) -> Decode:
        """The decoder of its frames."""
        return decode_v1 if self.version == 1 else decode_v2

    @property
    def protocols(self) -> tuple[str, ...]:
        """The WebSocket subprotocols that are offered."""
        return () if self.version == 1 else (SUBPROTOCOL_V2,)

    def query(self, collections: Sequence[str], cursor: int | None, dictionary: int | None) -> list[tuple[str, str]]:
        """Return the query of a subscription.

        Parameters
        ----------
        collections
            Collections of the commits that are wanted; events of accounts come besides.
        cursor
            Where to resume; `None`: with what is published now.
        dictionary
            Number of the compression dictionary; `None`: uncompressed.
        """
        if self.version == 1:
            query = [("wantedCollections", collection) for collection in collections]
        else:
            query = [("kinds", kind) for kind in ("commit", "account", "identity")]
            query += [("collections", collection) for collection in collections]
        query.append(("maxMessageSizeBytes", str(MAX_FRAME_BYTES)))
        if cursor is not None:
            query.append(("cursor", str(cursor)))
        if dictionary is not None:
            query.append(("compress", "true") if self.version == 1 else ("zstdDictionary", str(dictionary)))
        return query
