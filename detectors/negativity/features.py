"""Feature extraction of the negativity model: pieces and tokens of a text, and the hashed features of each piece.

A *piece* stands between two white spaces. Its part in a score depends on the piece alone, but for the pairs of
neighbouring words, so that a piece seen before costs one look-up. The functions here work on many pieces
at once: a few passes over one joined string and a few NumPy operations, however many pieces there are.

Features of a piece, all hashed to 32 bits:

* each token (a word, an emoticon, an emoji, a run of ``!`` or ``?``), hashed by XXH3;
* each run of 2 to 5 characters within a token and its two bounds, hashed as a product of odd numbers modulo 2**64, in
  which a zero stands for the bound between tokens: a run across tokens gets the product zero and is no feature;
* each pair of neighbouring tokens, also from one piece to the next.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

MAX_CHARS: Final = 4096
"""Characters of a text that are read: its tone shows early, and a score's time must be bounded."""

LONGEST: Final = 5
"""Length of the longest character runs; the shortest have 2."""

PAIR: Final = 5
"""Multiplier of the left token's hash in a pair's hash: odd, so no bits are lost, and not 1, so that order counts."""

HASH_BITS: Final = 0xFFFFFFFF

_REPOST = re.compile(r"\s*RT @\w+:?\s+")
_LINK = re.compile(
    r"\A([(\"']*)(?:[^\s@]{0,16}://|www\.|(?:[\w-]{1,64}\.){1,4}[a-z]{2,6}/).*", re.IGNORECASE | re.DOTALL
)
_HANDLE = re.compile(r"@\w+")
_ESCAPE = re.compile(r"\\u(20[0-9a-f]{2}|00[2-7][0-9a-f])")  # of a text that was cut out of JSON, half decoded
_ENTITY = re.compile(r"&(amp|lt|gt|quot|#39);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "#39": "'"}
_HUMP = re.compile(r"(?<=[^\W\dA-Z_])(?=[A-Z])")
_HASHTAG = re.compile(r"#\w+")
_SHOUT = re.compile(r"\b[A-Z]{3,}\b")
_DIGITS = re.compile(r"\d")
_LONG_RUN = re.compile(r"(.)\1\1\1+")
# Zero-width and bidirectional marks, soft hyphens, variation selectors, skin tones, controls and lone surrogates: all
# of them invisible, or variants of appearance only.
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
_HALF: Final = np.uint64(32)


class Pieces(NamedTuple):
    """Tokens of many pieces, flat, the hash of each token, and where each piece begins and the last one ends."""

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
    works on one piece only, so a piece's form does not depend on what it is joined with.

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
        joined = unicodedata.normalize("NFKC", _INVISIBLE.sub("", joined))
    joined = _INVISIBLE.sub("", joined)
    if "\\" in joined:
        joined = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), joined)
    joined = joined.replace("’", "'")
    if "&" in joined:
        joined = _ENTITY.sub(lambda match: _ENTITIES[match[1]], joined)
    if "/" in joined or "www." in joined:
        joined = "\n".join(
            [
                _LINK.sub(r"\1http", piece, count=1) if "/" in piece or "www." in piece else piece
                for piece in joined.split("\n")
            ]
        )
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
    starts = [0]
    tokens: list[str] = []
    for token in _TOKEN.findall(normalise("\n".join(pieces))):
        if token == "\n":  # noqa: S105 - a separator
            starts.append(len(tokens))
        else:
            tokens.append(token)
    starts.append(len(tokens))
    digest = xxhash.xxh3_64_intdigest
    words = np.array([digest(token.encode()) & HASH_BITS for token in tokens], dtype=np.int64)
    return Pieces(tokens, words, np.array(starts, dtype=np.int64))


def hashes(part: Pieces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hash all features of pieces.

    Parameters
    ----------
    part
        The tokens of pieces, at least one token.

    Returns
    -------
    matrix, columns
        A row for tokens, one for pairs of tokens and one for each length of run; zero where there is no feature. The
        features of piece ``i`` stand in the columns from ``columns[i]`` up to ``columns[i + 1]``.

    Examples
    --------
    >>> matrix, columns = hashes(read(["no", "oh"]))  # runs of <no>: <n no o>, <no no>, <no>
    >>> (matrix[:, columns[0] : columns[1]] != 0).sum(axis=1).tolist()
    [1, 0, 3, 2, 1, 0]
    """
    tokens, words, starts = part
    joined = "<" + ">\0<".join(tokens) + ">" + "\0" * LONGEST
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    inside = codes != 0
    odd = codes * _PLACES
    odd |= _ONE
    odd *= inside
    size = codes.size - LONGEST + 1
    matrix = np.zeros((LONGEST + 1, size), dtype=np.int64)
    runs = matrix[2:].view(np.uint64)
    np.multiply(odd[0, :size], odd[1, 1 : size + 1], out=runs[0])
    for place in range(2, LONGEST):
        np.multiply(runs[place - 2], odd[place, place : size + place], out=runs[place - 1])
    runs >>= _HALF
    columns = np.zeros(len(tokens) + 1, dtype=np.int64)
    columns[1:] = np.flatnonzero(~inside[:size])
    columns[1:] += 1
    begins = columns[:-1]
    matrix[0, begins] = words
    pairs = np.zeros(len(words) + 1, dtype=np.int64)
    pairs[1:-1] = (words[:-1] * PAIR + words[1:]) & HASH_BITS
    pairs[starts] = 0
    matrix[1, begins] = pairs[:-1]
    columns = columns[starts]
    return matrix, columns
