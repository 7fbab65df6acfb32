"""Packing and byte order mark of a mention file, recognised by its first bytes, whatever its name is."""

import gzip
from collections.abc import Iterator
from typing import IO, Protocol

_GZIP = b"\x1f"  # the first byte of its magic number, with which no JSON begins
_BOM = b"\xef\xbb\xbf"


class _Peekable(Protocol):
    def peek(self, size: int = 0, /) -> bytes: ...


def lines(stream: IO[bytes]) -> Iterator[bytes]:
    r"""Yield the lines of a stream, unpacked where it is gzipped, without a byte order mark.

    Parameters
    ----------
    stream
        A buffered one; a line of a pipe is yielded as soon as it is there.

    Raises
    ------
    OSError, EOFError, zlib.error
        It cannot be read, or its packing is damaged.

    Examples
    --------
    >>> import io
    >>> list(lines(io.BufferedReader(io.BytesIO(gzip.compress(_BOM + b"one\ntwo")))))
    [b'one\n', b'two']
    """
    if _first_byte(stream) == _GZIP:
        with gzip.open(stream) as unpacked:
            yield from _without_mark(unpacked)
    else:
        yield from _without_mark(stream)


def _first_byte(stream: IO[bytes]) -> bytes:
    peekable: _Peekable = stream  # type: ignore[assignment]  # buffered streams have it, `IO` does not say so
    return peekable.peek(1)[:1]


def _without_mark(stream: "IO[bytes] | gzip.GzipFile") -> Iterator[bytes]:
    first = stream.readline()
    if first:
        yield first.removeprefix(_BOM)
        yield from iter(stream.readline, b"")
