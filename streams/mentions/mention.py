"""The mention, version 1: one post about a brand, or one action, on a network; and its strict decoding.

A mention is one JSON message. Unknown fields are carried in the bytes and never read. Control characters and lone
surrogates in the text are cleaned, for that cannot change who wrote it; what a source writes for "unknown" (an empty
author, a negative count, a null text) is absent, and a long text is cut. Any other fault makes it a dead letter.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from streams.errors import MentionError
from streams.mentions.json_text import MAX_NESTING, check_nesting, without_lone_surrogates
from streams.mentions.response_fields import response_fields

MAX_BYTES = 256 * 1024
MAX_TEXT = 20_000
"""Characters of a text that are read; the rest is cut off."""
MAX_CLOCK_SKEW_MS = 60_000
"""How far ahead of the clock an event time may be: one bad clock must not close a brand's buckets."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before any network: an older time is a broken clock

Kind = Literal[
    "post",
    "reply",
    "repost",
    "review",
    "deletion",
    "block",
    "closed",
    "undo",
    "edit",
    "scheduled",
    "update",
    "heartbeat",
]
Count = Annotated[int, Meta(le=10**11)]
Id = Annotated[str, Meta(min_length=1, max_length=256)]
Time = Annotated[datetime, Meta(tz=True)]
Role = Literal["community", "care", "spokesperson", "leader", "direction", "legal"]

SPOKEN = frozenset(("post", "reply", "repost", "review"))
"""Kinds that carry a text to be scored; the others are actions, updates and heartbeats."""

TEXTLESS = frozenset(("update", "heartbeat", "closed", "undo"))
"""Kinds that may leave out the text."""

REASONS = (
    "size",
    "encoding",
    "json",
    "nesting",
    "version",
    "kind",
    "missing",
    "type",
    "length",
    "range",
    "time",
    "future",
    "identity",
)
"""Every reason of a dead letter: bounded, so that it can label a metric."""


class Mention(msgspec.Struct, frozen=True, gc=False):
    """One mention.

    Parameters
    ----------
    id
        Unique within a network, 1-256 characters.
    brand, network
        The brand it is about, and the network it was published on.
    created_at
        Event time, with a zone.
    text
        Cut to `MAX_TEXT` characters; null is empty (a picture alone), and only `TEXTLESS` kinds may leave it out.
    v
        Version of the record: 1.
    kind
        What it is; an `update` is a publication seen again, with its counts so far, at `created_at`: no second mention.
        A `heartbeat` reports that its source is complete up to `created_at`. A `deletion`, `block` or `closed` (the
        comments) is moderation, an `undo` takes it back, and an `edit` changed the text of `reply_to`.
    lang
        BCP 47 tag.
    author
        Opaque id of the author; an empty one is unknown.
    followers
        Of the author; here and in the counts below, a negative number is unknown.
    official
        Published by the brand itself.
    reply_to, repost_of
        Mention ids.
    reposts, likes, replies, views
        Counts when the mention was collected.
    rating
        -1 (worst) to 1 (best), where a source gives one.
    url
        Address of the publication.
    promise_due_at
        When an official reply promises an answer; absent where that is before it was made.
    reply_to_at, reply_to_author
        When the mention replied to was made, and by whom: for sources that do not bring it in itself.
    thread
        Id of the conversation's first mention.
    visibility
        `private` for a direct message or a call: it answers, counts in no public figure and is never shown.
    marks
        What an official text does, in its source's word: of `streams.mentions.marks.mark.MARKS`; others are ignored.
    keeps
        Id of the mention whose promise this one keeps.
    publish_at
        When a `scheduled` one will appear; `created_at` is when it was planned or seen.
    target
        Whose publication a `deletion` removed, or an `edit` changed: the brand's `own`, or a `customer`'s.
    role
        Who speaks for the brand.
    stance
        Towards the mention replied to, where a source gives one.

    Examples
    --------
    >>> m = decode(b'{"id":"1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00Z","text":"hi"}')
    >>> m.kind, milliseconds(m)
    ('post', 1339437600000)
    """

    id: Id
    brand: Annotated[str, Meta(min_length=1, max_length=128)]
    network: Annotated[str, Meta(min_length=1, max_length=64)]
    created_at: Time
    text: str | UnsetType | None = UNSET
    v: Literal[1] = 1
    kind: Kind = "post"
    lang: Annotated[str, Meta(max_length=35)] | None = None
    author: Annotated[str, Meta(max_length=256)] | None = None
    followers: Count | None = None
    official: bool | None = None
    reply_to: Id | None = None
    repost_of: Id | None = None
    reposts: Count | None = None
    likes: Count | None = None  # as promise_due_at, decoded for the response desk
    replies: Count | None = None
    views: Count | None = None
    rating: Annotated[float, Meta(ge=-1, le=1)] | None = None
    url: Annotated[str, Meta(max_length=4096)] | None = None
    promise_due_at: Time | None = None
    reply_to_at: Time | None = None
    reply_to_author: Annotated[str, Meta(max_length=256)] | None = None
    thread: Id | None = None
    visibility: Literal["public", "private"] = "public"
    marks: Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=32)] = ()
    keeps: Id | None = None
    publish_at: Time | None = None
    target: Literal["own", "customer"] | None = None
    role: Role | None = None
    stance: Literal["support", "deny", "query", "comment"] | None = None


