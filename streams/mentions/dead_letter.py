"""Dead letters: messages that could not be decoded, stored unchanged with the reason and their position."""

from pathlib import Path
from typing import IO

import msgspec

ROLLUP = "rollup"
"""Reason of a message of `rollups` that a watcher cannot read; the other reasons are those of mentions."""


class DeadLetter(msgspec.Struct, frozen=True, gc=False):
    """One message that could not be decoded.

    Parameters
    ----------
    reason
        One of `streams.mentions.mention.REASONS`, or `ROLLUP`.
    detail
        The expected and the actual value.
    source
        The file, or the topic and partition, of the message.
    offset
        Its line (from 0) or offset there.
    value
        The message, unchanged; `bytes` in JSON, in base64.

    Examples
    --------
    >>> DeadLetter("json", "JSON is malformed", "mentions.jsonl", 3, b"{").to_json()
    b'{"reason":"json","detail":"JSON is malformed","source":"mentions.jsonl","offset":3,"bytes":"ew=="}'
    """

    reason: str
    detail: str
    source: str
    offset: int
    value: bytes = msgspec.field(name="bytes")

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line break."""
        return msgspec.json.encode(self)


class DeadLetterFile:
    """Write dead letters to a JSON-lines file; without a path, discard them.

    Parameters
    ----------
    path
        The file; `None` discards the letters.
    """

    def __init__(self, path: Path | None) -> None:
        self._file: IO[bytes] | None = path.open("wb") if path else None

    def write(self, letter: DeadLetter) -> None:
        """Write one dead letter."""
        if self._file:
            self._file.write(letter.to_json() + b"\n")

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
