"""Scoring of texts with the shipped weights: sums of integers, so that a score is the same on every path to the byte.

A text's evidence is ``sum(weights of its known features) / sqrt(number of its known features)``. Both sums are integers
and the rest is one division and one square root, which IEEE 754 rounds in one way only, and a table of the logistic
function; nothing depends on the texts scored before or beside it.
"""

import math
from collections.abc import Sequence
from typing import Final, Self

import numpy as np

from detectors.negativity.features import HASH_BITS, MAX_CHARS, PAIR, hashes, read, split
from detectors.negativity.weights import KNOWN, STEPS, Weights, shipped, weigh

_LIMIT: Final = 10 * STEPS
_LOGISTIC: Final = [round(1 / (1 + math.exp(-step / STEPS)), 4) for step in range(-_LIMIT, _LIMIT + 1)]
_LOGISTIC_ARRAY: Final = np.array(_LOGISTIC)

MAX_PIECES: Final = 1 << 17
"""Pieces remembered; more than one batch can bring."""

MAX_PIECE_CHARS: Final = 1 << 22
MAX_TEXTS: Final = 1 << 14
MAX_TEXT_CHARS: Final = 1 << 22
BATCH_CHARS: Final = 1 << 16
"""Characters scored in one go: enough to share NumPy's cost of a call, and a bound on memory."""