_decode = msgspec.json.Decoder(Mention).decode
_decode_any = msgspec.json.Decoder().decode
_COUNTS = ("followers", "reposts", "likes", "replies", "views")
_TEXTLESS = " or ".join(sorted(TEXTLESS))
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]+")
_IDENTITY = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")


def decode(line: bytes) -> Mention:
    """Decode one message strictly.

    Parameters
    ----------
    line
        One JSON object, UTF-8.

    Returns
    -------
    Mention
        With a text of at most `MAX_TEXT` characters, free of control characters and lone surrogates.

    Raises
    ------
    MentionError
        The message is not a readable mention; `reason` is one of `REASONS`.

    Examples
    --------
    >>> decode(b'{"id": 7}')
    Traceback (most recent call last):
    ...
    streams.errors.MentionError: type: Expected `str`, got `int` - at `$.id`
    """
    if len(line) > MAX_BYTES:
        raise MentionError("size", f"expected at most {MAX_BYTES} bytes, got {len(line)}")
    try:
        mention = _decode(line)
        if len(line) > 4096:
            _decode_any(line)  # a number of 5,000 digits in an unknown field would still break other consumers
    except msgspec.ValidationError as error:
        raise MentionError(_reason(str(error)), str(error)) from None
    except msgspec.DecodeError as error:
        cleaned = without_lone_surrogates(line)
        if cleaned != line:
            return decode(cleaned)
        raise MentionError("json", str(error)) from None
    except UnicodeDecodeError as error:
        raise MentionError("encoding", f"expected UTF-8, {error.reason} at byte {error.start} of a string") from None
    except RecursionError:
        raise MentionError("nesting", f"expected at most {MAX_NESTING} levels") from None
    if line.count(b"{") + line.count(b"[") > MAX_NESTING:
        check_nesting(line)
    return _checked(mention)


def milliseconds(mention: Mention) -> int:
    """Return the event time in milliseconds since the epoch."""
    return int(mention.created_at.timestamp() * 1000)


def _checked(mention: Mention) -> Mention:
    if mention.created_at < EARLIEST:
        raise MentionError("time", f"expected a time after 1990, got {mention.created_at.isoformat()}")
    # An identity is never cleaned: two different ones could become equal.
    identity = f"{mention.id}{mention.brand}{mention.network}{mention.author}"
    if not identity.isascii() or not identity.isprintable():
        _check_identity(mention)
    if mention.text is UNSET and mention.kind not in TEXTLESS:
        raise MentionError("missing", f"Object missing required field `text`; only {_TEXTLESS} may have none")
    if mention.kind == "edit" and mention.reply_to is None:
        raise MentionError("missing", "Object missing required field `reply_to`: an edit names the mention it changed")
    changed = _absent(mention)
    if mention.reply_to == mention.id or mention.reply_to_at is not None or mention.promise_due_at is not None:
        changed |= response_fields(mention)
    text = mention.text
    if text is None:
        changed["text"] = ""
    elif text is not UNSET and (len(text) > MAX_TEXT or not text.isprintable()):
        # First the cleaning: a text is cut at the same character, however many others are cleaned away.
        changed["text"] = _CONTROL.sub("", text)[:MAX_TEXT]
    return msgspec.structs.replace(mention, **changed) if changed else mention


def _absent(mention: Mention) -> dict[str, Any]:
    """Return None for each field in which a source wrote that it does not know."""
    m = mention
    if m.author != "" and min(m.followers or 0, m.reposts or 0, m.likes or 0, m.replies or 0, m.views or 0) >= 0:
        return {}
    absent: dict[str, Any] = {name: None for name in _COUNTS if (getattr(m, name) or 0) < 0}
    if m.author == "":
        absent["author"] = None
    return absent


def _check_identity(mention: Mention) -> None:
    for name in ("id", "brand", "network", "author"):
        value = getattr(mention, name)
        if value is not None and _IDENTITY.search(value):
            raise MentionError(
                "identity", f"expected no control character or lone surrogate in `{name}`, got {value!a}"
            )


_PATTERNS = (
    ("version", "`$.v`"),
    ("kind", "`$.kind`"),
    ("missing", "missing required field"),
    ("time", "RFC3339"),
    ("time", "timezone"),
    ("length", "of length"),
    ("range", "out of range"),
    ("range", ">="),
    ("range", "<="),
)


def _reason(message: str) -> str:
    return next((reason for reason, pattern in _PATTERNS if pattern in message), "type")
