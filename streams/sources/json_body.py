"""JSON of strangers: decoding that ends in a value or a `SourceError`, and reading values of unknown types."""

import json
from typing import Any

from streams.errors import SourceError
from streams.mentions.json_text import without_lone_surrogates

_SHOWN = 60


def read_json(body: bytes, place: str) -> Any:
    """Decode a JSON body.

    Parameters
    ----------
    body
        UTF-8, UTF-16 or UTF-32.
    place
        The source and its address, for the error.

    Raises
    ------
    SourceError
        `protocol`: it is no JSON. Error texts and login pages come with status 200 too.

    Examples
    --------
    >>> read_json(b"Your query was too short", "press")
    Traceback (most recent call last):
    ...
    streams.errors.SourceError: press: expected JSON, got 'Your query was too short'; it is tried again
    """
    try:
        return json.loads(without_lone_surrogates(body) if b"\\u" in body else body)
    except (ValueError, RecursionError):
        raise SourceError(
            f"{place}: expected JSON, got {beginning(body)}; it is tried again", reason="protocol"
        ) from None


def beginning(body: bytes) -> str:
    """Return the first characters of a body, for a message."""
    text = " ".join(body[: 4 * _SHOWN].decode("utf-8", "replace").split())
    return ascii(text[:_SHOWN]) if text else "nothing"


def at(value: object, path: str) -> object:
    """Return the value at a path, names and indexes joined by dots; `None`: there is none.

    Examples
    --------
    >>> at({"feed": {"entry": [{"id": 7}]}}, "feed.entry.0.id")
    7
    """
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdigit() and int(name[:9]) < len(value):
            value = value[int(name[:9])]
        else:
            return None
    return value


def text_of(value: object) -> str | None:
    r"""Return a text, or the digits of a whole number; `None` for anything else.

    Examples
    --------
    >>> text_of("a\ud800"), text_of(7), text_of(["a"])
    ('a?', '7', None)
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**30:
        return str(value)
    return None


def count_of(value: object) -> int | None:
    """Return a count of 0 to 10**11, also of its digits as text; `None` for anything else.

    Examples
    --------
    >>> count_of(3), count_of("12"), count_of(-1), count_of("many")
    (3, 12, None, None)
    """
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) <= 11 else None
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= 10**11 else None