class NegativityModel:
    """How negative a text is, 0 to 1, in any of the languages it was trained on (see MODEL_CARD.md).

    A linear model of hashed words, word pairs and character runs. The weights of single pieces of text and the scores
    of whole texts are cached up to a bound; no score depends on the cache. Not to be shared between threads: the
    weights are, so a model for each thread costs little.

    Parameters
    ----------
    weights
        The result of training.

    Examples
    --------
    >>> model = NegativityModel.load()
    >>> model.score_one("worst service ever, still no refund") > 0.5 > model.score_one("I love this, thank you!")
    True
    """

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._slots = memoryview(weights.slots)  # type: ignore[arg-type]
        self._mask = len(weights.slots) - 1
        self._shift = self._mask.bit_length()
        self._ids: dict[str, int] = {}
        self._piece_chars = 0
        self._scores: dict[str, float] = {}
        self._older: dict[str, float] = {}
        self._text_chars = 0
        # For each piece: the sum of `weigh` over its features, hash of the first token, hash of the last token.
        self._rows = np.zeros((3, MAX_PIECES), dtype=np.int64)
        views: list[memoryview[int]] = [memoryview(row) for row in self._rows]  # type: ignore[arg-type]
        self._sums, self._firsts, self._lasts = views

    @classmethod
    def load(cls) -> Self:
        """Return a model with the shipped weights.

        Examples
        --------
        >>> NegativityModel.load().score_one("") < 0.5
        True
        """
        return cls(shipped())

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self).load, ()) if self.weights is shipped() else (type(self), (self.weights,))

    def score_one(self, text: str) -> float:
        """Score one text.

        Parameters
        ----------
        text
            Any string; the first `features.MAX_CHARS` characters count.

        Returns
        -------
        float
            Probability, to four decimals, that the text is negative, where three of seven texts are.

        Examples
        --------
        >>> NegativityModel.load().score_one("so disappointed, worst airline") > 0.8
        True
        """
        score = self._scores.get(text)
        return self._score(text) if score is None else score

    def score_many(self, texts: Sequence[str]) -> list[float]:
        """Score many texts at once: the same scores as one at a time, in less time.

        Parameters
        ----------
        texts
            Any strings.

        Examples
        --------
        >>> model = NegativityModel.load()
        >>> model.score_many(["a", "b"]) == [model.score_one("a"), model.score_one("b")]
        True
        """
        scores: list[float | None] = list(map(self._scores.get, texts))
        if None not in scores:
            return scores  # type: ignore[return-value]
        fresh = dict.fromkeys(text for text, score in zip(texts, scores, strict=True) if score is None)
        computed: dict[str, float] = {}
        part: list[str] = []
        size = 0
        for text in fresh:
            if (older := self._older.get(text)) is not None:
                computed[text] = older
                continue
            part.append(text)
            size += min(len(text), MAX_CHARS)
            if size > BATCH_CHARS:
                computed.update(zip(part, self._score_part(part), strict=True))
                part, size = [], 0
        if part:
            computed.update(zip(part, self._score_part(part), strict=True))
        for text, value in computed.items():
            self._remember(text, value)
        return [computed[text] if score is None else score for text, score in zip(texts, scores, strict=True)]

    def forget(self, *, pieces: bool = True) -> None:
        """Clear the caches of texts and of their pieces; no score changes.

        Parameters
        ----------
        pieces
            False to leave the weights of pieces cached.

        Examples
        --------
        >>> model = NegativityModel.load()
        >>> before = model.score_one("late again")
        >>> model.forget()
        >>> model.score_one("late again") == before
        True
        """
        self._scores, self._older, self._text_chars = {}, {}, 0
        if pieces:
            self._ids.clear()
            self._piece_chars = 0

    def _score(self, text: str) -> float:
        older = self._older.get(text)
        if older is not None:
            return self._remember(text, older)
        slots, mask, shift = self._slots, self._mask, self._shift
        sums, firsts, lasts = self._sums, self._firsts, self._lasts
        total = left = 0
        for row in self._find(split(text)):
            total += sums[row]
            right = firsts[row]
            if left and right:
                pair = (left * PAIR + right) & HASH_BITS
                slot = slots[pair & mask]
                if slot and not (slot ^ pair >> shift) & 255:
                    total += KNOWN + (slot >> 8)
            left = lasts[row]
        known = (total + (KNOWN >> 1)) >> 32
        evidence = (total - known * KNOWN) / math.sqrt(known or 1)
        step = math.floor(evidence * self.weights.gain + self.weights.bias)
        return self._remember(text, _LOGISTIC[min(max(step, -_LIMIT), _LIMIT) + _LIMIT])

    def _score_part(self, texts: list[str]) -> list[float]:
        pieces: list[str] = []
        ends = [0]
        for text in texts:
            pieces += split(text)
            ends.append(len(pieces))
        rows = np.array(self._find(pieces), dtype=np.int64)
        bounds = np.array(ends)
        sums, firsts, lasts = self._rows
        left, right = lasts[rows[:-1]], firsts[rows[1:]]
        pairs = (left * PAIR + right) & HASH_BITS
        pairs *= (left != 0) & (right != 0)
        pairs[bounds[(bounds > 0) & (bounds < len(rows))] - 1] = 0
        running = np.zeros(len(rows) + 1, dtype=np.int64)
        running[1:] = sums[rows]
        running[2:] += weigh(self.weights.slots, pairs)
        total = np.diff(np.cumsum(running)[bounds])
        known = (total + (KNOWN >> 1)) >> 32
        evidence = (total - known * KNOWN) / np.sqrt(np.maximum(known, 1))
        steps = np.floor(evidence * self.weights.gain + self.weights.bias)
        scores: list[float] = _LOGISTIC_ARRAY[np.clip(steps, -_LIMIT, _LIMIT).astype(np.int64) + _LIMIT].tolist()
        return scores

    def _find(self, pieces: list[str]) -> list[int]:
        """Return the row of each piece, after adding those that are new."""
        ids = self._ids
        try:
            return [ids[piece] for piece in pieces]
        except KeyError:
            new = [piece for piece in dict.fromkeys(pieces) if piece not in ids]
        self._piece_chars += sum(map(len, new))
        if len(ids) + len(new) > MAX_PIECES or self._piece_chars > MAX_PIECE_CHARS:
            ids.clear()
            new = list(dict.fromkeys(pieces))
            self._piece_chars = sum(map(len, new))
        self._add(new)
        return [ids[piece] for piece in pieces]

    def _add(self, pieces: list[str]) -> None:
        """Sum the weights of new pieces, a row each."""
        part = read(pieces)
        begin, end = len(self._ids), len(self._ids) + len(pieces)
        self._ids.update(zip(pieces, range(begin, end), strict=True))
        target = self._rows[:, begin:end]
        target[:] = 0
        if not part.tokens:
            return
        matrix, columns = hashes(part)
        running = np.zeros(matrix.shape[1] + 1, dtype=np.int64)
        np.cumsum(weigh(self.weights.slots, matrix).sum(axis=0), out=running[1:])
        totals = running[columns]
        np.subtract(totals[1:], totals[:-1], out=target[0])
        starts = part.starts
        some = starts[1:] > starts[:-1]
        target[1, some] = part.words[starts[:-1][some]]
        target[2, some] = part.words[starts[1:][some] - 1]

    def _remember(self, text: str, score: float) -> float:
        """Cache a text's score in the younger of two generations; a full one replaces the older."""
        self._text_chars += len(text)
        if len(self._scores) >= MAX_TEXTS or self._text_chars > MAX_TEXT_CHARS:
            self._older, self._scores = self._scores, {}
            self._text_chars = len(text)
        self._scores[text] = score
        return score
