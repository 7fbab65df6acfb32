"""Fingerprints of texts: hashes by which copies, near-copies and partial copies are found.

A text of at least `MIN_WORDS` words has, beside the hash of the whole, a key of its set of words (eight minima, each
under a hash function of its own, in one hash), which a changed name leaves alone in most texts, and `SAMPLES` minima
over its runs of `RUN` words (shingles), which texts assembled from the same parts share. Numbers, links and handles are
left out. A shorter text has one hash, of all its words and numbers in any order: short wordings are found by many
people alone, with a number of their own in them.

All texts of a batch are read at once, as one array of characters, which costs a few NumPy operations however many they
are.

References
----------
Broder (1997), On the resemblance and containment of documents, doi:10.1109/SEQUEN.1997.666900. Schleimer, Wilkerson,
Aiken (2003), Winnowing: local algorithms for document fingerprinting, doi:10.1145/872757.872770.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.mentions.text import normalize

MIN_LENGTH: Final = 25
"""Texts with fewer characters in words are written by many people without copying."""

MIN_WORDS: Final = 12
"""Words, numbers and handles left out, from which on a text is compared by its runs of words."""

MAX_LENGTH: Final = 4096
"""Characters of a text that are read; a longer text is compared as a whole, by these."""

RUN: Final = 5
"""Words of a run: people who complain of the same thing share runs of four now and then."""

SAMPLES: Final = 4

# Texts read at once: enough to share NumPy's cost of a call, few enough for the processor's cache.
_PART = 1024

_END = "\0"
_LINK = re.compile(r"\S*://\S+")
_REPOST = re.compile(r"RT @\w+:?\s*")
# Characters beyond ASCII that are no letters: lead byte, highest second byte, bytes. Punctuation of Latin-1,
# general punctuation and symbols (to U+2BFF), CJK punctuation, variation selectors, and emoji.
_FOREIGN_SEPARATORS = ((0xC2, 0xBF, 2), (0xE2, 0xAF, 3), (0xE3, 0x80, 3), (0xEF, 0xB8, 3), (0xF0, 0xBF, 4))
# Each byte of UTF-8 in small letters, 0 for a separator; those beyond ASCII are of letters.
_CODES = bytes(
    byte | 32 if 65 <= byte < 91 else byte if byte >= 128 or chr(byte).isalnum() else 0 for byte in range(256)
)
# Odd multipliers, the first bits of pi's fraction.
_LEFT, _RIGHT, _PAIR, _WORD = map(np.uint32, (0x243F6A89, 0x85A308D3, 0x13198A2F, 0x03707345))
# Of the second to the last word of a run, and of each hash function.
_PLACES = [np.uint64(odd) for odd in (0x082EFA98EC4E6C89, 0x452821E638D01377, 0xBE5466CF34E90C6D, 0xC0AC29B7C97C50DD)]
_ORDERS = np.array(
    [
        0x3F84D5B5B5470917,
        0x9216D5D98979FB1B,
        0xD1310BA698DFB5AD,
        0x2FFD72DBD01ADFB7,
        0xB8E1AFED6A267E97,
        0xBA7C9045F12C7F99,
        0x24A19947B3916CF7,
        0x0801F2E2858EFC17,
    ],
    dtype=np.uint64,
)
_HALF = np.uint64(32)
# Bytes of a longer text's fingerprint.
_LONG = 4 * (2 + SAMPLES)


class Words(NamedTuple):
    """The words of several texts, flat.

    Parameters
    ----------
    hashes
        Hash of each word, 32 bits; 0 for a handle.
    plain
        Whether each is a plain word: neither a number nor a handle.
    bounds
        The place of each text's first word, and the end of the last text's.
    lengths
        Characters of each text's words with one space between them, without its handles.
    """

    hashes: NDArray[np.uint32]
    plain: NDArray[np.bool_]
    bounds: NDArray[np.int64]
    lengths: NDArray[np.int64]


def fingerprints(texts: Sequence[str]) -> tuple[list[bytes], list[bool]]:
    """Return the fingerprint of each text, and whether it passes on a link or another's post.

    A fingerprint is hashes of four bytes each: of the whole text; of a longer one also the key of its words and the
    samples of its runs. It is empty for a text too short to be a copy.

    Parameters
    ----------
    texts
        Any strings.

    Examples
    --------
    >>> (a, b, short), shared = fingerprints(
    ...     [
    ...         "They took 300 euros from my account last night and nobody there answers the phone",
    ...         "Nobody there answers the phone, and they took 45 euros from my account last night! https://t.co/x",
    ...         "so bad",
    ...     ]
    ... )
    >>> len(a), a[4:8] == b[4:8], short, shared
    (24, True, b'', [False, True, False])
    """
    marks = [b""] * len(texts)
    shared = [False] * len(texts)
    # The shortest prove no copy, and many are as short.
    chosen = [number for number, text in enumerate(texts) if len(text) >= MIN_LENGTH]
    for start in range(0, len(chosen), _PART):
        places = chosen[start : start + _PART]
        part = [texts[place] for place in places]
        joined = _END.join(part)
        if "://" in joined or "RT @" in joined:
            passed_on = [number for number, text in enumerate(part) if "://" in text or text[:4] == "RT @"]
            for number in passed_on:
                shared[places[number]] = True
                part[number] = _own_words(part[number])
            joined = _END.join(part)
        sizes = list(map(len, part))
        if max(sizes) > MAX_LENGTH:
            joined = _END.join([text[: MAX_LENGTH + 1] for text in part])
        if joined.count(_END) >= len(part):
            joined = _END.join([text[: MAX_LENGTH + 1].replace(_END, " ") for text in part])
        for place, mark in zip(places, _fingerprints(read_words(joined), np.array(sizes)), strict=True):
            marks[place] = mark
    return marks, shared


def _fingerprints(words: Words, sizes: NDArray[np.int64]) -> list[bytes]:
    numbers = _sums(words.plain, words.bounds)
    proves = words.lengths >= MIN_LENGTH
    compared = (numbers >= MIN_WORDS) & (sizes <= MAX_LENGTH) & proves
    wholes = _sums(words.hashes, words.bounds).astype(">u4")
    longer = np.empty((int(compared.sum()), _LONG // 4), dtype=">u4")
    longer[:, 0] = wholes[compared]
    _compare(words, numbers, compared, longer)
    raw = wholes.tobytes() + longer.tobytes()
    ends = 4 * np.arange(1, len(wholes) + 1)
    starts = ends - 4 * proves
    ends[compared] = len(wholes) * 4 + _LONG * np.arange(1, len(longer) + 1)
    starts[compared] = ends[compared] - _LONG
    return [raw[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _own_words(text: str) -> str:
    """Return a text without its links and without the mark of an old-style repost."""
    return _LINK.sub(" ", _REPOST.sub("", text, count=1) if text[:4] == "RT @" else text)


def read_words(joined: str) -> Words:
    r"""Read the words of texts: runs of letters and digits, in small letters.

    A word's hash sums the mixed pairs of its neighbouring characters.

    Parameters
    ----------
    joined
        The texts, with a null character between each two.

    Examples
    --------
    >>> words = read_words("Never AGAIN, @acme!\0never 4 ever")
    >>> bool(words.hashes[0] == words.hashes[3]), words.plain.tolist(), words.bounds.tolist()
    (True, [True, True, False, True, False, True], [0, 3, 6])
    """
    if not joined.isascii():
        known = [text if text.isascii() else normalize(text).lower() for text in joined.split(_END)]
        joined = _END.join(known)
    # The first character is a separator, so that every word has one before it.
    joined = f" {joined}{_END}"
    raw = joined.encode("utf-8", "surrogatepass")
    letters = np.frombuffer(raw.translate(_CODES), dtype=np.uint8)
    inside = letters != 0
    if len(raw) != len(joined):
        _separate(np.frombuffer(raw, dtype=np.uint8), inside)
    first = inside.copy()
    first[1:] &= ~inside[:-1]
    starts = np.flatnonzero(first)
    ends = np.flatnonzero(np.frombuffer(raw, dtype=np.uint8) == 0)
    bounds = np.zeros(len(ends) + 1, dtype=np.int64)
    bounds[1:] = np.searchsorted(starts, ends)
    # A character's first byte is no continuation byte.
    characters = np.cumsum(inside & ((letters & 0xC0) != 0x80), dtype=np.int32)
    lengths = np.diff(characters[ends], prepend=0) + np.diff(bounds) - 1
    codes = (letters * inside).astype(np.uint32)
    pairs = codes * _RIGHT
    codes *= _LEFT
    pairs[1:] += codes[:-1]
    pairs ^= pairs >> 15
    pairs *= _PAIR
    pairs *= inside
    # Between two words all is zero: a word's sum is that up to the next one.
    before = np.append(starts, len(raw)) - 1
    hashes = np.diff(np.cumsum(pairs, dtype=np.uint32)[before])
    hashes ^= hashes >> 15
    hashes *= _WORD
    plain = np.ones(len(starts), dtype=np.bool_)
    plain[np.searchsorted(starts, np.flatnonzero(letters - np.uint8(ord("0")) < 10), side="right") - 1] = False
    if "@" in joined:
        handles = np.frombuffer(raw, dtype=np.uint8)[before[:-1]] == ord("@")
        plain &= ~handles
        hashes[handles] = 0
        lengths -= _sums((np.diff(characters[before]) + 1) * handles, bounds)
    return Words(hashes, plain, bounds, lengths)


def _separate(raw: NDArray[np.uint8], inside: NDArray[np.bool_]) -> None:
    """Take the characters beyond ASCII that are no letters out of the words."""
    for lead, highest, size in _FOREIGN_SEPARATORS:
        places = np.flatnonzero(raw == lead)
        places = places[raw[places + 1] <= highest]
        for place in range(size):
            inside[places + place] = False


def _sums(values: NDArray[np.generic], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum the values of each text's words; a text may have none."""
    running = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=running[1:])
    return np.diff(running[bounds])


