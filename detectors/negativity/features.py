"""What a text is made of, for the negativity model: pieces, tokens, and the hashed features of each piece.

A *piece* is what stands between two white spaces. All that a piece adds to a score depends on the piece alone, but for
the pairs of neighbouring words, so that a piece seen before costs one look-up. The functions here work on many pieces
at once: a few passes over one joined string and a few NumPy operations, however many pieces there are.

Features of a piece, all hashed to 32 bits:

* each token (a word, an emoticon, an emoji, a run of ``!`` or ``?``), hashed by XXH3;
* each run of 2 to 5 characters within a token and its two bounds, hashed as a product of odd numbers modulo 2**64, in
  which a zero stands for the bound between tokens: a run across tokens gets the product zero and is no feature;
* each pair of neighbouring tokens, also from one piece to the next.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import xxhash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MAX_CHARS: Final = 4096
"""Characters of a text that are read: what decides its tone stands early, and a score's time must be bounded."""

SHORTEST, LONGEST = 2, 5
"""Lengths of the character runs."""

PAIR: Final = 5
"""Multiplier of the left token's hash in a pair's hash: odd, so no bits are lost, and not 1, so that order counts."""

HASH_BITS: Final = 0xFFFFFFFF

_REPOST = re.compile(r"\s*RT @\w+:?\s+")
# The anchor at a piece's beginning and the bounded lengths keep the time linear in the text's length.
_LINK = re.compile(
    r"(?<![^\n(\"'])(?:[^\s@]{0,16}://|www\.|(?:[\w-]{1,64}\.){1,4}[a-z]{2,6}/)[^\n]*|\bhttps?\b", re.IGNORECASE
)
_HANDLE = re.compile(r"(?<![\w@])@\w+")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|#39);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "#39": "'"}
_HUMP = re.compile(r"(?<=[^\W\dA-Z_])(?=[A-Z])")
_HASHTAG = re.compile(r"#\w+")
_SHOUT = re.compile(r"(?<![^\n\"'(#])[A-Z]{3,}(?![^\n\"').,!?])")
_DIGITS = re.compile(r"\d")
_LONG_RUN = re.compile(r"([^\n\d])\1{3,}")
# Zero-width and bidirectional marks, soft hyphens, variation selectors, skin tones, controls and lone surrogates: all
# of them invisible, or a matter of looks.
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\uffff\ud800-\udfff\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
SHOUTED = "\ue000"
"""Stands as a token of its own after a word in capitals."""
# Letters with the marks that belong to them: \w leaves out the vowel signs of Indian and South-East Asian scripts.
_LETTER = (
    r"[\w'\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    r"\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]"
)
_TOKEN = re.compile(
    r"\n|@user|[:;=8][-'^o]?[()\[\]dp/\\|*3]+(?!\w)|<3|</3"  # the emoticons of the West
    rf"|{_LETTER}+|[!?]+|[()]+|\.\.+|[*%$€£\ue000]|[^\x00-\u218f\ue001-\uf8ff\u3000-\u303f\uff00-\uffef\s\w]"
)
# Odd multipliers of the characters at each place of a run: the first bits of pi's fraction.
_PLACES: Final = np.array(
    [0x243F6A8885A308D3, 0x13198A2E03707345, 0xA4093822299F31D1, 0x082EFA98EC4E6C89, 0x452821E638D01377],
    dtype=np.uint64,
)[:, None]
_ONE: Final = np.uint64(1)


class Pieces(NamedTuple):
    """Tokens of many pieces, flat, with the hash of each token and the place where each piece begins."""

    tokens: list[str]
    words: NDArray[np.int64]
    starts: NDArray[np.int64]


