"""Mention files as a recording: JSON lines, plain or gzipped whatever their names; several are merged by event time."""

import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import IO

from streams.errors import InputError
from streams.mentions.message import Message, event_ms
from streams.recordings.packing import lines
from streams.recordings.recording import Progress, Recording


class MentionFiles(Recording):
    """Read mention files in order; several nearly sorted ones are merged by event time.

    Parameters
    ----------
    paths
        JSON lines, plain or gzipped, or `-` for standard input.

    Raises
    ------
    InputError
        A file cannot be read.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = paths
        self._open_files: list[IO[bytes]] = []
        self._total_bytes = 0
        for path in paths:
            if path != "-":
                try:
                    if Path(path).is_dir():
                        raise IsADirectoryError(0, "it is a folder; name the files in it")
                    self._total_bytes += Path(path).stat().st_size
                except OSError as error:
                    raise InputError(f"expected a readable mention file, got {path}: {error.strerror}") from None

    def __iter__(self) -> Iterator[Message]:
        files = [self._messages(path) for path in self.paths]
        if len(files) == 1:
            return files[0]
        return (message for _, _, message in merge(*(_by_event_time(i, file) for i, file in enumerate(files))))

    def progress(self) -> Progress:
        """Return the bytes read, compressed as on disk, and the size of the files."""
        return Progress(sum(file.tell() for file in self._open_files if not file.closed), self._total_bytes)

    def _messages(self, path: str) -> Iterator[Message]:
        try:
            if path == "-":
                yield from _numbered("stdin", lines(sys.stdin.buffer))
                return
            with Path(path).open("rb") as file:
                self._open_files.append(file)
                yield from _numbered(Path(path).name, lines(file))
        except (OSError, EOFError, zlib.error) as error:
            problem = getattr(error, "strerror", None) or error
            raise InputError(f"expected a whole mention file, plain or gzipped, got {path}: {problem}") from None


def _numbered(name: str, read: Iterable[bytes]) -> Iterator[Message]:
    for offset, line in enumerate(read):
        value = line.rstrip(b"\r\n")
        if value:
            yield Message(name, offset, value)


def _by_event_time(index: int, messages: Iterator[Message]) -> Iterator[tuple[int, int, Message]]:
    """Yield messages with their sort key: the newest event time so far, for files are only nearly sorted."""
    newest_ms = 0
    for message in messages:
        ms = event_ms(message.value)
        if ms is not None and ms > newest_ms:
            newest_ms = ms
        yield newest_ms, index, message
