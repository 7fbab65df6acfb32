"""The state of `badbuzz live` in one file: cursors, remembered posts and brands, written atomically and together."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from streams.errors import ConfigError, InputError


class LiveState(msgspec.Struct, kw_only=True):
    """What a restart goes on from.

    Parameters
    ----------
    brands
        Rows of the brands' watches, as a watcher persists them.
    sources
        Rows of each source, its cursor among them, as a collector commits them.
    recent
        The last messages scored, for deduplication and lateness.
    offset
        Number of batches applied so far.
    """

    v: Literal[1] = 1
    brands: dict[bytes, bytes] = {}
    sources: dict[str, dict[bytes, bytes]] = {}
    recent: list[bytes] = []
    offset: int = 0


_decode = msgspec.msgpack.Decoder(LiveState).decode


class StateFile:
    """The file; one process uses it at a time.

    Parameters
    ----------
    path
        The file, created by the first write.

    Examples
    --------
    >>> import tempfile
    >>> file = StateFile(Path(tempfile.mkdtemp()) / "live.state")
    >>> file.read().offset
    0
    >>> file.write(msgspec.msgpack.encode(LiveState(offset=7)))
    >>> file.read().offset
    7
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextlib.contextmanager
    def claimed(self) -> Iterator[None]:
        """Hold the file for this process.

        Raises
        ------
        ConfigError
            Another process holds it, or it cannot be created.
        """
        lock = self._path.with_name(f".{self._path.name}.lock")
        try:
            file = lock.open("w")
        except OSError as error:
            raise ConfigError(
                f"--state: expected a file in a folder that can be written, got {self._path}: {error.strerror}"
            ) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConfigError(
                    f"--state: expected a file of this process alone, but another 'badbuzz live' uses {self._path}: "
                    "stop it, or name another file"
                ) from None
            yield

    def read(self) -> LiveState:
        """Return the state; an empty one where there is no file.

        Raises
        ------
        InputError
            The file was written by another version, or is damaged.
        """
        try:
            return _decode(self._path.read_bytes())
        except FileNotFoundError:
            return LiveState()
        except (OSError, msgspec.DecodeError) as error:
            raise InputError(
                f"expected a state of 'badbuzz live', version 1, at {self._path}, got: {error}: "
                "name another file with --state, or delete it to start anew"
            ) from None

    def write(self, state: bytes) -> None:
        """Replace the file by an encoded state: after a crash it is the old one or the new one, whole.

        Raises
        ------
        InputError
            It cannot be written.
        """
        new = self._path.with_name(f".{self._path.name}.new")
        try:
            with new.open("wb") as file:
                file.write(state)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            raise InputError(f"expected room to write the state to {self._path}, got: {error.strerror}") from None
