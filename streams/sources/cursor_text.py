"""Cursors as text: JSON of a struct that carries its version."""

from typing import TypeVar

import msgspec

from streams.errors import SourceError

T = TypeVar("T", bound=msgspec.Struct)


def encode(cursor: msgspec.Struct) -> str:
    """Encode a cursor as text."""
    return msgspec.json.encode(cursor).decode()


def decode(text: str | None, form: type[T], network: str) -> T:
    """Decode a cursor; `None` is the beginning: the form's defaults.

    Parameters
    ----------
    text
        What `encode` returned.
    form
        The struct, with its version as a field.
    network
        As people write it, for the error.

    Raises
    ------
    SourceError
        Fatal: it is the cursor of another source or version.
    """
    if text is None:
        return form()
    try:
        return msgspec.json.decode(text, type=form)
    except (msgspec.DecodeError, RecursionError) as error:
        raise SourceError(
            f"expected a cursor of {network}, version 1, got {text[:80]!a} ({error}): "
            "rename the source to start afresh",
            reason="cursor",
            fatal=True,
        ) from None
