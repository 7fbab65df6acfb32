"""Posts from mentions as senders write them: strictly decoded, with a default network and, where named, a brand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from streams.errors import MentionError
from streams.mentions.mention import MAX_CLOCK_SKEW_MS, Mention, decode
from streams.sources.source import Post

EXTRA = ("searched", "addressed")
"""Fields of a post that a mention does not have."""
_ANY_BRAND = "?"
_SHARED = [field.name for field in msgspec.structs.fields(Mention) if field.name in Post.__struct_fields__]


def post_of(fields: Any, network: str, now: datetime) -> Post:
    """Decode one mention as strictly as the scorer would, so that its sender hears of a fault at once.

    Parameters
    ----------
    fields
        An object with the fields of a mention, of which `brand` and `network` may be absent; also `searched`, a text,
        and `addressed`, a list of texts.
    network
        Network where it names none.
    now
        Current time, for event times that lie ahead.

    Raises
    ------
    MentionError
        It is no readable mention.

    Examples
    --------
    >>> mention = {"id": "7", "created_at": "2026-11-25T18:00:00Z", "text": "no signal"}
    >>> post = post_of(mention, "support", datetime.fromisoformat("2026-11-25T18:00:01Z"))
    >>> post.text, post.network, post.brand
    ('no signal', 'support', None)
    """
    if not isinstance(fields, dict):
        raise MentionError("type", f"expected a mention, an object, got {type(fields).__name__}")
    brand = fields.get("brand") or None
    given = {name: value for name, value in fields.items() if name not in EXTRA}
    given |= {"brand": brand or _ANY_BRAND, "network": fields.get("network") or network}
    mention = decode(msgspec.json.encode(given))
    if mention.created_at > now + timedelta(milliseconds=MAX_CLOCK_SKEW_MS):
        raise MentionError("future", f"expected at most {now.isoformat()}, got {mention.created_at.isoformat()}")
    values = {name: getattr(mention, name) for name in _SHARED}
    values |= {"brand": brand, "text": mention.text if isinstance(mention.text, str) else ""}
    return Post(**values, **_extra(fields))


def _extra(fields: Mapping[str, Any]) -> dict[str, Any]:
    searched, addressed = fields.get("searched") or "", fields.get("addressed") or []
    if not isinstance(searched, str):
        raise MentionError("type", f"expected a text in `searched`, got {type(searched).__name__}")
    if not isinstance(addressed, list) or not all(isinstance(account, str) for account in addressed):
        raise MentionError("type", f"expected a list of texts in `addressed`, got {type(addressed).__name__}")
    return {"searched": searched, "addressed": tuple(addressed)}
