"""Checks of the fields that the response desk reads: what a mention replies to, and what it promises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from streams.errors import MentionError

if TYPE_CHECKING:
    from streams.mentions.mention import Mention

MAX_AHEAD = timedelta(seconds=60)
"""How far after a reply the mention it replies to may have been made: two clocks of one network differ."""
MAX_PROMISE = timedelta(days=30)
"""A promise is due within this time of being made; a later one is due then."""


def response_fields(mention: Mention) -> dict[str, Any]:
    """Return the fields of a mention that are to be changed, with their values.

    A reply to itself is a reply to nothing, a promise due before it was made is none, and one due in more than
    `MAX_PROMISE` is due then.

    Raises
    ------
    MentionError
        The mention replied to was made after the reply.

    Examples
    --------
    >>> from streams.mentions.mention import decode
    >>> decode(
    ...     b'{"id":"1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00Z","text":"","reply_to":"1"}'
    ... ).reply_to is None
    True
    """
    changed: dict[str, Any] = {}
    at, replied, due = mention.created_at, mention.reply_to_at, mention.promise_due_at
    if replied is not None and replied > at + MAX_AHEAD:
        raise MentionError(
            "time",
            f"expected `reply_to_at` before the reply of {at.isoformat()}, got {replied.isoformat()}: give the time of "
            "the mention replied to, or leave it out",
        )
    if mention.reply_to == mention.id:
        changed["reply_to"] = None
    if due is not None:
        if due < at:
            changed["promise_due_at"] = None
        elif due - at > MAX_PROMISE:
            changed["promise_due_at"] = at + MAX_PROMISE
    return changed
