"""Mention files: JSON lines, plain or gzipped, or standard input; several are merged by event time."""

import gzip
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import IO, NamedTuple

from streams.errors import InputError
from streams.mentions.message import Message, event_ms


class Progress(NamedTuple):
    """How far the reading is: bytes read of the files, and their size (0 when it cannot be known)."""

    done: int
    total: int


class MentionFiles:
    """Read mention files in order; several are merged by event time, each taken as nearly sorted.

    Parameters
    ----------
    paths
        `.jsonl`, `.jsonl.gz`, or `-` for standard input.

    Raises
    ------
    InputError
        A file cannot be read.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths
        self._open: list[IO[bytes]] = []
        self._total = 0
        for path in paths:
            if path != "-":
                try:
                    self._total += Path(path).stat().st_size
                except OSError as error:
                    raise InputError(f"expected a readable mention file, got {path}: {error.strerror}") from None

    def __iter__(self) -> Iterator[Message]:
        streams = [self._lines(path) for path in self.paths]
        if len(streams) == 1:
            return streams[0]
        return (message for _, _, message in merge(*(_timed(i, stream) for i, stream in enumerate(streams))))

    def progress(self) -> Progress:
        """Tell how far the reading is, in bytes of the files as they lie on disk."""
        return Progress(sum(file.tell() for file in self._open if not file.closed), self._total)

    def _lines(self, path: str) -> Iterator[Message]:
        try:
            if path == "-":
                yield from _messages("stdin", sys.stdin.buffer)
                return
            with Path(path).open("rb") as file:
                self._open.append(file)
                name = Path(path).name
                if path.endswith(".gz"):
                    with gzip.open(file) as unpacked:
                        yield from _messages(name, unpacked)
                else:
                    yield from _messages(name, file)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"expected a whole mention file, plain or gzipped, got {path}: {error}") from None


def _messages(name: str, lines: Iterable[bytes]) -> Iterator[Message]:
    for offset, line in enumerate(lines):
        value = line.rstrip(b"\r\n")
        if value:
            yield Message(name, offset, value)


def _timed(index: int, stream: Iterator[Message]) -> Iterator[tuple[int, int, Message]]:
    newest = 0
    for message in stream:
        ms = event_ms(message.value)
        if ms is not None and ms > newest:
            newest = ms
        yield newest, index, message
