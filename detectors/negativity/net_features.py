"""Features of the embedding net in training: which ones get an embedding, and texts as tables of them."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from detectors.negativity.features import hashes, read, split
from detectors.negativity.net import BITS

Integers = NDArray[np.int64]

MIN_TOKENS: Final = 4  # occurrences of a token, and of a run of characters, that gets an embedding
MIN_RUNS: Final = 16
MOST_PIECES: Final = 64
"""Pieces of a text that training reads."""

_ROWS: Final = (0, 3, 4, 5)
_PIECES_AT_ONCE: Final = 20_000


class Table(NamedTuple):
    """Texts as pieces (`flat`, cut at `bounds`), and the features of each piece as sparse counts."""

    flat: Integers
    bounds: Integers
    features: csr_matrix


def _pieces(texts: Sequence[str]) -> tuple[list[str], Integers, Integers]:
    index: dict[str, int] = {}
    flat: list[int] = []
    bounds = [0]
    for text in texts:
        flat += [index.setdefault(piece, len(index)) for piece in split(text)[:MOST_PIECES]]
        bounds.append(len(flat))
    return list(index), np.array(flat, dtype=np.int64), np.array(bounds, dtype=np.int64)


def _hashed(pieces: list[str]) -> Iterator[tuple[Integers, Integers, bool]]:
    """Yield features' owners and hashes, and whether they are tokens."""
    for start in range(0, len(pieces), _PIECES_AT_ONCE):
        part = read(pieces[start : start + _PIECES_AT_ONCE])
        if not part.tokens:
            continue
        matrix, columns = hashes(part)
        owners = start + np.repeat(np.arange(len(columns) - 1), np.diff(columns))
        for row in _ROWS:
            present = np.flatnonzero(matrix[row, : len(owners)])
            yield owners[present], matrix[row, present], row == 0


def choose(texts: Sequence[str], size: int) -> Integers:
    """Choose the features that get an embedding: frequent ones, and of those that share a slot the most frequent.

    Parameters
    ----------
    texts
        All training texts.
    size
        How many features at most.

    Returns
    -------
    hashes
        In the order of their slots.
    """
    pieces, flat, _ = _pieces(texts)
    frequency = np.bincount(flat, minlength=len(pieces)).astype(np.float64)
    found = [(hashed, frequency[owners], token) for owners, hashed, token in _hashed(pieces)]
    distinct, inverse = np.unique(np.concatenate([hashed for hashed, _, _ in found]), return_inverse=True)
    totals = np.bincount(inverse, np.concatenate([counts for _, counts, _ in found]))
    token = np.zeros(len(distinct), dtype=bool)
    token[inverse] = np.concatenate([np.full(len(hashed), tokens) for hashed, _, tokens in found])
    worth = totals / np.where(token, MIN_TOKENS, MIN_RUNS)
    slots = distinct & ((1 << BITS) - 1)
    candidates = np.flatnonzero((worth >= 1) & (slots != 0))
    ordered = candidates[np.lexsort((distinct[candidates], -worth[candidates], slots[candidates]))]
    owners = ordered[np.append(True, slots[ordered][1:] != slots[ordered][:-1])]
    kept = owners[np.lexsort((distinct[owners], -worth[owners]))][:size]
    chosen: Integers = distinct[kept[np.argsort(slots[kept])]]
    return chosen


def tabulate(texts: Sequence[str], chosen: Integers) -> Table:
    """Cut texts into pieces and pieces into the chosen features.

    Parameters
    ----------
    texts
        Any strings.
    chosen
        Hashes of features, as `choose` returns them.
    """
    pieces, flat, bounds = _pieces(texts)
    order = np.argsort(chosen)
    ranked = chosen[order]
    owners: list[Integers] = [np.zeros(0, dtype=np.int64)]
    columns: list[Integers] = [np.zeros(0, dtype=np.int64)]
    for owner, hashed, _ in _hashed(pieces):
        places = np.minimum(np.searchsorted(ranked, hashed), len(ranked) - 1)
        known = ranked[places] == hashed
        owners.append(owner[known])
        columns.append(order[places[known]])
    rows, ids = np.concatenate(owners), np.concatenate(columns)
    matrix = csr_matrix((np.ones(len(rows), np.float32), (rows, ids)), shape=(len(pieces), len(chosen)))
    return Table(flat, bounds, matrix)
