"""The log of a fake Jetstream: events of the network in order, as frames of both versions of the protocol."""

from __future__ import annotations

import asyncio
import bisect
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STREAM = "network.bsky.jetstream.subscribeEvents"
FIRST_SEQ = 1000
FIRST_TIME = 10**15
"""A cursor from here on is a time in microseconds, not a sequence number."""


class LoggedEvent(NamedTuple):
    """One event: its sequence number, its time in microseconds, its account, its kind and the rest of it."""

    seq: int
    us: int
    did: str
    kind: str
    body: dict[str, Any]


class JetstreamLog:
    """Events in order, of which the oldest may be gone.

    Parameters
    ----------
    limit
        Events that are stored; about twice as many for a moment.

    Attributes
    ----------
    events
        What is stored.
    floor
        Index of the oldest event that subscribers may still ask for.
    watched
        Set by the first subscriber.
    """

    def __init__(self, limit: int = 200_000) -> None:
        self.events: list[LoggedEvent] = []
        self.floor = 0
        self.watched = asyncio.Event()
        self._limit = limit
        self._next = FIRST_SEQ
        self._published = asyncio.Condition()

    @property
    def next_seq(self) -> int:
        """The next sequence number."""
        return self._next

    def append(self, did: str, kind: str, body: dict[str, Any], us: int) -> LoggedEvent:
        """Append an event without waking subscribers; `publish` does both."""
        event = LoggedEvent(self._next, us, did, kind, body)
        self.events.append(event)
        self._next += 1
        if len(self.events) > 2 * self._limit:
            del self.events[: -self._limit]
            self.floor = 0
        return event

    async def publish(self, *events: tuple[str, str, dict[str, Any], int]) -> None:
        """Append events (account, kind, the rest, time in microseconds) and wake subscribers."""
        for event in events:
            self.append(*event)
        async with self._published:
            self._published.notify_all()

    async def after(self, seq: int) -> Sequence[LoggedEvent]:
        """Return the events from a sequence number on; wait for one."""
        async with self._published:
            await self._published.wait_for(lambda: self._next > seq)
        return self.events[self.index_of_seq(seq) :]

    def index_of_seq(self, seq: int) -> int:
        """Return the index of a sequence number, or of the oldest event."""
        return max(0, len(self.events) - (self._next - seq))

    def index_of_time(self, us: int) -> int:
        """Return the index of the first event at or after a time."""
        return bisect.bisect_left(self.events, us, key=attrgetter("us"))

    def oldest(self) -> LoggedEvent | None:
        """Return the oldest event that subscribers may ask for."""
        return self.events[self.floor] if self.floor < len(self.events) else None


def wanted(event: LoggedEvent, kinds: Sequence[str], collections: Sequence[str], dids: Sequence[str]) -> bool:
    """Return whether a subscription's filters let an event pass: each lets all pass where it is empty."""
    if (kinds and event.kind not in kinds) or (dids and event.did not in dids):
        return False
    if event.kind != "commit" or not collections:
        return True
    collection = str(event.body["collection"])
    return any(
        collection == one or (one.endswith(".*") and collection.startswith(one.removesuffix("*")))
        for one in collections
    )


def frame_v1(event: LoggedEvent) -> bytes | None:
    """Return an event as a frame of version 1; `None`: that version leaves it out."""
    if event.kind == "sync":
        return None
    return msgspec.json.encode({"did": event.did, "time_us": event.us, "kind": event.kind, event.kind: event.body})


def frame_v2(event: LoggedEvent) -> bytes:
    """Return an event as a frame of version 2."""
    time = rfc3339_us(event.us)
    payload = {"$type": f"{STREAM}#{event.kind}", "seq": event.seq, "did": event.did, "time": time, "witnessedAt": time}
    body = event.body if event.kind == "commit" else {event.kind: event.body}
    return msgspec.json.encode({"$type": "message", "payload": payload | body})


def info_v2(name: str, message: str) -> bytes:
    """Return a notice of version 2."""
    payload = {"$type": f"{STREAM}#info", "name": name, "message": message}
    return msgspec.json.encode({"$type": "message", "payload": payload})


def rfc3339_us(us: int) -> str:
    """Format microseconds since the epoch."""
    return (EPOCH + timedelta(microseconds=us)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def commit(collection: str, rkey: str, record: dict[str, Any] | None, operation: str = "create") -> dict[str, Any]:
    """Return the body of a commit."""
    body: dict[str, Any] = {"rev": f"3{rkey}", "operation": operation, "collection": collection, "rkey": rkey}
    return body if record is None else body | {"record": {"$type": collection} | record, "cid": f"bafyrei{rkey}"}