def split(text: str) -> list[str]:
    """Cut a text into pieces: an old-style repost's ``RT @name:`` falls away, and the text is cut at white space.

    Parameters
    ----------
    text
        Any string.

    Examples
    --------
    >>> split("RT @someone: what a  mess!")
    ['what', 'a', 'mess!']
    """
    if len(text) > MAX_CHARS:
        text = text[:MAX_CHARS]
    if "RT @" in text[:8]:
        text = _REPOST.sub("", text, count=1)
    return text.split()


def normalise(joined: str) -> str:
    r"""Bring pieces joined by line feeds to the form in which they are cut into tokens.

    Handles become ``@user`` and links ``http``, as in the training data; compatibility forms (full-width letters,
    mathematical alphabets) plain ones; digits ``0``; letters small; runs of a character at most three long. Each rule
    looks at one piece only, so a piece's form does not depend on what it is joined with.

    Parameters
    ----------
    joined
        Pieces, joined by line feeds.

    Examples
    --------
    >>> normalise("@KLM\nsooooooo\nＢＡＤ\nhttps://t.co/x")
    '@user\nsooo\nbad\ue000\nhttp'
    """
    if not joined.isascii():
        joined = unicodedata.normalize("NFKC", _INVISIBLE.sub("", joined)).replace("’", "'")
    joined = _INVISIBLE.sub("", joined)
    if "&" in joined:
        joined = _ENTITY.sub(lambda match: _ENTITIES[match[1]], joined)
    if "." in joined or "http" in joined:
        joined = _LINK.sub("http", joined)
    if "@" in joined:
        joined = _HANDLE.sub("@user", joined)
    if "#" in joined:
        joined = _HASHTAG.sub(lambda match: _HUMP.sub(" ", match[0][1:]).replace("_", " "), joined)
    joined = _DIGITS.sub("0", _SHOUT.sub(rf"\g<0>{SHOUTED}", joined).lower())
    return _LONG_RUN.sub(r"\1\1\1", joined)


def read(pieces: Sequence[str]) -> Pieces:
    """Cut pieces into tokens.

    Parameters
    ----------
    pieces
        Strings without white space, at least one.

    Examples
    --------
    >>> read(["don't", "do", "it!!!!!!"]).tokens
    ["don't", 'do', 'it', '!!!']
    """
    found = _TOKEN.findall(normalise("\n".join(pieces)))
    starts = [0]
    tokens: list[str] = []
    for token in found:
        if token == "\n":  # noqa: S105 - a separator
            starts.append(len(tokens))
        else:
            tokens.append(token)
    digest = xxhash.xxh3_64_intdigest
    words = np.array([digest(token.encode()) & HASH_BITS for token in tokens], dtype=np.int64)
    return Pieces(tokens, words, np.array(starts, dtype=np.int64))


def runs(tokens: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash the character runs of tokens.

    Parameters
    ----------
    tokens
        Strings without NUL, at least one.

    Returns
    -------
    hashes, starts
        ``hashes[k, i]`` is the hash of the run of ``k + 2`` characters at place ``i``, zero where there is none; token
        ``t`` owns the columns from ``starts[t]`` on.

    Examples
    --------
    >>> hashes, starts = runs(["no"])  # runs of <no>: <n no o>, <no no>, <no>
    >>> (hashes != 0).sum(axis=1).tolist()
    [3, 2, 1, 0]
    """
    joined = "<" + ">\0<".join(tokens) + ">" + "\0" * LONGEST
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    odd = codes * _PLACES
    odd |= _ONE
    odd[:, codes == 0] = 0
    size = codes.size - LONGEST
    hashes = np.empty((LONGEST - 1, size), dtype=np.uint64)
    np.multiply(odd[0, :size], odd[1, 1 : size + 1], out=hashes[0])
    for place in range(2, LONGEST):
        np.multiply(hashes[place - 2], odd[place, place : size + place], out=hashes[place - 1])
    hashes >>= np.uint64(32)
    lengths = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
    starts = np.zeros(len(tokens), dtype=np.int64)
    np.cumsum(lengths[:-1] + 3, out=starts[1:])
    return hashes.view(np.int64), starts
