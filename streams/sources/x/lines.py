"""The framing of X's stream: one JSON object a line, and empty lines as keep-alive."""

MAX_LINE = 1024 * 1024
"""Bytes of a line; a longer one is skipped to its end."""


class LineSplitter:
    r"""Splitter of chunks into lines, bounded.

    Examples
    --------
    >>> splitter = LineSplitter()
    >>> splitter.feed(b'{"data"'), splitter.feed(b': 1}\r\n\r\n')
    ([], [b'{"data": 1}', b''])
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._rest = bytearray()
        self._skipping = False
        self.too_long = 0
        """Lines that were skipped so far."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that a chunk completes, without their ends."""
        first, *others = chunk.split(b"\n")
        self._append(first)
        lines: list[bytes] = []
        for part in others:
            if not self._skipping:
                lines.append(bytes(self._rest).rstrip(b"\r"))
            self._rest.clear()
            self._skipping = False
            self._append(part)
        return lines

    def _append(self, part: bytes) -> None:
        if self._skipping:
            return
        self._rest += part
        if len(self._rest) > self._limit:
            self._rest.clear()
            self._skipping = True
            self.too_long += 1
