"""Positions in Jetstream: the cursor, and where a server must resume from it.

A sequence number belongs to the server that gave it. Everywhere else reading resumes by time, some seconds early,
because two servers do not see the same event at the same moment.
"""

import msgspec

from streams.errors import SourceError
from streams.sources.bluesky.endpoint import Endpoint


class Position(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How far one server was read.

    Parameters
    ----------
    url
        Of the server.
    at
        Newest witnessed time, in microseconds since the epoch.
    seq
        Sequence number of the last event, in version 2.

    Examples
    --------
    >>> position = Position("wss://jetstream.example", 1783175888000000, 42)
    >>> position.cursor
    '{"url":"wss://jetstream.example","at":1783175888000000,"seq":42}'
    >>> Position.parse(position.cursor) == position
    True
    """

    url: str
    at: int
    seq: int | None = None

    @property
    def cursor(self) -> str:
        """The position as opaque text."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def parse(cls, cursor: str) -> "Position":
        """Read a cursor back.

        Raises
        ------
        SourceError
            It is none of Jetstream's.
        """
        try:
            return msgspec.json.decode(cursor, type=cls)
        except msgspec.MsgspecError as error:
            raise SourceError(
                f"expected a cursor of Jetstream, got {cursor[:100]!r} ({error}): delete the source's cursor, or give "
                "the source another name, to start with what is published now",
                reason="cursor",
                fatal=True,
            ) from None


class Resume(msgspec.Struct, frozen=True, gc=False):
    """Where reading resumes.

    Parameters
    ----------
    cursor
        What the server is asked for; `None`: what is published now.
    after
        Sequence number that was read already, where the server counts on from it; else `None`.
    since
        Witnessed time up to which everything was read, in microseconds; `None`: not known.
    """

    cursor: int | None = None
    after: int | None = None
    since: int | None = None

    @classmethod
    def from_position(cls, position: Position | None, endpoint: Endpoint, rewind_s: float, *, exact: bool) -> "Resume":
        """Return where a server resumes.

        Parameters
        ----------
        position
            How far it, or another server, was read.
        endpoint
            The server.
        rewind_s
            Seconds that are read again where it resumes by time.
        exact
            Whether its sequence numbers may be used.
        """
        if position is None:
            return cls()
        if exact and position.seq is not None and position.url == endpoint.url:
            return cls(position.seq, position.seq, position.at)
        return cls(max(0, position.at - int(rewind_s * 1e6)), None, position.at)
