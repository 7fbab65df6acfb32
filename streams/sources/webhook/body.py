"""Bodies of deliveries: one JSON value, a list, or JSON lines, into the items they carry."""

from typing import Any, NamedTuple

import msgspec

from streams.mentions.json_text import without_lone_surrogates

LINES = frozenset(("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"))
"""Content types of JSON lines."""

_decode = msgspec.json.Decoder().decode


class Item(NamedTuple):
    """One value of a body: decoded, or why it cannot be, with the reason of its dead letter."""

    value: Any
    raw: bytes = b""
    fault: str = ""
    reason: str = "json"

    def encoded(self) -> bytes:
        """Encode for a dead letter: as it came, where it was a line."""
        return self.raw or msgspec.json.encode(self.value)


def is_json(content_type: str) -> bool:
    """Whether a content type, without its parameters, is JSON or JSON lines.

    Examples
    --------
    >>> is_json("application/json"), is_json("application/vnd.acme+json"), is_json("text/html")
    (True, True, False)
    """
    return content_type == "application/json" or content_type in LINES or content_type.endswith("+json")


def items_of(body: bytes, content_type: str) -> list[Item] | None:
    """Decode a body.

    Parameters
    ----------
    body
        As it was signed.
    content_type
        Without its parameters; one of `LINES` decodes each line by itself.

    Returns
    -------
    list of Item
        The value, or the values of a list; `None`: not JSON, or no line of it is.

    Examples
    --------
    >>> [item.value for item in items_of(b'[{"id": 1}, 2]', "application/json")]
    [{'id': 1}, 2]
    >>> items_of(b'{"id"', "application/json") is None
    True
    """
    if content_type in LINES:
        items = [_item(line) for line in body.splitlines() if line.strip()]
        return items if any(not item.fault for item in items) else None
    whole = _item(body)
    if whole.fault:
        return None
    return [Item(value) for value in whole.value] if isinstance(whole.value, list) else [whole]


def _item(text: bytes) -> Item:
    try:
        return Item(_value(text), text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Item(None, text, str(error) or "nested too deeply")


def _value(text: bytes) -> Any:
    try:
        return _decode(text)
    except msgspec.DecodeError:
        cleaned = without_lone_surrogates(text)
        if cleaned == text:
            raise
        return _decode(cleaned)
