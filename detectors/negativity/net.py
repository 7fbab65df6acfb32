"""Embedding net of the negativity model: 32 numbers a feature, distilled from a sentence encoder, in whole numbers.

A piece's vector is the sum of its features' embeddings over the root of their number; one layer makes 64 numbers of
it, which depend on the piece alone and are cached. A text is the mean and the maximum of its pieces, and a second layer
makes one number of these. All products are of whole numbers below 2**53, so floating point sums them exactly, in any
order: a score is the same alone and in a batch, whatever library multiplies.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WIDTH: Final = 32
"""Numbers to a feature."""

HIDDEN: Final = 64
"""Numbers to a piece, and to a text before the last layer."""

BITS: Final = 20
"""Of a feature's hash, those that choose its slot; the others are compared."""

INPUT: Final = 16.0
"""Steps to one unit of an embedding, in the vector of a piece."""

STEP: Final = 1.0 / 1024
"""One step of the layers' weights."""

OUTPUT: Final = 256.0
"""Steps to one unit of a piece's numbers."""

_MOST: Final = 32_000
_KINDS: Final = (0, 3, 4, 5)
_LAYERS: Final = ("first", "first_bias", "second", "second_bias", "last")


class Net(NamedTuple):
    """The result of training, quantised.

    Attributes
    ----------
    slots
        For each slot the row of its feature in `table`; 0 where it is free.
    checks
        For each row the bits of the feature's hash beyond its slot; a feature that differs was never trained on.
    table
        Embeddings of 8 bits; row 0 is zero.
    first, first_bias
        Layer from a piece's vector to its `HIDDEN` numbers.
    second, second_bias
        Layer from mean and maximum to `HIDDEN` numbers of the text.
    last
        Weights of these in the result.
    gain
        Log-odds, times `weights.STEPS`, to one unit of the result.
    """

    slots: NDArray[np.int32]
    checks: NDArray[np.uint16]
    table: NDArray[np.int8]
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    last: Floats
    scale: float
    gain: float


def find(net: Net, matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    """Look up tokens and runs of 3 to 5 characters: the rows of `Net.table`, 0 where a feature is unknown.

    Parameters
    ----------
    net
        The net.
    matrix
        Hashes, as `features.hashes` returns them.

    Returns
    -------
    rows
        Four columns, a row for each column of the matrix.
    """
    chosen = matrix[list(_KINDS)]
    rows = net.slots.take(chosen & (len(net.slots) - 1))
    rows *= (net.checks.take(rows) == chosen >> BITS) & (chosen != 0)
    return rows.T.astype(np.int64)


def hidden(net: Net, matrix: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int16]:
    """Return the `HIDDEN` numbers of each piece, as whole numbers.

    Parameters
    ----------
    net
        The net.
    matrix, columns
        Hashes of pieces, as `features.hashes` returns them.
    """
    rows = find(net, matrix)
    taken = rows.ravel()
    places = np.flatnonzero(taken)
    vectors = np.zeros((len(columns) - 1, WIDTH))
    if len(places):
        owners = np.searchsorted(columns * len(_KINDS), places, side="right") - 1
        begins = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
        counts = np.diff(np.append(begins, len(owners)))
        sums = np.add.reduceat(net.table.take(taken[places], axis=0), begins, axis=0, dtype=np.int32)
        vectors[owners[begins]] = np.rint(sums * (INPUT / np.sqrt(counts))[:, None])
    return _first(net, vectors)


def blank(net: Net) -> NDArray[np.int16]:
    """Return the numbers of a piece without tokens.

    Parameters
    ----------
    net
        The net.
    """
    numbers: NDArray[np.int16] = _first(net, np.zeros((1, WIDTH)))[0]
    return numbers


def _first(net: Net, vectors: Floats) -> NDArray[np.int16]:
    result = vectors @ net.first
    result += net.first_bias
    np.maximum(result, 0, out=result)
    result *= net.scale
    np.rint(result, out=result)
    numbers: NDArray[np.int16] = np.minimum(result, _MOST).astype(np.int16)
    return numbers


def read_one(net: Net, pieces: NDArray[np.int16]) -> float:
    """Return the result for one text.

    Parameters
    ----------
    net
        The net.
    pieces
        The numbers of the text's pieces, a row each.
    """
    pooled = np.zeros(2 * HIDDEN)
    if len(pieces):
        np.rint(np.add.reduce(pieces, axis=0, dtype=np.int64) / len(pieces), out=pooled[:HIDDEN])
        pooled[HIDDEN:] = np.maximum.reduce(pieces, axis=0)
    inner = pooled @ net.second
    inner += net.second_bias
    np.maximum(inner, 0, out=inner)
    return float(inner @ net.last)


def read_many(net: Net, pieces: NDArray[np.int16], bounds: NDArray[np.int64]) -> Floats:
    """Return the result for each of many texts; zero numbers stand for a text without pieces.

    Parameters
    ----------
    net
        The net.
    pieces
        The numbers of the texts' pieces, a row each.
    bounds
        Where each text's pieces begin, and where the last one's end.
    """
    lengths = np.diff(bounds)
    some = lengths > 0
    pooled = np.zeros((len(lengths), 2 * HIDDEN))
    begins = bounds[:-1][some]
    if len(begins):
        sums = np.add.reduceat(pieces, begins, axis=0, dtype=np.int64)
        pooled[some, :HIDDEN] = np.rint(sums / lengths[some][:, None])
        pooled[some, HIDDEN:] = np.maximum.reduceat(pieces, begins, axis=0)
    inner = pooled @ net.second
    inner += net.second_bias
    np.maximum(inner, 0, out=inner)
    result: Floats = inner @ net.last
    return result


def unpack(stored: Mapping[str, NDArray[Any]]) -> Net:
    """Unpack the net of a weights file, which holds its features in the order of their slots.

    Parameters
    ----------
    stored
        The arrays of the file.
    """
    places = np.cumsum(stored["net_gaps"], dtype=np.int64)
    slots = np.zeros(1 << BITS, dtype=np.int32)
    slots[places] = np.arange(1, len(places) + 1)
    checks = np.append(np.uint16(0), stored["net_checks"])
    table = np.zeros((len(places) + 1, WIDTH), dtype=np.int8)
    table[1:] = stored["net_table"].T
    layers = {name: stored[f"net_{name}"].astype(np.float64) for name in _LAYERS}
    for array in (slots, checks, table, *layers.values()):
        array.setflags(write=False)
    return Net(slots, checks, table, **layers, scale=float(stored["net_scale"]), gain=float(stored["net_gain"]))
