"""Compression dictionaries of Jetstream: zstd frames, decompressed within bounds.

A server of version 2 hands its dictionary out. Version 1 has one for all, which ships with badbuzz.
"""

from functools import cache
from importlib.resources import files

import zstandard

from streams.sources.bluesky.endpoint import MAX_FRAME_BYTES

MAX_DICTIONARY_BYTES = 4 * 1024 * 1024


class Dictionary:
    """A zstd dictionary by its number.

    Parameters
    ----------
    content
        A structured dictionary (RFC 8878, section 5).

    Attributes
    ----------
    number
        Its id; 0: it is no structured dictionary and cannot be agreed on.
    """

    def __init__(self, content: bytes) -> None:
        dictionary = zstandard.ZstdCompressionDict(content)
        self.number = dictionary.dict_id()
        self._decompress = zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=2**27).decompress

    @classmethod
    def of_version_1(cls) -> "Dictionary":
        """Return the dictionary of version 1."""
        return _of_version_1()

    @classmethod
    def load(cls, content: bytes) -> "Dictionary | None":
        """Return the dictionary; `None`: the content is none."""
        try:
            dictionary = cls(content)
        except (zstandard.ZstdError, ValueError):
            return None
        return dictionary if dictionary.number else None

    def decompress(self, frame: bytes) -> bytes | None:
        """Return the content of a frame; `None`: it is damaged, or larger than a frame may be."""
        try:
            if zstandard.frame_content_size(frame) > MAX_FRAME_BYTES:
                return None
            return self._decompress(frame, max_output_size=MAX_FRAME_BYTES)
        except zstandard.ZstdError:
            return None


@cache
def _of_version_1() -> Dictionary:
    return Dictionary(files(__package__).joinpath("jetstream_v1.zdict").read_bytes())
