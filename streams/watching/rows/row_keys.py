r"""Keys of a brand's rows in the state store: ``brand``, or ``brand \0 kind`` and, of numbered rows, their number."""

from typing import NamedTuple

OPEN_KEY = 1
CLOSED_KEY = 2
TERMS_KEY = 3
DESK_KEY = 4
_SEPARATOR = b"\0"  # a brand's name contains no control character


class ClosedRow(NamedTuple):
    """Place of a row of closed minutes: the first minute in it, and its number in the snapshot that wrote it."""

    first: int
    number: int


def brand_key(brand: str) -> bytes:
    """Return the key of a brand's own row."""
    return brand.encode()


def open_key(brand: str, number: int) -> bytes:
    """Return the key of one of the rows of open buckets."""
    return brand.encode() + _SEPARATOR + bytes((OPEN_KEY,)) + number.to_bytes(2, "big")


def closed_key(brand: str, row: ClosedRow) -> bytes:
    """Return the key of one of the rows of closed minutes: keys sort by minute."""
    place = row.first.to_bytes(6, "big") + row.number.to_bytes(2, "big")
    return brand.encode() + _SEPARATOR + bytes((CLOSED_KEY,)) + place


def terms_key(brand: str) -> bytes:
    """Return the key of the row of a brand's usual terms."""
    return brand.encode() + _SEPARATOR + bytes((TERMS_KEY,))


def desk_key(brand: str) -> bytes:
    """Return the key of the row of a brand's response desk."""
    return brand.encode() + _SEPARATOR + bytes((DESK_KEY,))


def key_brand(key: bytes) -> str:
    """Return the brand of a row.

    Examples
    --------
    >>> key_brand(open_key("Acme", 0)), key_brand(brand_key("Acme"))
    ('Acme', 'Acme')
    """
    return key.partition(_SEPARATOR)[0].decode()


def closed_row(key: bytes) -> ClosedRow | None:
    """Return the place of a row of closed minutes; `None` where the row is of another kind.

    Examples
    --------
    >>> closed_row(closed_key("Acme", ClosedRow(7, 0))), closed_row(terms_key("Acme"))
    (ClosedRow(first=7, number=0), None)
    """
    place = key.partition(_SEPARATOR)[2]
    if not place or place[0] != CLOSED_KEY:
        return None
    return ClosedRow(int.from_bytes(place[1:7], "big"), int.from_bytes(place[7:], "big"))
