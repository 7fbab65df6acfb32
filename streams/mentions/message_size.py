"""Messages of bounded size: many items are encoded together, and halved where that is too large."""

from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


def halved(items: list[T], encode: Callable[[list[T]], bytes], max_bytes: int) -> Iterator[tuple[list[T], bytes]]:
    """Encode items together, and cut them in halves until each part fits.

    Parameters
    ----------
    items
        What to encode, in order.
    encode
        Encodes some of them as one message.
    max_bytes
        Largest message; a single item is not cut, however large.

    Yields
    ------
    tuple
        A part of the items, and its message; the parts are in the items' order.

    Examples
    --------
    >>> join = lambda words: b" ".join(words)
    >>> [message for _, message in halved([b"one", b"two", b"three", b"four"], join, max_bytes=10)]
    [b'one two', b'three four']
    >>> [message for _, message in halved([b"one", b"a long word"], join, max_bytes=10)]
    [b'one', b'a long word']
    """
    message = encode(items)
    if len(message) <= max_bytes or len(items) <= 1:
        yield items, message
        return
    middle = len(items) // 2
    yield from halved(items[:middle], encode, max_bytes)
    yield from halved(items[middle:], encode, max_bytes)
