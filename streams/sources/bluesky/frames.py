"""Frames of Jetstream, versions 1 and 2: decoded into events, notices and refusals; no frame raises an exception."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from streams.sources.bluesky.records import Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = 2**55  # the year 3111: a later time is no time


class Commit(msgspec.Struct, frozen=True):
    """A change of one record.

    Parameters
    ----------
    operation
        `create`, `update` or `delete`.
    collection, rkey
        Where the record is in its author's repository.
    record
        Absent where it was deleted.
    """

    operation: str
    collection: str
    rkey: str
    record: Record | None = None


class Account(msgspec.Struct, frozen=True, gc=False):
    """The status of an account: `takendown`, `suspended`, `deleted`, `deactivated`; absent where it is active."""

    status: str | None = None


class Event(msgspec.Struct, frozen=True):
    """One event of either version.

    Parameters
    ----------
    order
        What the cursor counts: the sequence number in version 2, microseconds since the epoch in version 1.
    witnessed
        When the server saw it: RFC 3339 in version 2, microseconds since the epoch in version 1.
    did
        Account it is about.
    kind
        `commit`, `account`, `identity`, or one that is not known yet.
    commit
        The change, of a commit.
    status
        The account's status, of an account event.
    """

    order: int
    witnessed: int | str
    did: str
    kind: str
    commit: Commit | None = None
    status: str | None = None


class Notice(msgspec.Struct, frozen=True, gc=False):
    """A notice of the server itself.

    Parameters
    ----------
    name, message
        Such as `OutdatedCursor` or `ConsumerTooSlow`, and its explanation.
    terminal
        Whether the server closes the connection after it.
    """

    name: str
    message: str
    terminal: bool


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """A frame that could not be read, by a bounded reason: `json`, `type`, `nesting`, `kind`, `size`, `compression`."""

    reason: str


Decoded = Event | Notice | Refusal
Decode = Callable[[bytes], Decoded]


class _EventV1(msgspec.Struct, frozen=True):
    did: str
    time_us: int
    kind: str = ""
    commit: Commit | None = None
    account: Account | None = None


class _Payload(msgspec.Struct, frozen=True, rename={"type": "$type", "witnessed_at": "witnessedAt"}):
    type: str
    seq: int | None = None
    did: str = ""
    time: str = ""
    witnessed_at: str | None = None
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    record: Record | None = None
    account: Account | None = None
    name: str = ""
    message: str = ""


class _FrameV2(msgspec.Struct, frozen=True, rename={"type": "$type"}):
    type: str
    payload: _Payload | None = None
    error: str = ""
    message: str = ""


_decode_v1 = msgspec.json.Decoder(_EventV1).decode
_decode_v2 = msgspec.json.Decoder(_FrameV2).decode
UNREADABLE = Refusal("json")


def decode_v1(frame: bytes) -> Decoded:
    """Decode a frame of version 1.

    Examples
    --------
    >>> decode_v1(b'{"did":"did:plc:a","time_us":1783175888000000,"kind":"identity"}').order
    1783175888000000
    >>> decode_v1(b'{"did":"did:pl').reason
    'json'
    """
    try:
        event = _decode_v1(frame)
    except (ValueError, RecursionError) as error:
        return _refusal(error)
    account = event.account
    return Event(event.time_us, event.time_us, event.did, event.kind, event.commit, account.status if account else None)


def decode_v2(frame: bytes) -> Decoded:
    """Decode a frame of version 2.

    Examples
    --------
    >>> decode_v2(b'{"$type":"error","error":"ConsumerTooSlow","message":"reconnect"}').terminal
    True
    """
    try:
        envelope = _decode_v2(frame)
    except (ValueError, RecursionError) as error:
        return _refusal(error)
    payload = envelope.payload
    if payload is None or envelope.type != "message":
        return Notice(envelope.error, envelope.message, terminal=True) if envelope.type == "error" else Refusal("kind")
    kind = payload.type.rpartition("#")[2]
    if payload.seq is None:
        return Notice(payload.name, payload.message, terminal=False) if kind == "info" else Refusal("kind")
    witnessed = payload.witnessed_at or payload.time
    if kind == "commit":
        commit = Commit(payload.operation, payload.collection, payload.rkey, payload.record)
        return Event(payload.seq, witnessed, payload.did, kind, commit)
    return Event(payload.seq, witnessed, payload.did, kind, None, payload.account.status if payload.account else None)


def _refusal(error: ValueError | RecursionError) -> Refusal:
    if isinstance(error, RecursionError):
        return Refusal("nesting")
    return Refusal("type") if isinstance(error, msgspec.ValidationError) else UNREADABLE


def microseconds(witnessed: int | str) -> int | None:
    """Convert a witnessed time to microseconds since the epoch; `None`: it is none.

    Examples
    --------
    >>> microseconds("2026-07-04T14:38:08.000001Z")
    1783175888000001
    >>> microseconds("soon") is None
    True
    """
    if isinstance(witnessed, str):
        try:
            witnessed = (datetime.fromisoformat(witnessed) - EPOCH) // _MICROSECOND
        except (ValueError, TypeError):
            return None
    return witnessed if 0 <= witnessed < _LATEST else None


def utc_time(us: int) -> datetime:
    """Convert microseconds since the epoch to a time in UTC, exactly.

    Examples
    --------
    >>> utc_time(1783175888000001).isoformat()
    '2026-07-04T14:38:08.000001+00:00'
    """
    return EPOCH + timedelta(microseconds=us)