def _compare(words: Words, numbers: NDArray[np.int64], compared: NDArray[np.bool_], hashes: NDArray[np.uint32]) -> None:
    """Set the key of the words of each text that is compared by them, and the samples of its runs."""
    if not len(hashes):
        return
    plain = words.hashes[words.plain].astype(np.uint64)
    ends = np.cumsum(numbers)[compared]
    starts = ends - numbers[compared]
    key = np.zeros(len(starts), dtype=np.uint64)
    for least in _least(plain, _ORDERS, starts, ends):
        key *= _PLACES[0]
        key += least
    hashes[:, 1] = key >> _HALF
    size = len(plain) - RUN + 1
    runs = plain[:size].copy()
    for place, multiplier in enumerate(_PLACES, 1):
        runs += plain[place : size + place] * multiplier
    # The last run of a text does not reach into the next one.
    hashes[:, 2:] = _least(runs, _ORDERS[:SAMPLES], starts, ends - RUN + 1).T


def _least(
    hashes: NDArray[np.uint64], orders: NDArray[np.uint64], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Return the least of each span of hashes under each hash function: a row a function."""
    spans = np.empty(2 * len(starts), dtype=np.int64)
    spans[::2], spans[1::2] = starts, ends
    mixed = np.zeros(len(hashes) + 1, dtype=np.uint64)
    least = np.empty((len(orders), len(starts)), dtype=np.uint64)
    for row, order in zip(least, orders, strict=True):
        np.multiply(hashes, order, out=mixed[:-1])
        row[:] = np.minimum.reduceat(mixed, spans)[::2]
    least >>= _HALF
    return least
